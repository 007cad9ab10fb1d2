"""What the neurons of a layer compute, one of them or all: each of these is one call from Python."""

from deepnet.maths.arrays import Array, Batch, Vector
from deepnet.maths.kernels.codes import IDENTITY, RELU, SOFTMAX
from deepnet.maths.kernels.compiled import coupled
from deepnet.maths.kernels.compiled.activations import relu, relu_slope, slope, value
from deepnet.maths.kernels.compiled.build import inner
from deepnet.maths.kernels.compiled.products import dot, four_dots, gradient_of_row
from deepnet.maths.kernels.compiled.updates import step_rows

ALL = -1
"""The index that stands for all neurons of a layer."""

_couple = coupled.couple
_couple_back = coupled.couple_back


@inner
def _values(activation: int, sums: Batch, outputs: Batch, first: int, last: int) -> None:
    """Write a = f(z). The two commonest have loops of their own, which handle many numbers at a time."""
    if activation >= SOFTMAX:
        _couple(activation, sums, outputs)
        return
    for row in range(sums.shape[0]):
        z, a = sums[row], outputs[row]
        if activation == RELU:
            for j in range(first, last):
                a[j] = relu(z[j])
        elif activation == IDENTITY:
            for j in range(first, last):
                a[j] = z[j]
        else:
            for j in range(first, last):
                a[j] = value(activation, z[j])


@inner
def _deltas(
    errors: Batch, at_sums: bool, activation: int, sums: Batch, outputs: Batch, deltas: Batch, first: int, last: int
) -> None:
    """Write dL/dz."""
    if activation >= SOFTMAX and not at_sums:
        _couple_back(activation, errors, outputs, deltas)
        return
    for row in range(sums.shape[0]):
        e, z, a, d = errors[row], sums[row], outputs[row], deltas[row]
        if at_sums or activation == IDENTITY:
            for j in range(first, last):
                d[j] = e[j]
        elif activation == RELU:
            for j in range(first, last):
                d[j] = e[j] * relu_slope(a[j])
        else:
            for j in range(first, last):
                d[j] = e[j] * slope(activation, z[j], a[j])


def forward(inputs: Batch, bank: Array, activation: int, index: int, sums: Batch, outputs: Batch) -> None:
    """Write z = x W' and a = f(z) of neuron *index*, or of `ALL`."""
    rows = bank[0]
    first = max(index, 0)  # which tells the compiler that no index counts from the end
    last = rows.shape[0] if index == ALL else first + 1
    for row in range(inputs.shape[0]):
        x, z = inputs[row], sums[row]
        j = first
        while j + 4 <= last:
            z[j], z[j + 1], z[j + 2], z[j + 3] = four_dots(rows[j], rows[j + 1], rows[j + 2], rows[j + 3], x)
            j += 4
        while j < last:
            z[j] = dot(rows[j], x)
            j += 1
    _values(activation, sums, outputs, first, last)


def backward(
    errors: Batch,
    at_sums: bool,
    activation: int,
    index: int,
    inputs: Batch,
    sums: Batch,
    outputs: Batch,
    deltas: Batch,
    gradient: Vector,
) -> None:
    """Write the deltas of neuron *index*, or of `ALL`, and the gradient of their rows, one row after the other."""
    first = max(index, 0)
    last = sums.shape[1] if index == ALL else first + 1
    size = inputs.shape[1]
    _deltas(errors, at_sums, activation, sums, outputs, deltas, first, last)
    for j in range(first, last):
        begin = (j - first) * size
        gradient_of_row(deltas, j, inputs, gradient[begin : begin + size])


def learn(
    errors: Batch,
    at_sums: bool,
    activation: int,
    index: int,
    inputs: Batch,
    sums: Batch,
    outputs: Batch,
    deltas: Batch,
    committed: Array,
    spare: Array,
    rule: int,
    factors: Vector,
) -> None:
    """Write the deltas of neuron *index*, or of `ALL`, and what rows and slots become.

    Until then the new rows hold the gradient.
    """
    first = max(index, 0)
    last = sums.shape[1] if index == ALL else first + 1
    _deltas(errors, at_sums, activation, sums, outputs, deltas, first, last)
    for j in range(first, last):
        gradient_of_row(deltas, j, inputs, spare[0, j])
    step_rows(rule, factors, committed, spare, first, last)


def back(deltas: Batch, bank: Array, errors: Batch) -> None:
    """Write dL/d(inputs) = deltas W, without that of the bias; four neurons at a time load and store once."""
    rows = bank[0]
    neurons, size = deltas.shape[1], errors.shape[1]
    for row in range(errors.shape[0]):
        error, delta = errors[row], deltas[row]
        d0, w0 = delta[0], rows[0]
        for j in range(size):
            error[j] = d0 * w0[j]
        done = 1
        while done + 4 <= neurons:
            d0, d1, d2, d3 = delta[done], delta[done + 1], delta[done + 2], delta[done + 3]
            w0, w1, w2, w3 = rows[done], rows[done + 1], rows[done + 2], rows[done + 3]
            for j in range(size):
                error[j] += d0 * w0[j] + d1 * w1[j] + d2 * w2[j] + d3 * w3[j]
            done += 4
        while done < neurons:
            d0, w0 = delta[done], rows[done]
            for j in range(size):
                error[j] += d0 * w0[j]
            done += 1


def couple(activation: int, sums: Batch, outputs: Batch) -> None:
    """Write a = f(z) of sums that are there already, whether it couples them or not."""
    _values(activation, sums, outputs, 0, sums.shape[1])


def couple_back(activation: int, errors: Batch, sums: Batch, outputs: Batch, deltas: Batch) -> None:
    """Write dL/dz, whether the activation couples them or not."""
    _deltas(errors, False, activation, sums, outputs, deltas, 0, sums.shape[1])  # noqa: FBT003 - compiled: no keywords
