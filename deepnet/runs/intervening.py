"""Changing a network between two steps, and taking changes back."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any, NamedTuple

from deepnet import events
from deepnet.actors.assignment import Assignment, Hold
from deepnet.actors.context import Context
from deepnet.actors.messages import GoOn, Waiting
from deepnet.actors.system import ActorSystem, require_no_turn
from deepnet.data.sources import Source
from deepnet.errors import InputError, RunError
from deepnet.maths.checks import whole_number
from deepnet.runs.states import Change
from deepnet.training.interventions import Intervention
from deepnet.training.setup import Setup
from deepnet.training.state import RunState

CHANGE_SECONDS = 30.0
"""How long whoever changes something waits for the step under way to be sealed."""
SAFE_SECONDS = 10.0
"""How long he waits for a change to be safe on the disk, where the run is kept in a folder."""

MOST_UNDOS = 1000
"""So many of the last changes can be undone: one that is about the whole network holds a copy of it."""

_OF_THE_RUN = ("run",)


class Undo(NamedTuple):
    """The way back from a change.

    Attributes:
        change: which one.
        back: puts back what it replaced; None if it replaced nothing that is sealed.
        source: where the batches came from before; None if that was not changed.
        end: ends what it began; None if there is nothing to be ended.
    """

    change: Change
    back: Callable[[RunState], RunState] | None = None
    source: Source | None = None
    end: Callable[[], object] | None = None


class Intervener:
    """Holds the network at a seal, changes it, and lets it go on.

    Args:
        context: what the actors of the network share.
        actors: they themselves.
    """

    def __init__(self, context: Context, actors: ActorSystem) -> None:
        self._context = context
        self._actors = actors
        self._undos: list[Undo] = []

    @property
    def changes(self) -> tuple[Change, ...]:
        """Those that can be undone, oldest first."""
        return tuple(undo.change for undo in self._undos)

    def carry_out(
        self,
        intervention: Intervention,
        *,
        run: Assignment | None = None,
        settle: Callable[[RunState], Source | None] | None = None,
    ) -> Change:
        """Make a change between two steps.

        Args:
            intervention: what to change.
            run: the run that it is about, which must be under way; None for any or none.
            settle: given what is to be committed, has the last word: it may refuse, or say where batches come from
                afterwards, None being where they have come from so far.

        Raises:
            InputError: it does not fit the network; nothing has changed.
            RunError: the network is not in a state for it, or somebody else is changing it.
            TimeoutError: no step was sealed for half a minute.
            NetworkStoppedError: the network has been stopped.
        """
        with self.alone(), self.held() as under_way:
            require_under_way(run, under_way)
            before = self._context.state_of(under_way)
            applied = intervention.applied(before)
            source = None if settle is None else settle(applied.state)
            old_source = under_way.source if under_way is not None and source is not None else None
            number = self._commit(before, applied.state, under_way, source)
            change = Change(intervention.kind, intervention.address, before.position.step, applied.old, applied.new)
            self._keep(Undo(change, applied.undo, old_source))
        self.tell(change)  # not before: who is told may ask the network something
        self._await_safe(under_way, number)
        return change

    def note(self, change: Change, end: Callable[[], object]) -> None:
        """Keep a change that *end* takes back; for whoever is alone, and tells of it afterwards."""
        self._keep(Undo(change, end=end))

    def _keep(self, undo: Undo) -> None:
        self._undos.append(undo)
        del self._undos[:-MOST_UNDOS]

    def undo(self, n: int = 1) -> Change:
        """Take back the last *n* changes, newest first.

        Raises:
            InputError: there are not as many.
            RunError: somebody else is changing the network.
            TimeoutError: no step was sealed for half a minute.
            NetworkStoppedError: the network has been stopped.
        """
        n = whole_number("the number of changes to undo", n, at_least=1)
        with self.alone():
            if n > len(self._undos):
                count = len(self._undos)
                raise InputError(f"{_there_are(count)} to undo, not {n}" if count else "there is nothing to undo")
            undone = self._undos[: -n - 1 : -1]
            for undo in undone:
                if undo.end is not None:
                    undo.end()  # first of all: it may keep every step from being sealed
            with self.held() as under_way:
                before = self._context.state_of(under_way)
                state, source = before, None
                for undo in undone:
                    state = state if undo.back is None else undo.back(state)
                    source = undo.source or source
                number = self._commit(before, state, under_way, source)
                del self._undos[-n:]
        step = before.position.step
        changes = [Change("undo", undo.change.address, step, undo.change.new, undo.change.old) for undo in undone]
        for change in changes:
            self.tell(change)
        self._await_safe(under_way, number)
        if n == 1:
            return changes[0]
        old, new = ([getattr(change, name) for change in changes] for name in ("old", "new"))
        return Change("undo", "network", step, old, new)

    def forget_run(self) -> None:
        """Another run begins: what was changed of the last one, or before it was begun again, cannot be undone."""
        kept: list[Undo] = []
        for undo in self._undos:
            if undo.change.kind == "rewind":
                kept.clear()
            elif undo.change.address not in _OF_THE_RUN:
                kept.append(undo)
        self._undos = kept

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other writers out.

        Raises:
            RunError: one is at it; or this is called within a turn, such as by a watcher.
        """
        require_no_turn()
        if not self._context.writing.acquire(blocking=False):
            raise RunError(f"{self._context.name} is being changed by somebody else: try again when that is done")
        try:
            yield
        finally:
            self._context.writing.release()

    @contextmanager
    def held(self) -> Iterator[Assignment | None]:
        """Hold the network between two steps; the run under way is handed in, or None.

        Raises:
            TimeoutError: no step was sealed for half a minute.
            NetworkStoppedError: the network has been stopped.
        """
        hold, context = Hold(), self._context
        self._actors.wait_for(hold, hold.reached, CHANGE_SECONDS)
        try:
            assignment = context.assignment
            yield assignment if assignment is not None and assignment.state == "running" else None
        finally:
            with suppress(ValueError):
                context.agenda.remove(hold)
            self._actors.tell("trainer", GoOn(owes_step=True))

    def _commit(self, before: RunState, after: RunState, run: Assignment | None, source: Source | None) -> int:
        """Put *after* in place of what is committed; return the number of the change."""
        old, new = _setup(before), _setup(after)
        setup = replace(new, number=old.number + 1)
        after = replace(after, setup=setup)
        if after.best is before.best and not _computes_alike(old, setup):
            after = replace(after, best=None)  # nobody knows how good those weights would be now
        if run is not None:
            assert setup.plan is not None  # noqa: S101 - a run has one
            (source or run.source).cut(setup.plan.batch_size, setup.recut)  # refuses what the trainer could not do
            if source is not None:
                run.source = source
            run.best_lost = run.best_lost or (before.best is not None and after.best is None)
            run.take_up(after)
            run.plan = setup.plan
        self._context.commit(after, run)
        self._actors.rebuild(changed_layers(old, setup))
        if run is not None and run.keeper is not None:
            run.keeper.waiting = after, False
            self._actors.tell("checkpointer", Waiting())
        return setup.number

    def _await_safe(self, run: Assignment | None, number: int) -> None:
        """Return once change *number* is on the disk, where it is to be; one that cannot be written is told as such."""
        if run is not None and run.keeper is not None:
            run.keeper.await_change(number, SAFE_SECONDS)

    def tell(self, change: Change) -> None:
        """Tell those who watch of a change."""
        self._context.watchers.tell(
            events.Intervened(self._context.name, change.step, change.kind, change.address, change.old, change.new)
        )


