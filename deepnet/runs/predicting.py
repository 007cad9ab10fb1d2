"""Predictions with the sealed parameters, beside a network that may be learning."""

from collections.abc import Sequence

import numpy as np

from deepnet.actors.vault import Vault
from deepnet.maths.arrays import Array, Batch
from deepnet.maths.kernels.choice import Kernels, activation_code
from deepnet.maths.kernels.rows import empty_batch
from deepnet.maths.model import Chain

FEW_ROWS = 64
"""So many are done before a step is over, mostly: to copy the parameters first would take longer."""

ROWS_AT_ONCE = 8192
"""More rows are computed in pieces, so that no layer's outputs for all of them need to fit into memory."""


class Predictor:
    """Computes what a network makes of rows; a Dropout leaves nothing out.

    Args:
        model: the layers.
        kernels: what computes.
    """

    def __init__(self, model: Chain, kernels: Kernels) -> None:
        self._layers = tuple((layer.neurons, activation_code(layer.activation)) for layer in model.dense)
        self._kernels = kernels

    def predict(self, vault: Vault, inputs: Batch) -> Batch:
        """Return the outputs, (rows, model.outputs), for *inputs*, (rows, model.inputs), all at one sealed step."""
        if len(inputs) <= FEW_ROWS:
            return vault.look(lambda blocks: self._forward(blocks, inputs))
        blocks = vault.copy_rows()
        outputs = np.empty((len(inputs), self._layers[-1][0]), inputs.dtype)
        for first in range(0, len(inputs), ROWS_AT_ONCE):
            piece = slice(first, first + ROWS_AT_ONCE)
            outputs[piece] = self._forward(blocks, inputs[piece])
        return outputs

    def _forward(self, blocks: Sequence[Array], inputs: Batch) -> Batch:
        rows, dtype = len(inputs), inputs.dtype
        activations = empty_batch(rows, inputs.shape[1], dtype)
        activations[:, :-1] = inputs
        for (neurons, activation), block in zip(self._layers, blocks, strict=True):
            outputs = empty_batch(rows, neurons, dtype)
            self._kernels.forward_layer(activations, block, activation, np.empty((rows, neurons), dtype), outputs)
            activations = outputs
        return np.ascontiguousarray(activations[:, :-1])
