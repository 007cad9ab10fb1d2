"""Softmax, Dropout, clipping, penalties, schedules, patience, handlers, streams: none of them minds who dies."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest

from deepnet.maths.model import Chain, Dense, Dropout
from deepnet.maths.optimizers import SGD, Adam
from deepnet.maths.parameters import fingerprint
from deepnet.maths.schedules import Cosine, ReduceOnPlateau, WarmUp
from deepnet.runs.network import Network, start
from deepnet.runs.run import Run
from deepnet.training.handlers import Moment, every, on
from deepnet.training.history import EpochRecord
from deepnet.training.patience import Patience
from deepnet.training.until import Until

Strike = Callable[[Network, Mapping[int, str]], None]
DrawFaults = Callable[[Network, int, int], dict[int, str]]

WAIT_SECONDS = 30
MODEL = Chain(Dropout(0.1), Dense(4, 5, "relu"), Dropout(0.4), Dense(5, 4, "softmax"), Dense(4, 3, "softmax"))
RNG = np.random.default_rng(0)
INPUTS = RNG.normal(size=(11, 4))
TARGETS = np.eye(3)[RNG.integers(0, 3, 11)]


def halt_odd_epochs(moment: Moment) -> str | None:
    """Answers by what it is shown alone, as it has to."""
    return "halt_epoch" if moment.epoch % 2 and moment.step % 3 == 2 else None


def batches() -> Iterator[tuple[Any, Any]]:
    for first in range(0, 11, 4):
        yield INPUTS[first : first + 4], TARGETS[first : first + 4]


def train(name: str, network: Network) -> Run:
    """Begin the run of that name."""
    common: dict[str, Any] = {"loss": "categorical_cross_entropy", "batch_size": 4, "metrics": ["accuracy", "r2"]}
    match name:
        case "clipped by norm, on a cosine":
            return network.train(
                INPUTS, TARGETS, until=Until(epochs=3), optimizer=Adam(0.05), schedule=Cosine(9, per="step"),
                clip_norm=0.1, clip_value=0.2, l1=0.01, l2=0.02, **common,
            )  # fmt: skip
        case "patient, with its best weights":
            return network.train(
                INPUTS, TARGETS, until=Until(epochs=6) | Patience(2, "validation_loss"),
                optimizer=SGD(0.5, momentum=0.9), schedule=WarmUp(2, then=ReduceOnPlateau(patience=0)),
                validation=0.3, **common,
            )  # fmt: skip
        case "halted by handlers":
            return network.train(
                INPUTS, TARGETS, until=Until(epochs=4), optimizer=Adam(0.05),
                handlers=[on("iteration_completed", halt_odd_epochs), on("epoch_completed", _look, every(2))],
                drop_last=True, **common,
            )  # fmt: skip
        case _:
            return network.train(batches, until=Until(epochs=3), optimizer=Adam(0.05), **common)


def _look(moment: Moment) -> None:
    assert moment.record is not None
    assert len(moment.parameters()) == 3


NAMES = ("clipped by norm, on a cosine", "patient, with its best weights", "halted by handlers", "a stream")


class End(NamedTuple):
    """What must not depend on who died."""

    weights: str
    history: tuple[EpochRecord, ...]
    step: int
    reason: str


def end_of(name: str, network: Network) -> End:
    run = train(name, network).wait(WAIT_SECONDS)
    return End(fingerprint(network.parameters()), run.history, run.position.step, run.reason)


@cache
def undisturbed(name: str, granularity: str) -> End:
    with start(MODEL, granularity=granularity) as network:
        return end_of(name, network)


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("granularity", ["neuron", "layer"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("schedule", range(12))
def test_faults_at_any_message_leave_no_trace(
    name: str, granularity: str, workers: int, schedule: int, strike: Strike, draw_faults: DrawFaults
) -> None:
    with start(MODEL, granularity=granularity, workers=workers) as network:
        strike(network, draw_faults(network, schedule, 500 if granularity == "neuron" else 150))
        end = end_of(name, network)

    assert end == undisturbed(name, granularity)


def test_each_of_these_runs_goes_its_own_way() -> None:
    ends = {name: undisturbed(name, "neuron") for name in NAMES}

    assert len({end.weights for end in ends.values()}) == len(NAMES)
    assert "restored" in ends["patient, with its best weights"].reason
    assert [record.step for record in ends["halted by handlers"].history] == [2, 4, 5, 7]


@pytest.mark.parametrize("name", NAMES)
def test_neurons_and_layers_learn_the_same(name: str) -> None:
    found = []
    for granularity in ("neuron", "layer"):
        with start(MODEL, granularity=granularity, dtype="float64") as network:
            run = train(name, network).wait(WAIT_SECONDS)
            found.append((network.parameters(), run.history))

    (by_neurons, told), (by_layers, also_told) = found
    for one, other in zip(by_neurons, by_layers, strict=True):
        np.testing.assert_allclose(one.weights, other.weights, rtol=1e-11, atol=1e-12)
        np.testing.assert_allclose(one.bias, other.bias, rtol=1e-11, atol=1e-12)
    for record, other_record in zip(told, also_told, strict=True):
        assert record.flat() == pytest.approx({**other_record.flat(), "seconds": record.seconds}, rel=1e-9)
