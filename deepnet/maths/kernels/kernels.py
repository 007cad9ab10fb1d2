"""What a set of kernels has to offer, whichever way it is made."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kernels:
    """The arithmetic of neurons and layers, in place: nothing is returned but the value of a loss.

    A layer's *bank* is one array (1 + slots, neurons, n + 1): its rows, each a neuron's weights and then its bias,
    and what the optimizer remembers of them. *inputs* (r, n + 1) and *outputs* (r, neurons + 1) are batches that end
    in a column of ones, which is left alone. *sums*, *errors* = dL/d(outputs) and *deltas* = dL/d(sums) are
    (r, neurons); r is 1 or more. With *at_sums* the errors are dL/d(sums) already, as the last layer's can be.

    Callers guarantee shapes, that all arrays are C-contiguous and of the network's dtype, and that those written
    share no memory with those read: the compiled functions check nothing of it.

    Attributes:
        name: "numba" or "numpy".
        dtype: of all arrays.
        forward_neuron: (inputs, bank, activation, index, sums, outputs): writes column *index* of both.
        backward_neuron: (errors, at_sums, activation, index, inputs, sums, outputs, deltas, gradient): writes column
            *index* of the deltas, and the gradient dL/d(row), (n + 1,), summed over the examples.
        learn_neuron: (errors, at_sums, activation, index, inputs, sums, outputs, deltas, committed, spare, rule,
            factors): the same, and writes what row and slots become into ``spare[:, index]``.
        forward_layer: (inputs, bank, activation, sums, outputs): all neurons, also those of a coupled activation; the
            outputs may be without their ones.
        backward_layer: (errors, at_sums, activation, inputs, sums, outputs, deltas, gradient), the gradient
            (neurons, n + 1).
        learn_layer: (errors, at_sums, activation, inputs, sums, outputs, deltas, committed, spare, rule, factors).
        pass_back: (deltas, bank, errors): writes dL/d(inputs), (r, n), what the layer before has to answer for.
        couple: (activation, sums, outputs): a coupled activation of sums that are there already.
        couple_back: (activation, errors, sums, outputs, deltas): its dL/d(sums).
        update: (gradient, committed, spare, rule, factors): number by number, for (k, m) and (1 + slots, k, m).
        loss: (loss, shown, targets, gradient) -> the loss in float64; writes dL/d(shown), (r, size). Shown are the
            outputs, or the sums for a fused form; columns that it has beyond those of the targets are left alone.
        extend: (batch, extended) -> how many of the numbers are not finite; writes the batch, (r, n), and a column of
            ones into *extended*, (r, n + 1).
        forward_held: as forward_layer; compiled it never lets go of the interpreter, which BLAS does.
    """

    name: str
    dtype: str
    forward_neuron: Callable[..., None]
    backward_neuron: Callable[..., None]
    learn_neuron: Callable[..., None]
    forward_layer: Callable[..., None]
    backward_layer: Callable[..., None]
    learn_layer: Callable[..., None]
    pass_back: Callable[..., None]
    couple: Callable[..., None]
    couple_back: Callable[..., None]
    update: Callable[..., None]
    loss: Callable[..., float]
    extend: Callable[..., float]
    forward_held: Callable[..., None]
