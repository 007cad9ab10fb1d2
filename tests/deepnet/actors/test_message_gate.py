"""Going on by single messages: what is let through, what waits, and what it does to the result: nothing."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from deepnet import Adam, Chain, Dense, Dropout, Until, events, start
from deepnet.actors.courier import Rank, Verdict
from deepnet.actors.message_gate import MessageGate, Passed
from deepnet.errors import RunError
from deepnet.maths.parameters import fingerprint
from deepnet.runs.network import Network
from deepnet.runs.run import Run

MODEL = Chain(Dense(2, 3, "tanh"), Dropout(0.2), Dense(3, 2, "softmax"))
ROWS = [[0, 0], [0, 1], [1, 0], [1, 1]], [[1, 0], [0, 1], [0, 1], [1, 0]]
OF_A_STEP = {"neuron": 3 + 5 + 5 + 1 + 3 + 5 + 5 + 1, "layer": 3 + 1 + 3 + 1}
STEPS = 5
GRANULARITIES = ["neuron", "layer"]
WAIT_SECONDS = 20
NEVER = 10**6


def _first(_waiting: int) -> int:
    """Whose turn is next: that of whoever has waited longest."""
    return 0


def learn(network: Network, **options: Any) -> Run:
    return network.train(*ROWS, until=Until(steps=STEPS), loss="crossentropy", optimizer=Adam(0.02), **options)


@pytest.fixture(scope="module")
def undisturbed() -> str:
    with start(MODEL) as network:
        learn(network).wait(WAIT_SECONDS)
        return fingerprint(network.parameters())


@pytest.fixture
def stepped() -> Iterator[Network]:
    """A network that is about to learn, by hand."""
    with start(MODEL, workers=0, order=_first) as network:
        yield network


@pytest.mark.parametrize("granularity", GRANULARITIES)
@pytest.mark.parametrize("workers", [0, 1, 4])
def test_a_run_that_is_stepped_through_ends_with_the_same_bits(
    granularity: str, workers: int, undisturbed: str
) -> None:
    options: dict[str, Any] = {"order": _first} if workers == 0 else {}
    with start(MODEL, granularity=granularity, workers=workers, **options) as network:
        gate = MessageGate(network.actors.courier)
        run = learn(network)
        steps = [run.position.step]
        passed: list[Passed] = []
        while batch := gate.let_through(OF_A_STEP[granularity]):
            passed.extend(batch)
            steps.append(run.position.step)
        assert run.state == "finished"
        assert fingerprint(network.parameters()) == undisturbed
        gate.open()

    assert steps == list(range(STEPS + 1))
    assert [message.number for message in passed] == list(range(1, STEPS * OF_A_STEP[granularity] + 1))


@pytest.mark.parametrize("workers", [1, 4])
def test_each_message_is_handled_and_what_it_causes_is_parked_before_the_next(workers: int) -> None:
    with start(MODEL, workers=workers) as network:
        gate = MessageGate(network.actors.courier)
        learn(network)
        waiting, texts = [], []
        for _ in range(9):
            (message,) = gate.let_through()
            texts.append((message.sender, message.receiver, message.kind))
            waiting.append(len(gate))
        gate.open()

    assert texts[0] == ("trainer", "dense_0", "Forward")
    assert sorted(texts[1:4]) == [("dense_0", f"dense_0/{index}", "Activate") for index in range(3)]
    assert sorted(texts[4:7]) == [(f"dense_0/{index}", "dense_0", "Answer") for index in range(3)]
    assert texts[7:] == [("dense_0", "dropout_0", "Forward"), ("dropout_0", "dense_1", "Forward")]
    assert waiting == [3, 3, 3, 3, 2, 1, 1, 1, 2]


def test_what_passes_is_told_with_its_numbers(stepped: Network) -> None:
    gate = MessageGate(stepped.actors.courier)
    stepped.train([[1.0, 0.5]], [[1, 0]], until=Until(steps=1), loss="crossentropy")
    first, second = gate.let_through(2)

    assert first == Passed(1, "trainer", "dense_0", "Forward", "trainer -> dense_0  Forward: 1, 0.5")
    assert second.text == "dense_0 -> dense_0/0  Activate: 1, 0.5"


@pytest.mark.parametrize("granularity", GRANULARITIES)
@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("after", [0, 1, 6, 17])
def test_opened_at_any_message_it_lets_the_run_go_on(
    granularity: str, workers: int, after: int, undisturbed: str
) -> None:
    with start(MODEL, granularity=granularity, workers=workers) as network:
        gate = MessageGate(network.actors.courier)
        run = learn(network)
        assert len(gate.let_through(after)) == after
        gate.open()
        gate.open()
        run.wait(WAIT_SECONDS)

        assert fingerprint(network.parameters()) == undisturbed
        assert len(gate) == 0
        assert network.actors._scheduler.interceptor is None


def test_made_and_opened_in_full_run_it_changes_nothing() -> None:
    with start(MODEL, workers=4) as network:
        run = network.train(*ROWS, until=Until(steps=3000), loss="crossentropy")
        seen = 0
        while run.state == "running":
            gate = MessageGate(network.actors.courier)
            seen += len(gate.let_through(7))
            gate.open()
            run.ended_within(0.002)
        bits = fingerprint(network.parameters())
    with start(MODEL) as network:
        network.train(*ROWS, until=Until(steps=3000), loss="crossentropy").wait(WAIT_SECONDS)
        assert fingerprint(network.parameters()) == bits
    assert seen > 0


@pytest.mark.parametrize("address", ["dense_0/1", "dense_0", "dropout_0", "trainer"])
@pytest.mark.parametrize("workers", [1, 4])
def test_who_is_killed_at_the_gate_comes_back_and_what_it_was_told_is_dropped(
    address: str, workers: int, undisturbed: str
) -> None:
    with start(MODEL, workers=workers) as network:
        gate = MessageGate(network.actors.courier)
        run = learn(network)
        gate.let_through(2)
        network.kill(address)
        passed = gate.let_through(NEVER)

        assert run.state == "finished"
        assert fingerprint(network.parameters()) == undisturbed
        assert network.summary().restarts == 1
        assert [message.kind for message in passed].count("Learnt") == STEPS
        gate.open()


@pytest.mark.parametrize("workers", [1, 4])
def test_a_message_that_its_receiver_dies_of_counts_as_let_through(workers: int, undisturbed: str) -> None:
    with start(MODEL, workers=workers) as network:
        gate = MessageGate(network.actors.courier)
        network.actors.crash_at_messages(iter([4]))  # of Assigned and the first three
        run = learn(network)
        kinds = [message.kind for message in gate.let_through(NEVER)]

        assert run.state == "finished"
        assert fingerprint(network.parameters()) == undisturbed
        assert network.summary().restarts == 1
        assert kinds.count("Forward") == 3 * STEPS + 1
        gate.open()


def test_only_what_is_let_through_is_shown_to_other_hooks(stepped: Network) -> None:
    seen: list[str] = []

    def look(_actor: Any, _address: str, message: Any) -> Verdict:
        seen.append(type(message).__name__)
        return Verdict.DELIVER

    stepped.actors.courier.add(look, rank=Rank.LOOK)
    gate = MessageGate(stepped.actors.courier)
    learn(stepped)
    passed = gate.let_through(20)

    assert seen == [message.kind for message in passed]
    assert len(seen) == 20


def test_without_messages_nothing_is_let_through() -> None:
    with start(MODEL) as network:
        gate = MessageGate(network.actors.courier)
        assert gate.let_through(3) == ()
        gate.open()
        with pytest.raises(RunError, match=r"^the gate is open, so messages pass by themselves: make another"):
            gate.let_through()


def test_a_message_that_is_not_handled_in_time_is_named_and_the_gate_goes_on(
    hold: threading.Event, undisturbed: str
) -> None:
    def hang_once(_actor: Any, address: str, _message: Any) -> Verdict:
        if address == "dense_0/0":
            hold.wait(WAIT_SECONDS)
        return Verdict.DELIVER

    with start(MODEL) as network:
        gate = MessageGate(network.actors.courier)
        network.actors.courier.add(hang_once)
        run = learn(network)
        with pytest.raises(TimeoutError, match=r"^not handled within 0.05 s: dense_0 -> dense_0/0  Activate"):
            gate.let_through(2, timeout=0.05)
        hold.set()
        gate.let_through(NEVER)
        assert run.state == "finished"
        assert fingerprint(network.parameters()) == undisturbed
        gate.open()


@pytest.fixture
def hold() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_a_watcher_cannot_step_through_the_messages_it_holds_up() -> None:
    errors: list[str] = []

    def look(event: events.Event) -> None:
        if isinstance(event, events.EpochEnded) and not errors:
            gate = MessageGate(network.actors.courier)
            errors.append(refusal(gate.let_through))
            gate.open()

    with start(MODEL, watcher=look) as network:
        learn(network).wait(WAIT_SECONDS)
    assert errors == ["a watcher or handler holds up the messages it would step through: use another thread"]


def refusal(step: Callable[[], object]) -> str:
    with pytest.raises(RunError) as refused:
        step()
    return str(refused.value)


@pytest.mark.parametrize("workers", [1, 4])
def test_a_network_can_be_stopped_with_its_gate_closed(workers: int) -> None:
    with start(MODEL, workers=workers) as network:
        gate = MessageGate(network.actors.courier)
        run = learn(network)
        gate.let_through(4)
        network.stop()

    assert run.state == "stopped"
    assert gate.is_open
