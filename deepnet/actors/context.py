"""What the actors of one network share: names, the vault, the run, and what became of whom."""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import pykka

from deepnet import events
from deepnet.actors.assignment import Assignment, Hold, Question
from deepnet.actors.courtesy import Courtesy
from deepnet.actors.deliver import deliver
from deepnet.actors.messages import Assigned, Healed, Poisoned
from deepnet.actors.vault import Vault
from deepnet.actors.watching import Watching
from deepnet.errors import DeepnetError
from deepnet.maths.model import Chain
from deepnet.training.position import Position
from deepnet.training.setup import Setup
from deepnet.training.state import RunState, changes_of
from supervisor import Crash, Directory
from supervisor.core import instructions
from supervisor.runtime.reports import log_report

POISON_DEATHS = 3
"""Crashes of one actor at one step that are taken for a sign that it will never get past it."""


DEATHS_KEPT = 20
"""How many of the last deaths of each address are remembered."""


class InjectedCrashError(DeepnetError):
    """A fault that somebody asked for: it says nothing about the step it strikes."""


class Death(NamedTuple):
    """How somebody died.

    Attributes:
        reason: of what.
        at: when, in seconds since 1970.
        step: the step that was under way.
    """

    reason: str
    at: float
    step: int


class RestartPoint(NamedTuple):
    """Where a new vault begins: one value, so that it changes all at once."""

    state: RunState
    run: Assignment | None
    """The run that goes on from it; None if a run would begin there."""


