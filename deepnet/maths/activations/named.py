"""Activations by name."""

from deepnet.maths.activations import coupled, exponential, smooth, straight
from deepnet.maths.activations.activation import Activation, AnyActivation, CoupledActivation
from deepnet.maths.checks import look_up

ELEMENTWISE: dict[str, Activation] = {
    "identity": Activation("identity", straight.identity, straight.identity_slope),
    "sigmoid": Activation("sigmoid", smooth.sigmoid, smooth.sigmoid_slope, 0, 1),
    "relu": Activation("relu", straight.relu, straight.relu_slope, 0),
    "tanh": Activation("tanh", smooth.tanh, smooth.tanh_slope, -1, 1),
    "step": Activation("step", straight.step, straight.step_slope, 0, 1),
    "leaky_relu": Activation("leaky_relu", straight.leaky_relu, straight.leaky_relu_slope),
    "elu": Activation("elu", exponential.elu, exponential.elu_slope, -1),
    "selu": Activation("selu", exponential.selu, exponential.selu_slope, -exponential.SELU_SCALE * 2),
    "gelu": Activation("gelu", exponential.gelu, exponential.gelu_slope, -1),
    "silu": Activation("silu", smooth.silu, smooth.silu_slope, -1),
    "softplus": Activation("softplus", smooth.softplus, smooth.softplus_slope, 0),
    "softsign": Activation("softsign", smooth.softsign, smooth.softsign_slope, -1, 1),
    "hard_sigmoid": Activation("hard_sigmoid", straight.hard_sigmoid, straight.hard_sigmoid_slope, 0, 1),
    "hard_tanh": Activation("hard_tanh", straight.hard_tanh, straight.hard_tanh_slope, -1, 1),
    "mish": Activation("mish", smooth.mish, smooth.mish_slope, -1),
}
"""Those that each neuron can do by itself."""

_ALONE = ELEMENTWISE["identity"]
COUPLED: dict[str, CoupledActivation] = {
    "softmax": CoupledActivation("softmax", coupled.softmax, coupled.softmax_delta, _ALONE, 0, 1),
    "log_softmax": CoupledActivation("log_softmax", coupled.log_softmax, coupled.log_softmax_delta, _ALONE, high=0),
}
"""Those that couple the neurons of a layer."""

ELEMENTWISE["linear"] = ELEMENTWISE["identity"]
ACTIVATIONS: dict[str, AnyActivation] = {**ELEMENTWISE, **COUPLED}


def activation_named(name: str) -> AnyActivation:
    """Return the activation called *name*; ``linear`` is another name of ``identity``.

    Raises:
        UnknownNameError: there is none; the message lists the names.
    """
    return look_up("activation", name, ACTIVATIONS)
