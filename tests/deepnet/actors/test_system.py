import threading
from collections.abc import Callable
from typing import Any

import pytest

from deepnet import events
from deepnet.errors import NetworkStoppedError, RunError
from deepnet.maths.model import mlp
from deepnet.maths.parameters import fingerprint
from deepnet.runs.network import Network, start
from deepnet.training.until import Until
from supervisor import WouldBlockError

MODEL = mlp(2, (3,), 1, "tanh")
ROWS = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]
WAIT_SECONDS = 20


@pytest.mark.parametrize("granularity", ["neuron", "layer"])
def test_crashes_happen_at_the_messages_that_were_named(granularity: str) -> None:
    with start(MODEL, granularity=granularity) as network:
        count = network.actors.neuron_messages()
        network.train(*ROWS, until=Until(epochs=3)).wait(WAIT_SECONDS)
        total, weights = count(), fingerprint(network.parameters())
    assert total == 12 * 2 * (4 if granularity == "neuron" else 2)

    deaths: list[Any] = []
    with start(MODEL, granularity=granularity, watcher=deaths.append) as network:
        network.actors.crash_at(frozenset({1, 7, total}))
        network.train(*ROWS, until=Until(epochs=3)).wait(WAIT_SECONDS)
        assert fingerprint(network.parameters()) == weights
    reasons = [event.reason for event in deaths if isinstance(event, events.NeuronDied)]
    assert reasons == [f"InjectedCrashError: crashed on purpose at neuron message {number}" for number in (1, 7, total)]


def test_with_several_workers_no_crash_is_lost_and_none_happens_twice() -> None:
    crashes = frozenset(range(5, 400, 13))
    for _ in range(5):
        deaths: list[Any] = []
        with start(MODEL, workers=4, watcher=deaths.append) as network:
            network.actors.crash_at(crashes)
            count = len(crashes)
            network.train(*ROWS, until=Until(epochs=30)).wait(WAIT_SECONDS)
        reasons = [event.reason for event in deaths if isinstance(event, events.NeuronDied)]
        assert len(reasons) == len(set(reasons)) == count


@pytest.mark.parametrize(("max_restarts", "kills"), [(0, 1), (1, 40)])
@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("address", ["dense_0/1", "dense_1", "trainer"])
def test_more_deaths_than_the_limit_allows_end_the_run_as_failed(
    max_restarts: int, kills: int, workers: int, address: str
) -> None:
    told: list[events.Event] = []
    with start(MODEL, max_restarts=max_restarts, workers=workers, watcher=told.append) as network:
        run = network.train(*ROWS, until=Until(epochs=10**6))
        for _ in range(kills * 50):
            if run.state != "running":
                break
            try:
                network.kill(address)
            except NetworkStoppedError:
                break
            run.ended_within(0.001)
        reason = "^the network's supervisor gave up .*: its actors died faster than its restart limit allows$"
        with pytest.raises(RunError, match=reason):
            run.wait(WAIT_SECONDS)

        assert run.state == "failed"
        assert isinstance(told[-1], events.RunEnded)
        assert told[-1].state == "failed"
        network.predict(ROWS[0])
        assert network.summary().state == "failed"
        for forbidden in (lambda: network.train(*ROWS, until=Until(epochs=1)), network.tree):
            with pytest.raises(NetworkStoppedError):
                forbidden()
        with pytest.raises(NetworkStoppedError):
            network.kill("dense_0/0")
        network.stop()
    network.stop()


def test_an_idle_network_may_give_up_too() -> None:
    with start(MODEL, max_restarts=0) as network:
        network.kill("vault")
        for _ in range(2000):
            if network._stopped:
                break
            threading.Event().wait(0.001)

        with pytest.raises(NetworkStoppedError, match="has been stopped: start a new network"):
            network.train(*ROWS, until=Until(epochs=1))


@pytest.mark.parametrize("workers", [1, 4])
def test_a_watcher_cannot_stop_the_network_that_it_watches_but_ends_the_run(workers: int) -> None:
    def stop(event: events.Event) -> None:
        if isinstance(event, events.EpochEnded):
            network.stop()

    def stop_run(event: events.Event) -> None:
        if isinstance(event, events.EpochEnded) and event.epoch == 3:
            runs[0].stop()

    def wait_for_run(event: events.Event) -> None:
        if isinstance(event, events.EpochEnded):
            runs[0].wait()

    runs: list[Any] = []
    with start(MODEL, workers=workers) as network:
        begun = threading.Event()
        network.watchers.add(lambda event: begun.wait(5) if isinstance(event, events.EpochEnded) else None)
        for watcher in (stop, wait_for_run, stop_run):
            network.watchers.add(watcher)
        runs.append(network.train(*ROWS, until=Until(epochs=10**6)))
        begun.set()
        runs[0].ended_within(WAIT_SECONDS)

        assert (runs[0].state, len(runs[0].history)) == ("stopped", 3)
        assert [(watcher, type(error)) for watcher, error in network.watchers.dropped] == [
            (stop, WouldBlockError),
            (wait_for_run, RunError),
        ]
        network.train(*ROWS, until=Until(epochs=1)).wait(WAIT_SECONDS)


def test_a_network_can_be_stopped_by_several_threads_at_once() -> None:
    with start(MODEL, workers=2) as network:
        run = network.train(*ROWS, until=Until(epochs=10**6))
        stoppers = [threading.Thread(target=network.stop) for _ in range(4)]
        for stopper in stoppers:
            stopper.start()
        for stopper in stoppers:
            stopper.join(WAIT_SECONDS)

        assert not any(stopper.is_alive() for stopper in stoppers)
        assert (run.state, run.reason) == ("stopped", "the network was stopped")


def test_a_handler_that_hangs_holds_the_end_up_for_some_seconds_only(
    monkeypatch: pytest.MonkeyPatch, intercept: Callable[[Network, Any], None]
) -> None:
    monkeypatch.setattr("deepnet.actors.system.STOP_SECONDS", 0.05)
    hanging, release = threading.Event(), threading.Event()

    def hang(_actor: Any, _message: Any) -> None:
        hanging.set()
        release.wait(0.4)

    network = start(MODEL)
    intercept(network, hang)
    run = network.train(*ROWS, until=Until(epochs=1))
    hanging.wait(WAIT_SECONDS)
    release_later = threading.Timer(0.2, release.set)
    release_later.start()
    network.stop()
    release_later.join()

    assert (run.state, run.reason) == ("stopped", "the network was stopped")
    import pykka  # noqa: PLC0415

    for ref in pykka.ActorRegistry.get_all():  # they were abandoned with their scheduler
        pykka.ActorRegistry.unregister(ref)