def require_under_way(run: Assignment | None, under_way: Assignment | None) -> None:
    """Raise RunError if *run* is given and is not the one under way."""
    if run is not None and run is not under_way:
        raise RunError(f"the run is over ({run.reason}): begin another one with network.train")


def _setup(state: RunState) -> Setup:
    assert state.setup is not None  # noqa: S101 - what is committed has one
    return state.setup


def _computes_alike(old: Setup, new: Setup) -> bool:
    """Whether the same weights would have the same figures."""
    return _function(old) == _function(new)


def _function(setup: Setup) -> tuple[Any, ...]:
    """All of a setup that outputs and loss depend on."""
    treated = [
        (layer, index, treatment.activation, treatment.lesioned, treatment.faults)
        for layer, treatments in enumerate(setup.treatments)
        for index, treatment in treatments.items()
        if treatment.activation is not None or treatment.lesioned is not None or treatment.faults
    ]
    return setup.model, treated, None if setup.plan is None else id(setup.plan.loss)


def changed_layers(old: Setup, new: Setup) -> Sequence[str]:
    """Return the addresses of the dense layers whose actors are no longer those that they should be."""
    return [
        address
        for number, (address, layer) in enumerate(new.model.named_dense().items())
        if (layer.neurons, new.granularities[number]) != (old.model.dense[number].neurons, old.granularities[number])
    ]


def _there_are(count: int) -> str:
    return "there is 1 change" if count == 1 else f"there are {count} changes"
