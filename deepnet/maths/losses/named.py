"""Losses by name."""

from deepnet.errors import InputError
from deepnet.maths.activations import ACTIVATIONS, AnyActivation
from deepnet.maths.checks import look_up
from deepnet.maths.losses import distances, likelihoods, targets
from deepnet.maths.losses.loss import Loss

LOSSES: dict[str, Loss] = {
    loss.name: loss
    for loss in (
        Loss("mean_squared_error", distances.mean_squared_error, distances.mean_squared_error_gradient),
        Loss("mean_absolute_error", distances.mean_absolute_error, distances.mean_absolute_error_gradient),
        Loss("huber", distances.huber, distances.huber_gradient),
        Loss("log_cosh", distances.log_cosh, distances.log_cosh_gradient),
        Loss(
            "binary_cross_entropy",
            likelihoods.binary_cross_entropy,
            likelihoods.binary_cross_entropy_gradient,
            *(0, 1, targets.shares),
        ),
        Loss(
            "categorical_cross_entropy",
            likelihoods.categorical_cross_entropy,
            likelihoods.categorical_cross_entropy_gradient,
            *(0, 1, targets.distributions),
        ),
        Loss(
            "negative_log_likelihood",
            likelihoods.negative_log_likelihood,
            likelihoods.negative_log_likelihood_gradient,
            high=0,
            check_targets=targets.distributions,
        ),
        Loss("hinge", distances.hinge, distances.hinge_gradient, check_targets=targets.signs),
        Loss("poisson", likelihoods.poisson, likelihoods.poisson_gradient, 0, check_targets=targets.rates),
        # What kl_divergence has beside the cross entropy does not depend on the outputs.
        Loss(
            "kl_divergence",
            likelihoods.kl_divergence,
            likelihoods.categorical_cross_entropy_gradient,
            *(0, 1, targets.distributions),
        ),
    )
}
OTHER_NAMES = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "binarycrossentropy": "binary_cross_entropy",
    "crossentropy": "categorical_cross_entropy",
    "cross_entropy": "categorical_cross_entropy",
    "nll": "negative_log_likelihood",
}
"""What Keras, Flux and PyTorch call some of them."""

_LAST_ACTIVATIONS = ("sigmoid", "softmax", "log_softmax", "softplus")
"""Those that people end a network in to get numbers of a certain range."""


def loss_named(name: str | Loss) -> Loss:
    """Return the loss called *name*, also by a name from `OTHER_NAMES`; a Loss is returned as it is.

    Raises:
        UnknownNameError: there is none; the message lists the names.
    """
    if isinstance(name, Loss):
        return name
    return look_up("loss", OTHER_NAMES.get(str(name), name), LOSSES)


def require_outputs(loss: Loss, activation: AnyActivation) -> None:
    """Raise InputError if *activation*, the network's last, gives numbers that *loss* cannot take."""
    if _fits(loss, activation):
        return
    fitting = [name for name in _LAST_ACTIVATIONS if _fits(loss, ACTIVATIONS[name])]
    limits = f"from {loss.low:g} to {loss.high:g}" if loss.low == 0 else f"of {loss.high:g} or less"
    limits = "of 0 or more" if loss.high == float("inf") else limits
    raise InputError(
        f"{loss.name} takes outputs {limits}, but the last layer ends in {activation.name}: "
        f"end the network in {' or '.join(fitting)}, or use another loss"
    )


def _fits(loss: Loss, activation: AnyActivation) -> bool:
    return activation.low >= loss.low and activation.high <= loss.high
