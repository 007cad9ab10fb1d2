"""What a network tells those who watch it. Whoever watches cannot hurt what is watched."""

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias


class RunStarted(NamedTuple):
    """A run has begun."""

    network: str
    rows: int | None
    """Rows of an epoch; None for a stream."""
    batches: int | None


class KernelsCompiling(NamedTuple):
    """The arithmetic for this dtype is being compiled: once on a machine, it takes some seconds."""

    network: str
    dtype: str


class KernelsCompiled(NamedTuple):
    """That is done, and kept on disk."""

    network: str
    dtype: str
    seconds: float


class EpochEnded(NamedTuple):
    """An epoch is over; the metrics are those of the weights sealed at its end."""

    network: str
    epoch: int
    step: int
    loss: float
    metrics: dict[str, float]
    validation: dict[str, float]


class NeuronDied(NamedTuple):
    """A neuron, a layer, the trainer or the vault has died."""

    network: str
    address: str
    step: int
    """The step that was under way."""
    reason: str


class NeuronsDead(NamedTuple):
    """These neurons are dead on the training rows: nothing they are shown moves them. Told when it has changed."""

    network: str
    epoch: int
    addresses: tuple[str, ...]


class NeuronRestarted(NamedTuple):
    """It is back, under the same address."""

    network: str
    address: str
    restarts: int


class StepReplayed(NamedTuple):
    """A step is played again from the committed parameters."""

    network: str
    step: int
    attempt: int


class Intervened(NamedTuple):
    """Somebody has changed the network or its run, between a sealed step and the next."""

    network: str
    step: int
    kind: str
    """set, grow, prune, inject, rewind, undo, kill, pause, resume, step or stop."""
    address: str
    """Of a neuron or a layer; ``network`` or ``run``."""
    old: Any
    new: Any


class HealthChanged(NamedTuple):
    """These neurons are unwell on the training rows at the end of an epoch. Told when it has changed who and how."""

    network: str
    epoch: int
    findings: tuple[tuple[str, str, str], ...]
    """Address, condition (dead, saturated, exploding or stuck) and evidence of each."""


class CheckpointSaved(NamedTuple):
    """The state of a run after a sealed step is safe on the disk."""

    network: str
    step: int
    path: str


class CheckpointFailed(NamedTuple):
    """A checkpoint could not be written. The run goes on; older checkpoints are what they were."""

    network: str
    step: int
    reason: str


class RunEnded(NamedTuple):
    """A run is over: finished, stopped or failed."""

    network: str
    state: str
    reason: str
    epoch: int
    step: int


Event: TypeAlias = (
    RunStarted
    | KernelsCompiling
    | KernelsCompiled
    | EpochEnded
    | NeuronsDead
    | NeuronDied
    | NeuronRestarted
    | StepReplayed
    | Intervened
    | HealthChanged
    | CheckpointSaved
    | CheckpointFailed
    | RunEnded
)
Watcher: TypeAlias = Callable[[Event], object]


class Watchers:
    """Tells everyone who asked; whoever raises is not told again.

    A watcher is called in the thread in which things happen, with several workers perhaps in two at once,
    so it must be quick: note it down and return. It must not wait for the run or stop the network.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: tuple[_Entry, ...] = ()
        self.dropped: list[tuple[Watcher, Exception]] = []
        """Watchers that raised, and what."""

    def add(self, watcher: Watcher, *, but: Collection[type[Event]] = ()) -> Callable[[], None]:
        """Tell *watcher* every event from now on, *but* those of some kinds; call what is returned to end that."""
        entry = _Entry(watcher, frozenset(but))
        with self._lock:
            self._entries = (*self._entries, entry)
        return lambda: self._remove(entry)

    def _remove(self, entry: "_Entry") -> None:
        with self._lock:
            self._entries = tuple(kept for kept in self._entries if kept is not entry)

    def __bool__(self) -> bool:
        """Whether anybody watches: what nobody watches need not be computed."""
        return bool(self._entries)

    def want(self, kind: type[Event]) -> bool:
        """Whether anybody is to be told events of that kind."""
        return any(kind not in entry.but for entry in self._entries)

    def tell(self, event: Event) -> None:
        for entry in self._entries:
            if type(event) in entry.but:
                continue
            try:
                entry.watcher(event)
            except Exception as error:  # noqa: BLE001 - the watched must not suffer for it
                self._remove(entry)
                self.dropped.append((entry.watcher, error))


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    """One wish to be told: who asks twice is told twice, and may end each by itself."""

    watcher: Watcher
    but: frozenset[type[Event]] = frozenset()
