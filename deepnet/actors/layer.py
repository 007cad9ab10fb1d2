"""What the actors of a dense layer have in common, whether its neurons are actors or not."""

import numpy as np

from deepnet.actors.context import Context
from deepnet.actors.link import LayerLink
from deepnet.actors.messages import Backward, Forward
from deepnet.actors.vault import Bank
from deepnet.actors.watching import Staged, activities
from deepnet.actors.workspace import Workspace
from deepnet.maths.activations import CoupledActivation, activation_named
from deepnet.maths.arrays import Array, Batch
from deepnet.maths.kernels.codes import activation_code
from deepnet.maths.treatment import treat_errors, treat_outputs
from deepnet.training.setup import Setup


class LayerActor(LayerLink):
    """A dense layer, whatever its granularity.

    Args:
        context: what the actors of the network share.
        layer: its number among the dense layers.
    """

    def __init__(self, context: Context, layer: int) -> None:
        super().__init__(context, f"dense_{layer}")
        self._layer = layer
        self._setup: Setup
        self._work: Workspace | None
        self._take_over(context.setup)
        self._seen_banks: tuple[Bank, Bank] | None = None
        self._blocks: tuple[tuple[Array, Array], tuple[Array, Array]]

    def _take_over(self, setup: Setup) -> None:
        """Be from now on what *setup* says."""
        self._setup = setup
        self._spec = setup.model.dense[self._layer]
        self._is_coupled = isinstance(activation_named(self._spec.activation), CoupledActivation)
        self._activation = activation_code(self._spec.activation)
        self._treatments = setup.treatments[self._layer]
        self._work = None

    def _workspace(self, message: Forward) -> Workspace:
        """Return where to compute: the same arrays again and again, where that hurts nobody."""
        work, activations = self._work, message.activations
        # Whoever looks keeps what he is shown. And a try that is played again gets new ones: somebody who is late with
        # the old try must not touch it.
        if work is None or len(work.sums) != len(activations) or message.attempt != 1 or message.way.trace is not None:
            spec = self._spec
            work = self._work = Workspace.of(len(activations), spec.inputs, spec.neurons, activations.dtype)
        return work

    def _banks(self, message: Forward) -> tuple[Array, Array]:
        """Return this layer's blocks of the committed and the spare bank, each (1 + slots, neurons, inputs + 1)."""
        banks = self._context.vault.sealed.banks
        if banks is not self._seen_banks:  # made anew for each run, and at a fence
            self._seen_banks = banks
            one, other = (bank.blocks[self._layer] for bank in banks)
            self._blocks = (one, other), (other, one)
        return self._blocks[message.bank]

    def _couple(self, work: Workspace) -> None:
        """Write the outputs of an activation that couples the neurons; their sums are there."""
        self._forward_message.way.kernels.couple(self._activation, work.sums, work.outputs)
        if self._treatments:
            treat_outputs(self._treatments, self._layer, self._step, work.sums, work.outputs)

    def _couple_back(self, errors: Batch, work: Workspace) -> Batch:
        """Return dL/d(sums) of such an activation, (rows, neurons), given dL/d(outputs)."""
        kernels, outputs, deltas = self._forward_message.way.kernels, work.outputs, np.empty_like(work.sums)
        if self._treatments:  # what they gave may be faulty: the slope is that of what they should have given
            outputs = outputs.copy()
            kernels.couple(self._activation, work.sums, outputs)
            errors = treat_errors(self._treatments, self._layer, self._step, errors)
        kernels.couple_back(self._activation, errors, work.sums, outputs, deltas)
        return deltas

    def _give(self, work: Workspace) -> None:
        """Show sums and outputs to those who look, and pass them on."""
        way = self._forward_message.way
        if way.trace is not None:
            way.trace[self.address] = (work.sums, work.outputs[:, :-1])
            self._work = None
        self._pass_on(work.outputs, work.sums if way.end_sums and self._following is None else None)

    def _pass_back(self, message: Backward, work: Workspace, committed: Array, square: float | None) -> None:
        """Send back what the deltas mean for the layer before; *square* is that of the gradient, if it counts."""
        watching = self._context.watching
        if watching.layers and watching.is_due(message.step) and self._forward_message.way.trace is None:
            self._show(message, work, committed)

        def errors() -> Batch:
            self._forward_message.way.kernels.pass_back(work.deltas, committed, work.errors)
            return work.errors

        self._send_back(message, errors, message.squares if square is None else (*message.squares, square))

    def _show(self, message: Backward, work: Workspace, committed: Array) -> None:
        """Lay out what the neurons that somebody watches have done, for the seal."""
        watching, forward = self._context.watching, self._forward_message
        indices = watching.wants(self.address, message.step)
        if indices:
            done = activities(
                message.step, indices, committed[0], forward.activations, work.sums, work.outputs, work.deltas
            )
            watching.stage(self.address, Staged(self._layer, message.step, message.attempt, done))
