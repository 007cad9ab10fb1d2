"""What can be done to a network, at rest and while it learns: each thing between two steps, and each can be undone."""

from typing import Any

from deepnet.actors.context import Context
from deepnet.runs.injecting import Laboratory, fault_named
from deepnet.runs.intervening import Intervener
from deepnet.runs.states import Change
from deepnet.training.interventions import NOT_GIVEN, Grow, NotGiven, Prune, SetNeurons


class Changing:
    """The part of a `Network` that changes it.

    Every change is made at a seal, between two steps, and answered with the step after which it holds, and what it
    replaced. One writer at a time: a second one is refused. Whatever is refused has changed nothing.
    """

    name: str
    seed: int
    dtype: str
    _context: Context
    _intervener: Intervener
    _laboratory: Laboratory

    def set(
        self,
        address: str,
        *,
        weights: Any = NOT_GIVEN,
        bias: Any = NOT_GIVEN,
        activation: str | NotGiven | None = NOT_GIVEN,
        learning_rate: float | NotGiven = NOT_GIVEN,
        rate: float | NotGiven = NOT_GIVEN,
        frozen: bool | NotGiven = NOT_GIVEN,
        lesioned: float | bool | NotGiven | None = NOT_GIVEN,
        faults: NotGiven | None = NOT_GIVEN,
        granularity: str | NotGiven = NOT_GIVEN,
    ) -> Change:
        """Set what a neuron, or each neuron of a layer, is like; what is given together is one change.

        Args:
            address: of a neuron or a layer.
            weights: of a neuron (inputs,), or some of them by the number of the input, such as ``{2: 0.5}``; of a
                layer (neurons, inputs).
            bias: a number; of a layer also (neurons,).
            activation: a name; None takes away what a neuron has of its own.
            learning_rate: it is kept as a multiple of that of the run, so that a schedule still counts ...
            rate: ... or that multiple itself.
            frozen: whether weights, bias and what the optimizer remembers stay what they are.
            lesioned: what its output is held at; True is 0, and False or None heals it.
            faults: None takes away the value faults that were injected, also those that `undo` knows no more of.
            granularity: of a layer: ``neuron``, an actor a neuron, or ``layer``, one actor for all.

        Raises:
            InputError: it does not fit; the message says why.
            RunError: somebody else is changing the network, or a watcher has called this.
            TimeoutError: no step was sealed for half a minute.
            NetworkStoppedError: the network has been stopped.
        """
        return self._intervene(
            SetNeurons(
                address,
                self.name,
                weights=weights,
                bias=bias,
                activation=activation,
                learning_rate=learning_rate,
                rate=rate,
                frozen=frozen,
                lesioned=lesioned,
                faults=faults,
                granularity=granularity,
            )
        )

    def grow(self, layer: str, neurons: int = 1) -> Change:
        """Let neurons join a layer; at that instant the network's outputs stay what they are.

        Raises:
            InputError: it is no layer that can grow; the message says why.
            RunError, TimeoutError, NetworkStoppedError: as for `set`.
        """
        return self._intervene(Grow(layer, self.name, neurons, self.seed))

    def prune(self, address: str) -> Change:
        """Take a neuron out of its layer; those after it move up by one.

        Raises:
            InputError: it is the last one of its layer, or an output of the network.
            RunError, TimeoutError, NetworkStoppedError: as for `set`.
        """
        return self._intervene(Prune(address, self.name))

    def undo(self, n: int = 1) -> Change:
        """Take back the last *n* changes, newest first: put back what each of them replaced.

        What has been learnt since stays learnt. If nothing has, every bit is what it was. The last 1,000 changes are
        remembered.

        Raises:
            InputError: there are not as many.
            RunError, TimeoutError, NetworkStoppedError: as for `set`.
        """
        self._require_up()
        return self._intervener.undo(n)

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes that `undo` would take back, oldest first."""
        return self._intervener.changes

    def inject(
        self,
        fault: str,
        address: str = "network",
        *,
        amount: float | None = None,
        share: float = 1.0,
        rate: float | None = None,
        first: int | None = None,
        last: int | None = None,
        seed: int = 0,
    ) -> Change:
        """Have something go wrong, until it is undone.

        Faults of delivery strike messages, and change nothing in the result, not one bit: ``crash``, ``hang``,
        ``delay``, ``drop``, ``duplicate``. Faults of value strike numbers, and do: ``stuck_at``, ``noise``,
        ``byzantine``, ``bit_flip``.

        Args:
            fault: one of these.
            address: of a neuron or a layer; ``network`` for all.
            amount: of value faults: what an output is stuck at (0), the deviation of the noise (0.1), the largest
                output of a byzantine neuron (1), the number of the bit that flips (any). Of ``hang`` and ``delay``:
                seconds (0.01).
            share: how many of the neurons there it happens to, above 0 and up to 1.
            rate: the probability that it strikes at a message (0.01), or at a step (1).
            first: the first step that it may strike at; the next one by default.
            last: the last step; None for no last one.
            seed: where its chance begins, 0 or more.

        Raises:
            InputError: a number is out of its range, or there is no such neuron.
            UnknownNameError: there is no such fault.
            RunError, TimeoutError, NetworkStoppedError: as for `set`.
        """
        self._require_up()
        begin = self._context.vault.sealed.position.step + 1 if first is None else first
        what = fault_named(fault, self.dtype, amount=amount, rate=rate, first=begin, last=last, seed=seed)
        return self._laboratory.inject(what, address, share)

    def _intervene(self, intervention: Any) -> Change:
        self._require_up()
        return self._intervener.carry_out(intervention)

    def _require_up(self) -> None:
        raise NotImplementedError
