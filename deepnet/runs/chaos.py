"""Killing at random while a network learns, and counting what it did about it."""

import statistics
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from deepnet import events
from deepnet.errors import InputError, NetworkStoppedError
from deepnet.maths.checks import positive_number, whole_number
from deepnet.maths.random import stream
from deepnet.runs.network import Network

SHARES = {"neuron": 0.7, "layer": 0.2, "trainer": 0.1}
"""How often whom. Where layers compute, killing a neuron kills its layer."""


@dataclass(frozen=True, slots=True)
class Chaos:
    """How often somebody is to die, and what decides whom.

    Args:
        kills: how many on average ...
        per: ... in a ``"second"``, or among ``"thousand"`` messages that the actors of the network handle.
        seed: whom, and after which of the messages; 0 or more.

    Raises:
        InputError: a number is out of its range, or *per* is neither of the two.
    """

    kills: float
    per: str = "second"
    seed: int = 0

    def __post_init__(self) -> None:
        positive_number("kills", self.kills)
        whole_number("seed", self.seed, at_least=0)
        if self.per not in {"second", "thousand"}:
            raise InputError(f"kills are per second or per thousand messages, got {self.per!r}")
        if self.per == "thousand" and self.kills > 1000:
            raise InputError(f"kills must be at most 1000 among a thousand messages, got {self.kills:g}")


@dataclass(frozen=True, slots=True)
class ChaosReport:
    """What became of a run that was disturbed.

    Attributes:
        deaths: of whom how many: neurons, layers, trainers, others.
        restarts: how many came back.
        replays: steps that were played again.
        heal_seconds: from a death to the next sealed step: the median and the 99th percentile; None without a death.
        steps_lost: sealed steps that had to be learnt again.
    """

    deaths: dict[str, int]
    restarts: int
    replays: int
    heal_seconds: tuple[float, float] | None
    steps_lost: int


def heal_figures(heals: Sequence[float]) -> tuple[float, float] | None:
    """Return the median and the 99th percentile of seconds from a death to the next seal; None if nobody died."""
    return (statistics.median(heals), float(np.percentile(heals, 99))) if heals else None


class DeathCount:
    """A watcher that counts who dies, comes back, and is played again."""

    def __init__(self) -> None:
        self.deaths: Counter[str] = Counter()
        self.restarts = 0
        self.replays = 0

    def __call__(self, event: events.Event) -> None:
        match event:
            case events.NeuronDied(_, address):
                self.deaths[_kind(address)] += 1
            case events.NeuronRestarted():
                self.restarts += 1
            case events.StepReplayed():
                self.replays += 1


class Disturbance:
    """What goes on while a network is disturbed.

    Args:
        network: whose actors die.
        chaos: how often, and whom.
    """

    def __init__(self, network: Network, chaos: Chaos) -> None:
        self._network = network
        self._chaos = chaos
        self._count = DeathCount()
        self._heals_before = len(network.actors.heals)
        self._noting = threading.Lock()
        self._furthest, self._lost = 0, 0

    def report(self) -> ChaosReport:
        """What has happened so far."""
        return ChaosReport(
            dict(self._count.deaths),
            self._count.restarts,
            self._count.replays,
            heal_figures(self._network.actors.heals[self._heals_before :]),
            self._lost,
        )

    def _hear(self, event: events.Event) -> None:
        self._count(event)
        if isinstance(event, events.RunStarted):
            self._furthest = 0
        else:
            self._note_step()

    def _note_step(self) -> None:
        """Note how far the network is: to be further back than before is to have lost steps."""
        with self._noting:
            step = self._network.summary().step
            self._lost += max(0, self._furthest - step)
            self._furthest = step

    def victims(self) -> Iterator[str]:
        """Yield whom to kill, one after another."""
        chance = stream(self._chaos.seed, "chaos", 0)
        neurons, layers = self._network.neurons(), tuple(self._network.model.named_layers())
        kinds = {"neuron": neurons, "layer": layers, "trainer": ("trainer",)}
        while True:
            addresses = kinds[str(chance.choice(list(SHARES), p=list(SHARES.values())))]
            yield addresses[int(chance.integers(len(addresses)))]

    def kill_by_the_clock(self, over: threading.Event) -> None:
        """Kill until *over*, after pauses that are exponentially distributed: a Poisson process."""
        pauses = stream(self._chaos.seed, "chaos", 1)
        victims = self.victims()
        while not over.wait(pauses.exponential(1 / self._chaos.kills)):
            try:
                self._network.kill(next(victims))
            except NetworkStoppedError:
                return

    def ordinals(self) -> Iterator[int]:
        """Yield at which messages somebody is to die, counting from 1."""
        gaps = stream(self._chaos.seed, "chaos", 2)
        message = 0
        while True:
            message += int(gaps.geometric(self._chaos.kills / 1000))
            yield message

    @contextmanager
    def going_on(self) -> Iterator["Disturbance"]:
        """Disturb the network within this block."""
        forget = self._network.watchers.add(self._hear)
        over = threading.Event()
        killer: threading.Thread | None = None
        if self._chaos.per == "second":
            killer = threading.Thread(target=self.kill_by_the_clock, args=(over,), name="chaos", daemon=True)
            killer.start()
        else:
            self._network.actors.crash_at_messages(self.ordinals())
        try:
            yield self
        finally:
            over.set()
            if killer is not None:
                killer.join()
            else:
                self._network.actors.crash_at_messages(iter(()))
            forget()


def disturb(network: Network, chaos: Chaos) -> Any:
    """Return a context manager: within its block somebody dies now and then, as *chaos* says."""
    return Disturbance(network, chaos).going_on()


def _kind(address: str) -> str:
    if address in {"trainer", "vault"}:
        return f"{address}s"
    return "neurons" if "/" in address else "layers"
