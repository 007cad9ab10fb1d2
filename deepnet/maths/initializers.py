"""Where weights and biases begin.

An initializer draws an array of a shape: (neurons, inputs) for weights, (neurons,) for a bias. It
draws in float64 and rounds afterwards, so that a float32 and a float64 run begin alike.

Several scale with the fans: fan_in, the inputs of a neuron, and fan_out, the neurons of the layer.
A bias has no inputs; as in Keras both its fans are its length.
"""

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from deepnet.maths.arrays import Array
from deepnet.maths.checks import look_up

Shape: TypeAlias = tuple[int, ...]
Initializer: TypeAlias = Callable[[np.random.Generator, Shape, str], Array]
"""(generator, shape, dtype) -> a new array of that shape and dtype."""


def _uniform_within(limit: float, rng: np.random.Generator, shape: Shape, dtype: str) -> Array:
    drawn: Array = rng.uniform(-limit, limit, shape).astype(dtype)
    return drawn


def _normal_of(deviation: float, rng: np.random.Generator, shape: Shape, dtype: str) -> Array:
    drawn: Array = rng.normal(0.0, deviation, shape).astype(dtype)
    return drawn


def _fan_in(shape: Shape) -> int:
    return shape[-1]


def _fans(shape: Shape) -> int:
    return shape[-1] + shape[0]


def zeros(_rng: np.random.Generator, shape: Shape, dtype: str) -> Array:
    """Every number 0."""
    return np.zeros(shape, dtype=dtype)


def ones(_rng: np.random.Generator, shape: Shape, dtype: str) -> Array:
    """Every number 1."""
    return np.ones(shape, dtype=dtype)


def uniform(rng: np.random.Generator, shape: Shape, dtype: str) -> Array:
    """U(-0.05, 0.05), Keras' default."""
    return _uniform_within(0.05, rng, shape, dtype)


def centered_uniform(rng: np.random.Generator, shape: Shape, dtype: str) -> Array:
    """U(0, 1) - 0.5."""
    drawn: Array = (rng.random(shape) - 0.5).astype(dtype)
    return drawn


def normal(rng: np.random.Generator, shape: Shape, dtype: str) -> Array:
    """N(0, 0.05^2), Keras' default."""
    return _normal_of(0.05, rng, shape, dtype)


def glorot_uniform(rng: np.random.Generator, shape: Shape, dtype: str) -> Array:
    """U(-l, l) with l = sqrt(6 / (fan_in + fan_out)).

    Source: Glorot and Bengio, Understanding the difficulty of training deep feedforward neural
    networks (2010), equation 16; torch.nn.init.xavier_uniform_.
    """
    return _uniform_within(math.sqrt(6 / _fans(shape)), rng, shape, dtype)


def glorot_normal(rng: np.random.Generator, shape: Shape, dtype: str) -> Array:
    """N(0, s^2) with s = sqrt(2 / (fan_in + fan_out)); torch.nn.init.xavier_normal_."""
    return _normal_of(math.sqrt(2 / _fans(shape)), rng, shape, dtype)


def he_uniform(rng: np.random.Generator, shape: Shape, dtype: str) -> Array:
    """U(-l, l) with l = sqrt(6 / fan_in).

    Source: He, Zhang, Ren, Sun, Delving deep into rectifiers (2015), equation 10;
    torch.nn.init.kaiming_uniform_ for relu.
    """
    return _uniform_within(math.sqrt(6 / _fan_in(shape)), rng, shape, dtype)


def he_normal(rng: np.random.Generator, shape: Shape, dtype: str) -> Array:
    """N(0, s^2) with s = sqrt(2 / fan_in); torch.nn.init.kaiming_normal_ for relu."""
    return _normal_of(math.sqrt(2 / _fan_in(shape)), rng, shape, dtype)


def lecun_uniform(rng: np.random.Generator, shape: Shape, dtype: str) -> Array:
    """U(-l, l) with l = sqrt(3 / fan_in).

    Source: LeCun, Bottou, Orr, Müller, Efficient BackProp (1998), equation 16.
    """
    return _uniform_within(math.sqrt(3 / _fan_in(shape)), rng, shape, dtype)


def lecun_normal(rng: np.random.Generator, shape: Shape, dtype: str) -> Array:
    """N(0, s^2) with s = sqrt(1 / fan_in)."""
    return _normal_of(math.sqrt(1 / _fan_in(shape)), rng, shape, dtype)


def orthogonal(rng: np.random.Generator, shape: Shape, dtype: str) -> Array:
    """A random orthogonal matrix: its rows, or if there are more rows than columns its columns, are orthonormal.

    Q of A = Q R, where A is N(0, 1); each column of Q times the sign of R's diagonal, without which some rotations
    would be drawn more often than others. A bias is drawn as a single row: a vector of length 1.

    Source: Saxe, McClelland, Ganguli, Exact solutions to the nonlinear dynamics of learning in deep linear neural
    networks (2014); Mezzadri, How to generate random matrices from the classical compact groups (2007), section 5;
    torch.nn.init.orthogonal_.
    """
    rows, columns = (1, *shape)[-2:]
    drawn = rng.normal(0.0, 1.0, (max(rows, columns), min(rows, columns)))
    unit, triangle = np.linalg.qr(drawn)
    unit *= np.where(np.diag(triangle) < 0, -1.0, 1.0)
    matrix: Array = (unit.T if rows < columns else unit).reshape(shape).astype(dtype, order="C")
    return matrix


INITIALIZERS: dict[str, Initializer] = {
    "zeros": zeros,
    "ones": ones,
    "uniform": uniform,
    "normal": normal,
    "glorot_uniform": glorot_uniform,
    "glorot_normal": glorot_normal,
    "he_uniform": he_uniform,
    "he_normal": he_normal,
    "lecun_uniform": lecun_uniform,
    "lecun_normal": lecun_normal,
    "centered_uniform": centered_uniform,
    "orthogonal": orthogonal,
}


def initializer_named(name: str) -> Initializer:
    """Return the initializer called *name*.

    Raises:
        UnknownNameError: there is none; the message lists the names.
    """
    return look_up("initializer", name, INITIALIZERS)
