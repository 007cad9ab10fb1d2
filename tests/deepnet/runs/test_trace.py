"""One sample, message by message: forward, and back where targets are given; nothing is learnt from it."""

import threading
from typing import Any

import numpy as np
import pytest

from deepnet import Adam, Chain, Dense, Dropout, Until, start
from deepnet.errors import InputError, RunError, ShapeError
from deepnet.maths.parameters import fingerprint
from deepnet.runs.network import Network

WAIT_SECONDS = 20

BOOK = Chain(Dense(2, 3, "sigmoid"), Dense(3, 2, "sigmoid"), Dense(2, 2))
WEIGHTS = (
    (np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]]), np.array([0.1, 0.2, 0.3])),
    (np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]), np.array([0.1, 0.2])),
    (np.array([[0.1, 0.2], [0.3, 0.4]]), np.array([0.1, 0.2])),
)
"""The three-layer network of Saito, Deep Learning from zero, section 3.4; weights as (neurons, inputs)."""

PUBLISHED = {
    "dense_0": ([0.3, 0.7, 1.1], [0.574442516811659, 0.6681877721681662, 0.7502601055951177]),
    "dense_1": ([0.5161598377933344, 1.2140269561658172], [0.6262493703990729, 0.7710106968556123]),
    "dense_2": ([0.3168270764110298, 0.6962790898619668], [0.3168270764110298, 0.6962790898619668]),
}
"""a1 and z1, a2 and z2, y, as the book calls them: weighted sums and outputs of each layer."""


@pytest.fixture
def book() -> Any:
    with start(BOOK, dtype="float64", parameters=WEIGHTS) as network:
        yield network


def answers(network: Network, *arguments: Any, **options: Any) -> list[Any]:
    return [message for message in network.trace(*arguments, **options) if message.kind == "Answer"]


def test_one_trace_shows_the_published_numbers_of_the_book(book: Network) -> None:  # DZ4
    said = {message.sender: message.numbers for message in answers(book, [1.0, 0.5])}

    assert len(said) == 7
    for layer, (sums, outputs) in PUBLISHED.items():
        for index, (sum_, output) in enumerate(zip(sums, outputs, strict=True)):
            numbers = said[f"{layer}/{index}"]
            np.testing.assert_allclose((numbers["z"][0], numbers["a"][0]), (sum_, output), rtol=1e-14)


def test_the_way_back_shows_each_error_and_gradient(book: Network) -> None:
    target = np.array([0.0, 1.0])
    said = {message.sender: message.numbers for message in answers(book, [1.0, 0.5], target)[7:]}

    inputs = [np.array([1.0, 0.5]), *(np.array(outputs) for _, outputs in list(PUBLISHED.values())[:2])]
    delta = 2 * (np.array(PUBLISHED["dense_2"][1]) - target) / 2  # of the mean over two outputs
    for layer in (2, 1, 0):
        for index in range(len(delta)):
            numbers = said[f"dense_{layer}/{index}"]
            np.testing.assert_allclose(numbers["delta"], [delta[index]], rtol=1e-12)
            np.testing.assert_allclose(numbers["gradient"], delta[index] * np.append(inputs[layer], 1), rtol=1e-12)
        if layer:
            outputs = inputs[layer]
            delta = (delta @ WEIGHTS[layer][0]) * outputs * (1 - outputs)


def test_every_message_is_there_in_order_and_reads_as_a_line(book: Network) -> None:
    messages = book.trace([1.0, 0.5], [0.0, 1.0])

    assert [message.number for message in messages] == list(range(1, len(messages) + 1))
    kinds = [message.kind for message in messages]
    # Forward and back each: to a layer, to its neurons, from its neurons; and the trainer hears twice.
    assert len(kinds) == 2 * (3 + 7 + 7) + 2
    assert (kinds[0], kinds.index("Predicted"), kinds[-1]) == ("Forward", 17, "Measured")
    assert messages[0].text == "trainer -> dense_0  Forward: 1, 0.5"
    assert "dense_0/1 -> dense_0  z = 0.7, a = 0.6682" in [message.text for message in messages]


@pytest.mark.parametrize("granularity", ["neuron", "layer"])
def test_nothing_is_learnt_from_a_trace_and_a_run_does_not_notice(granularity: str) -> None:
    model = Chain(Dense(2, 3, "tanh"), Dropout(0.3), Dense(3, 2, "softmax"))
    rng = np.random.default_rng(0)
    inputs, targets = rng.normal(size=(9, 2)), np.eye(2)[rng.integers(2, size=9)]
    bits = []
    for traces in (0, 40):
        with start(model, granularity=granularity, seed=3) as network:
            run = network.train(
                inputs, targets, loss="categorical_cross_entropy", optimizer=Adam(), until=Until(epochs=200)
            )
            for _ in range(traces):
                network.trace(inputs[0], targets[0], timeout=WAIT_SECONDS)
            run.wait(WAIT_SECONDS)
            bits.append((fingerprint(network.parameters()), [record.loss for record in run.history]))

    assert bits[0] == bits[1]


def test_a_trace_shows_the_network_as_it_was_changed(book: Network) -> None:
    book.set("dense_0/1", lesioned=0.25)
    book.set("dense_1/0", activation="relu")
    said = {message.sender: message.numbers for message in answers(book, [1.0, 0.5])}

    assert said["dense_0/1"]["a"][0] == 0.25
    assert said["dense_1/0"]["a"][0] == said["dense_1/0"]["z"][0] > 0


def test_a_trace_in_which_somebody_dies_is_whole(book: Network) -> None:
    undisturbed = [message.text for message in book.trace([1.0, 0.5], [0.0, 1.0])]
    killers = [threading.Timer(0.0005 * n, book.kill, [f"dense_0/{n % 3}"]) for n in range(20)]
    for killer in killers:
        killer.start()
    traces = [[message.text for message in book.trace([1.0, 0.5], [0.0, 1.0])] for _ in range(20)]
    for killer in killers:
        killer.join()

    assert all(sorted(trace) == sorted(undisturbed) for trace in traces)
    assert book.summary().restarts


def test_what_is_no_single_sample_is_refused(book: Network) -> None:
    for arguments, error, match in (
        (([[1, 0.5], [1, 0.5]],), ShapeError, "inputs has shape"),
        (([1.0],), ShapeError, "inputs has shape"),
        (([1.0, np.nan],), InputError, "finite"),
        (([1.0, 0.5], [1.0]), ShapeError, "targets has shape"),
    ):
        with pytest.raises(error, match=match):
            book.trace(*arguments)
    with pytest.raises(InputError):
        book.trace([1.0, 0.5], [0.0, 1.0], loss="categorical_cross_entropy_")


def test_a_watcher_cannot_wait_for_a_trace(book: Network) -> None:
    refused: list[str] = []

    def look(_event: Any) -> None:
        try:
            book.trace([1.0, 0.5])
        except RunError as error:
            refused.append(str(error))

    remove = book.watchers.add(look)
    book.train([[1.0, 0.5]], [[0.0, 1.0]], until=Until(epochs=1)).wait(WAIT_SECONDS)
    remove()

    assert refused
    assert "another thread" in refused[-1]
