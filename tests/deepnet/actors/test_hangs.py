"""An actor that hangs is found, given up and named; what it does when it comes to changes nothing."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from deepnet import Adam, Chain, Dense, Dropout, Until, events, on, start
from deepnet.actors.messages import Activate, Backward, Correct, Forward, Learnt, Predicted
from deepnet.errors import InputError, RunError
from deepnet.maths.losses import Loss, loss_named
from deepnet.maths.parameters import fingerprint
from deepnet.runs.network import Network
from deepnet.training.handlers import Moment
from supervisor import Crash, HungError

Intercept = Callable[[Network, Callable[[Any, Any], object] | None], None]

WAIT_SECONDS = 20
TURN_SECONDS = 0.1
MODEL = Chain(Dense(4, 3, "relu"), Dropout(0.3), Dense(3, 2))
RNG = np.random.default_rng(0)
INPUTS, TARGETS = RNG.normal(size=(6, 4)), RNG.normal(size=(6, 2))


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """What hangs waits for this, which comes at the end of the test at the latest."""
    event = threading.Event()
    yield event
    event.set()


def bits(network: Network, **options: Any) -> str:
    plan = {"until": Until(steps=30), "optimizer": Adam(0.02), **options}
    network.train(INPUTS, TARGETS, **plan).wait(WAIT_SECONDS)
    return fingerprint(network.parameters())


def undisturbed(granularity: str = "neuron") -> str:
    with start(MODEL, granularity=granularity) as network:
        return bits(network)


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize(
    ("granularity", "address"),
    [
        ("neuron", "dense_0/1"),
        ("neuron", "dense_1/0"),
        ("neuron", "dense_0"),
        ("neuron", "dropout_0"),
        ("neuron", "trainer"),
        ("layer", "dense_1"),
        ("layer", "trainer"),
    ],
)
@pytest.mark.parametrize("kind", [Forward, Backward])
def test_whoever_hangs_is_replaced_and_the_bits_stay(
    granularity: str, address: str, kind: type[Any], workers: int, intercept: Intercept, release: threading.Event
) -> None:
    if address == "trainer":
        kind = Predicted if kind is Forward else Learnt
    elif "/" in address:
        kind = Activate if kind is Forward else Correct
    told: list[events.Event] = []
    hung = threading.Event()
    returned = threading.Event()

    def hang(actor: Any, message: Any) -> None:
        if _address(actor) == address and type(message) is kind and message.step == 7 and not hung.is_set():
            hung.set()
            release.wait(WAIT_SECONDS)
            returned.set()

    with start(
        MODEL, granularity=granularity, workers=workers, turn_seconds=TURN_SECONDS, watcher=told.append
    ) as network:
        intercept(network, hang)
        # It comes to while the others are at work, and goes on with the message of long ago.
        handlers = [on("iteration_completed", lambda now: _let_go(now, release, returned))]
        assert bits(network, handlers=handlers) == undisturbed(granularity)

    deaths = [event for event in told if isinstance(event, events.NeuronDied)]
    assert [(event.address, event.step) for event in deaths] == [(address, 7)]
    assert deaths[0].reason.startswith(f"HungError: {address} ")
    assert returned.is_set()


def _address(actor: Any) -> str:
    return getattr(actor, "address", "trainer")


def _let_go(now: Moment, release: threading.Event, returned: threading.Event) -> None:
    if now.step == 12:
        release.set()
        returned.wait(WAIT_SECONDS)


def test_a_handler_that_hangs_is_the_trainers_death_and_the_run_goes_on(release: threading.Event) -> None:
    calls: list[int] = []

    def hang_once(now: Moment) -> None:
        calls.append(now.epoch)
        if calls == [1, 2]:
            release.wait(WAIT_SECONDS)

    with start(MODEL, turn_seconds=TURN_SECONDS) as network:
        assert bits(network, handlers=[on("epoch_completed", hang_once)], until=Until(epochs=5)) == bits_of_epochs(5)
        release.set()

    assert calls[:4] == [1, 2, 2, 3]


def bits_of_epochs(epochs: int) -> str:
    with start(MODEL) as network:
        return bits(network, until=Until(epochs=epochs))


def test_who_hangs_again_and_again_ends_the_run_and_is_named(release: threading.Event) -> None:
    mse = loss_named("mse")

    def value(outputs: Any, targets: Any) -> float:
        release.wait(WAIT_SECONDS)
        return mse.value(outputs, targets)

    with start(MODEL, turn_seconds=TURN_SECONDS) as network:
        run = network.train(INPUTS, TARGETS, until=Until(steps=3), loss=Loss("slow", value, mse.gradient))
        with pytest.raises(
            RunError, match=r"^trainer died again and again at step 1, over batch 0 .*: HungError: trainer "
        ):
            run.wait(WAIT_SECONDS)
        release.set()

        assert run.failure is not None
        assert isinstance(run.failure.error, HungError)
        assert np.isfinite(network.predict(INPUTS)).all()
        assert network.train(INPUTS, TARGETS, until=Until(steps=3)).wait(WAIT_SECONDS).state == "finished"


def test_the_reason_of_a_hang_is_a_crash_that_names_the_address() -> None:
    assert str(Crash(HungError("dense_0/3", 60.0))).startswith("HungError: dense_0/3 ")


@pytest.mark.parametrize("turn_seconds", [0, -1, float("nan"), "soon"])
def test_a_turn_takes_some_time(turn_seconds: Any) -> None:
    with pytest.raises(InputError, match="turn_seconds must be a finite number above 0"):
        start(MODEL, turn_seconds=turn_seconds)


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("granularity", ["neuron", "layer"])
@pytest.mark.parametrize("kind", [Forward, Predicted, Backward, Learnt])
def test_a_fence_that_keeps_nobody_out_costs_a_replay_and_no_bit(
    kind: type[Any], granularity: str, workers: int, intercept: Intercept
) -> None:
    """Who was to be given up may have come to himself, or have had no part in the step."""

    def fence(_actor: Any, message: Any) -> None:
        if type(message) is kind and message.step % 3 == 0 and message.attempt == 1:
            network._context.vault.fence()

    told: list[events.Event] = []
    with start(MODEL, granularity=granularity, workers=workers, watcher=told.append) as network:
        intercept(network, fence)
        network.train(INPUTS, TARGETS, until=Until(steps=30)).wait(WAIT_SECONDS)
        bits = fingerprint(network.parameters())
    with start(MODEL, granularity=granularity) as network:
        network.train(INPUTS, TARGETS, until=Until(steps=30)).wait(WAIT_SECONDS)
        assert bits == fingerprint(network.parameters())

    assert sum(isinstance(event, events.StepReplayed) for event in told) >= 10


def test_fences_at_any_time_from_another_thread_leave_no_trace() -> None:
    with start(MODEL) as network:
        run = network.train(INPUTS, TARGETS, until=Until(steps=500))
        while not run.ended_within(0.0005):
            network._context.vault.fence()
        bits = fingerprint(network.parameters())
    with start(MODEL) as network:
        network.train(INPUTS, TARGETS, until=Until(steps=500)).wait(WAIT_SECONDS)
        assert bits == fingerprint(network.parameters())
