"""Watching neurons while they learn: what a record says, who gets it, and that nobody is disturbed by it."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from deepnet import Adam, Chain, Dense, Until, on, start
from deepnet.actors.watching import HISTORY, Activity
from deepnet.errors import InputError, NetworkStoppedError
from deepnet.maths.parameters import fingerprint
from deepnet.runs.following import MOST_WAITING
from deepnet.runs.network import Network
from deepnet.runs.run import Run
from deepnet.runs.states import NeuronState

Strike = Callable[[Network, Mapping[int, str]], None]

WAIT_SECONDS = 20
MODEL = Chain(Dense(3, 4, "tanh"), Dense(4, 2, "sigmoid"))
RNG = np.random.default_rng(1)
INPUTS, TARGETS = RNG.normal(size=(10, 3)), RNG.random(size=(10, 2))
FOREVER = Until(epochs=10**9)


@pytest.fixture(params=["neuron", "layer"])
def network(request: pytest.FixtureRequest) -> Any:
    with start(MODEL, granularity=request.param, dtype="float64", seed=4) as network:
        yield network


def paused(network: Network, **options: Any) -> Run:
    """Return a run that rests before its first step; its rows come in their order, four at a time."""
    may_begin = threading.Event()
    handlers = [on("started", lambda _moment: may_begin.wait(WAIT_SECONDS) and None)]
    plan = {"until": FOREVER, "batch_size": 4, "shuffle": False, "handlers": handlers, **options}
    run = network.train(INPUTS, TARGETS, **plan)
    with pytest.raises(TimeoutError):
        run.pause(timeout=0)
    may_begin.set()
    run.pause(WAIT_SECONDS)
    assert run.position.step == 0
    return run


def by_hand(network: Network, step: int) -> dict[str, Any]:
    """What plain numpy makes of the batch that comes next, by name of what a neuron did; a column a neuron."""
    rows = slice(4 * ((step - 1) % 3), 4 * ((step - 1) % 3) + 4)
    inputs, targets = INPUTS[rows], TARGETS[rows]
    (first, first_bias), (last, last_bias) = network.parameters()
    sums = inputs @ first.T + first_bias
    outputs = np.tanh(sums)
    last_sums = outputs @ last.T + last_bias
    guesses = 1 / (1 + np.exp(-last_sums))
    last_deltas = 2 * (guesses - targets) / guesses.size * guesses * (1 - guesses)
    deltas = last_deltas @ last * (1 - outputs**2)
    return {"dense_0": (inputs, sums, outputs, deltas), "dense_1": (outputs, last_sums, guesses, last_deltas)}


def last_of(record: NeuronState) -> Activity:
    assert record.last is not None
    return record.last


def check_by_hand(record: NeuronState, expected: Mapping[str, Any]) -> None:
    inputs, sums, outputs, deltas = expected[f"dense_{record.layer}"]
    last, column = last_of(record), record.index
    gradient = np.append(deltas[:, column] @ inputs, deltas[:, column].sum())
    for ours, theirs in (
        (last.inputs, inputs),
        (last.sum, sums[:, column]),
        (last.output, outputs[:, column]),
        (last.delta, deltas[:, column]),
        (last.gradient, gradient),
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-13)


def test_a_record_says_what_the_neuron_did_as_plain_numpy_says(network: Network) -> None:
    run = paused(network)
    with network.watch("dense_0") as hidden, network.watch("dense_1/1") as output:
        for step in range(1, 8):
            expected = by_hand(network, step)
            rows = [np.append(weights, bias) for _, weights, bias in network.cut()]
            run.step()
            records = [next(hidden) for _ in range(4)] + [next(output)]

            assert [record.address for record in records] == [*(f"dense_0/{n}" for n in range(4)), "dense_1/1"]
            for record, place in zip(records, [0, 1, 2, 3, 5], strict=True):
                assert record.step == last_of(record).step == step
                check_by_hand(record, expected)
                np.testing.assert_array_equal(last_of(record).row, rows[place])


def test_what_is_watched_is_what_the_parameters_learn_by(network: Network) -> None:
    run = paused(network, optimizer="sgd")
    rate = run.plan.optimizer.learning_rate
    with network.watch("dense_0/2") as watch:
        run.step("batch", 5)
        for record in (next(watch) for _ in range(5)):
            after = np.append(record.weights, record.bias)
            last = last_of(record)
            np.testing.assert_allclose(after, last.row - rate * last.gradient, rtol=1e-12)


def test_a_death_in_the_step_leaves_no_trace_in_what_is_watched(
    network: Network, strike: Strike, mortals: Callable[[Network], Any]
) -> None:
    run = paused(network)
    victims = [address for address in mortals(network) if address != "vault"]
    with network.watch("dense_0") as hidden, network.watch("dense_1") as outputs:
        for step, victim in enumerate([*victims, "crash"], start=1):
            expected = by_hand(network, step)
            strike(network, {step % 5 + 1: victim})
            run.step()
            records = [next(hidden) for _ in range(4)] + [next(outputs) for _ in range(2)]

            assert {record.step for record in records} == {step}
            for record in records:
                check_by_hand(record, expected)
    assert network.summary().restarts > len(victims)


def test_steps_that_are_played_again_for_a_vault_that_died_are_watched_again(network: Network, strike: Strike) -> None:
    run = paused(network)
    with network.watch("dense_0/1") as watch:
        strike(network, {40: "vault"})
        run.step("batch", 12)
        run.stop(WAIT_SECONDS)
        records = list(watch)

    steps = [record.step for record in records]
    assert steps[-12:] == list(range(1, 13))
    assert steps[:-12] == list(range(1, len(steps) - 11))
    assert len(steps) > 12
    for record in records:
        same = records[len(steps) - 13 + record.step]
        assert last_of(record).gradient.tobytes() == last_of(same).gradient.tobytes()
        assert record.weights.tobytes() == same.weights.tobytes()


def test_watchers_get_the_steps_that_their_number_divides(network: Network) -> None:
    run = paused(network)
    with (
        network.watch("dense_0/0", every=2) as second,
        network.watch("dense_0", every=3) as third,
        network.watch("dense_1/0") as each,
    ):
        run.step("batch", 12)
        run.stop(WAIT_SECONDS)

        assert [record.step for record in second] == [2, 4, 6, 8, 10, 12]
        assert [(record.index, record.step) for record in third] == [(n, s) for s in (3, 6, 9, 12) for n in range(4)]
        assert [record.step for record in each] == list(range(1, 13))
        assert second.missed == third.missed == each.missed == 0


def test_iteration_ends_with_the_run(network: Network) -> None:
    may_begin = threading.Event()
    handler = on("started", lambda _moment: may_begin.wait(WAIT_SECONDS) and None)
    network.train(INPUTS, TARGETS, until=Until(steps=20), handlers=[handler])
    with network.watch("dense_1/0") as watch:
        may_begin.set()

        assert [record.step for record in watch] == list(range(1, 21))
        assert list(watch) == []


def test_without_a_run_there_is_nothing_to_follow(network: Network) -> None:
    assert list(network.watch("dense_0")) == []
    network.train(INPUTS, TARGETS, until=Until(steps=3)).wait(WAIT_SECONDS)
    assert list(network.watch("dense_0")) == []


def test_iteration_ends_with_the_network(network: Network) -> None:
    paused(network)
    watch = network.watch("dense_0/0")
    seen: list[Any] = []
    reader = threading.Thread(target=lambda: seen.extend(watch))
    reader.start()
    network.stop()
    reader.join(WAIT_SECONDS)

    assert not reader.is_alive()
    assert seen == []
    with pytest.raises(NetworkStoppedError, match="has been stopped: start a new network"):
        network.watch("dense_0/0")


def test_iteration_ends_when_somebody_closes(network: Network) -> None:
    run = paused(network)
    watch = network.watch("dense_0/0")
    reader = threading.Thread(target=lambda: list(watch))
    reader.start()
    watch.close()
    reader.join(WAIT_SECONDS)
    watch.close()
    run.step("batch", 3)

    assert not reader.is_alive()
    assert list(watch) == []
    assert network.neuron("dense_0/0").last is None


def test_what_was_sealed_before_closing_can_still_be_read(network: Network) -> None:
    run = paused(network)
    watch = network.watch("dense_0/0")
    run.step("batch", 3)
    watch.close()
    run.step("batch", 3)

    assert [record.step for record in watch] == [1, 2, 3]


def test_who_reads_too_slowly_misses_the_oldest_and_nobody_waits(network: Network) -> None:
    run = paused(network)
    with network.watch("dense_0/0") as slow:
        run.step("batch", MOST_WAITING + 50)
        run.stop(WAIT_SECONDS)

        assert slow.missed == 50
        assert [record.step for record in slow] == list(range(51, MOST_WAITING + 51))


def test_history_is_there_while_somebody_watches_and_is_bounded(network: Network) -> None:
    run = paused(network)
    run.step("batch", 5)
    assert network.neuron("dense_0/3").history == ()
    with network.watch("dense_0/3"), network.watch("dense_0/3", every=2):
        run.step("batch", HISTORY + 20)
        state = network.neuron("dense_0/3")
        unwatched = network.neuron("dense_0/2")

        assert [activity.step for activity in state.history] == list(range(26, HISTORY + 26))
        assert state.last is state.history[-1]
        assert unwatched.history == ()
        assert unwatched.last is None
    assert network.neuron("dense_0/3").history == ()


def test_a_record_has_the_history_up_to_its_step(network: Network) -> None:
    run = paused(network)
    with network.watch("dense_1/0") as watch:
        run.step("batch", 5)
        for step in range(1, 6):
            assert [activity.step for activity in next(watch).history] == list(range(1, step + 1))


def test_a_watched_neuron_may_be_pruned_and_those_that_grow_may_be_watched(network: Network) -> None:
    run = paused(network)
    with network.watch("dense_0/3") as last, network.watch("dense_0") as layer:
        run.step()
        network.prune("dense_0/0")
        run.step()
        assert [next(last).step] == [1]
        assert [next(layer).address for _ in range(7)] == [f"dense_0/{n}" for n in (0, 1, 2, 3, 0, 1, 2)]
        network.grow("dense_0", 2)
        run.step()
        assert next(last).step == 3
        with network.watch("dense_0") as grown:
            run.step()
            assert [next(grown).address for _ in range(5)] == [f"dense_0/{n}" for n in range(5)]


def test_readers_change_nothing(network: Network) -> None:
    """Ten threads that read all that can be read, and a run whose bits are those of one that nobody looks at."""
    options: dict[str, Any] = {"until": Until(steps=60), "optimizer": Adam(0.01), "batch_size": 4}
    network.train(INPUTS, TARGETS, **options).wait(WAIT_SECONDS)
    expected = fingerprint(network.parameters())
    begin = threading.Event()
    over = threading.Event()
    failures: list[BaseException] = []
    reads = [0] * 10
    granularity = network.summary().granularity

    with start(MODEL, granularity=granularity, dtype="float64", seed=4) as other:
        handler = on("started", lambda _moment: begin.wait(WAIT_SECONDS) and None)
        run = other.train(INPUTS, TARGETS, handlers=[handler], **options)

        def follow() -> None:
            with other.watch("dense_0", every=3) as watch:
                begin.set()
                for record in watch:
                    record.formula()
                    if over.is_set():
                        break

        uses: list[Callable[[], object]] = [
            lambda: other.neuron("dense_0/1"), other.cut, lambda: other.predict(INPUTS), run.health, other.summary,
            other.parameters, lambda: other.dead_neurons(INPUTS), lambda: other.neuron("dense_1/0").formula(),
            other.tree,
        ]  # fmt: skip

        def read(number: int) -> None:
            try:
                if number == len(uses):
                    follow()
                    reads[number] += 1
                while number < len(uses) and not over.is_set():
                    uses[number]()
                    reads[number] += 1
            except BaseException as error:  # noqa: BLE001 - it is looked at in the thread of the test
                failures.append(error)

        threads = [threading.Thread(target=read, args=(number,)) for number in range(10)]
        for thread in threads:
            thread.start()
        run.wait(WAIT_SECONDS)
        over.set()
        for thread in threads:
            thread.join(WAIT_SECONDS)

        assert failures == []
        assert all(reads)
        assert fingerprint(other.parameters()) == expected


@pytest.mark.parametrize("number", [0, -1, 1.5, True, "2", None])
def test_a_step_in_no_steps_is_refused(network: Network, number: Any) -> None:
    with pytest.raises(InputError, match="every must be a whole number of 1 or more"):
        network.watch("dense_0", every=number)
    assert network._context.watching.layers == {}


@pytest.mark.parametrize("address", ["dense_2", "dense_0/4", "network", "trainer", "", None, 3])
def test_nobody_can_be_followed_at_a_wrong_address(network: Network, address: Any) -> None:
    with pytest.raises(InputError, match="there are dense_0") as error:
        network.watch(address)
    assert "\n" not in str(error.value)
    assert network._context.watching.layers == {}


def test_who_wants_only_the_newest_record_does_not_wait_and_leaves_out_the_others(network: Network) -> None:
    run = paused(network)
    with network.watch("dense_0/1") as watch:
        assert watch.newest() is None
        run.step("batch", 5)
        newest = watch.newest()
        assert newest is not None
        assert newest.step == 5
        assert watch.newest() is None
    run.stop()
