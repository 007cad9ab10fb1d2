"""Faults of delivery: whatever becomes of messages on their way, the result does not change by one bit."""

import threading
from collections import Counter
from typing import Any

import numpy as np
import pytest

from deepnet import Adam, Chain, Dense, Dropout, Until, events, start
from deepnet.actors.courier import Rank, Verdict
from deepnet.actors.faults import DELIVERY_FAULTS, DeliveryFault
from deepnet.actors.messages import Healed
from deepnet.errors import InputError, UnknownNameError
from deepnet.maths.parameters import fingerprint
from deepnet.maths.random import stream
from deepnet.runs.network import Network
from deepnet.runs.run import Run

GRANULARITIES = ["neuron", "layer"]
MODEL = Chain(Dense(2, 3, "softmax"), Dropout(0.3), Dense(3, 2, "tanh"), Dense(2, 1))
SMALL = Chain(Dense(2, 1, "tanh"), Dense(1, 1))
RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(6, 2)), RNG.normal(size=(6, 1))
WAIT_SECONDS = 30
SECONDS = 0.002
MANY = 10**6
"""Restarts that are allowed: a crash at every fifth message is a death at nearly every try."""


def learn(network: Network, **options: Any) -> Run:
    options = {"until": Until(steps=6), "optimizer": Adam(0.02), "batch_size": 2, **options}
    return network.train(*ROWS, **options)


def undisturbed(model: Chain, granularity: str = "neuron", **options: Any) -> str:
    with start(model, granularity=granularity) as network:
        learn(network, **options).wait(WAIT_SECONDS)
        return fingerprint(network.parameters())


def disturbed(
    model: Chain, *faults: DeliveryFault, start_with: dict[str, Any], **options: Any
) -> tuple[str, Counter[str]]:
    """The final weights, and how often what was told."""
    told: Counter[str] = Counter()
    with start(
        model, max_restarts=MANY, watcher=lambda event: told.update([type(event).__name__]), **start_with
    ) as network:
        for fault in faults:
            network.actors.delivery_faults.inject(fault)
        learn(network, **options).wait(WAIT_SECONDS)
        return fingerprint(network.parameters()), told


@pytest.mark.parametrize("clip_norm", [None, 0.1])
@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("granularity", GRANULARITIES)
@pytest.mark.parametrize(
    ("kind", "rate"),
    [(kind, rate) for kind in DELIVERY_FAULTS for rate in (0.03, 0.2 if kind not in {"crash", "drop"} else 0.06)],
)
def test_no_fault_of_delivery_changes_the_result(
    kind: str, rate: float, granularity: str, workers: int, clip_norm: float | None
) -> None:
    fault = DeliveryFault(kind, rate=rate, seconds=SECONDS, seed=1)
    where = {"granularity": granularity, "workers": workers}
    weights, told = disturbed(MODEL, fault, start_with=where, clip_norm=clip_norm, until=Until(steps=12))

    assert weights == undisturbed(MODEL, granularity, clip_norm=clip_norm, until=Until(steps=12))
    assert (told["NeuronDied"] > 0) == (kind == "crash")
    assert (told["StepReplayed"] > 0) == (kind in {"crash", "drop"})


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("granularity", GRANULARITIES)
@pytest.mark.parametrize("kind", ["crash", "drop"])
def test_nor_do_those_that_leave_hardly_a_try_whole(kind: str, granularity: str, workers: int) -> None:
    where = {"granularity": granularity, "workers": workers}
    weights, told = disturbed(SMALL, DeliveryFault(kind, rate=0.2), start_with=where)

    assert weights == undisturbed(SMALL)
    assert told["StepReplayed"] > (50 if granularity == "neuron" else 5)


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_nor_do_all_at_once_however_late_messages_come(granularity: str, workers: int) -> None:
    faults = [
        DeliveryFault("delay", rate=0.1, seconds=0.02, seed=1),
        DeliveryFault("delay", rate=0.1, seconds=0.001, seed=2),
        DeliveryFault("duplicate", rate=0.2, seed=3),
        DeliveryFault("hang", rate=0.02, seconds=SECONDS, seed=4),
        DeliveryFault("crash", rate=0.04, seed=5),
        DeliveryFault("drop", rate=0.01, seed=6),
    ]
    where = {"granularity": granularity, "workers": workers}
    weights, told = disturbed(SMALL, *faults, start_with=where, until=Until(steps=30))

    assert weights == undisturbed(SMALL, until=Until(steps=30))
    assert told["NeuronDied"] > 0


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_every_single_message_may_come_twice(granularity: str) -> None:
    with start(MODEL, granularity=granularity, workers=4) as network:
        network.actors.delivery_faults.inject(DeliveryFault("duplicate", rate=1.0))
        asked = []
        run = learn(network, until=Until(steps=60), clip_norm=0.1)
        while not run.ended_within(0.001):
            asked.append(network.activations([1.0, 0.5])["dense_2"].outputs.shape)
        assert fingerprint(network.parameters()) == undisturbed(
            MODEL, granularity, until=Until(steps=60), clip_norm=0.1
        )
        assert network.summary().restarts == 0
    assert set(asked) <= {(1, 1)}


