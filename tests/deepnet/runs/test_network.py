import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pytest

from deepnet import events
from deepnet.actors.vault import Cut
from deepnet.maths.local import forward
from deepnet.maths.model import Chain, Dense, mlp
from deepnet.maths.optimizers import SGD, Adam
from deepnet.maths.parameters import LayerParameters, fingerprint, initial_parameters
from deepnet.runs.network import Network, start
from deepnet.runs.states import NeuronState
from deepnet.training.until import Until

Seals = Callable[[Network], list[Cut]]
Strike = Callable[[Network, Mapping[int, str]], None]

MODEL = mlp(3, (4, 2), 1, "sigmoid")
RNG = np.random.default_rng(2)
INPUTS, TARGETS = RNG.normal(size=(6, 3)), RNG.normal(size=(6, 1))
WAIT_SECONDS = 20


@pytest.fixture(params=["neuron", "layer"])
def network(request: pytest.FixtureRequest) -> Iterator[Network]:
    with start(MODEL, granularity=request.param, dtype="float64") as network:
        yield network


# Looking.


def test_a_network_that_has_learnt_nothing_yet_can_be_looked_at(network: Network) -> None:
    begin = initial_parameters(MODEL, 0, "float64")

    assert fingerprint(network.parameters()) == fingerprint(begin)
    np.testing.assert_allclose(network.predict(INPUTS), forward(MODEL, begin, INPUTS), rtol=1e-12)
    summary = network.summary()
    assert (summary.state, summary.epoch, summary.step, summary.loss, summary.learning_rate) == (
        "idle",
        0,
        0,
        None,
        None,
    )
    assert (summary.neurons, summary.parameters, summary.dtype, summary.restarts) == (7, 29, "float64", 0)
    assert summary.layers[0] == ("dense_0", 3, 4, "sigmoid", 16)
    assert network.neurons() == (*(f"dense_0/{index}" for index in range(4)), "dense_1/0", "dense_1/1", "dense_2/0")


def test_a_neuron_is_its_row_of_the_parameters(network: Network) -> None:
    network.train(INPUTS, TARGETS, until=Until(steps=4)).wait(WAIT_SECONDS)
    parameters = network.parameters()

    for address in network.neurons():
        state = network.neuron(address)
        weights, bias = parameters[state.layer]
        np.testing.assert_array_equal(state.weights, weights[state.index])
        assert state.bias == bias[state.index]
        assert (state.address, state.step, state.restarts) == (address, 4, 0)
        assert state.activation == MODEL.dense[state.layer].activation
        assert state.mailbox == (0 if network.summary().granularity == "neuron" else None)


def test_the_summary_of_a_network_that_has_learnt(network: Network) -> None:
    run = network.train(INPUTS, TARGETS, until=Until(epochs=2), optimizer=Adam(0.5)).wait(WAIT_SECONDS)
    summary = network.summary()

    assert (summary.state, summary.epoch, summary.step, summary.learning_rate) == ("finished", 2, 12, 0.5)
    assert summary.loss == run.history[-1].loss
    assert summary.messages > 12 * 6
    assert repr(network) == f"<Network {network.name}: 7 neurons, 29 parameters>"


def test_what_was_read_belongs_to_the_reader(network: Network) -> None:
    before = fingerprint(network.parameters())
    network.parameters()[0].weights[:] = 5
    network.neuron("dense_0/0").weights[:] = 5

    assert fingerprint(network.parameters()) == before


def test_one_row_may_be_given_flat_and_none_at_all_as_an_empty_batch(network: Network) -> None:
    np.testing.assert_array_equal(network.predict(INPUTS[0]), network.predict(INPUTS[:1]))
    assert network.predict(np.zeros((0, 3))).shape == (0, 1)


