"""Whole layers: small ones in one compiled call, large ones by numpy's products, which is BLAS.

Which of the two follows from the shapes alone, so bits repeat. Compiled code does not let go of the interpreter's
lock and BLAS does, which is dear where other threads wait for it: so BLAS has to be clearly faster.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from deepnet.maths.arrays import Array, Batch, Vector
from deepnet.maths.kernels.codes import (
    CODED_ELEMENTWISE,
    GELU,
    IDENTITY,
    RELU,
    SILU,
    SOFTMAX,
    SOFTPLUS,
    STEP,
)
from deepnet.maths.kernels.compiled.layer import ALL

LARGE_FORWARD = 60_000
"""From so many products on BLAS is faster on the way forward, when each sum of products counts for `START` more."""
LARGE_BACKWARD = 30_000
"""And on the way back."""
START = 32
MANY = 512
"""From so many numbers on numpy is faster at most activations; there it takes many exponentials at a time."""

_VALUES_COMPILED = {IDENTITY, RELU, STEP, GELU, SILU}
_SLOPES_COMPILED = {IDENTITY, RELU, GELU, SILU, SOFTPLUS}


@dataclass(frozen=True, slots=True)
class Layers:
    """What `deepnet.maths.kernels.kernels.Kernels` has to offer of layers, by the compiled functions of these names."""

    forward: Callable[..., None]
    backward: Callable[..., None]
    learn: Callable[..., None]
    back: Callable[..., None]
    couple: Callable[..., None]
    couple_back: Callable[..., None]
    update: Callable[..., None]

    def forward_layer(self, inputs: Batch, bank: Array, activation: int, sums: Batch, outputs: Batch) -> None:
        """Write z = x W' and a = f(z)."""
        if len(inputs) == 1 or sums.size * (inputs.shape[1] + START) < LARGE_FORWARD:
            self.forward(inputs, bank, activation, ALL, sums, outputs)
            return
        np.dot(inputs, bank[0].T, out=sums)
        if sums.size < MANY or activation >= SOFTMAX or activation in _VALUES_COMPILED:
            self.couple(activation, sums, outputs)
            return
        with np.errstate(all="ignore"):
            outputs[:, : sums.shape[1]] = CODED_ELEMENTWISE[activation].value(sums)

    def forward_held(self, inputs: Batch, bank: Array, activation: int, sums: Batch, outputs: Batch) -> None:
        """Write z = x W' and a = f(z) in compiled code, however large they are."""
        self.forward(inputs, bank, activation, ALL, sums, outputs)

    def backward_layer(
        self,
        errors: Batch,
        at_sums: bool,
        activation: int,
        inputs: Batch,
        sums: Batch,
        outputs: Batch,
        deltas: Batch,
        gradient: Array,
    ) -> None:
        """Write the deltas, and the gradient of all rows."""
        if len(inputs) == 1 or sums.size * (inputs.shape[1] + START) < LARGE_BACKWARD:
            self.backward(errors, at_sums, activation, ALL, inputs, sums, outputs, deltas, gradient.reshape(-1))
        else:
            self._backward(errors, at_sums, activation, inputs, sums, outputs, deltas, gradient)

    def learn_layer(
        self,
        errors: Batch,
        at_sums: bool,
        activation: int,
        inputs: Batch,
        sums: Batch,
        outputs: Batch,
        deltas: Batch,
        committed: Array,
        spare: Array,
        rule: int,
        factors: Vector,
    ) -> None:
        """Write the deltas, and what all rows and slots become."""
        if len(inputs) == 1 or sums.size * (inputs.shape[1] + START) < LARGE_BACKWARD:
            self.learn(errors, at_sums, activation, ALL, inputs, sums, outputs, deltas, committed, spare, rule, factors)
        else:
            self._backward(errors, at_sums, activation, inputs, sums, outputs, deltas, spare[0])
            self.update(spare[0], committed, spare, rule, factors)

    def pass_back(self, deltas: Batch, bank: Array, errors: Batch) -> None:
        """Write dL/d(inputs) = deltas W."""
        if len(deltas) == 1 or deltas.size * (errors.shape[1] + START) < LARGE_BACKWARD:
            self.back(deltas, bank, errors)
            return
        with np.errstate(all="ignore"):
            np.matmul(deltas, bank[0, :, :-1], out=errors)

    def _backward(
        self,
        errors: Batch,
        at_sums: bool,
        activation: int,
        inputs: Batch,
        sums: Batch,
        outputs: Batch,
        deltas: Batch,
        gradient: Array,
    ) -> None:
        """Write the deltas and the gradient of a large layer."""
        with np.errstate(all="ignore"):
            if at_sums:
                np.copyto(deltas, errors)
            elif sums.size < MANY or activation >= SOFTMAX or activation in _SLOPES_COMPILED:
                self.couple_back(activation, errors, sums, outputs, deltas)
            else:
                deltas[:] = CODED_ELEMENTWISE[activation].delta(errors, sums, outputs[:, :-1])
            np.matmul(deltas.T, inputs, out=gradient)
