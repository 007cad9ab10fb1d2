"""Points in a plane that two classes share in a known way: sets to try a network on, made rather than read.

The same seed gives the same points. They come in a random order, so that the first rows are as good
as any.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from deepnet.data.arrays import row_numbers
from deepnet.data.dataset import Dataset
from deepnet.maths.checks import non_negative_number, whole_number
from deepnet.maths.random import stream

ROWS = 1000
TURNS = 1.75
INNER_RADIUS = 0.5


def xor(seed: int, rows: int = ROWS, noise: float = 0.0) -> Dataset:
    """Return points drawn evenly from the unit square, of class ``true`` where x > 0.5 differs from y > 0.5.

    x, y ~ U(0, 1);  class = (x > 0.5) xor (y > 0.5);  then noise is added to x and y.

    Shapes: inputs (rows, 2), targets (rows, 1).

    Args:
        seed: of the chance, 0 or more.
        rows: how many points, 2 or more.
        noise: standard deviation of what is added to each coordinate, N(0, noise).

    Raises:
        InputError: an argument is out of its range.

    Source: Flux.jl, A Neural Network in One Minute (1,000 points, no noise).
    """
    _check(seed, rows, noise)
    chance = stream(seed, "xor")
    points = chance.random((rows, 2))
    high = points > 0.5
    return _dataset("xor", chance, points, high[:, 0] ^ high[:, 1], noise, ("false", "true"))


def circles(seed: int, rows: int = ROWS, noise: float = 0.1, factor: float = INNER_RADIUS) -> Dataset:
    """Return points of a circle of radius 1, class ``outer``, and of one inside it, class ``inner``.

    outer: (cos t, sin t);  inner: factor (cos t, sin t);  t = 0 ... 2 pi, evenly, without the end.

    Shapes: inputs (rows, 2), targets (rows, 1).

    Args:
        seed: of the chance, 0 or more.
        rows: how many points, 2 or more; half of them, rounded down, are outer.
        noise: standard deviation of what is added to each coordinate, N(0, noise).
        factor: radius of the inner circle, 0 or more.

    Raises:
        InputError: an argument is out of its range.

    Source: scikit-learn, make_circles.
    """
    _check(seed, rows, noise)
    factor = non_negative_number("factor", factor)
    outer = _circle(np.linspace(0, 2 * np.pi, rows // 2, endpoint=False))
    inner = factor * _circle(np.linspace(0, 2 * np.pi, rows - rows // 2, endpoint=False))
    return _two_classes("circles", seed, outer, inner, noise, ("outer", "inner"))


def moons(seed: int, rows: int = ROWS, noise: float = 0.1) -> Dataset:
    """Return points of two half circles that reach into each other, classes ``upper`` and ``lower``.

    upper: (cos t, sin t);  lower: (1 - cos t, 0.5 - sin t);  t = 0 ... pi, evenly.

    Shapes: inputs (rows, 2), targets (rows, 1).

    Args:
        seed: of the chance, 0 or more.
        rows: how many points, 2 or more; half of them, rounded down, are upper.
        noise: standard deviation of what is added to each coordinate, N(0, noise).

    Raises:
        InputError: an argument is out of its range.

    Source: scikit-learn, make_moons.
    """
    _check(seed, rows, noise)
    upper = _circle(np.linspace(0, np.pi, rows // 2))
    lower = np.array([1, 0.5]) - _circle(np.linspace(0, np.pi, rows - rows // 2))
    return _two_classes("moons", seed, upper, lower, noise, ("upper", "lower"))


def spirals(seed: int, rows: int = ROWS, noise: float = 0.02) -> Dataset:
    """Return points of two spirals that wind around each other, classes ``first`` and ``second``.

    first: t (sin 2 pi w t, cos 2 pi w t);  second: the same, turned by half a circle;  w = 1.75 turns,
    t = 0 ... 1, evenly, without 0.

    Shapes: inputs (rows, 2), targets (rows, 1).

    Args:
        seed: of the chance, 0 or more.
        rows: how many points, 2 or more; half of them, rounded down, are of the first spiral.
        noise: standard deviation of what is added to each coordinate, N(0, noise).

    Raises:
        InputError: an argument is out of its range.

    Source: D. Smilkov, S. Carter, TensorFlow Playground, which draws t and the noise otherwise.
    """
    _check(seed, rows, noise)
    first, second = _spiral(rows // 2), -_spiral(rows - rows // 2)
    return _two_classes("spirals", seed, first, second, noise, ("first", "second"))


GENERATED: dict[str, Callable[[int], Dataset]] = {"xor": xor, "circles": circles, "spirals": spirals, "moons": moons}
"""By name; each is a function of the seed."""


def _check(seed: int, rows: int, noise: float) -> None:
    whole_number("seed", seed, at_least=0)
    whole_number("rows", rows, at_least=2)
    non_negative_number("noise", noise)


def _circle(angles: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack([np.cos(angles), np.sin(angles)])


def _spiral(rows: int) -> NDArray[np.float64]:
    radius = np.arange(1, rows + 1) / rows
    angles = 2 * np.pi * TURNS * radius
    return np.column_stack([radius * np.sin(angles), radius * np.cos(angles)])


def _two_classes(
    name: str,
    seed: int,
    zeros: NDArray[np.float64],
    ones: NDArray[np.float64],
    noise: float,
    labels: tuple[str, str],
) -> Dataset:
    truths = np.arange(len(zeros) + len(ones)) >= len(zeros)
    return _dataset(name, stream(seed, name), np.concatenate([zeros, ones]), truths, noise, labels)


def _dataset(
    name: str,
    chance: np.random.Generator,
    points: NDArray[np.float64],
    truths: NDArray[np.bool_],
    noise: float,
    labels: tuple[str, str],
) -> Dataset:
    order = chance.permutation(len(points))
    return Dataset(
        name=name,
        features=("x", "y"),
        target="class",
        inputs=points[order] + noise * chance.normal(size=points.shape),
        targets=truths[order, np.newaxis].astype(np.float64),
        lines=row_numbers(len(points)),
        labels=labels,
    )