@pytest.mark.parametrize("granularity", ["neuron", "layer"])
@pytest.mark.parametrize("workers", [1, 4])
def test_readers_see_sealed_steps_only_and_do_not_disturb(
    granularity: str, workers: int, seals: Seals, strike: Strike
) -> None:
    steps, seed = 150, 4
    with start(MODEL, seed=seed, granularity=granularity) as network:
        begin = network.parameters()
        cuts = seals(network)
        network.train(INPUTS, TARGETS, until=Until(steps=steps), optimizer="adam").wait(WAIT_SECONDS)
    allowed: list[tuple[LayerParameters, ...]] = [begin, *(cut.parameters for cut in cuts)]
    step_of = {fingerprint(parameters): step for step, parameters in enumerate(allowed)}
    torn: list[Any] = []
    reads = [0]

    def read(network: Network, going: threading.Event) -> None:
        last = 0
        while going.is_set():
            step = step_of.get(fingerprint(network.parameters()))
            if step is None or step < last:
                torn.append(("parameters", last, step))
                return
            last = step
            check_neuron(network.neuron("dense_1/1"))
            summary = network.summary()
            if not 0 <= summary.step <= steps:
                torn.append(summary)
            if not np.isfinite(network.predict(INPUTS)).all():
                torn.append("prediction")
            network.tree()
            reads[0] += 1

    def check_neuron(state: NeuronState) -> None:
        weights, bias = allowed[state.step][state.layer]
        if not (np.array_equal(state.weights, weights[state.index]) and state.bias == bias[state.index]):
            torn.append(state)

    with start(MODEL, seed=seed, granularity=granularity, workers=workers) as network:
        going = threading.Event()
        going.set()
        readers = [threading.Thread(target=read, args=(network, going)) for _ in range(3)]
        for reader in readers:
            reader.start()
        strike(network, {40: "dense_1/1", 90: "crash", 200: "trainer"})
        network.train(INPUTS, TARGETS, until=Until(steps=steps), optimizer="adam").wait(WAIT_SECONDS)
        going.clear()
        for reader in readers:
            reader.join(WAIT_SECONDS)
        assert fingerprint(network.parameters()) == fingerprint(allowed[-1])

    assert not torn
    assert reads[0] > 0


# Breaking.


@pytest.mark.parametrize("address", ["dense_0/3", "dense_1", "trainer", "vault"])
def test_whoever_is_killed_heals_under_the_same_address(address: str) -> None:
    with start(MODEL) as network:
        before = fingerprint(network.parameters())
        old = network._context.directory.whereis(address)
        network.kill(address)
        for _ in range(2000):
            if network._context.directory.whereis(address) not in {None, old}:
                break
            time.sleep(0.001)

        assert network._context.directory.whereis(address) not in {None, old}
        assert fingerprint(network.parameters()) == before
        network.train(INPUTS, TARGETS, until=Until(epochs=1)).wait(WAIT_SECONDS)
        assert network._context.restarts[address] == 1


def test_where_layers_compute_to_kill_a_neuron_is_to_kill_its_layer() -> None:
    deaths: list[events.Event] = []
    with start(MODEL, granularity="layer", watcher=deaths.append) as network:
        run = network.train(INPUTS, TARGETS, until=Until(epochs=10**9))
        network.kill("dense_1/1")
        while len(deaths) < 3:
            time.sleep(0.001)
        run.stop(WAIT_SECONDS)

    assert [event.address for event in deaths if isinstance(event, events.NeuronDied)] == ["dense_1"]


# Beginning.


def test_a_network_can_begin_where_another_ended() -> None:
    with start(MODEL, dtype="float32") as first:
        first.train(INPUTS, TARGETS, until=Until(epochs=2)).wait(WAIT_SECONDS)
        learnt = first.parameters()
    with start(MODEL, dtype="float32", parameters=learnt) as second:
        assert fingerprint(second.parameters()) == fingerprint(learnt)
        second.train(INPUTS, TARGETS, until=Until(epochs=1)).wait(WAIT_SECONDS)
        assert fingerprint(second.parameters()) != fingerprint(learnt)
    assert fingerprint(first.parameters()) == fingerprint(learnt)


def test_the_seed_decides_where_a_network_begins() -> None:
    prints = []
    for seed in (0, 0, 1):
        with start(MODEL, seed=seed) as network:
            prints.append(fingerprint(network.parameters()))

    assert prints[0] == prints[1] != prints[2]


def test_networks_that_were_given_no_name_have_different_ones() -> None:
    with start(MODEL) as first, start(MODEL) as second, start(MODEL, name="cars") as third:
        assert first.name != second.name
        assert third.name == third.tree().name.removeprefix("network:") == "cars"


def test_a_network_is_stopped_when_its_block_is_left_by_an_exception() -> None:
    def learn_and_fail(network: Network) -> None:
        with network:
            network.train(INPUTS, TARGETS, until=Until(epochs=10**9))
            raise KeyError

    network = start(MODEL)
    with pytest.raises(KeyError):
        learn_and_fail(network)

    assert network.summary().state == "stopped"


