"""What one neuron computes, in plain numpy."""

from collections.abc import Sequence

from deepnet.maths.activations import Activation
from deepnet.maths.arrays import Array, Batch, Vector
from deepnet.maths.optimizers import Optimizer


def forward(inputs: Batch, row: Vector, activation: Activation) -> tuple[Vector, Vector]:
    """Return the weighted sum z = x . w + b and the output a = f(z), one number an example.

    Shapes: inputs (rows, n + 1) with a last column of ones, row (n + 1,) -> (rows,), (rows,).
    """
    sums = inputs @ row
    return sums, activation.value(sums)


def backward(
    errors: Vector, sums: Vector, outputs: Vector, inputs: Batch, activation: Activation
) -> tuple[Vector, Vector]:
    """Return delta = dL/dz and the gradient dL/d(row), summed over the examples.

    Shapes: errors = dL/da, sums and outputs (rows,), inputs (rows, n + 1) -> (rows,), (n + 1,).
    """
    delta = errors * activation.slope(sums, outputs)
    return delta, delta @ inputs


def gradient_of(delta: Vector, inputs: Batch) -> Vector:
    """Return the gradient dL/d(row), (n + 1,), of a delta = dL/dz, (rows,), that is known already."""
    gradient: Vector = delta @ inputs
    return gradient


def update(
    optimizer: Optimizer,
    step: int,
    gradient: Array,
    committed: tuple[Array, Sequence[Array]],
    spare: tuple[Array, Sequence[Array]],
) -> None:
    """Write what the *committed* row and slots become at *step* into the *spare* ones."""
    optimizer.update(step, committed[0], gradient, committed[1], spare[0], spare[1])
