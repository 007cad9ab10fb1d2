"""Those who look, change, pause, stop and die at the same time: each gets what was promised, whoever comes between."""

import threading
import time
import tracemalloc
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepnet import Adam, Chain, Checkpoints, Dense, Patience, Until, start
from deepnet.errors import DataError, InputError, NetworkStoppedError, RunError
from deepnet.maths.parameters import fingerprint
from deepnet.runs import intervening
from deepnet.runs.network import Network
from deepnet.runs.run import Run

WAIT_SECONDS = 20
FOREVER = Until(epochs=10**9)
MODEL = Chain(Dense(2, 3, "tanh"), Dense(3, 1))
RNG = np.random.default_rng(6)
INPUTS, TARGETS = RNG.normal(size=(16, 2)), RNG.normal(size=(16, 1))


@pytest.fixture(params=["neuron", "layer"])
def network(request: pytest.FixtureRequest) -> Any:
    with start(MODEL, granularity=request.param, kernels="numpy", seed=1) as network:
        yield network


def train(network: Network, **options: Any) -> Run:
    return network.train(INPUTS, TARGETS, **{"until": FOREVER, "batch_size": 4, **options})


def test_a_change_is_in_force_at_the_next_step_whoever_asks_something_meanwhile(network: Network) -> None:
    run, over = train(network, optimizer="sgd"), threading.Event()

    def ask() -> None:
        while not over.is_set():
            network.activations(INPUTS[:2], WAIT_SECONDS)

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    try:
        for number in range(100):
            network.set("dense_1/0", weights=np.zeros(3), bias=0.0, frozen=number % 2 == 0)
            step = run.position.step
            while run.position.step < step + 2:
                time.sleep(0.0002)
            assert network.neuron("dense_1/0").weights.any() == (number % 2 == 1)
    finally:
        over.set()
        for asker in askers:
            asker.join()


def test_nothing_is_played_while_the_network_is_held_though_a_question_is_given_up(network: Network) -> None:
    run = train(network)
    with network._intervener.alone(), network._intervener.held():
        held_at = run.position.step
        with pytest.raises(TimeoutError):
            network.activations(INPUTS[:1], 0.01)
        network.actors._scheduler.drain()
        assert run.position.step == held_at


def test_a_run_is_stopped_in_the_middle_of_a_step(network: Network) -> None:
    run = train(network)
    run.pause()
    run.step("message", 3)

    assert run.stop(WAIT_SECONDS).state == "stopped"


@pytest.mark.parametrize("fault", ["drop", "crash"])
def test_a_fault_that_lets_no_step_be_sealed_can_be_undone(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intervening, "CHANGE_SECONDS", 5.0)
    with start(MODEL, kernels="numpy") as network:
        run = train(network)
        network.inject(fault, rate=1.0)
        network.undo()
        step = run.position.step
        run.step("batch", 2)

        assert run.position.step > step


def test_whoever_is_told_of_a_change_may_ask_the_network(network: Network) -> None:
    asked: list[Any] = []

    def ask(event: Any) -> None:
        if type(event).__name__ == "Intervened":
            asked.append(network.activations(INPUTS[:1], WAIT_SECONDS)["dense_1"].outputs)

    network.watchers.add(ask)
    train(network)
    network.set("dense_0/0", bias=1.0)
    network.undo()
    network.inject("noise", "dense_0")

    assert len(asked) == 3
    assert not network.watchers.dropped


def test_a_run_that_is_over_does_not_put_back_the_one_under_way(network: Network) -> None:
    over = train(network, until=Until(steps=3)).wait(WAIT_SECONDS)
    learnt = fingerprint(network.parameters())
    run = train(network)
    run.pause()
    run.step("batch", 2)

    with pytest.raises(RunError, match="another run is under way"):
        over.rewind()

    run.stop()
    run.rewind()
    assert fingerprint(network.parameters()) == learnt
    over.rewind()
    with start(MODEL, seed=1) as fresh:
        assert fingerprint(network.parameters()) == fingerprint(fresh.parameters())


def test_other_rows_and_back_again_leave_the_cut_of_the_epoch(network: Network) -> None:
    bits = []
    for there_and_back in (False, True):
        run = train(network, batch_size=2, until=Until(epochs=2))
        run.pause()
        run.rewind()
        run.step("batch", 3)
        run.set(batch_size=5)
        if there_and_back:
            run.set(data=(INPUTS + 1, TARGETS))
            network.undo()
        run.resume()
        run.wait(WAIT_SECONDS)
        bits.append((fingerprint(network.parameters()), run.position.step))
        run.rewind()

    assert bits[0] == bits[1]


def test_a_run_that_was_resumed_is_put_back_to_where_it_began_and_not_to_where_this_process_did(
    network: Network, tmp_path: Path
) -> None:
    train(network, until=Until(steps=3)).wait(WAIT_SECONDS)
    began = fingerprint(network.parameters())
    kept = {"run_dir": tmp_path / "run", "checkpoints": Checkpoints(every_steps=1, keep=1)}
    run = train(network, **kept)
    run.pause()
    run.step("batch", 7)
    run.stop().flush(WAIT_SECONDS)

    with start(MODEL, granularity=network.summary().granularity, kernels="numpy", seed=1) as other:
        resumed = train(other, **kept)
        resumed.pause()
        assert resumed.resumed_at is not None
        resumed.rewind()
        assert fingerprint(other.parameters()) == began


