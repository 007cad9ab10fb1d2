"""Killing at random: whom, how often, and what is told about it."""

import itertools
from typing import Any

import numpy as np
import pytest

from deepnet import Adam, Chain, Dense, Dropout, Until, events, start
from deepnet.errors import InputError
from deepnet.maths.parameters import fingerprint
from deepnet.runs.chaos import Chaos, Disturbance, disturb
from deepnet.runs.network import Network
from deepnet.runs.run import Run

WAIT_SECONDS = 30
MODEL = Chain(Dense(4, 6, "tanh"), Dropout(0.3), Dense(6, 3, "softmax"))
RNG = np.random.default_rng(0)
INPUTS, TARGETS = RNG.normal(size=(24, 4)), np.eye(3)[RNG.integers(0, 3, 24)]


def begin(network: Network, epochs: int = 5) -> Run:
    return network.train(
        INPUTS, TARGETS, until=Until(epochs=epochs), loss="crossentropy", optimizer=Adam(0.05), batch_size=4,
        metrics=["accuracy"],
    )  # fmt: skip


def end_of(network: Network, run: Run) -> tuple[Any, ...]:
    run.wait(WAIT_SECONDS)
    return fingerprint(network.parameters()), run.history, run.position.step, run.reason


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"kills": 0}, "kills"),
        ({"kills": -1.0}, "kills"),
        ({"kills": float("nan")}, "kills"),
        ({"kills": float("inf")}, "kills"),
        ({"kills": 1, "per": "minute"}, "per second or per thousand messages, got 'minute'"),
        ({"kills": 1001, "per": "thousand"}, "at most 1000"),
        ({"kills": 1, "seed": -1}, "seed"),
        ({"kills": 1, "seed": 0.5}, "seed"),
    ],
)
def test_a_chaos_that_cannot_be_is_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Chaos(**values)


@pytest.mark.parametrize("chaos", [Chaos(200), Chaos(30, "thousand", seed=4)], ids=["by the clock", "by messages"])
@pytest.mark.parametrize("granularity", ["neuron", "layer"])
@pytest.mark.parametrize("workers", [1, 3])
def test_a_disturbed_run_equals_one_left_alone(chaos: Chaos, granularity: str, workers: int) -> None:
    with start(MODEL, granularity=granularity) as network:
        expected = end_of(network, begin(network, epochs=20))
    with start(MODEL, granularity=granularity, workers=workers) as network, disturb(network, chaos) as disturbance:
        end = end_of(network, begin(network, epochs=20))

    assert end == expected
    assert disturbance.report().steps_lost == 0


def test_the_report_counts_what_a_watcher_sees() -> None:
    told: list[events.Event] = []
    with start(MODEL, watcher=told.append) as network, disturb(network, Chaos(20, "thousand")) as disturbance:
        end_of(network, begin(network))
        report = disturbance.report()
    died = [event for event in told if isinstance(event, events.NeuronDied)]

    assert sum(report.deaths.values()) == len(died) >= 10
    assert report.deaths["neurons"] == sum("/" in event.address for event in died)
    assert report.restarts == sum(isinstance(event, events.NeuronRestarted) for event in told) >= 10
    assert report.replays == sum(isinstance(event, events.StepReplayed) for event in told)
    assert report.heal_seconds is not None
    assert 0 < report.heal_seconds[0] <= report.heal_seconds[1] < WAIT_SECONDS


def test_a_report_without_deaths_has_no_time_to_heal() -> None:
    with start(MODEL) as network, disturb(network, Chaos(0.001)) as disturbance:
        end_of(network, begin(network, epochs=1))

    report = disturbance.report()
    assert (report.deaths, report.restarts, report.replays, report.heal_seconds) == ({}, 0, 0, None)


@pytest.mark.parametrize("chaos", [Chaos(0.001), Chaos(0.001, "thousand")], ids=["by the clock", "by messages"])
def test_steps_that_are_learnt_again_are_told_as_lost(chaos: Chaos) -> None:
    """A vault that dies without a folder sends the run back to its beginning."""
    with start(MODEL) as network, disturb(network, chaos) as disturbance:
        run = begin(network, epochs=150)
        while run.position.step < 100:
            run.ended_within(0.001)
        network.kill("vault")
        run.wait(WAIT_SECONDS)
        again = begin(network, epochs=1).wait(WAIT_SECONDS)

    assert (run.position.step, again.position.step) == (900, 6)  # a second run begins at 0, and loses nothing
    assert 90 <= disturbance.report().steps_lost < 900


def test_nobody_dies_once_the_block_is_over() -> None:
    died: list[events.Event] = []
    with start(MODEL) as network:
        with disturb(network, Chaos(50, "thousand")):
            end_of(network, begin(network))
        network.watchers.add(lambda event: died.append(event) if isinstance(event, events.NeuronDied) else None)
        end_of(network, begin(network))

    assert died == []


@pytest.mark.parametrize("granularity", ["neuron", "layer"])
def test_with_one_worker_the_same_die_at_the_same_messages(granularity: str) -> None:
    def deaths(seed: int) -> list[tuple[str, int, str]]:
        died: list[tuple[str, int, str]] = []
        with start(MODEL, granularity=granularity) as network:
            network.watchers.add(lambda event: died.append(event[1:]) if isinstance(event, events.NeuronDied) else None)
            with disturb(network, Chaos(20, "thousand", seed)):
                end_of(network, begin(network))
        return died

    first, again, other = deaths(1), deaths(1), deaths(2)

    assert first == again != other
    assert len(first) >= 2


def test_the_seed_decides_whom_the_clock_strikes() -> None:
    with start(MODEL) as network:
        drawn = [list(itertools.islice(Disturbance(network, Chaos(9, seed=seed)).victims(), 300)) for seed in (1, 1, 2)]
        everybody = {*network.neurons(), *network.model.named_layers(), "trainer"}

    assert drawn[0] == drawn[1] != drawn[2]
    assert set(drawn[0]) == everybody
    assert sum("/" in address for address in drawn[0]) == pytest.approx(0.7 * 300, abs=30)


@pytest.mark.parametrize("kills", [1, 20, 300, 1000])
def test_so_many_of_a_thousand_messages_are_struck(kills: float) -> None:
    with start(MODEL) as network:
        ordinals = Disturbance(network, Chaos(kills, "thousand")).ordinals()
        struck = list(itertools.takewhile(lambda message: message <= 50_000, ordinals))

    deviation = (50 * kills * (1 - kills / 1000)) ** 0.5
    assert len(struck) == pytest.approx(50 * kills, abs=4 * deviation)
    assert struck == sorted(set(struck))
    assert struck[0] >= 1


def test_kills_by_the_clock_end_with_the_network() -> None:
    with start(MODEL) as network, disturb(network, Chaos(500)):
        run = begin(network, epochs=10**6)
        while run.position.step < 20:
            run.ended_within(0.001)
        network.stop()

    assert run.state == "stopped"
