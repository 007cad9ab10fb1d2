"""Whole numbers for activations, optimizers and losses: a compiled function takes no name and no object.

They exist while a program runs, and are written to no file.
"""

from deepnet.maths.activations import COUPLED, ELEMENTWISE, Activation, CoupledActivation
from deepnet.maths.checks import look_up
from deepnet.maths.losses import LOSSES, Loss, fused
from deepnet.maths.optimizers import SGD, Adadelta, Adagrad, Adam, AdamW, NAdam, Optimizer, RAdam, RMSprop

(
    IDENTITY,
    SIGMOID,
    RELU,
    TANH,
    STEP,
    LEAKY_RELU,
    ELU,
    SELU,
    GELU,
    SILU,
    SOFTPLUS,
    SOFTSIGN,
    HARD_SIGMOID,
    HARD_TANH,
    MISH,
    SOFTMAX,
    LOG_SOFTMAX,
) = range(17)
"""The activations, in the order of `ELEMENTWISE` and then `COUPLED`: those from SOFTMAX on couple a layer's neurons."""

(
    SGD_PLAIN,
    SGD_MOMENTUM,
    SGD_NESTEROV,
    ADAM,
    RADAM,
    RMSPROP,
    RMSPROP_MOMENTUM,
    ADAGRAD,
    ADADELTA,
) = range(9)
"""The rules of update. AdamW and NAdam are Adam's with other factors."""

(
    MEAN_SQUARED_ERROR,
    MEAN_ABSOLUTE_ERROR,
    HUBER,
    LOG_COSH,
    BINARY_CROSS_ENTROPY,
    CATEGORICAL_CROSS_ENTROPY,
    NEGATIVE_LOG_LIKELIHOOD,
    HINGE,
    POISSON,
    KL_DIVERGENCE,
    SIGMOID_CROSS_ENTROPY,
    SOFTMAX_CROSS_ENTROPY,
    SOFTMAX_KL_DIVERGENCE,
) = range(13)
"""The losses, in the order of `LOSSES`; those from SIGMOID_CROSS_ENTROPY on are functions of the weighted sums."""

CODED_ELEMENTWISE: tuple[Activation, ...] = tuple(ELEMENTWISE[name] for name in ELEMENTWISE if name != "linear")
"""The activations that each neuron can do by itself: each one's place here is its code."""
CODED_COUPLED: dict[int, CoupledActivation] = dict(enumerate(COUPLED.values(), SOFTMAX))
"""Those that couple the neurons of a layer, by code."""

_ACTIVATIONS = {
    **{activation.name: code for code, activation in enumerate(CODED_ELEMENTWISE)},
    **{activation.name: code for code, activation in CODED_COUPLED.items()},
    "linear": IDENTITY,
}

_PLAIN_RULES: dict[type[Optimizer], int] = {
    SGD: SGD_PLAIN,
    Adam: ADAM,
    AdamW: ADAM,
    NAdam: ADAM,
    RAdam: RADAM,
    RMSprop: RMSPROP,
    Adagrad: ADAGRAD,
    Adadelta: ADADELTA,
}

CODED_LOSSES: tuple[Loss, ...] = (
    *LOSSES.values(),
    *(
        joint
        for activation, name in (
            ("sigmoid", "binary_cross_entropy"),
            ("softmax", "categorical_cross_entropy"),
            ("softmax", "kl_divergence"),
        )
        if (joint := fused(activation, LOSSES[name])) is not None
    ),
)
"""The losses that have codes: each one's place here is its code."""


def activation_code(name: str) -> int:
    """Return the code of the activation called *name*; ``linear`` is another name of ``identity``.

    Raises:
        UnknownNameError: there is none; the message lists the names.
    """
    return look_up("activation", name, _ACTIVATIONS)


def rule_of(optimizer: Optimizer) -> int | None:
    """Return the code of the rule by which *optimizer* updates, or None if it is none of deepnet's own."""
    rule = _PLAIN_RULES.get(type(optimizer))
    if isinstance(optimizer, SGD) and rule is not None and optimizer.momentum:
        return SGD_NESTEROV if optimizer.nesterov else SGD_MOMENTUM
    if isinstance(optimizer, RMSprop) and rule is not None and optimizer.momentum:
        return RMSPROP_MOMENTUM
    return rule


def loss_code(loss: Loss, joint: Loss | None) -> int | None:
    """Return the code of *joint*, what `fused` made of the loss, or else of *loss*; None if it is none of deepnet's."""
    wanted = loss if joint is None else joint
    return next((code for code, known in enumerate(CODED_LOSSES) if known is wanted), None)
