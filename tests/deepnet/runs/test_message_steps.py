"""A run that is played on by single messages: the same steps, in slow motion."""

from typing import Any

import numpy as np
import pytest

from deepnet import Adam, Chain, Dense, Until, start
from deepnet.errors import RunError
from deepnet.maths.parameters import fingerprint
from deepnet.runs.network import Network
from deepnet.runs.run import Run

WAIT_SECONDS = 20
MODEL = Chain(Dense(2, 3, "tanh"), Dense(3, 1))
RNG = np.random.default_rng(4)
INPUTS, TARGETS = RNG.normal(size=(6, 2)), RNG.normal(size=(6, 1))
STEP_MESSAGES = {"neuron": 2 * (2 + 4 + 4) + 2, "layer": 2 * 2 + 2}
"""Of one step: forward and back to two layers, to their neurons and from them; and what the trainer hears."""


@pytest.fixture(params=["neuron", "layer"])
def network(request: pytest.FixtureRequest) -> Any:
    with start(MODEL, granularity=request.param, seed=1) as network:
        yield network


def paused(network: Network, epochs: int = 10**9) -> Run:
    """A run of three steps an epoch that rests before its first one."""
    run = network.train(INPUTS, TARGETS, batch_size=2, optimizer=Adam(0.01), until=Until(epochs=epochs))
    run.pause()
    run.rewind()
    return run


def bits_after(granularity: str, steps: int) -> str:
    with start(MODEL, granularity=granularity, seed=1) as network:
        network.train(INPUTS, TARGETS, batch_size=2, optimizer=Adam(0.01), until=Until(steps=steps)).wait(WAIT_SECONDS)
        return fingerprint(network.parameters())


def test_so_many_messages_make_a_step_and_no_fewer(network: Network) -> None:
    run, granularity = paused(network), network.summary().granularity
    before = fingerprint(network.parameters())

    messages = run.step("message", STEP_MESSAGES[granularity] - 1).messages
    assert (run.position.step, run.state, fingerprint(network.parameters())) == (0, "paused", before)
    assert messages[0].text.startswith("trainer -> dense_0  Forward: ")

    (last,) = run.step("message").messages
    assert (last.kind, run.position.step) == ("Learnt", 1)
    assert fingerprint(network.parameters()) == bits_after(granularity, 1)


def test_it_goes_on_over_the_ends_of_steps_and_epochs(network: Network) -> None:
    run, granularity = paused(network), network.summary().granularity

    change = run.step("message", 4 * STEP_MESSAGES[granularity] + 1)

    assert (change.old, change.new, len(run.history)) == (0, 4, 1)
    assert len(change.messages) == 4 * STEP_MESSAGES[granularity] + 1
    assert fingerprint(network.parameters()) == bits_after(granularity, 4)


@pytest.mark.parametrize("messages", [1, 3, 7, 11])
def test_a_step_that_was_begun_by_messages_is_finished_as_one(network: Network, messages: int) -> None:
    run, granularity = paused(network), network.summary().granularity
    run.step("message", messages)
    begun = run.position.step

    assert run.step("batch").new == begun + 1
    run.step("message", messages)
    run.resume()
    run.pause()
    assert fingerprint(network.parameters()) == bits_after(granularity, run.position.step)


def test_who_dies_in_the_middle_of_a_step_heals_and_the_step_begins_anew(network: Network) -> None:
    run, granularity = paused(network), network.summary().granularity
    run.step("message", 3)
    network.kill("dense_0/1")

    messages = run.step("message", STEP_MESSAGES[granularity]).messages

    assert messages[-1].kind == "Learnt" or run.position.step == 0
    run.step("batch", 5 - run.position.step)
    assert network.neuron("dense_0/1").restarts == (granularity == "neuron")
    assert network.summary().restarts == 1
    assert fingerprint(network.parameters()) == bits_after(granularity, 5)


def test_a_change_in_the_middle_of_a_step_has_it_begun_anew(network: Network) -> None:
    run = paused(network)
    forward = run.step("message", 5).messages[0]
    change = network.set("dense_0/1", bias=0.5)
    again = run.step("message").messages[0]

    assert (change.step, again.text) == (0, forward.text)
    run.step("batch")
    with_change = fingerprint(network.parameters())
    run.rewind()
    network.set("dense_0/1", bias=0.5)
    run.step("batch")
    assert fingerprint(network.parameters()) == with_change


def test_nothing_is_asked_of_neurons_in_the_middle_of_a_step(network: Network) -> None:
    run = paused(network)
    run.step("message", 2)
    expected = network.predict(INPUTS)  # of the sealed parameters: that goes on

    for ask in (lambda: network.activations(INPUTS), lambda: network.trace(INPUTS[0])):
        with pytest.raises(RunError, match="in the middle of a step"):
            ask()

    np.testing.assert_array_equal(network.predict(INPUTS), expected)
    run.step("batch")
    assert network.activations(INPUTS)


def test_a_run_that_ends_has_no_more_messages(network: Network) -> None:
    run = paused(network, epochs=1)

    change = run.step("message", 10_000)

    assert (run.state, change.new) == ("finished", 3)
    assert len(change.messages) == 3 * STEP_MESSAGES[network.summary().granularity]
    with pytest.raises(RunError, match="the run is over"):
        run.step("message")
    assert network.activations(INPUTS), "the gate is open again"


def test_a_network_is_stopped_in_the_middle_of_a_step() -> None:
    with start(MODEL) as network:
        run = paused(network)
        run.step("message", 4)

    assert run.state == "stopped"
