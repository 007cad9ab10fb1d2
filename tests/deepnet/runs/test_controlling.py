"""Having a run rest and playing it on in pieces: where it stands then, and that its bits do not show it."""

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from deepnet import Adam, Chain, Dense, Dropout, Until, events, on, start
from deepnet.errors import InputError, NetworkStoppedError, RunError
from deepnet.maths.parameters import fingerprint
from deepnet.runs.network import Network
from deepnet.runs.run import Run
from deepnet.training.handlers import every

WAIT_SECONDS = 20
MODEL = Chain(Dense(2, 4, "tanh"), Dropout(0.2), Dense(4, 1))
RNG = np.random.default_rng(1)
INPUTS, TARGETS = RNG.normal(size=(10, 2)), RNG.normal(size=(10, 1))
FOREVER = Until(epochs=10**9)


@pytest.fixture(params=["neuron", "layer"])
def network(request: pytest.FixtureRequest) -> Any:
    with start(MODEL, granularity=request.param, seed=2) as network:
        yield network


def train(network: Network, **options: Any) -> Run:
    """Begin a run of three steps an epoch: 4, 4 and 2 rows."""
    return network.train(INPUTS, TARGETS, **{"until": FOREVER, "batch_size": 4, "optimizer": Adam(0.01), **options})


def paused(network: Network, **options: Any) -> Run:
    """Return a run that rests before its first step."""
    may_begin = threading.Event()
    waits = on("started", lambda _moment: may_begin.wait(WAIT_SECONDS) and None)
    run = train(network, **{**options, "handlers": [waits, *options.get("handlers", ())]})
    with pytest.raises(TimeoutError, match="no answer came within 0 s"):
        run.pause(timeout=0)
    may_begin.set()
    run.pause(WAIT_SECONDS)
    assert (run.state, run.position.step) == ("paused", 0)
    return run


def bits_after(network: Network, steps: int) -> str:
    """What a network like this one is after so many steps, if nobody disturbs it."""
    with start(MODEL, granularity=network.summary().granularity, seed=2) as other:
        train(other, until=Until(steps=steps)).wait(WAIT_SECONDS)
        return fingerprint(other.parameters())


def await_step(run: Run, step: int) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while run.position.step < step:
        assert time.monotonic() < end, f"the run does not get to step {step}"
        time.sleep(0.0005)


# Pausing.


def test_a_paused_run_does_not_move(network: Network) -> None:
    run = train(network)
    await_step(run, 20)
    change = run.pause()
    before, weights = run.position, fingerprint(network.parameters())

    assert run.state == network.summary().state == "paused"
    assert not run.is_over
    assert (change.kind, change.address, change.old, change.new) == ("pause", "run", "running", "paused")
    assert change.step == before.step >= 20
    with pytest.raises(RunError, match=f"the run rests at step {before.step} and does not go on alone: resume it"):
        run.wait(0.05)
    assert not run.ended_within(0.05)
    assert run.position == before
    assert fingerprint(network.parameters()) == weights == bits_after(network, before.step)


def test_a_run_that_was_paused_twenty_times_has_the_bits_of_one_that_never_was(network: Network) -> None:
    run = train(network, until=Until(steps=1200))
    for _ in range(20):
        run.pause()
        run.resume()
    for step in range(100, 1200, 100):
        try:
            run.step("batch", max(1, step - run.position.step))
            run.resume()
        except RunError:
            break
    run.wait(WAIT_SECONDS)

    assert run.position.step == 1200
    assert len(run.history) == 400
    assert fingerprint(network.parameters()) == bits_after(network, 1200)


def test_to_pause_a_paused_run_or_to_resume_a_running_one_is_no_error(network: Network) -> None:
    run = paused(network)
    again = run.pause()
    run.resume()
    still = run.resume()
    await_step(run, 3)

    assert (again.old, again.new, again.step) == ("paused", "paused", 0)
    assert (still.old, still.new) == ("running", "running")
    assert run.state == "running"


def test_a_paused_run_can_be_stopped(network: Network) -> None:
    run = paused(network)
    run.step("batch", 5)
    run.stop(WAIT_SECONDS)

    assert (run.state, run.reason, run.position.step) == ("stopped", "asked to stop after step 5", 5)
    assert fingerprint(network.parameters()) == bits_after(network, 5)
    assert network.train(INPUTS, TARGETS, until=Until(steps=3)).wait(WAIT_SECONDS).state == "finished"


def test_a_network_with_a_paused_run_can_be_stopped(network: Network) -> None:
    run = paused(network)
    network.stop()

    assert (run.state, run.reason) == ("stopped", "the network was stopped")