def test_several_networks_learn_side_by_side_and_get_the_bits_they_get_alone() -> None:
    prints = []
    for count in (1, 4):
        networks = [start(MODEL) for _ in range(count)]
        runs = [network.train(INPUTS, TARGETS, until=Until(epochs=5)) for network in networks]
        for network, run in zip(networks, runs, strict=True):
            run.wait(WAIT_SECONDS)
            prints.append(fingerprint(network.parameters()))
            network.stop()

    assert len(set(prints)) == 1


def test_the_3x3_is_learnt() -> None:
    model = Chain(*(Dense(3, 3, "sigmoid", "centered_uniform", "centered_uniform") for _ in range(2)))
    with start(model) as network:
        run = network.train(
            [[1, 0, 0]], [[1, 1, 1]], until=Until(mean_squared_error=0.02, epochs=100), optimizer=SGD(4)
        )
        assert run.wait(WAIT_SECONDS).reason.endswith("is below 0.02")
        assert len(run.history) <= 13
        np.testing.assert_allclose(network.predict([1, 0, 0]), [[1, 1, 1]], atol=0.25)


# What they tell who watch.


def test_a_run_is_told_from_its_beginning_to_its_end() -> None:
    told: list[events.Event] = []
    with start(MODEL, name="cars", watcher=told.append) as network:
        run = network.train(
            INPUTS, TARGETS, until=Until(epochs=2), batch_size=4, metrics=["r2"], validation=(INPUTS, TARGETS)
        )
        run.wait(WAIT_SECONDS)

    assert told == [
        events.RunStarted("cars", 6, 2),
        *(
            events.EpochEnded("cars", record.epoch, record.step, record.loss, record.metrics, record.validation)
            for record in run.history
        ),
        events.RunEnded("cars", "finished", "2 epochs", 2, 4),
    ]


def test_the_end_of_a_run_has_been_told_when_the_wait_for_it_is_over() -> None:
    told: list[events.Event] = []
    with start(MODEL, name="cars", watcher=told.append, workers=4) as network:
        for count in range(1, 40):
            network.train(INPUTS, TARGETS, until=Until(steps=1)).wait(WAIT_SECONDS)
            assert [type(event) for event in told] == [events.RunStarted, events.RunEnded] * count


@pytest.mark.parametrize("address", ["dense_0/2", "dense_1", "trainer"])
def test_a_death_is_told_and_the_restart_and_the_replay_after_it(address: str, strike: Strike) -> None:
    told: list[events.Event] = []
    with start(MODEL, name="cars", watcher=told.append) as network:
        strike(network, {100: address})
        network.train(INPUTS, TARGETS, until=Until(epochs=3)).wait(WAIT_SECONDS)

    assert [event[2:4] for event in told if isinstance(event, events.Intervened)] == [("kill", address)]
    about = [event for event in told if not isinstance(event, (events.EpochEnded, events.Intervened))]
    assert [type(event) for event in about] == [
        events.RunStarted,
        events.NeuronDied,
        events.NeuronRestarted,
        events.StepReplayed,
        events.RunEnded,
    ]
    death, restart, replay = about[1:4]
    assert isinstance(death, events.NeuronDied)
    assert death[:2] == ("cars", address)
    assert death.reason == "killed"
    assert restart == ("cars", address, 1)
    # The last to answer may die before its next message, which belongs to the next step.
    assert replay in {("cars", death.step, 2), ("cars", death.step + 1, 2)}


def test_a_watcher_that_raises_is_dropped_and_nobody_else_suffers(strike: Strike) -> None:
    def fail(_event: events.Event) -> None:
        raise ZeroDivisionError

    told: list[events.Event] = []
    with start(MODEL, watcher=fail) as network:
        network.watchers.add(told.append)
        strike(network, {50: "dense_0/0", 150: "trainer"})
        network.train(INPUTS, TARGETS, until=Until(epochs=3)).wait(WAIT_SECONDS)
        learnt = fingerprint(network.parameters())
    with start(MODEL) as undisturbed:
        undisturbed.train(INPUTS, TARGETS, until=Until(epochs=3)).wait(WAIT_SECONDS)

    assert learnt == fingerprint(undisturbed.parameters())
    assert [watcher for watcher, _ in network.watchers.dropped] == [fail]
    assert isinstance(told[0], events.RunStarted)
    assert isinstance(told[-1], events.RunEnded)


def test_a_watcher_may_leave_while_it_is_told() -> None:
    told: list[events.Event] = []

    def once(event: events.Event) -> None:
        told.append(event)
        leave()

    with start(MODEL) as network:
        leave = network.watchers.add(once)
        network.train(INPUTS, TARGETS, until=Until(epochs=2)).wait(WAIT_SECONDS)

    assert len(told) == 1
