"""What layers and neurons do with messages that come late, twice, or from another try."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from deepnet.actors.messages import Activate, Answer, Backward, Correct, Forward, Healed, Update
from deepnet.actors.neuron_layer import NeuronLayer
from deepnet.maths.kernels.choice import kernels_named
from deepnet.maths.kernels.rows import with_ones
from deepnet.maths.model import mlp
from deepnet.maths.optimizers import SGD
from deepnet.maths.parameters import fingerprint
from deepnet.runs.network import Network, start
from deepnet.training.until import Until

Intercept = Callable[[Network, Callable[[Any, Any], object] | None], None]

MODEL = mlp(2, (3,), 2, "tanh")
INPUTS, TARGETS = np.eye(2), np.eye(2)
WAIT_SECONDS = 20


def bits(granularity: str, before: Callable[[Network], object] | None = None) -> str:
    with start(MODEL, granularity=granularity) as network:
        if before is not None:
            before(network)
        network.train(INPUTS, TARGETS, until=Until(steps=6)).wait(WAIT_SECONDS)
        assert network.summary().restarts == 0
        return fingerprint(network.parameters())


@pytest.mark.parametrize("granularity", ["neuron", "layer"])
def test_messages_of_no_present_try_change_nothing(granularity: str, intercept: Intercept) -> None:
    """They come before each message that counts."""
    kernels = kernels_named("numpy", "float32")

    def disturb(network: Network) -> None:
        at_work: list[bool] = []

        def before(actor: Any, message: Any) -> None:
            if at_work or type(message) not in {Forward, Backward, Activate, Correct}:
                return
            at_work.append(True)
            box = actor.actor_inbox
            garbage, at_sums = np.full((1, 3), np.nan, dtype="float32"), False
            update = Update(SGD(), None, waits=False, rule=None, factors=garbage)
            for step, attempt in ((message.step, 99), (message.step - 2, 1), (message.step + 1, 1)):
                other = Activate(
                    step,
                    attempt,
                    box,
                    network._context.setup,
                    kernels.forward_neuron,
                    garbage,
                    garbage,
                    garbage,
                    garbage,
                    garbage,
                )
                correct = Correct(step, attempt, box, other, kernels, garbage, at_sums, update, garbage.copy(), None)
                if "/" in actor.address:
                    actor.on_receive(correct)
                else:
                    actor.on_receive(Backward(step, attempt, update, garbage))
                    if granularity == "neuron":
                        actor.on_receive(Answer(0, other))
                        actor.on_receive(Answer(0, correct))
            at_work.pop()

        intercept(network, before)

    assert bits(granularity, disturb) == bits(granularity)


def test_an_answer_that_comes_twice_counts_once(intercept: Intercept) -> None:
    """The first neuron of a layer answers three times, before the other two have begun."""

    missing = []

    def disturb(network: Network) -> None:
        layers: dict[str, Any] = {}

        def before(actor: Any, message: Any) -> None:
            if isinstance(actor, NeuronLayer):
                layers[actor.address] = actor
            elif type(message) in {Activate, Correct} and actor.address == "dense_0/0":
                for _ in range(3):
                    layers["dense_0"].on_receive(Answer(1, message))
                missing.append(layers["dense_0"]._missing)

        intercept(network, before)

    assert bits("neuron", disturb) == bits("neuron")
    assert missing == [2] * 12  # in both halves of six steps


def test_a_try_that_is_played_again_writes_into_arrays_of_its_own(intercept: Intercept) -> None:
    arrays: dict[tuple[int, int], set[int]] = {}
    kept = []

    def before(actor: Any, message: Any) -> None:
        if type(message) is Activate and actor.address == "dense_0/0":
            kept.append(message.outputs)
            arrays.setdefault((message.step, message.attempt), set()).add(id(message.outputs))
            if message.attempt < 3:
                network.actors.tell("trainer", Healed("dense_0/0"))

    with start(MODEL) as network:
        intercept(network, before)
        network.train(INPUTS, TARGETS, until=Until(steps=3)).wait(WAIT_SECONDS)

    tries = [arrays[key] for key in arrays if key[0] == 2]
    assert len(tries) >= 3
    assert len(set.union(*tries)) == len(tries)


def test_neurons_get_one_message_object_for_all_of_them(intercept: Intercept) -> None:
    seen: dict[str, set[int]] = {"dense_0": set(), "dense_1": set()}
    kept = []

    def before(actor: Any, message: Any) -> None:
        if type(message) is Activate and "/" in actor.address:
            kept.append(message)
            seen[actor.address.partition("/")[0]].add(id(message))

    with start(MODEL) as network:
        intercept(network, before)
        network.train(INPUTS, TARGETS, until=Until(steps=1)).wait(WAIT_SECONDS)

    assert [len(objects) for objects in seen.values()] == [1, 1]


def test_what_a_layer_sends_on_ends_in_ones(intercept: Intercept) -> None:
    batches = []

    def before(actor: Any, message: Any) -> None:
        if type(message) is Forward and actor.address in {"dense_0", "dense_1"}:
            batches.append(message.activations.copy())

    with start(MODEL) as network:
        intercept(network, before)
        network.train(INPUTS, TARGETS, until=Until(steps=1), batch_size=2, shuffle=False).wait(WAIT_SECONDS)

    np.testing.assert_array_equal(batches[0], with_ones(INPUTS.astype("float32")))
    assert batches[1].shape == (2, 4)
    assert (batches[1][:, -1] == 1).all()
