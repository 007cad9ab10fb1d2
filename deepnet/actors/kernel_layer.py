"""The actor of a layer that computes all its neurons itself, with one product: granularity ``layer``."""

from typing import ClassVar

import numpy as np

from deepnet.actors.context import Context
from deepnet.actors.layer import LayerActor
from deepnet.actors.messages import Applied, Apply, Backward, Forward
from deepnet.actors.workspace import Workspace
from deepnet.maths.arrays import Array
from deepnet.maths.optimizers import Optimizer


class KernelLayer(LayerActor):
    """A whole layer as one actor. Its neurons are rows of the banks, as ever, but have no mailbox of their own."""

    def __init__(self, context: Context, layer: int) -> None:
        super().__init__(context, layer)
        self._workspace_now: Workspace
        self._committed: Array
        self._spare: Array
        self._gradient: Array | None = None  # while it waits for the norm of all

    def _forward(self, message: Forward) -> None:
        self._step, self._attempt = message.step, message.attempt
        self._forward_message = message
        self._gradient = None
        work = self._workspace_now = self._workspace(message)
        # They may be made anew at any time: both halves of a step need the same.
        self._committed, self._spare = self._banks(message)
        message.way.kernels.forward_layer(
            message.activations, self._committed, self._activation, work.sums, work.outputs
        )
        self._give(work)

    def _backward(self, message: Backward) -> None:
        if self._is_stale(message.step, message.attempt):
            return
        work, forward, update = self._workspace_now, self._forward_message, message.update
        kernels, square = forward.way.kernels, None
        if update.rule is not None:
            kernels.learn_layer(
                message.errors, message.at_sums, self._activation, forward.activations, work.sums, work.outputs,
                work.deltas, self._committed, self._spare, update.rule, update.factors,
            )  # fmt: skip
        else:
            gradient = np.empty_like(self._committed[0])
            kernels.backward_layer(
                message.errors, message.at_sums, self._activation, forward.activations, work.sums, work.outputs,
                work.deltas, gradient,
            )  # fmt: skip
            if update.rules is not None:
                gradient = update.rules.of_rows(self._committed[0], gradient)
            if update.waits:
                self._gradient = gradient
                square = float((gradient * gradient).sum(dtype=float))
            else:
                self._change(update.optimizer, message.step, gradient)
        self._pass_back(message, work, self._committed, square)

    def _apply(self, message: Apply) -> None:
        if self._is_stale(message.step, message.attempt) or self._gradient is None:
            return
        self._change(message.optimizer, message.step, self._gradient * message.scale)
        self._trainer.send(Applied(message.step, message.attempt, self._layer))

    def _change(self, optimizer: Optimizer, step: int, gradient: Array) -> None:
        """Write what the committed rows and slots become into the spare ones."""
        committed, spare = self._committed, self._spare
        optimizer.update(step, committed[0], gradient, tuple(committed[1:]), spare[0], tuple(spare[1:]))

    handlers: ClassVar = {Forward: _forward, Backward: _backward, Apply: _apply}
