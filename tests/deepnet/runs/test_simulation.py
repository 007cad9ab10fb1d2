"""Runs whose every turn is drawn from a seed: what may depend on it, and what may not."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np
import pykka
import pytest

from deepnet import SGD, Adam, Chain, Dense, Dropout, Until, events, start
from deepnet.actors.link import LayerLink
from deepnet.errors import InputError, RunError
from deepnet.maths.parameters import fingerprint
from deepnet.maths.random import stream
from deepnet.runs.network import Network
from deepnet.runs.run import Run
from deepnet.runs.simulation import CRASH, MOST_FAULTS, Outcome, draw_faults, simulate
from supervisor import suspend

MODEL = Chain(Dense(3, 4, "tanh"), Dropout(0.4), Dense(4, 3, "softmax"))
RNG = np.random.default_rng(1)
INPUTS, TARGETS = RNG.normal(size=(11, 3)), np.eye(3)[RNG.integers(0, 3, 11)]
PLANS: dict[str, dict[str, Any]] = {
    "plain": {"until": Until(epochs=3), "optimizer": SGD(0.1, momentum=0.9)},
    "clipped": {"until": Until(steps=8), "optimizer": Adam(0.05), "clip_norm": 0.1, "metrics": ["accuracy"]},
    "patient": {"until": Until(epochs=6, patience=2), "optimizer": SGD(0.8), "validation": 0.3},
}


def begin(name: str) -> Callable[[Network], Run]:
    return lambda network: network.train(INPUTS, TARGETS, loss="crossentropy", batch_size=4, **PLANS[name])


class Course(NamedTuple):
    """All that can be seen of a simulated run."""

    weights: str
    turns: int
    choices: list[int]
    events: list[events.Event]


def course_of(order: int, granularity: str, faults: dict[int, str]) -> Course:
    """Play a run as `simulate` does, and look on: how many waited at each turn, and what was told."""
    chance, choices, told = stream(order, "turns"), list[int](), list[events.Event]()

    def choose(waiting: int) -> int:
        choices.append(waiting)
        return int(chance.integers(waiting))

    def look_on(event: events.Event) -> None:
        told.append(event if not isinstance(event, events.NeuronDied) else event._replace(reason=""))  # it has a number

    with start(MODEL, name="it", workers=0, order=choose, granularity=granularity, watcher=look_on) as network:
        network.actors.strike(faults)
        begin("plain")(network)
        turns = network.actors.run_until_idle()
        return Course(fingerprint(network.parameters()), turns, choices, told)


@pytest.mark.parametrize("granularity", ["neuron", "layer"])
def test_the_same_order_is_the_same_run_turn_by_turn(granularity: str) -> None:
    faults = draw_faults(MODEL, 7, 60)
    first, again = (course_of(7, granularity, faults) for _ in range(2))

    assert first == again
    assert first.weights == simulate(MODEL, begin("plain"), order=7, faults=faults, granularity=granularity).weights
    assert first.turns > 50
    assert any(isinstance(event, events.NeuronDied) for event in first.events)


def test_another_order_is_another_course_to_the_same_bits() -> None:
    courses = [course_of(order, "neuron", {}) for order in range(6)]

    assert len({tuple(course.choices) for course in courses}) == 6
    assert len({course.weights for course in courses}) == 1
    assert max(max(course.choices) for course in courses) >= 3  # there was something to choose


@pytest.mark.parametrize("granularity", ["neuron", "layer"])
@pytest.mark.parametrize("name", PLANS)
def test_a_simulated_run_has_the_bits_of_one_with_threads(name: str, granularity: str) -> None:
    simulated = simulate(MODEL, begin(name), order=3, granularity=granularity)
    with start(MODEL, granularity=granularity) as network:
        run = begin(name)(network).wait(30)
        found = Outcome(fingerprint(network.parameters()), run.history, run.position.step, run.state, run.reason)

    assert found == simulated
    assert found.state == "finished"


@pytest.mark.parametrize("granularity", ["neuron", "layer"])
@pytest.mark.parametrize("name", PLANS)
def test_faults_leave_no_trace(name: str, granularity: str) -> None:
    expected = simulate(MODEL, begin(name), order=0, granularity=granularity)
    for order in range(1, 16):
        faults = draw_faults(MODEL, order, 150)
        assert simulate(MODEL, begin(name), order=order, faults=faults, granularity=granularity) == expected


def test_faults_strike_at_the_messages_they_are_drawn_for() -> None:
    """Every message of a short run, one after another: whoever handles it dies."""
    expected = simulate(MODEL, begin("clipped"), order=0)
    struck = 0
    for at in range(1, 120, 3):
        told: list[Any] = []
        outcome = simulate(MODEL, begin("clipped"), order=at, faults={at: CRASH}, watcher=told.append)
        struck += any(f"crashed on purpose at message {at}" in str(event) for event in told)
        assert outcome == expected

    assert struck == 40


def test_drawn_faults_are_of_a_seed_and_within_bounds() -> None:
    drawn = [draw_faults(MODEL, seed, 500) for seed in range(200)]
    victims = {fault for faults in drawn for fault in faults.values()}

    assert drawn == [draw_faults(MODEL, seed, 500) for seed in range(200)]
    assert len({tuple(faults.items()) for faults in drawn}) == 200
    assert all(1 <= len(faults) <= MOST_FAULTS for faults in drawn)
    assert max(map(len, drawn)) >= 19
    assert all(1 <= at < 500 for faults in drawn for at in faults)
    with start(MODEL) as network:
        assert victims == {CRASH, *network.neurons(), *network.model.named_layers(), "trainer", "vault"}


def test_a_run_that_stands_still_is_named_with_its_order() -> None:
    """Somebody is suspended, and nobody ever lets him go on."""

    def begin_without_a_layer(network: Network) -> Run:
        run = begin("plain")(network)
        layer = next(ref for ref in pykka.ActorRegistry.get_all() if network._context.address_of(ref) == "dense_1")
        with suppress(pykka.Timeout):  # he answers in his turn, and there is none before this returns
            suspend(layer, timeout=0.01)
        return run

    with pytest.raises(RunError, match="with order 5 the run stands still at step 0: nobody has any mail"):
        simulate(MODEL, begin_without_a_layer, order=5)
    assert pykka.ActorRegistry.get_all() == []


def test_a_broken_build_is_found() -> None:
    """Without the fence, a message of an attempt that has been given up is taken for one of the present."""
    expected = simulate(MODEL, begin("plain"), order=0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LayerLink, "_is_stale", lambda *_: False)
        outcomes: list[Outcome | None] = []
        for order in range(1, 40):
            try:
                outcomes.append(simulate(MODEL, begin("plain"), order=order, faults=draw_faults(MODEL, order, 200)))
            except RunError:
                outcomes.append(None)

    assert any(outcome != expected for outcome in outcomes)


@pytest.mark.parametrize("order", [-1, 0.5, None])
def test_an_order_that_is_no_seed_is_refused(order: Any) -> None:
    with pytest.raises(InputError, match="order"):
        simulate(MODEL, begin("plain"), order=order)


def test_what_a_run_refuses_is_refused_here_and_leaves_nobody_behind() -> None:
    with pytest.raises(InputError):
        simulate(MODEL, lambda network: network.train(INPUTS, TARGETS[:3], until=Until(epochs=1)), order=0)
    assert pykka.ActorRegistry.get_all() == []
