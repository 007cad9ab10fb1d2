"""What a neuron makes of its weighted sum, and how steep that is there.

An activation is a pair: the value a = f(z) and the slope f'(z). The slope is handed both the
weighted sum z and the output a, because for some the output makes it cheap: tanh' = 1 - a^2.

A neuron calls these on arrays of a few numbers, millions of times, so what counts is how many
numpy calls one takes. Source: Goodfellow, Bengio, Courville, Deep Learning (2016), section 6.3;
at a kink the slope is PyTorch's.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from deepnet.maths.arrays import Array
from deepnet.maths.checks import look_up


@dataclass(frozen=True, slots=True)
class Activation:
    """A function of the weighted sum and its slope; both keep the shape and the dtype of z.

    Attributes:
        name: what it is called in a model.
        value: z -> a = f(z); may be z itself, so do not write to it.
        slope: (z, a) -> f'(z), where a = f(z).
    """

    name: str
    value: Callable[[Array], Array]
    slope: Callable[[Array, Array], Array]


# As 0-d arrays constants cost a ufunc half of what Python floats do. All are exact in float32, and
# float32 with float64 gives float64, so they take on the dtype of whatever they meet.
_ZERO = np.array(0, dtype=np.float32)
_ONE = np.array(1, dtype=np.float32)

# Between these, exp neither overflows nor underflows in float32; outside, sigmoid is 1, or below 2e-38.
_SIGMOID_LOWEST = np.array(-87, dtype=np.float32)
_SIGMOID_HIGHEST = np.array(40, dtype=np.float32)


def _identity(z: Array) -> Array:
    """f(z) = z."""
    return z


def _identity_slope(z: Array, _a: Array) -> Array:
    """f'(z) = 1."""
    ones = np.empty_like(z)  # with fill, a third of the time that np.ones_like takes on a few numbers
    ones.fill(1)
    return ones


def _sigmoid(z: Array) -> Array:
    """f(z) = 1 / (1 + exp(-z)), as exp(z) / (exp(z) + 1), which keeps its digits where it is nearly 0."""
    raised = np.exp(np.minimum(np.maximum(z, _SIGMOID_LOWEST), _SIGMOID_HIGHEST))
    return raised / (raised + _ONE)


def _sigmoid_slope(_z: Array, a: Array) -> Array:
    """f'(z) = a (1 - a)."""
    return a * (_ONE - a)


def _relu(z: Array) -> Array:
    """f(z) = max(z, 0)."""
    return np.maximum(z, _ZERO)


def _relu_slope(_z: Array, a: Array) -> Array:
    """f'(z) = 1 where z > 0, else 0, also at 0 itself; that is the sign of a, which is never negative."""
    return np.sign(a)


def _tanh(z: Array) -> Array:
    """f(z) = (exp(z) - exp(-z)) / (exp(z) + exp(-z))."""
    return np.tanh(z)


def _tanh_slope(_z: Array, a: Array) -> Array:
    """f'(z) = 1 - a^2."""
    return _ONE - a * a


ACTIVATIONS: dict[str, Activation] = {
    "identity": Activation("identity", _identity, _identity_slope),
    "sigmoid": Activation("sigmoid", _sigmoid, _sigmoid_slope),
    "relu": Activation("relu", _relu, _relu_slope),
    "tanh": Activation("tanh", _tanh, _tanh_slope),
}
ACTIVATIONS["linear"] = ACTIVATIONS["identity"]


def activation_named(name: str) -> Activation:
    """Return the activation called *name*; ``linear`` is another name of ``identity``.

    Raises:
        UnknownNameError: there is none; the message lists the names.
    """
    return look_up("activation", name, ACTIVATIONS)