@pytest.mark.parametrize("granularity", GRANULARITIES)
@pytest.mark.parametrize("order", range(12))
def test_nor_in_whatever_order_turns_are_taken_and_time_passes(order: int, granularity: str) -> None:
    chance = stream(order, "turns")
    with start(
        MODEL, workers=0, order=lambda waiting: int(chance.integers(waiting)), granularity=granularity
    ) as network:
        faults, scheduler = network.actors.delivery_faults, network.actors._scheduler
        faults.inject(DeliveryFault("duplicate", rate=0.5, seed=order))
        faults.inject(DeliveryFault("delay", rate=0.2, seconds=3600.0, seed=order + 100))
        faults.inject(DeliveryFault("crash", rate=0.03, seed=order + 200))
        run = learn(network, until=Until(steps=20))
        for _ in range(5000):
            scheduler.run_until_idle(max_turns=int(chance.integers(1, 60)))
            if run.state != "running":
                break
            faults.catch_up()
        assert run.state == "finished"
        assert fingerprint(network.parameters()) == undisturbed(MODEL, until=Until(steps=20))


def test_what_is_late_does_not_come_once_the_step_is_to_be_played_again() -> None:
    seen: list[tuple[str, int]] = []

    def look(_actor: Any, address: str, message: Any) -> Verdict:
        seen.append((address, message.attempt))
        return Verdict.DELIVER

    with start(MODEL, workers=0, order=lambda waiting: waiting - 1) as network:
        network.actors.courier.add(look, rank=Rank.LOOK)
        faults, scheduler = network.actors.delivery_faults, network.actors._scheduler
        remove = faults.inject(DeliveryFault("delay", rate=1.0, seconds=3600.0), {"dense_0/1"})
        learn(network)
        scheduler.run_until_idle()
        network.actors.tell("trainer", Healed(""))
        scheduler.run_until_idle(max_turns=1)  # the trainer has begun anew, and nobody else knows
        assert faults.catch_up()
        scheduler.run_until_idle(max_turns=1)
        begun = ("dense_0", 2) in seen
        while scheduler.run_until_idle() or faults.catch_up():
            pass
        remove()
        assert fingerprint(network.parameters()) == undisturbed(MODEL)

    assert not begun
    assert ("dense_0/1", 1) not in seen[: seen.index(("dense_0", 2))]


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_what_comes_twice_is_followed_by_no_more_than_what_comes_once(granularity: str) -> None:
    def told(rate: float | None) -> Counter[str]:
        messages: dict[int, Any] = {}

        def look(_actor: Any, _address: str, message: Any) -> Verdict:
            messages[id(message)] = message
            return Verdict.DELIVER

        with start(MODEL, workers=4, granularity=granularity) as network:
            network.actors.courier.add(look, rank=Rank.LOOK)
            if rate is not None:
                network.actors.delivery_faults.inject(DeliveryFault("duplicate", rate=rate))
            learn(network, clip_norm=0.1).wait(WAIT_SECONDS)
        return Counter(type(message).__name__ for message in messages.values())

    assert told(1.0) == told(None)


def test_a_question_is_not_answered_by_what_was_said_when_the_step_was_learnt() -> None:
    """The trainer is told twice that the step is learnt, and between the two begins to ask."""
    told: list[events.Event] = []
    with start(MODEL, workers=4, watcher=told.append) as network:
        network.actors.delivery_faults.inject(DeliveryFault("duplicate", rate=1.0), {"trainer"})
        run = learn(network, until=Until(steps=300))
        answers = []
        while run.state == "running":
            answers.append(sorted(network.activations([1.0, 0.5])))
        assert fingerprint(network.parameters()) == undisturbed(MODEL, until=Until(steps=300))
    assert answers
    assert all(answer == ["dense_0", "dense_1", "dense_2"] for answer in answers)


def test_only_messages_to_those_addressed_at_those_steps_are_struck() -> None:
    deaths: list[tuple[str, int]] = []

    def note(event: events.Event) -> None:
        if isinstance(event, events.NeuronDied):
            deaths.append((event.address, event.step))

    with start(MODEL, watcher=note) as network:
        faults = network.actors.delivery_faults
        fault = DeliveryFault("crash", rate=0.5, first=3, last=4)
        faults.inject(fault, {"dense_0/1", "trainer"})
        assert faults.faults == (fault,)
        learn(network).wait(WAIT_SECONDS)
        assert fingerprint(network.parameters()) == undisturbed(MODEL)

    assert {address for address, _ in deaths} == {"dense_0/1", "trainer"}
    assert {step for _, step in deaths} == {3, 4}


