"""The actor of a layer that computes all its neurons itself, with one product: granularity ``layer``."""

from typing import ClassVar

import numpy as np

from deepnet.actors.context import Context
from deepnet.actors.layer import LayerActor
from deepnet.actors.messages import Applied, Apply, Backward, Forward
from deepnet.actors.treating import change_treated, own_deltas, ruled, stirred
from deepnet.actors.workspace import Workspace
from deepnet.maths.arrays import Array
from deepnet.maths.optimizers import Optimizer
from deepnet.maths.treatment import Treatments, flip_bits, treat_outputs


class KernelLayer(LayerActor):
    """A whole layer as one actor. Its neurons are rows of the banks, as ever, but have no mailbox of their own."""

    def __init__(self, context: Context, layer: int) -> None:
        super().__init__(context, layer)
        self._workspace_now: Workspace
        self._committed: Array
        self._spare: Array
        self._gradient: Array | None = None  # while it waits for the norm of all
        self._stirred: Treatments = {}  # of the step under way

    def _forward(self, message: Forward) -> None:
        if message is self._forward_message:
            return
        self._step, self._attempt = message.step, message.attempt
        self._forward_message = message
        if message.way.setup is not self._setup:
            self._take_over(message.way.setup)
        self._gradient = None
        work = self._workspace_now = self._workspace(message)
        # They may be made anew at any time: both halves of a step need the same.
        self._committed, self._spare = self._banks(message)
        message.way.kernels.forward_layer(
            message.activations, self._committed, self._activation, work.sums, work.outputs
        )
        if self._treatments:
            treat_outputs(self._treatments, self._layer, message.step, work.sums, work.outputs)
        self._give(work)

    def _backward(self, message: Backward) -> None:
        if message is self._backward_message or self._is_stale(message.step, message.attempt):
            return
        self._backward_message = message
        work, forward, update = self._workspace_now, self._forward_message, message.update
        square, treatments = None, self._treatments
        self._stirred = stirred(treatments, self._layer, message.step) if treatments else treatments
        if update.rule is not None and not self._stirred:
            forward.way.kernels.learn_layer(
                message.errors, message.at_sums, self._activation, forward.activations, work.sums, work.outputs,
                work.deltas, self._committed, self._spare, update.rule, update.factors,
            )  # fmt: skip
            if self._treatments:
                flip_bits(self._treatments, self._layer, message.step, self._spare[0])
        else:
            gradient = ruled(update, self._stirred, self._committed[0], self._gradient_of(message, work))
            if update.waits:
                self._gradient = gradient
                square = float((gradient * gradient).sum(dtype=float))
            else:
                self._change(update.optimizer, message.step, gradient)
        self._pass_back(message, work, self._committed, square)

    def _gradient_of(self, message: Backward, work: Workspace) -> Array:
        """Write the deltas; return dL/d(rows), (neurons, inputs + 1)."""
        errors, at_sums, inputs = message.errors, message.at_sums, self._forward_message.activations
        gradient: Array = np.empty_like(self._committed[0])
        if self._is_coupled and self._stirred and not at_sums:
            errors, at_sums = self._couple_back(errors, work), True
        self._forward_message.way.kernels.backward_layer(
            errors, at_sums, self._activation, inputs, work.sums, work.outputs, work.deltas, gradient
        )
        if self._stirred and not at_sums:
            own_deltas(self._stirred, self._layer, message.step, self._spec.activation, errors, work.sums, work.deltas)
            treated = [*self._stirred]
            gradient[treated] = work.deltas[:, treated].T @ inputs
        return gradient

    def _apply(self, message: Apply) -> None:
        if self._is_stale(message.step, message.attempt) or self._gradient is None:
            return
        gradient, self._gradient = self._gradient, None  # what comes twice counts once
        self._change(message.optimizer, message.step, gradient * message.scale)
        self._trainer.send(Applied(message.step, message.attempt, self._layer))

    def _change(self, optimizer: Optimizer, step: int, gradient: Array) -> None:
        """Write what the committed rows and slots become into the spare ones."""
        committed, spare = self._committed, self._spare
        update = self._backward_message.update
        if update.rule is None:
            optimizer.update(step, committed[0], gradient, tuple(committed[1:]), spare[0], tuple(spare[1:]))
        else:
            kernels = self._forward_message.way.kernels
            kernels.update(np.ascontiguousarray(gradient), committed, spare, update.rule, update.factors)
        if self._treatments:
            change_treated(self._stirred, optimizer, step, gradient, committed, spare)
            flip_bits(self._treatments, self._layer, step, spare[0])

    handlers: ClassVar = {Forward: _forward, Backward: _backward, Apply: _apply}
