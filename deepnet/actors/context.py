"""What the actors of one network share: names, the vault, the run, and what became of whom."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from deepnet import events
from deepnet.actors.deliver import deliver
from deepnet.actors.messages import Healed, Poisoned
from deepnet.actors.vault import Vault
from deepnet.errors import DeepnetError
from deepnet.maths.arrays import Batch
from deepnet.maths.model import Chain
from deepnet.maths.parameters import LayerParameters
from deepnet.training.plan import Plan
from deepnet.training.position import EpochRecord, Position
from supervisor import Crash, Directory
from supervisor.core import instructions

POISON_DEATHS = 3
"""Crashes of one actor at one step that are taken for a sign that it will never get past it."""


class InjectedCrashError(DeepnetError):
    """A fault that somebody asked for: it says nothing about the step it strikes."""


@dataclass(eq=False, slots=True)
class Assignment:
    """A run as its actors see it: the data, the plan, and where to say how it went.

    Attributes:
        plan: what to do.
        inputs: (rows, inputs + 1), ending in a column of ones.
        targets: (rows, outputs).
        held_out: inputs and targets for validation, or None.
        history: a record an epoch.
        state: running, finished, stopped or failed.
    """

    plan: Plan
    inputs: Batch
    targets: Batch
    held_out: tuple[Batch, Batch] | None
    on_end: Callable[[], object]
    history: list[EpochRecord] = field(default_factory=list)
    state: str = "running"
    reason: str = ""
    stop_asked: bool = False

    @property
    def rows(self) -> int:
        return len(self.targets)

    def end(self, state: str, reason: str) -> bool:
        """Record how it ended, once; False if it had ended already."""
        if self.state != "running":
            return False
        self.reason = reason
        self.state = state
        self.on_end()
        return True


class Context:
    """One network's common ground. It outlives every actor; what it holds they find again after a restart.

    Attributes:
        checkpoint: the parameters that a new vault begins with: those at the start of the run.
        vault: made by the vault's keeper; replaced when that dies.
        assignment: the run under way, or the last one.
        restarts: how often the actor of each address has been restarted.
    """

    vault: Vault

    def __init__(
        self,
        name: str,
        model: Chain,
        granularity: str,
        checkpoint: Sequence[LayerParameters],
        watchers: events.Watchers,
    ) -> None:
        self.name = name
        self.model = model
        self.granularity = granularity
        self.checkpoint = tuple(checkpoint)
        self.watchers = watchers
        self.directory = Directory()
        self.assignment: Assignment | None = None
        self.restarts: Counter[str] = Counter()
        self.is_up = False
        self._crashes: Counter[str] = Counter()  # at the step under way

    def send(self, address: str, message: Any) -> None:
        """Tell whoever goes by *address* at present. If that is nobody, its successor's start will make up for it."""
        ref = self.directory.whereis(address)
        if ref is not None:
            deliver(ref, message)

    def step_was_sealed(self) -> None:
        """Forget the crashes: the step that they befell got done."""
        if self._crashes:
            self._crashes.clear()

    def poisoned(self) -> str | None:
        """The address that has crashed too often at the step under way, or None."""
        return next((address for address, count in self._crashes.items() if count >= POISON_DEATHS), None)

    def hear(self, _supervisor: str, report: instructions.Report) -> None:
        """Take in what a supervisor of this network reports."""
        match report:
            case instructions.ChildTerminated(address, _, reason, True):
                self._died(address, reason)
            case instructions.ChildStarted(address) if self.is_up:
                self.restarts[address] += 1
                self.watchers.tell(events.NeuronRestarted(self.name, address, self.restarts[address]))
                if address != "trainer":
                    self.send("trainer", Healed(address))

    def _died(self, address: str, reason: Any) -> None:
        position = self.vault.sealed.position if hasattr(self, "vault") else Position()
        self.watchers.tell(events.NeuronDied(self.name, address, position.step + 1, str(reason)))
        if isinstance(reason, Crash) and not isinstance(reason.exception, InjectedCrashError):
            self._crashes[address] += 1
            if self._crashes[address] >= POISON_DEATHS:
                self.send("trainer", Poisoned(address, reason))
