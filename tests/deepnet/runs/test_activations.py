"""What the neurons make of inputs, asked of the actors themselves."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from deepnet import events
from deepnet.actors.messages import Activate, Forward
from deepnet.actors.neuron import Neuron
from deepnet.errors import InputError, NetworkStoppedError, RunError, ShapeError
from deepnet.maths.local import LocalLearner
from deepnet.maths.model import Chain, Dense, Dropout
from deepnet.maths.parameters import fingerprint
from deepnet.runs.network import Network, start
from deepnet.training.handlers import on
from deepnet.training.until import Until

Intercept = Callable[[Network, Callable[[Any, Any], object] | None], None]
Strike = Callable[[Network, Mapping[int, str]], None]
DrawFaults = Callable[[Network, int, int], dict[int, str]]

MODEL = Chain(Dense(3, 4, "tanh"), Dropout(0.5), Dense(4, 3, "softmax"), Dense(3, 2))
RNG = np.random.default_rng(1)
INPUTS, TARGETS = RNG.normal(size=(6, 3)), RNG.normal(size=(6, 2))
WAIT_SECONDS = 20


def by_hand(network: Network, inputs: Any) -> dict[str, tuple[Any, Any]]:
    """The sums and outputs of each layer, in plain numpy."""
    (first, bias_0), (second, bias_1), (third, bias_2) = network.parameters()
    sums_0 = inputs @ first.T + bias_0
    outputs_0 = np.tanh(sums_0)
    sums_1 = outputs_0 @ second.T + bias_1
    raised = np.exp(sums_1)
    outputs_1 = raised / raised.sum(axis=1, keepdims=True)
    sums_2 = outputs_1 @ third.T + bias_2
    return {"dense_0": (sums_0, outputs_0), "dense_1": (sums_1, outputs_1), "dense_2": (sums_2, sums_2)}


@pytest.mark.parametrize("granularity", ["neuron", "layer"])
def test_every_sum_and_output_is_what_plain_numpy_gives(granularity: str) -> None:
    with start(MODEL, dtype="float64", granularity=granularity) as network:
        found, expected = network.activations(INPUTS), by_hand(network, INPUTS)

    assert list(found) == list(expected)
    for address, (sums, outputs) in expected.items():
        np.testing.assert_allclose(found[address].sums, sums, rtol=1e-12)
        np.testing.assert_allclose(found[address].outputs, outputs, rtol=1e-12)


def test_the_neurons_themselves_are_asked(intercept: Intercept) -> None:
    asked: list[str] = []
    with start(MODEL) as network:
        intercept(
            network,
            lambda actor, message: (
                asked.append(actor.address) if isinstance(actor, Neuron) and isinstance(message, Activate) else None
            ),
        )
        network.activations(INPUTS)
        everyone = network.neurons()

    assert sorted(asked) == sorted(everyone)


@pytest.mark.parametrize("granularity", ["neuron", "layer"])
def test_asking_a_network_that_learns_changes_nothing_and_shows_one_sealed_step(granularity: str) -> None:
    def weights(questions: int) -> str:
        with start(MODEL, dtype="float64", granularity=granularity) as network:
            run = network.train(INPUTS, TARGETS, until=Until(steps=400))
            for _ in range(questions):
                shown = network.activations(INPUTS, timeout=WAIT_SECONDS)
                np.testing.assert_allclose(shown["dense_1"].outputs.sum(axis=1), 1)
            run.wait(WAIT_SECONDS)
            return fingerprint(network.parameters())

    assert weights(questions=50) == weights(questions=0)


def test_what_was_shown_stays_as_it_was_shown() -> None:
    with start(MODEL) as network:
        shown = network.activations(INPUTS)
        before = {address: (layer.sums.copy(), layer.outputs.copy()) for address, layer in shown.items()}
        network.train(INPUTS, TARGETS, batch_size=6, until=Until(steps=5), shuffle=False).wait(WAIT_SECONDS)
        network.activations(INPUTS)

    for address, (sums, outputs) in before.items():
        np.testing.assert_array_equal(shown[address].sums, sums)
        np.testing.assert_array_equal(shown[address].outputs, outputs)


@pytest.mark.parametrize("granularity", ["neuron", "layer"])
@pytest.mark.parametrize("seed", range(10))
def test_the_answer_comes_whoever_dies(granularity: str, seed: int, strike: Strike, draw_faults: DrawFaults) -> None:
    with start(MODEL, dtype="float64", granularity=granularity) as network:
        strike(network, draw_faults(network, seed, 40))
        found = network.activations(INPUTS, timeout=WAIT_SECONDS)
        expected = by_hand(network, INPUTS)

    np.testing.assert_allclose(found["dense_2"].outputs, expected["dense_2"][1], rtol=1e-12)


def test_many_may_ask_at_once_while_the_network_learns() -> None:
    answers: list[Any] = []
    with start(MODEL, dtype="float64", workers=2) as network:
        run = network.train(INPUTS, TARGETS, until=Until(steps=300))
        askers = [
            threading.Thread(target=lambda row=row: answers.append((row, network.activations(INPUTS[row], 20))))
            for row in range(6)
        ]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join()
        run.wait(WAIT_SECONDS)

    assert sorted(row for row, _ in answers) == list(range(6))
    assert all(shown["dense_2"].outputs.shape == (1, 2) for _, shown in answers)


def test_a_neuron_that_can_never_answer_is_named_and_the_run_goes_on(intercept: Intercept) -> None:
    looked_at = [False]

    def break_questions(actor: Any, message: Any) -> None:
        if isinstance(message, Forward):
            looked_at[0] = message.way.trace is not None
        elif looked_at[0] and isinstance(message, Activate) and actor.address == "dense_1/2":
            raise ZeroDivisionError("broken")

    with start(MODEL) as network:
        intercept(network, break_questions)
        run = network.train(INPUTS, TARGETS, until=Until(steps=300))
        with pytest.raises(RunError, match=r"dense_1/2 died again and again at step \d+: .*broken"):
            network.activations(INPUTS, timeout=WAIT_SECONDS)

        assert run.wait(WAIT_SECONDS).state == "finished"


def test_a_watcher_and_a_handler_cannot_wait_for_those_who_wait_for_them() -> None:
    refused: list[RunError] = []
    with start(MODEL) as network:

        def ask(_happened: Any) -> None:
            with pytest.raises(RunError, match="do it in another thread") as error:
                network.activations(INPUTS)
            refused.append(error.value)

        network.watchers.add(lambda event: ask(event) if isinstance(event, events.EpochEnded) else None)
        run = network.train(INPUTS, TARGETS, until=Until(epochs=1), handlers=[on("started", ask)])
        run.wait(WAIT_SECONDS)

    assert len(refused) == 2


def test_an_answer_that_takes_too_long_is_not_waited_for(intercept: Intercept) -> None:
    held = threading.Event()

    def hold(_actor: Any, message: Any) -> None:
        if isinstance(message, Forward):
            held.wait(WAIT_SECONDS)

    with start(MODEL) as network:
        intercept(network, hold)
        with pytest.raises(TimeoutError, match=r"no answer came within 0\.3 s: ask again"):
            network.activations(INPUTS, timeout=0.3)
        held.set()

        assert network.activations(INPUTS, timeout=WAIT_SECONDS).keys() == MODEL.named_dense().keys()


def test_a_network_that_has_been_stopped_gives_no_answer() -> None:
    with start(MODEL) as network:
        pass
    with pytest.raises(NetworkStoppedError):
        network.activations(INPUTS)


@pytest.mark.parametrize(
    ("inputs", "error"), [([[1, 2]], ShapeError), ([[1, 2, float("nan")]], InputError), ("abc", InputError)]
)
def test_inputs_that_do_not_fit_are_refused_before_anybody_is_asked(inputs: Any, error: type[Exception]) -> None:
    with start(MODEL) as network, pytest.raises(error):
        network.activations(inputs)


def test_a_dropout_leaves_nothing_out_of_what_is_shown() -> None:
    learner = LocalLearner(MODEL, dtype="float64")
    with start(MODEL, dtype="float64") as network:
        shown = network.activations(INPUTS)["dense_2"].outputs
        predicted = network.predict(INPUTS)

    np.testing.assert_allclose(shown, learner.predict(INPUTS), rtol=1e-12)
    np.testing.assert_allclose(predicted, learner.predict(INPUTS), rtol=1e-12)


@pytest.mark.parametrize("granularity", ["neuron", "layer"])
def test_askers_who_give_up_waiting_hurt_nobody(granularity: str) -> None:
    with start(MODEL, granularity=granularity) as network:
        run = network.train(INPUTS, TARGETS, until=Until(epochs=10**6))
        large = np.zeros((30_000, MODEL.inputs))
        gave_up = 0
        for _ in range(40):
            try:
                network.activations(large, timeout=0.001)
            except TimeoutError:
                gave_up += 1
        run.stop(WAIT_SECONDS)

        assert gave_up > 0
        assert (run.state, network.summary().restarts) == ("stopped", 0)