def test_a_pause_that_comes_as_the_run_ends_is_answered(network: Network) -> None:
    """Whatever comes first: it rests, or it is over, and nobody waits for ever."""
    ends = set()
    for number in range(150):
        run = train(network, until=Until(steps=1 + number % 5))
        try:
            ends.add(run.pause(WAIT_SECONDS).new)
        except RunError as error:
            ends.add(str(error).partition(" (")[0])
        run.stop(WAIT_SECONDS)
    assert ends <= {"paused", "finished", "the run is over"}


def test_pauses_are_told_once(network: Network) -> None:
    told: list[Any] = []
    run = paused(network)
    network.watchers.add(lambda event: told.append(event) if isinstance(event, events.Intervened) else None)
    changes = [run.step("batch", 2), run.resume(), run.pause(), run.step("epoch")]

    assert [event[1:] for event in told] == [
        (change.step, change.kind, change.address, change.old, change.new) for change in changes
    ]
    assert [change.kind for change in changes] == ["step", "resume", "pause", "step"]
    assert network.changes == ()


def test_a_pause_without_a_seal_says_so(network: Network) -> None:
    entered, may_go_on = threading.Event(), threading.Event()

    def hold_up(_: Any) -> None:
        entered.set()
        may_go_on.wait(WAIT_SECONDS)

    run = train(network, handlers=[on("iteration_completed", hold_up)])
    entered.wait(WAIT_SECONDS)
    with pytest.raises(TimeoutError) as error:
        run.pause(timeout=0.05)
    may_go_on.set()
    run.pause(WAIT_SECONDS)

    assert "\n" not in str(error.value)
    assert run.state == "paused"


# Stepping.


