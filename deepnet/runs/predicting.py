"""Predictions with the sealed parameters, beside a network that may be learning.

Whoever lets go of the interpreter while a network learns gets it back after a millisecond or so. BLAS lets go of it in
each product, and numpy in whatever it does with more than 500 numbers. So what is small is computed by compiled
kernels, which do not; for what is large it does not matter.
"""

from collections.abc import Sequence

import numpy as np

from deepnet.actors.vault import Vault
from deepnet.maths.arrays import Array, Batch, as_batch, as_rows
from deepnet.maths.kernels.choice import Kernels, activation_code
from deepnet.maths.kernels.rows import empty_batch
from deepnet.maths.model import Chain

FEW_ROWS = 64
"""So many are done before a step is over, mostly: to copy the parameters first would take longer."""

SMALL_PRODUCTS = 2 * 10**7
"""So many products of numbers are computed without letting go of the interpreter: in some 3 ms."""

SMALL_PIECE = 480
"""They are computed so many rows at a time: a column of ones of more would let go of it."""

ROWS_AT_ONCE = 16384
"""More rows are computed in pieces, so that no layer's outputs for all of them need to fit into memory."""


class Predictor:
    """Computes what a network makes of rows; a Dropout leaves nothing out.

    Args:
        model: the layers.
        kernels: what computes.
    """

    def __init__(self, model: Chain, kernels: Kernels) -> None:
        self._inputs = model.inputs
        self._layers = tuple((layer.neurons, activation_code(layer.activation)) for layer in model.dense)
        self._products = model.parameter_count
        self._kernels = kernels

    def predict(self, vault: Vault, values: object) -> Batch:
        """Return the outputs, (rows, model.outputs), for (rows, model.inputs) *values*, all at one sealed step.

        Raises:
            InputError: a value is no number or not finite.
            ShapeError: the rows do not fit the model.
        """
        rows = as_rows("inputs", values, self._kernels.dtype, self._inputs)
        if len(rows) * self._products <= SMALL_PRODUCTS:
            extended = np.empty((len(rows), self._inputs + 1), rows.dtype)
            if self._kernels.extend(rows, extended):
                as_batch("inputs", rows, self._kernels.dtype, self._inputs)  # raises, and names the place
            if len(rows) <= FEW_ROWS:
                return vault.look(lambda blocks: self._forward(blocks, extended))
            return self._forward(vault.copy_rows(), extended)
        inputs, blocks = as_batch("inputs", rows, self._kernels.dtype, self._inputs), vault.copy_rows()
        outputs = np.empty((len(rows), self._layers[-1][0]), rows.dtype)
        for first in range(0, len(rows), ROWS_AT_ONCE):
            piece = slice(first, first + ROWS_AT_ONCE)
            outputs[piece] = self._forward_large(blocks, inputs[piece])
        return outputs

    def _forward(self, blocks: Sequence[Array], extended: Batch) -> Batch:
        """Return the outputs for (rows, inputs + 1), ending in a column of ones; piece by piece, in the cache."""
        rows, dtype = len(extended), extended.dtype
        size = min(max(rows, 1), SMALL_PIECE)
        sums = [np.empty((size, neurons), dtype) for neurons, _ in self._layers]
        between = [empty_batch(size, neurons, dtype) for neurons, _ in self._layers[:-1]]
        outputs = np.empty((rows, self._layers[-1][0]), dtype)
        for first in range(0, rows, size):
            last = min(first + size, rows)
            activations = extended[first:last]
            for layer, (block, (_, activation)) in enumerate(zip(blocks, self._layers, strict=True)):
                into = between[layer][: last - first] if layer < len(between) else outputs[first:last]
                self._kernels.forward_held(activations, block, activation, sums[layer][: last - first], into)
                activations = into
        return outputs

    @np.errstate(over="ignore", under="ignore", invalid="ignore")
    def _forward_large(self, blocks: Sequence[Array], inputs: Batch) -> Batch:
        """Return the outputs for (rows, inputs); they are not copied to have a column of ones beside them."""
        activations = inputs
        for layer, (block, (neurons, activation)) in enumerate(zip(blocks, self._layers, strict=True)):
            sums = np.matmul(activations, (block[0] if layer else block[0, :, :-1]).T)
            if layer == 0:
                sums += block[0, :, -1]
            is_last = layer + 1 == len(self._layers)
            activations = np.empty_like(sums) if is_last else empty_batch(len(sums), neurons, sums.dtype)
            self._kernels.couple(activation, sums, activations)
        return activations
