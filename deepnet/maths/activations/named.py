"""Activations by name."""

from deepnet.maths.activations import exponential, smooth, straight
from deepnet.maths.activations.activation import Activation
from deepnet.maths.checks import look_up

ACTIVATIONS: dict[str, Activation] = {
    "identity": Activation("identity", straight.identity, straight.identity_slope),
    "sigmoid": Activation("sigmoid", smooth.sigmoid, smooth.sigmoid_slope),
    "relu": Activation("relu", straight.relu, straight.relu_slope),
    "tanh": Activation("tanh", smooth.tanh, smooth.tanh_slope),
    "step": Activation("step", straight.step, straight.step_slope),
    "leaky_relu": Activation("leaky_relu", straight.leaky_relu, straight.leaky_relu_slope),
    "elu": Activation("elu", exponential.elu, exponential.elu_slope),
    "selu": Activation("selu", exponential.selu, exponential.selu_slope),
    "gelu": Activation("gelu", exponential.gelu, exponential.gelu_slope),
    "silu": Activation("silu", smooth.silu, smooth.silu_slope),
    "softplus": Activation("softplus", smooth.softplus, smooth.softplus_slope),
    "softsign": Activation("softsign", smooth.softsign, smooth.softsign_slope),
    "hard_sigmoid": Activation("hard_sigmoid", straight.hard_sigmoid, straight.hard_sigmoid_slope),
    "hard_tanh": Activation("hard_tanh", straight.hard_tanh, straight.hard_tanh_slope),
    "mish": Activation("mish", smooth.mish, smooth.mish_slope),
}
ACTIVATIONS["linear"] = ACTIVATIONS["identity"]


def activation_named(name: str) -> Activation:
    """Return the activation called *name*; ``linear`` is another name of ``identity``.

    Raises:
        UnknownNameError: there is none; the message lists the names.
    """
    return look_up("activation", name, ACTIVATIONS)