def test_steps_are_played_to_the_last_one(network: Network) -> None:
    run = paused(network)
    at = 0
    for n in (1, 2, 4, 1, 7):
        change = run.step("batch", n)
        assert (change.kind, change.address, change.old, change.new) == ("step", "run", at, at + n)
        at += n
        position = run.position
        assert (position.step, position.epoch, position.batch) == (at, at // 3 + 1, at % 3)
        assert len(run.history) == at // 3
        assert run.state == "paused"
        assert fingerprint(network.parameters()) == bits_after(network, at)


def test_samples_are_rounded_up_to_batches(network: Network) -> None:
    """Batches are of 4, 4 and 2 rows."""
    run = paused(network)
    steps = [run.step("sample", n).new for n in (1, 4, 3, 5, 10, 2)]

    assert steps == [1, 2, 4, 6, 9, 10]
    assert len(run.history) == 3


def test_an_epoch_is_played_to_its_end(network: Network) -> None:
    run = paused(network)

    assert run.step("epoch").new == 3
    assert run.step("batch").new == 4
    assert run.step("epoch").new == 6
    assert run.step("epoch", 2).new == 12
    assert run.step("batch", 2).new == 14
    assert run.step("epoch", 3).new == 21
    assert [record.step for record in run.history] == list(range(3, 22, 3))
    assert fingerprint(network.parameters()) == bits_after(network, 21)


def test_an_epoch_that_is_halted_is_over(network: Network) -> None:
    handler = on("iteration_completed", lambda moment: "halt_epoch", every(2))
    run = paused(network, handlers=[handler])

    assert [run.step("epoch").new for _ in range(3)] == [2, 4, 6]


def test_a_run_in_pieces_has_the_bits_of_one_that_never_rested(network: Network) -> None:
    with start(MODEL, granularity=network.summary().granularity, seed=2) as other:
        whole = train(other, until=Until(steps=40), validation=0.3).wait(WAIT_SECONDS)
        expected = fingerprint(other.parameters())
    run = paused(network, until=Until(steps=40), validation=0.3)
    chance = np.random.default_rng(0)
    while not run.is_over:
        run.step(str(chance.choice(["batch", "sample", "epoch"])), int(chance.integers(1, 4)))

    assert fingerprint(network.parameters()) == expected
    assert run.position == whole.position
    assert [(r.step, r.loss, r.metrics, r.validation) for r in run.history] == [
        (r.step, r.loss, r.metrics, r.validation) for r in whole.history
    ]


def test_a_run_may_end_within_a_step(network: Network) -> None:
    run = paused(network, until=Until(steps=5))
    change = run.step("batch", 10)

    assert (change.old, change.new, run.state, run.reason) == (0, 5, "finished", "5 steps")
    assert fingerprint(network.parameters()) == bits_after(network, 5)


def test_to_step_a_running_run_pauses_it_first(network: Network) -> None:
    told: list[Any] = []
    run = train(network)
    network.watchers.add(lambda event: told.append(event.kind) if isinstance(event, events.Intervened) else None)
    change = run.step("batch", 4)

    assert run.state == "paused"
    assert change.new == change.old + 4 == run.position.step
    assert told == ["pause", "step"]


def test_a_pause_ends_a_step_of_somebody_else(network: Network) -> None:
    run = paused(network)
    changes: list[Any] = []
    thread = threading.Thread(target=lambda: changes.append(run.step("batch", 10**9, WAIT_SECONDS)))
    thread.start()
    await_step(run, 5)
    run.pause()
    thread.join(WAIT_SECONDS)
    step = run.position.step

    assert not thread.is_alive()
    assert run.state == "paused"
    assert changes[0].new <= step
    assert run.step().new == step + 1


def test_a_stop_ends_a_step_of_somebody_else(network: Network) -> None:
    run = paused(network)
    changes: list[Any] = []
    thread = threading.Thread(target=lambda: changes.append(run.step("epoch", 10**9, WAIT_SECONDS)))
    thread.start()
    await_step(run, 5)
    run.stop(WAIT_SECONDS)
    thread.join(WAIT_SECONDS)

    assert not thread.is_alive()
    assert changes[0].new == run.position.step


def test_a_step_that_takes_too_long_says_so_and_rests_when_it_is_done(network: Network) -> None:
    run = paused(network, handlers=[on("iteration_completed", lambda _: time.sleep(0.001))])
    with pytest.raises(TimeoutError) as error:
        run.step("batch", 60, timeout=0)
    await_step(run, 60)
    run.pause(WAIT_SECONDS)

    assert "\n" not in str(error.value)
    assert run.position.step == 60


# What is refused.


def test_a_run_that_is_over_is_neither_paused_nor_played(network: Network) -> None:
    run = train(network, until=Until(steps=4)).wait(WAIT_SECONDS)
    told: list[Any] = []
    network.watchers.add(told.append)
    uses: list[Callable[[], object]] = [run.pause, run.resume, run.step, lambda: run.set(learning_rate=0.1)]
    for use in uses:
        with pytest.raises(RunError) as error:
            use()
        assert str(error.value) == "the run is over (4 steps): begin another one with network.train"
    assert told == []
    assert fingerprint(network.parameters()) == bits_after(network, 4)


def test_an_older_run_cannot_touch_the_one_under_way(network: Network) -> None:
    older = train(network, until=Until(steps=4)).wait(WAIT_SECONDS)
    run = paused(network)
    for use in (older.pause, older.resume, older.step, lambda: older.set(learning_rate=0.1)):
        with pytest.raises(RunError, match="the run is over"):
            use()
    assert (run.state, run.position.step) == ("paused", 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("row", 1), "unknown unit 'row': use one of message, sample, batch, epoch"),
        ((None, 1), "unknown unit 'None'"),
        ((3, 1), "unknown unit '3'"),
        (("batch", 0), "n must be a whole number of 1 or more, got 0"),
        (("batch", -1), "must be a whole number of 1 or more, got -1"),
        (("epoch", 1.5), "must be a whole number of 1 or more, got 1.5"),
        (("sample", "2"), "must be a whole number of 1 or more, got '2'"),
        (("batch", True), "must be a whole number of 1 or more, got True"),
    ],
)
def test_a_piece_that_cannot_be_is_refused(network: Network, arguments: Any, message: str) -> None:
    run = train(network)
    with pytest.raises(InputError, match=message) as error:
        run.step(*arguments)

    assert "\n" not in str(error.value)
    assert run.state == "running"


@pytest.mark.parametrize("teller", ["handler", "watcher"])
def test_who_is_waited_for_cannot_pause(network: Network, teller: str) -> None:
    refused: list[str] = []
    run: Any = None
    known = threading.Event()

    def meddle(_: Any) -> None:
        known.wait(WAIT_SECONDS)
        for use in (run.pause, run.resume, run.step):
            try:
                use()
            except RunError as error:
                refused.append(str(error))

    if teller == "watcher":
        network.watchers.add(lambda event: meddle(event) if isinstance(event, events.EpochEnded) else None)
    handlers = [on("epoch_completed", meddle)] if teller == "handler" else []
    run = train(network, until=Until(epochs=1), handlers=handlers)
    known.set()
    run.wait(WAIT_SECONDS)

    assert refused == ["a watcher or handler cannot wait for the actors that wait for it: do it in another thread"] * 3
    assert fingerprint(network.parameters()) == bits_after(network, 3)


def test_a_network_that_has_been_stopped_has_nothing_to_pause(network: Network) -> None:
    run = train(network)
    network.stop()
    for use in (run.pause, run.resume, run.step):
        with pytest.raises((RunError, NetworkStoppedError)) as error:
            use()
        assert "\n" not in str(error.value)
