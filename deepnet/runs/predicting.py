"""Predictions with the sealed parameters, beside a network that may be learning.

Whoever lets go of the interpreter while a network learns gets it back after a millisecond or so. BLAS lets go of it in
each product, and numpy in whatever it does with more than 500 numbers. So what is small is computed by compiled
kernels, which do not; for what is large it does not matter.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from deepnet.actors.vault import Sealed, Vault
from deepnet.maths.arrays import Array, Batch, as_batch, as_rows
from deepnet.maths.kernels.choice import Kernels, activation_code
from deepnet.maths.kernels.codes import CODED_COUPLED, CODED_ELEMENTWISE
from deepnet.maths.kernels.rows import empty_batch
from deepnet.maths.treatment import Treatments, treat_outputs
from deepnet.training.setup import Setup

FEW_ROWS = 64
"""So many are done before a step is over, mostly: to copy the parameters first would take longer."""

SMALL_PRODUCTS = 2 * 10**7
"""So many products of numbers are computed without letting go of the interpreter: in some 3 ms."""

SMALL_PIECE = 480
"""They are computed so many rows at a time: a column of ones of more would let go of it."""

ROWS_AT_ONCE = 16384
"""More rows are computed in pieces, so that no layer's outputs for all of them need to fit into memory."""


class _Shape(NamedTuple):
    """What a prediction has to know of a network, derived once for each setup.

    Attributes:
        setup: what it is derived from.
        inputs: numbers that come in.
        products: of numbers, that a row takes.
        layers: of each dense layer the number of its neurons, the code of its activation and who is treated.
    """

    setup: Setup
    inputs: int
    products: int
    layers: tuple[tuple[int, int, Treatments], ...]

    @classmethod
    def of(cls, setup: Setup) -> "_Shape":
        model = setup.model
        layers = tuple(
            (layer.neurons, activation_code(layer.activation), treatments)
            for layer, treatments in zip(model.dense, setup.treatments, strict=True)
        )
        return cls(setup, model.inputs, model.parameter_count, layers)


class Predictor:
    """Computes what a network makes of rows; a Dropout leaves nothing out, treated neurons do what they do.

    It may be asked by several threads at once, and of a network that changes.

    Args:
        kernels: what computes.
    """

    def __init__(self, kernels: Kernels) -> None:
        self._kernels = kernels
        self._shape: _Shape | None = None  # of the last setup that was met

    def predict(self, vault: Vault, values: object) -> Batch:
        """Return the outputs, (rows, model.outputs), for (rows, model.inputs) *values*, all at one sealed step.

        Raises:
            InputError: a value is no number or not finite.
            ShapeError: the rows do not fit the model.
        """
        shape = self._shape_of(vault.sealed.setup)
        rows = as_rows("inputs", values, self._kernels.dtype, shape.inputs)
        if len(rows) * shape.products <= SMALL_PRODUCTS:
            extended = np.empty((len(rows), shape.inputs + 1), rows.dtype)
            if self._kernels.extend(rows, extended):
                as_batch("inputs", rows, self._kernels.dtype, shape.inputs)  # raises, and names the place
            if len(rows) <= FEW_ROWS:
                return vault.look(lambda blocks, sealed: self._forward(blocks, sealed, extended))
            return self._forward(*vault.copy_rows(), extended)
        inputs = as_batch("inputs", rows, self._kernels.dtype, shape.inputs)
        blocks, sealed = vault.copy_rows()
        outputs = np.empty((len(rows), blocks[-1].shape[1]), rows.dtype)
        for first in range(0, len(rows), ROWS_AT_ONCE):
            piece = slice(first, first + ROWS_AT_ONCE)
            outputs[piece] = self._forward_large(blocks, sealed, inputs[piece], first)
        return outputs

    def _shape_of(self, setup: Setup) -> _Shape:
        shape = self._shape
        if shape is None or shape.setup is not setup:
            shape = self._shape = _Shape.of(setup)
        return shape

    def _forward(self, blocks: Sequence[Array], sealed: Sealed, extended: Batch) -> Batch:
        """Return the outputs for (rows, inputs + 1), ending in a column of ones; piece by piece, in the cache."""
        layers, step = self._shape_of(sealed.setup).layers, sealed.position.step
        rows, dtype = len(extended), extended.dtype
        size = min(max(rows, 1), SMALL_PIECE)
        sums = [np.empty((size, neurons), dtype) for neurons, _, _ in layers]
        between = [empty_batch(size, neurons, dtype) for neurons, _, _ in layers[:-1]]
        outputs = np.empty((rows, layers[-1][0]), dtype)
        for first in range(0, rows, size):
            last = min(first + size, rows)
            activations = extended[first:last]
            for layer, (block, (_, activation, treatments)) in enumerate(zip(blocks, layers, strict=True)):
                into = between[layer][: last - first] if layer < len(between) else outputs[first:last]
                self._kernels.forward_held(activations, block, activation, sums[layer][: last - first], into)
                if treatments:
                    treat_outputs(treatments, layer, step, sums[layer][: last - first], into, first_row=first)
                activations = into
        return outputs

    @np.errstate(over="ignore", under="ignore", invalid="ignore")
    def _forward_large(self, blocks: Sequence[Array], sealed: Sealed, inputs: Batch, first: int) -> Batch:
        """Return the outputs for (rows, inputs) from row *first* on; no copy with a column of ones is made of them."""
        layers, step = self._shape_of(sealed.setup).layers, sealed.position.step
        activations = inputs
        for layer, (block, (neurons, activation, treatments)) in enumerate(zip(blocks, layers, strict=True)):
            sums = np.matmul(activations, (block[0] if layer else block[0, :, :-1]).T)
            if layer == 0:
                sums += block[0, :, -1]
            is_last = layer + 1 == len(layers)
            activations = np.empty_like(sums) if is_last else empty_batch(len(sums), neurons, sums.dtype)
            self._activate(activation, sums, activations)
            if treatments:
                treat_outputs(treatments, layer, step, sums, activations, first_row=first)
        return activations

    def _activate(self, activation: int, sums: Batch, outputs: Batch) -> None:
        """Write f(z). Compiled kernels do that with any activation, plain ones where it couples the neurons."""
        if activation in CODED_COUPLED or self._kernels.name == "numba":
            self._kernels.couple(activation, sums, outputs)
        else:
            outputs[:, : sums.shape[1]] = CODED_ELEMENTWISE[activation].value(sums)