def test_a_neuron_has_no_history_of_the_one_whose_address_it_took_over(network: Network) -> None:
    run = train(network)
    run.pause()
    with network.watch("dense_0"):
        run.step("batch", 3)
        network.prune("dense_0/0")
        assert network.neuron("dense_0/0").history == ()
        run.step("batch", 2)
        assert len(network.neuron("dense_0/0").history) == 2
        run.rewind()
        assert network.neuron("dense_0/0").history == ()


def test_a_loss_has_to_take_what_neurons_of_the_last_layer_give_by_themselves() -> None:
    with start(Chain(Dense(2, 1, "sigmoid"))) as network:
        network.set("dense_0/0", activation="tanh")
        with pytest.raises(InputError, match="binary_cross_entropy takes outputs from 0 to 1"):
            network.train(INPUTS, TARGETS > 0, loss="binary_cross_entropy", until=FOREVER)


def test_what_could_not_be_kept_in_the_folder_is_refused_at_once(network: Network, tmp_path: Path) -> None:
    class Own(Until):
        pass

    run = train(network, run_dir=tmp_path / "run")
    run.pause()
    with pytest.raises(InputError, match="cannot be kept in a file"):
        run.set(until=Own(epochs=10))
    assert type(run.plan.until) is Until


def test_a_run_that_could_not_begin_has_forgotten_nothing_of_the_last_one(network: Network, tmp_path: Path) -> None:
    run = train(network)
    run.set(learning_rate=0.5)
    network.set("dense_0/0", bias=1.0)
    run.stop()
    (tmp_path / "file").touch()
    with pytest.raises(DataError):
        train(network, run_dir=tmp_path / "file")

    assert [change.address for change in network.changes] == ["run", "dense_0/0"]


def test_the_beginning_of_a_kept_run_can_be_branched_as_it_was(network: Network, tmp_path: Path) -> None:
    run = train(network, run_dir=tmp_path / "run", checkpoints=Checkpoints(every_steps=1, keep=1))
    run.pause()
    run.step("batch", 3)
    network.grow("dense_0", 2)
    network.set("dense_0/1", frozen=True)
    run.set(learning_rate=0.5)

    with run.branch(step=0) as branch:
        assert branch.model == MODEL
        assert not branch.neuron("dense_0/1").frozen
        assert branch.run is not None
        assert branch.run.plan.optimizer.learning_rate == 0.01
        assert branch.run.position.step == 0


def test_a_run_that_rests_ahead_of_its_last_checkpoint_stays_there_whoever_dies(
    network: Network, tmp_path: Path
) -> None:
    run = train(network, run_dir=tmp_path / "run", checkpoints=Checkpoints(every_steps=2, every_seconds=None))
    run.pause()
    keeper = run.assignment.keeper
    assert keeper is not None
    save, full_from = keeper.save, run.position.step + 5

    def disk(state: Any) -> str:
        time.sleep(0.02)
        if state.position.step > full_from:
            raise DataError("no space left on device")
        return save(state)

    keeper.save = disk
    step = run.step("batch", 20).new
    time.sleep(0.2)
    network.kill("vault")
    network.activations(INPUTS[:1], WAIT_SECONDS)

    assert run.position.step == step
    keeper.save = save


def test_best_weights_of_another_function_are_not_restored_and_that_is_said(network: Network) -> None:
    run = train(network, until=Until(epochs=60) | Patience(50, "loss"), optimizer=Adam(0.05))
    run.pause()
    run.step("epoch", 20)
    network.set("dense_0", activation="relu")
    network.set("dense_1", weights=np.full((1, 3), 50.0))
    run.resume()
    run.wait(WAIT_SECONDS)

    assert "has been changed since its best epoch, so the last weights stay" in run.reason


def test_a_run_that_ends_while_somebody_has_it_pause_keeps_nobody_waiting() -> None:
    with start(MODEL, kernels="numpy") as network:
        for _ in range(60):
            run = train(network, until=Until(steps=int(RNG.integers(1, 30))))
            with suppress(RunError):
                run.pause(WAIT_SECONDS)
            if run.state == "paused":
                run.resume()
            run.wait(WAIT_SECONDS)
            assert run.state == "finished"


def test_what_can_be_undone_holds_no_copies_of_the_network() -> None:
    wide = Chain(Dense(2, 20_000, "tanh"), Dense(20_000, 1))
    with start(wide, granularity="layer", kernels="numpy") as network:
        run = network.train(INPUTS, TARGETS, until=FOREVER)
        run.pause()
        size = sum(block.nbytes for block in network._context.vault.banks[0].blocks)
        tracemalloc.start()
        try:
            for number in range(20):
                run.set(learning_rate=0.01 + number)
                network.set("dense_0/7", bias=number, rate=2.0)
                network.inject("noise", "dense_0/3")
            held = tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()

        assert len(network.changes) == 60
        assert held < 8 * size, "the banks are new, and the restart point is"


def test_a_network_that_is_stopped_while_a_layer_grows_does_not_keep_whoever_grew_it(network: Network) -> None:
    train(network)
    told: list[BaseException] = []

    def grow() -> None:
        try:
            for _ in range(1000):
                network.grow("dense_0")
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is looked at
            told.append(error)

    grower = threading.Thread(target=grow)
    grower.start()
    time.sleep(0.1)
    network.stop()
    grower.join(5)

    assert not grower.is_alive()
    assert [type(error) for error in told] == [NetworkStoppedError]
    assert "\n" not in str(told[0])
