"""Sums of products: what a neuron makes of its inputs, and a gradient of its deltas, for few numbers at a time."""

from typing import Any

from deepnet.maths.arrays import Batch, Vector
from deepnet.maths.kernels.compiled.activations import ZERO
from deepnet.maths.kernels.compiled.build import inner, inner_sum


@inner_sum
def dot(x: Vector, y: Vector) -> Any:
    """Return the sum of x_j y_j."""
    total = x[0] * y[0]
    for j in range(1, x.shape[0]):
        total += x[j] * y[j]
    return total


@inner_sum
def four_dots(a: Vector, b: Vector, c: Vector, d: Vector, x: Vector) -> tuple[Any, Any, Any, Any]:
    """Return the sums of a_j x_j, b_j x_j, c_j x_j and d_j x_j."""
    first = second = third = fourth = type(x[0])(ZERO)
    for j in range(x.shape[0]):
        first += a[j] * x[j]
        second += b[j] * x[j]
        third += c[j] * x[j]
        fourth += d[j] * x[j]
    return first, second, third, fourth


@inner
def gradient_of_row(deltas: Batch, index: int, inputs: Batch, gradient: Vector) -> None:
    """Write the sum over the examples of their delta and their inputs; four examples at a time load and store once."""
    rows, size = inputs.shape
    if rows >= 4:
        for j in range(size):
            gradient[j] = ZERO
        done = 0
    else:
        d0, x0 = deltas[0, index], inputs[0]
        for j in range(size):
            gradient[j] = d0 * x0[j]
        done = 1
    while done + 4 <= rows:
        d0, d1, d2, d3 = deltas[done, index], deltas[done + 1, index], deltas[done + 2, index], deltas[done + 3, index]
        x0, x1, x2, x3 = inputs[done], inputs[done + 1], inputs[done + 2], inputs[done + 3]
        for j in range(size):
            gradient[j] += d0 * x0[j] + d1 * x1[j] + d2 * x2[j] + d3 * x3[j]
        done += 4
    while done < rows:
        d0, x0 = deltas[done, index], inputs[done]
        for j in range(size):
            gradient[j] += d0 * x0[j]
        done += 1
