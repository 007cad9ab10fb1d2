"""The record of all messages of one sample."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from deepnet import SGD, Chain, Dense, Dropout, Until, start
from deepnet.actors.messages import Answer, Forward
from deepnet.actors.reading import written
from deepnet.actors.tracing import Recorder, TracedMessage
from deepnet.runs.network import Network

GRANULARITIES = ["neuron", "layer"]
BOOK = Chain(Dense(2, 3, "sigmoid"), Dense(3, 2, "sigmoid"), Dense(2, 2))
PARAMETERS = [
    ([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]], [0.1, 0.2, 0.3]),
    ([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]], [0.1, 0.2]),
    ([[0.1, 0.2], [0.3, 0.4]], [0.1, 0.2]),
]
SUMS = [[0.3, 0.7, 1.1], [0.5161598377933344, 1.2140269561658172], [0.3168270764110298, 0.6962790898619668]]
OUTPUTS = [
    [0.574442516811659, 0.6681877721681662, 0.7502601055951177],
    [0.6262493703990729, 0.7710106968556123],
    [0.3168270764110298, 0.6962790898619668],
]
WAIT_SECONDS = 20


def _first(_waiting: int) -> int:
    """Whose turn is next: that of whoever has waited longest."""
    return 0


def traced(granularity: str, model: Chain = BOOK, workers: int = 1, **options: Any) -> tuple[TracedMessage, ...]:
    """The messages of the question what becomes of (1.0, 0.5)."""
    with (
        start(model, dtype="float64", granularity=granularity, workers=workers, **options) as network,
        Recorder(network.actors.courier) as recorder,
    ):
        network.activations([1.0, 0.5])
        return recorder.messages


def learnt(network: Network, **options: Any) -> tuple[TracedMessage, ...]:
    """The messages of one step over (1.0, 0.5)."""
    with Recorder(network.actors.courier, lambda _forward: True) as recorder:
        network.train([[1.0, 0.5]], [[0.1, 0.9]], until=Until(steps=1), **options).wait(WAIT_SECONDS)
        return recorder.messages


def of_kind(messages: Sequence[TracedMessage], kind: str) -> list[TracedMessage]:
    return [message for message in messages if message.kind == kind]


def near(found: Any, expected: Any) -> bool:
    return np.allclose(found, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("workers", [1, 4])
def test_one_trace_shows_every_value_of_the_book(workers: int) -> None:  # DZ4
    messages = traced("neuron", workers=workers, parameters=PARAMETERS)
    answers = {message.sender: message.numbers for message in of_kind(messages, "Answer")}

    assert [message.number for message in messages] == list(range(1, 19))
    for layer, (sums, outputs) in enumerate(zip(SUMS, OUTPUTS, strict=True)):
        for index, (z, a) in enumerate(zip(sums, outputs, strict=True)):
            numbers = answers.pop(f"dense_{layer}/{index}")
            assert near([numbers["z"], numbers["a"]], [[z], [a]])
    assert not answers
    assert messages[-1].kind == "Predicted"
    assert near(messages[-1].numbers["a"], [OUTPUTS[-1]])


def test_a_trace_reads_like_the_course_of_things() -> None:
    with start(BOOK, workers=0, order=_first, dtype="float64", parameters=PARAMETERS) as network:
        network.train([[1.0, 0.5]], [[0.1, 0.9]], until=Until(steps=1), optimizer=SGD(0.1))
        with Recorder(network.actors.courier, lambda _forward: True) as recorder:
            network.actors.run_until_idle()
    lines = [message.text for message in recorder.messages]

    assert lines[:9] == [
        "trainer -> dense_0  Forward: 1, 0.5",
        "dense_0 -> dense_0/0  Activate: 1, 0.5",
        "dense_0 -> dense_0/1  Activate: 1, 0.5",
        "dense_0 -> dense_0/2  Activate: 1, 0.5",
        "dense_0/0 -> dense_0  z = 0.3, a = 0.5744",
        "dense_0/1 -> dense_0  z = 0.7, a = 0.6682",
        "dense_0/2 -> dense_0  z = 1.1, a = 0.7503",
        "dense_0 -> dense_1  Forward: 0.5744, 0.6682, 0.7503",
        "dense_1 -> dense_1/0  Activate: 0.5744, 0.6682, 0.7503",
    ]
    assert lines[17:23] == [
        "dense_2 -> trainer  Predicted: 0.3168, 0.6963",
        "trainer -> dense_2  Backward: dL/da = 0.2168, -0.2037",
        "dense_2 -> dense_2/0  Correct: dL/da = 0.2168",
        "dense_2 -> dense_2/1  Correct: dL/da = -0.2037",
        "dense_2/0 -> dense_2  Correct: delta = 0.2168, gradient = 0.1358, 0.1672, 0.2168",
        "dense_2/1 -> dense_2  Correct: delta = -0.2037, gradient = -0.1276, -0.1571, -0.2037",
    ]
    assert lines[-1] == "dense_0 -> trainer  Learnt"


def test_where_layers_compute_what_leaves_them_shows_their_sums_and_outputs() -> None:
    messages = traced("layer", parameters=PARAMETERS)

    assert [(message.sender, message.receiver, message.kind) for message in messages] == [
        ("trainer", "dense_0", "Forward"),
        ("dense_0", "dense_1", "Forward"),
        ("dense_1", "dense_2", "Forward"),
        ("dense_2", "trainer", "Predicted"),
    ]
    for message, sums, outputs in zip(messages[1:], SUMS, OUTPUTS, strict=True):
        assert near(message.numbers["z"], [sums])
        assert near(message.numbers["a"], [outputs])
    assert messages[1].text == "dense_0 -> dense_1  Forward: z = 0.3, 0.7, 1.1; a = 0.5744, 0.6682, 0.7503"


def test_gradients_in_the_trace_are_what_the_rows_move_by() -> None:
    rate = 0.25
    with start(BOOK, dtype="float64", parameters=PARAMETERS) as network:
        before = network.parameters()
        answers = of_kind(learnt(network, optimizer=SGD(rate)), "Answer")
        after = network.parameters()

    gradients = {message.sender: message.numbers["gradient"] for message in answers if "gradient" in message.numbers}
    assert len(gradients) == 7
    for layer, (old, new) in enumerate(zip(before, after, strict=True)):
        for index in range(len(old.bias)):
            moved = [*(new.weights - old.weights)[index], (new.bias - old.bias)[index]]
            assert near(moved, -rate * np.asarray(gradients[f"dense_{layer}/{index}"]))


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_a_step_that_waits_for_the_norm_is_traced_to_its_end(granularity: str) -> None:
    with start(BOOK, granularity=granularity, parameters=PARAMETERS) as network:
        messages = learnt(network, clip_norm=1e-3)

    (measured,) = of_kind(messages, "Measured")
    applies, applied = of_kind(messages, "Apply"), of_kind(messages, "Applied")
    scale = 1e-3 / np.sqrt(np.sum(measured.numbers["squares"]))
    assert measured.sender == "dense_0"
    assert all(np.allclose(message.numbers["scale"], scale, rtol=1e-6) for message in applies)
    assert len(applies) == 3
    assert sorted(message.sender for message in applied) == ["dense_0", "dense_1", "dense_2"]
    assert len(of_kind(messages, "Change")) == (7 if granularity == "neuron" else 0)


def test_of_neurons_whose_layer_makes_the_outputs_only_the_sums_are_shown() -> None:
    model = Chain(Dense(2, 2, "tanh"), Dropout(0.5), Dense(2, 3, "softmax"))
    messages = traced("neuron", model, seed=3)

    last = [message for message in of_kind(messages, "Answer") if message.receiver == "dense_1"]
    assert [sorted(message.numbers) for message in last] == [["z"], ["z"], ["z"]]
    (dropped,) = [message for message in messages if message.sender == "dropout_0"]
    assert (dropped.receiver, sorted(dropped.numbers)) == ("dense_1", ["activations"])
    outputs = np.asarray(messages[-1].numbers["a"])
    sums = np.array([[message.numbers["z"] for message in last]])[..., 0]
    assert near(outputs, np.exp(sums) / np.exp(sums).sum())


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_a_try_that_is_played_again_begins_the_record_anew(granularity: str) -> None:
    with start(BOOK, workers=0, order=_first, granularity=granularity) as network:
        with Recorder(network.actors.courier, lambda _forward: True) as recorder:
            network.actors.strike({9 if granularity == "neuron" else 4: "crash"})
            network.train([[1.0, 0.5]], [[0.1, 0.9]], until=Until(steps=1))
            network.actors.run_until_idle()
        restarts, messages = network.summary().restarts, recorder.messages
    with start(BOOK, workers=0, order=_first, granularity=granularity) as network:
        with Recorder(network.actors.courier, lambda _forward: True) as recorder:
            network.train([[1.0, 0.5]], [[0.1, 0.9]], until=Until(steps=1))
            network.actors.run_until_idle()
        undisturbed = recorder.messages

    assert restarts == 1
    assert [message.text for message in messages] == [message.text for message in undisturbed]


def test_only_what_somebody_looks_at_is_recorded_while_the_network_learns() -> None:
    with start(BOOK, dtype="float64", parameters=PARAMETERS) as network:
        run = network.train([[0.0, 2.0]], [[0.0, 0.0]], optimizer=SGD(1e-30), until=Until(epochs=10**9))
        with Recorder(network.actors.courier) as recorder:
            for _ in range(5):
                network.activations([1.0, 0.5])
                messages = recorder.messages
                assert [message.kind for message in of_kind(messages, "Forward")] == ["Forward"] * 3
                assert messages[0].text == "trainer -> dense_0  Forward: 1, 0.5"
                assert near(messages[-1].numbers["a"], [OUTPUTS[-1]])
                assert len(messages) == 18
        state = run.state
        run.stop()

    assert state == "running"


def test_numbers_are_copies_and_stay_what_they_were() -> None:
    kept: list[tuple[TracedMessage, list[Any]]] = []
    with start(BOOK, dtype="float64", parameters=PARAMETERS) as network:
        with Recorder(network.actors.courier, lambda _forward: True) as recorder:
            network.train([[1.0, 0.5]], [[5.0, -5.0]], until=Until(steps=1), optimizer=SGD(1.0)).wait(WAIT_SECONDS)
            kept = [(message, [np.copy(each) for each in message.numbers.values()]) for message in recorder.messages]
        network.train([[3.0, 0.5]], [[5.0, -5.0]], until=Until(steps=5), optimizer=SGD(1.0)).wait(WAIT_SECONDS)

    assert len(kept) > 30
    for message, numbers in kept:
        assert all(map(np.array_equal, message.numbers.values(), numbers))


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        (np.array([1.0, 0.66818777]), "1, 0.6682"),
        (np.array([[1.0, 2.0], [3e-9, np.nan]]), "1, 2; 3e-09, nan"),
        (np.arange(20.0), "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 ... (20 in all)"),
        (np.zeros((9, 2)), "0, 0; 0, 0; 0, 0; 0, 0; 0, 0; 0, 0 ... (18 in all)"),
        (np.zeros(0), ""),
    ],
)
def test_numbers_are_written_with_four_digits_and_of_many_the_first(numbers: Any, text: str) -> None:
    assert written(numbers) == text


def test_every_line_names_who_said_it_to_whom() -> None:
    address = r"(trainer|dense_\d(/\d)?)"
    with start(BOOK) as network:
        messages = learnt(network, clip_norm=0.5)

    for message in messages:
        assert re.match(rf"{address} -> {address}  ", message.text)
        assert message.text.startswith(f"{message.sender} -> {message.receiver}  ")
    assert {Forward.__name__, Answer.__name__} < {message.kind for message in messages}
