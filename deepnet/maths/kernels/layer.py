"""What all neurons of a layer compute, in plain numpy: one product for the whole layer."""

from deepnet.maths.activations import AnyActivation
from deepnet.maths.arrays import Array, Batch


def forward(inputs: Batch, rows: Array, activation: AnyActivation) -> tuple[Batch, Batch]:
    """Return the weighted sums z = x W' + b and the outputs a = f(z).

    Shapes: inputs (examples, n + 1) with a last column of ones, rows (neurons, n + 1) -> twice (examples, neurons).
    """
    sums = inputs @ rows.T
    return sums, activation.value(sums)


def backward(
    errors: Batch, sums: Batch, outputs: Batch, inputs: Batch, activation: AnyActivation
) -> tuple[Batch, Array]:
    """Return the deltas dL/dz, (examples, neurons), and the gradient dL/d(rows), (neurons, n + 1)."""
    deltas = activation.delta(errors, sums, outputs)
    return deltas, gradient_of(deltas, inputs)


def gradient_of(deltas: Batch, inputs: Batch) -> Array:
    """Return the gradient dL/d(rows), (neurons, n + 1), for deltas = dL/dz, (examples, neurons)."""
    gradient: Array = deltas.T @ inputs
    return gradient


def upstream(deltas: Batch, rows: Array) -> Batch:
    """Return dL/d(inputs), (examples, n): what the neurons of the layer before have to answer for."""
    return deltas @ rows[:, :-1]
