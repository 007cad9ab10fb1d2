"""Losses by name."""

from deepnet.maths.checks import look_up
from deepnet.maths.losses import distances, likelihoods
from deepnet.maths.losses.loss import Loss

LOSSES: dict[str, Loss] = {
    "mean_squared_error": Loss(
        "mean_squared_error", distances.mean_squared_error, distances.mean_squared_error_gradient
    ),
    "mean_absolute_error": Loss(
        "mean_absolute_error", distances.mean_absolute_error, distances.mean_absolute_error_gradient
    ),
    "huber": Loss("huber", distances.huber, distances.huber_gradient),
    "log_cosh": Loss("log_cosh", distances.log_cosh, distances.log_cosh_gradient),
    "binary_cross_entropy": Loss(
        "binary_cross_entropy", likelihoods.binary_cross_entropy, likelihoods.binary_cross_entropy_gradient
    ),
    "categorical_cross_entropy": Loss(
        "categorical_cross_entropy",
        likelihoods.categorical_cross_entropy,
        likelihoods.categorical_cross_entropy_gradient,
    ),
    "hinge": Loss("hinge", distances.hinge, distances.hinge_gradient),
    "poisson": Loss("poisson", likelihoods.poisson, likelihoods.poisson_gradient),
    # What kl_divergence has beside the cross entropy does not depend on the outputs.
    "kl_divergence": Loss("kl_divergence", likelihoods.kl_divergence, likelihoods.categorical_cross_entropy_gradient),
}


def loss_named(name: str | Loss) -> Loss:
    """Return the loss called *name*; a Loss is returned as it is.

    Raises:
        UnknownNameError: there is none; the message lists the names.
    """
    return name if isinstance(name, Loss) else look_up("loss", name, LOSSES)