def test_the_same_seed_strikes_the_same_messages() -> None:
    def course(seed: int) -> list[events.Event]:
        told: list[events.Event] = []
        with start(MODEL, name="it", workers=0, order=_first, watcher=told.append) as network:
            network.actors.delivery_faults.inject(DeliveryFault("crash", rate=0.05, seed=seed))
            learn(network)
            network.actors.run_until_idle()
        return [event for event in told if isinstance(event, events.NeuronDied)]

    assert course(1) == course(1)
    assert course(1) != course(2)


def _first(_waiting: int) -> int:
    """Whose turn is next: that of whoever has waited longest."""
    return 0


@pytest.mark.parametrize("kind", ["delay", "drop", "duplicate"])
@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_without_workers_time_passes_by_hand(kind: str, granularity: str) -> None:
    threads = threading.active_count()
    with start(MODEL, workers=0, order=_first, granularity=granularity) as network:
        faults = network.actors.delivery_faults
        faults.inject(DeliveryFault(kind, rate=0.05, seconds=3600.0))
        run = learn(network)
        while network.actors.run_until_idle() or faults.catch_up():
            assert threading.active_count() == threads
        assert run.state == "finished"
        assert fingerprint(network.parameters()) == undisturbed(MODEL)


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("kind", DELIVERY_FAULTS)
def test_whoever_ends_a_fault_leaves_nothing_behind(kind: str, workers: int) -> None:
    """What hangs or is late goes on at once, and what was lost is played again."""
    with start(MODEL, workers=workers, max_restarts=MANY) as network:
        faults = network.actors.delivery_faults
        run = learn(network, until=Until(steps=400))
        for seed in range(8):
            remove = faults.inject(DeliveryFault(kind, rate=0.3, seconds=3600.0, seed=seed))
            run.ended_within(0.003)
            remove()
            remove()
        assert faults.faults == ()
        run.wait(WAIT_SECONDS)

        assert network.actors._scheduler.interceptor is None
        assert fingerprint(network.parameters()) == undisturbed(MODEL, until=Until(steps=400))


def test_one_fault_may_end_while_another_goes_on() -> None:
    with start(MODEL) as network:
        faults = network.actors.delivery_faults
        first, second = DeliveryFault("drop", rate=0.02), DeliveryFault("delay", rate=0.1, seconds=SECONDS)
        remove_first, remove_second = faults.inject(first), faults.inject(second)
        run = learn(network, until=Until(steps=20))
        remove_first()
        left = faults.faults
        run.wait(WAIT_SECONDS)
        remove_second()
        assert fingerprint(network.parameters()) == undisturbed(MODEL, until=Until(steps=20))

    assert left == (second,)


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_who_hangs_for_too_long_is_given_up_and_the_bits_stay(granularity: str) -> None:
    deaths: list[str] = []

    def note(event: events.Event) -> None:
        if isinstance(event, events.NeuronDied):
            deaths.append(event.reason)

    with start(MODEL, granularity=granularity, turn_seconds=0.05, watcher=note) as network:
        remove = network.actors.delivery_faults.inject(
            DeliveryFault("hang", rate=0.3, seconds=3600.0, first=3, last=3, seed=2), {"dense_0"}
        )
        run = learn(network)
        while not deaths:
            run.ended_within(0.001)
        remove()
        run.wait(WAIT_SECONDS)
        assert fingerprint(network.parameters()) == undisturbed(MODEL)

    assert all(reason.startswith("HungError: dense_0 ") for reason in deaths)


@pytest.mark.parametrize("kind", DELIVERY_FAULTS)
def test_a_network_with_faults_can_be_stopped(kind: str) -> None:
    with start(MODEL, workers=2, max_restarts=MANY) as network:
        network.actors.delivery_faults.inject(DeliveryFault(kind, rate=0.2, seconds=3600.0))
        run = learn(network)
        run.ended_within(0.01)
        network.stop()
        assert network.actors.delivery_faults.faults == ()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "drop", "rate": 0}, "rate must be a probability above 0 and up to 1, got 0"),
        ({"kind": "drop", "rate": 1.5}, "rate must be a probability above 0 and up to 1, got 1.5"),
        ({"kind": "drop", "rate": "often"}, "rate must be a finite number, got 'often'"),
        ({"kind": "delay", "seconds": 0}, "seconds must be a finite number above 0, got 0"),
        ({"kind": "drop", "first": 0}, "first must be a whole number of 1 or more, got 0"),
        ({"kind": "drop", "first": 5, "last": 4}, "last must be a whole number of 5 or more, got 4"),
        ({"kind": "drop", "seed": -1}, "seed must be a whole number of 0 or more, got -1"),
    ],
)
def test_what_cannot_be_a_fault_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as refused:
        DeliveryFault(**options)
    assert str(refused.value) == message


def test_a_kind_that_is_unknown_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(UnknownNameError, match=r"^unknown fault of delivery 'melt': use one of crash, hang, delay, "):
        DeliveryFault("melt")
