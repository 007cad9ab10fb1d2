"""A campaign of faults: the same training with each fault, at each rate and from each seed, beside the undisturbed one.

A fault is there for some epochs in the middle of a run. What it does is seen in the error of rows that are held out,
measured at the end of each epoch: before, during and after.
"""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np

from deepnet.errors import InputError, RunError
from deepnet.maths.arrays import Batch
from deepnet.maths.checks import positive_number, whole_number
from deepnet.maths.losses import Loss
from deepnet.maths.metrics import mean_squared_error
from deepnet.maths.model import Chain
from deepnet.maths.optimizers import Optimizer
from deepnet.maths.parameters import fingerprint
from deepnet.runs.chaos import DeathCount
from deepnet.runs.injecting import AMOUNTS, fault_named
from deepnet.runs.network import Network, start
from deepnet.runs.recovery import GIVEN_UP, Level, Outcome
from deepnet.runs.run import Run
from deepnet.training.interventions.faults import EVERYWHERE, drawn_places
from deepnet.training.until import Until

ERROR = "mean_squared_error"
HIDDEN = "hidden"
"""The address of all layers but the last: an output that a fault holds is no answer that could be learnt from."""
RATES = {"bit_flip": (0.01, 0.1), "stuck_at": (0.1, 1.0), "noise": (0.1, 1.0), "byzantine": (0.1, 1.0)}
"""How often each fault strikes unless somebody says so; those of delivery at ..."""
DELIVERY_RATES = (0.002, 0.01)
MANY_RESTARTS = 1_000_000
AGES = 1_000_000_000
"""Epochs of a run that is told later when to end."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Lesson:
    """What all runs of a campaign learn, and how.

    Args:
        model: the layers.
        inputs: (rows, model.inputs), to learn from ...
        targets: ... (rows, model.outputs).
        held_out: inputs and targets that errors are measured on.
        loss: how wrong outputs are.
        optimizer: what learns.
        batch_size: rows learnt together.
    """

    model: Chain
    inputs: Batch
    targets: Batch
    held_out: tuple[Batch, Batch]
    loss: str | Loss
    optimizer: Optimizer
    batch_size: int

    @property
    def error_of_mean(self) -> float:
        """The error of the mean of *targets* as the answer to every row held out: what is to be beaten."""
        truth = self.held_out[1]
        return mean_squared_error(np.broadcast_to(np.mean(self.targets, axis=0, dtype=float), truth.shape), truth)


class _Run(NamedTuple):
    """What came of one run."""

    errors: tuple[float, ...]
    weights: str
    state: str
    reason: str
    replays: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """What is to go wrong, and when.

    Args:
        levels: faults with their rates and amounts; see `levels_of`.
        seeds: of networks and faults.
        epochs: of each run.
        first: the first epoch of the fault, 2 or more ...
        last: ... and the last one, before the last of the run.
        share: how many of the neurons at *address* it happens to.
        address: of a neuron or a layer; ``hidden`` for all layers but the last, ``network`` for all.
        granularity: ``neuron`` or ``layer``.
        kernels: ``numpy`` or ``numba``.
        dtype: float32 or float64.
        seconds: so long each part of a run may take: at a high rate, no step may ever get through.

    Raises:
        InputError: a number is out of its range, or there is nothing to do.
        UnknownNameError: there is no such fault.
    """

    levels: tuple[Level, ...]
    seeds: tuple[int, ...]
    epochs: int
    first: int
    last: int
    share: float = 0.5
    address: str = HIDDEN
    granularity: str = "neuron"
    kernels: str = "numpy"
    dtype: str = "float32"
    seconds: float = 20.0

    def __post_init__(self) -> None:
        if not self.levels or not self.seeds:
            raise InputError("a campaign needs a fault and a seed: give one of each or more")
        for seed in self.seeds:
            whole_number("seed", seed, at_least=0)
        whole_number("the first epoch of the fault", self.first, at_least=2)
        whole_number("the last epoch of the fault", self.last, at_least=self.first)
        if whole_number("epochs", self.epochs, at_least=1) <= self.last:
            raise InputError(
                f"the fault is there up to epoch {self.last} of {self.epochs}: leave an epoch or more to recover in"
            )
        positive_number("seconds", self.seconds)
        if not positive_number("share", self.share) <= 1:
            raise InputError(f"share must be above 0 and up to 1, got {self.share:g}")
        for level in self.levels:
            fault_named(level.fault, self.dtype, amount=level.amount, rate=level.rate, first=1, last=None, seed=0)

    @property
    def runs(self) -> int:
        """How many there are to be, the undisturbed ones among them."""
        return len(self.seeds) * (1 + len(self.levels))

    def struck(self, model: Chain) -> tuple[int, int]:
        """Return how many neurons of *model* a fault happens to, and of how many.

        Raises:
            InputError: there is nobody at *address*.
        """
        places = [
            [len(drawn_places(model, address, "the network", share, 0)) for share in (self.share, 1.0)]
            for address in self._addresses(model)
        ]
        hit, there = zip(*places, strict=True)
        return sum(hit), sum(there)

    def play(self, lesson: Lesson) -> Iterator[Outcome]:
        """Carry it out, and yield what came of each disturbed run as soon as it is over.

        Seed by seed, so that whoever stops listening has seen all faults about as often.

        Raises:
            InputError: the lesson cannot be learnt, or there is nobody at *address*.
            RunError: the undisturbed run failed.
        """
        for seed in self.seeds:
            calm = self._run(lesson, seed, None)
            if calm.state != "finished" or not all(map(math.isfinite, calm.errors)):
                state = "was given up" if calm.state == GIVEN_UP else calm.state
                raise RunError(f"the undisturbed run with seed {seed} {state}: {calm.reason}")
            for level in self.levels:
                run = self._run(lesson, seed, level)
                yield Outcome(
                    level=level,
                    seed=seed,
                    first=self.first,
                    last=self.last,
                    errors=run.errors,
                    undisturbed=calm.errors,
                    same_weights=run.weights == calm.weights if run.state == "finished" else None,
                    state=run.state,
                    reason=run.reason,
                    replays=run.replays,
                    seconds=run.seconds,
                )

    def _run(self, lesson: Lesson, seed: int, level: Level | None) -> _Run:
        """Learn once, with *level* or undisturbed."""
        began, count = time.perf_counter(), DeathCount()
        with start(
            lesson.model,
            name="faults",
            seed=seed,
            granularity=self.granularity,
            dtype=self.dtype,
            kernels=self.kernels,
            max_restarts=MANY_RESTARTS,
            watcher=count,
        ) as network:
            run = network.train(
                lesson.inputs,
                lesson.targets,
                validation=lesson.held_out,
                until=Until(epochs=self.epochs if level is None else AGES),
                loss=lesson.loss,
                optimizer=lesson.optimizer,
                batch_size=lesson.batch_size,
                metrics=[ERROR],
            )
            ended = self._play_to_the_end(network, run, seed, level)
            state, reason = run.state, run.reason
            if not ended:
                remedy = "give it more seconds" if level is None else "try a lower rate, or more seconds"
                state, reason = GIVEN_UP, f"it took longer than {self.seconds:g} s: {remedy}"
            errors = tuple(record.validation[ERROR] for record in run.history)
            weights = fingerprint(network.parameters())
        return _Run(errors, weights, state, reason, count.replays, time.perf_counter() - began)

    def _play_to_the_end(self, network: Network, run: Run, seed: int, level: Level | None) -> bool:
        """Have *run* go on to its end, with the fault in its epochs; False if it takes too long."""
        try:
            if level is not None:
                # From the beginning, wherever it has come to meanwhile; and not over before it has begun.
                run.pause()
                run.rewind()
                run.set(until=Until(epochs=self.epochs))
                run.step("epoch", self.first - 1, self.seconds)
                self._inject(network, seed, level)
                run.step("epoch", self.last - self.first + 1, self.seconds)
                network.undo(len(self._addresses(network.model)))
                run.resume()
            return run.ended_within(self.seconds)
        except TimeoutError:
            return False
        except RunError:
            if not run.is_over:
                raise
            return True

    def _inject(self, network: Network, seed: int, level: Level) -> None:
        """Let *level* strike from the next step on."""
        for address in self._addresses(network.model):
            network.inject(level.fault, address, rate=level.rate, amount=level.amount, share=self.share, seed=seed)

    def _addresses(self, model: Chain) -> Sequence[str]:
        if self.address != HIDDEN:
            return [self.address]
        hidden = list(model.named_dense())[:-1]
        if not hidden:
            raise InputError(f"the network has no hidden layer: have faults happen to the {EVERYWHERE}, or give it one")
        return hidden


def levels_of(faults: Sequence[str], rates: Sequence[float] = (), amounts: Sequence[float] = ()) -> tuple[Level, ...]:
    """Return each fault at each rate and amount; where none is given, at those that are usual for it.

    Raises:
        InputError: amounts are given for a fault that has none, or for several faults.
    """
    if amounts and len(faults) != 1:
        raise InputError(f"an amount means something else for each fault: name one of {', '.join(AMOUNTS)}")
    return tuple(
        Level(fault, rate, amount)
        for fault in faults
        for amount, rate in product(amounts or (None,), rates or RATES.get(fault, DELIVERY_RATES))
    )