class Context:
    """One network's common ground. It outlives every actor; what it holds they find again after a restart.

    Attributes:
        restart_point: what a new vault begins with: the start of the run under way, or the end of the last one, or
            the last state that is safe on the disk.
        vault: made by the vault's keeper; replaced when that dies.
        assignment: the run under way, or the last one.
        agenda: who wants a moment between two steps, oldest first.
        restarts: how often the actor of each address has been restarted.
        rebuilding: layers that are being put up anew: nobody has died there.
        watching: who looks at what neurons do.
        layer_supervisors: those of each layer, by its address.
        by_message: whether a step is being played message by message: nobody gets a moment for questions.
        writing: held by the one who changes the network, or begins a run.
        courtesy: says when learning gives way to others.
        wounded_at: when somebody died and no step has been sealed since, on the clock of `time.perf_counter`.
        heals: seconds from a death to the next seal, of every time.
    """

    vault: Vault

    def __init__(
        self,
        name: str,
        checkpoint: RunState,
        watchers: events.Watchers,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self.restart_point = RestartPoint(checkpoint, None)
        self._moving = threading.Lock()  # held while what is committed, or where a new vault begins, is replaced
        self._clock = clock
        self.watchers = watchers
        self.directory = Directory()
        self.assignment: Assignment | None = None
        self.agenda: deque[Question | Hold] = deque()
        self.restarts: Counter[str] = Counter()
        self.rebuilding: frozenset[str] = frozenset()
        self.watching = Watching()
        self.writing = threading.Lock()
        self.by_message = False
        self.layer_supervisors: dict[str, pykka.ActorRef[Any]] = {}
        self.courtesy = Courtesy()
        self.is_up = False
        self.wounded_at: float | None = None
        self.heals: list[float] = []
        self._crashes: dict[str, list[Crash]] = {}  # at the step under way, by address
        self._deaths: dict[str, deque[Death]] = {}

    @property
    def setup(self) -> Setup:
        """What the network is like at the last sealed step."""
        setup = self.vault.sealed.setup if hasattr(self, "vault") else self.restart_point.state.setup
        assert setup is not None  # noqa: S101 - only a state from an old file has none, and that is filled in
        return setup

    @property
    def model(self) -> Chain:
        return self.setup.model

    def deaths(self, address: str) -> tuple[Death, ...]:
        """The last deaths of whoever went by *address*, oldest first."""
        return tuple(self._deaths.get(address, ()))

    def send(self, address: str, message: Any) -> None:
        """Tell whoever goes by *address* at present. If that is nobody, its successor's start will make up for it."""
        ref = self.directory.whereis(address)
        if ref is not None:
            deliver(ref, message)

    def address_of(self, ref: pykka.ActorRef[Any]) -> str:
        """What an actor of this network is called; if it goes by no address, as its ref calls it."""
        return next((str(name) for name in self.directory.names() if self.directory.whereis(name) == ref), str(ref))

    def restart_from(self, state: RunState, run: Assignment | None) -> None:
        """Let a new vault begin with *state*, unless it is of a *run* that is over, or older than what there is."""
        with self._moving:
            now = self.restart_point
            if run is not None and (run.state != "running" or (now.run is run and _age(state) < _age(now.state))):
                return
            self.restart_point = RestartPoint(state, run)

    def open_vault(self) -> None:
        """Have a vault that begins at the restart point."""
        with self._moving:  # or a change that is made this moment would be made to the old one
            self.vault = Vault(self.restart_point.state)

    def take_up(self, assignment: Assignment) -> None:
        """Prepare the vault for a run that it has not been prepared for."""
        with self._moving:
            point = self.restart_point
            if point.run is assignment:
                self.vault.take_up(assignment, point.state)
            else:
                self.vault.begin(assignment, assignment.plan)

    def commit(self, state: RunState, run: Assignment | None) -> None:
        """Put *state* in place of what is committed, for good: a new vault begins with it, too.

        Args:
            state: what somebody has changed; nobody is playing a step.
            run: the run under way, or None.
        """
        with self._moving:
            before = self.vault.sealed
            self.restart_point = RestartPoint(state, run)
            self.vault.restore(state)
            self.vault.run = run
            if self.setup.model is not before.setup.model or state.position.step != before.position.step:
                self.watching.forget()

    def position_of(self, assignment: Assignment) -> Position:
        """Where a run stands, or where it ended."""
        if assignment.state != "running":
            return assignment.position
        vault, point = self.vault, self.restart_point
        if vault.run is assignment:
            return vault.sealed.position
        return point.state.position if point.run is assignment else Position()

    def state_of(self, assignment: Assignment | None) -> RunState:
        """Return copies of all that is committed; for whoever seals, or has the network held."""
        if assignment is not None and assignment.state == "running" and self.vault.run is not assignment:
            self.take_up(assignment)  # this vault has just come up, and no trainer has begun yet
        sealed = self.vault.sealed
        bank, position = sealed.banks[sealed.bank].copy(), sealed.position
        state = RunState(position, bank.rows, bank.slots, setup=sealed.setup)
        if assignment is None or assignment.state != "running":
            return state
        history = tuple(assignment.history[: position.complete_epochs])
        return replace(state, history=history, best=assignment.best, seconds=assignment.elapsed())

    def end_run(self, assignment: Assignment, state: str, reason: str) -> None:
        """Record how a run ended, unless it has ended already; tell those who watch, then those who wait."""
        position = self.position_of(assignment)
        if not assignment.end(state, reason, position):
            return
        if assignment.rest is not None:
            assignment.rest.reached.set()
        try:
            self.watchers.tell(events.RunEnded(self.name, state, reason, len(assignment.history), position.step))
        finally:
            assignment.on_end()

    def healed(self) -> None:
        """A step has been sealed: note how long that took since somebody died."""
        if self.wounded_at is not None:
            self.heals.append(time.perf_counter() - self.wounded_at)
            self.wounded_at = None

    def forget_crashes(self) -> None:
        """Begin to count anew: the step that they befell got done, or nobody is after it any more."""
        if self._crashes:
            self._crashes.clear()

    def poisoned(self) -> tuple[str, Crash] | None:
        """Who has crashed too often at the step under way, and what of, or None."""
        for address, crashes in tuple(self._crashes.items()):
            if len(crashes) >= POISON_DEATHS:
                return address, crashes[-1]
        return None

    def hear(self, supervisor: str, report: instructions.Report) -> None:
        """Take in what a supervisor of this network reports."""
        match report:
            case instructions.ChildStarted("checkpointer") | instructions.ChildTerminated("checkpointer"):
                log_report(supervisor, report)  # nobody has to play anything again for it
            case instructions.ChildTerminated(address) | instructions.ChildStarted(address) if (
                self.is_up and address.partition("/")[0] in self.rebuilding
            ):
                pass  # nobody has died: it is made anew
            case instructions.ChildTerminated(address, _, reason, True):
                self._died(address, reason)
            case instructions.ChildStarted(address) if self.is_up:
                self.restarts[address] += 1
                self.watchers.tell(events.NeuronRestarted(self.name, address, self.restarts[address]))
                self.send("trainer", Assigned() if address == "trainer" else Healed(address))
            case _:
                log_report(supervisor, report)

    def revived(self) -> None:
        """Note that the whole network was killed, and is up again."""
        self._died("network", "killed")
        self.restarts["network"] += 1
        self.watchers.tell(events.NeuronRestarted(self.name, "network", self.restarts["network"]))

    def _died(self, address: str, reason: Any) -> None:
        if self.wounded_at is None:
            self.wounded_at = time.perf_counter()
        position = self.vault.sealed.position if hasattr(self, "vault") else Position()
        deaths = self._deaths.setdefault(address, deque(maxlen=DEATHS_KEPT))
        deaths.append(Death(str(reason), self._clock(), position.step + 1))
        self.watchers.tell(events.NeuronDied(self.name, address, position.step + 1, str(reason)))
        if isinstance(reason, Crash) and not isinstance(reason.exception, InjectedCrashError):
            crashes = self._crashes.setdefault(address, [])
            crashes.append(reason)
            if len(crashes) >= POISON_DEATHS:
                self.send("trainer", Poisoned(address))


def _age(state: RunState) -> tuple[int, int]:
    """What rises while a run goes on: a run that is rewound has been changed once more."""
    return changes_of(state), state.position.step
