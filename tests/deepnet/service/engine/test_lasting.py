"""What was answered is on the disk, and what is deleted is gone."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepnet import Adam, Chain, Dense, Until
from deepnet.errors import ConflictError, DeepnetError, InputError, NameTakenError, NotFoundError
from deepnet.maths.parameters import fingerprint
from deepnet.persistence.checkpoints import newest_whole
from deepnet.service.engine.engine import Engine
from deepnet.service.engine.living import Living
from deepnet.service.engine.specs import NetworkSpec, RunSpec

Service = Callable[[Path], AbstractContextManager[Engine]]
MODEL = Chain(Dense(2, 4, "tanh"), Dense(4, 1))
INPUTS = np.random.default_rng(0).normal(size=(12, 2))
TARGETS = (INPUTS[:, :1] > 0).astype(float)


def spec(name: str = "net") -> NetworkSpec:
    return NetworkSpec(name=name, model=MODEL, seed=3, dtype="float64", kernels="numpy")


def work(**further: Any) -> RunSpec:
    how = {"inputs": INPUTS, "targets": TARGETS, "until": Until(epochs=20), "optimizer": Adam(0.01), "batch_size": 4}
    return RunSpec(**{**how, **further})


def newest_step(engine: Engine, run_id: str) -> int:
    state = newest_whole(engine.folder.run_folder(run_id) / "run" / "checkpoints").state
    assert state is not None
    return state.position.step


def test_where_a_run_rests_is_on_the_disk_when_that_is_answered(engine: Engine) -> None:
    engine.create(spec())
    engine.train("net", work(until=Until(epochs=10**6)))
    for _ in range(3):
        change = engine.change_run("net-1", lambda run: run.pause())
        assert newest_step(engine, "net-1") == change.step
        change = engine.change_run("net-1", lambda run: run.step("batch", 3))
        assert newest_step(engine, "net-1") == change.new
        row = engine.store.runs.get("net-1")
        assert row is not None
        assert row.state == "paused"
        engine.change_run("net-1", lambda run: run.resume())


def test_a_run_that_the_service_takes_down_while_somebody_looks_how_it_ended_has_not_ended(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with service(tmp_path) as engine:
        engine.create(spec())
        engine.train("net", work(until=Until(epochs=10**6)))
        network, read = engine.network("net"), engine.store.runs.get

        def meanwhile(run_id: str) -> Any:
            row = read(run_id)
            engine.closing()
            network.stop()
            return row

        monkeypatch.setattr(engine.store.runs, "get", meanwhile)
        engine.settle("net")
        monkeypatch.undo()
        row = engine.store.runs.get("net-1")
        assert row is not None
        assert (row.state, row.ended) == ("running", None)


def test_a_run_that_only_its_changed_network_can_learn_goes_on_after_a_restart(
    service: Service, tmp_path: Path
) -> None:
    with service(tmp_path) as engine:
        engine.create(spec())
        engine.change("net", lambda network: network.set("dense_1", activation="sigmoid"))
        engine.train("net", work(loss="binary_cross_entropy", paused=True))
        engine.change_run("net-1", lambda run: run.step("batch", 5))
    with service(tmp_path) as engine:
        assert engine.live_run("net-1").position.step == 5
        engine.change_run("net-1", lambda run: run.resume())
        assert engine.live_run("net-1").wait(20).state == "finished"


def test_a_run_that_was_begun_on_a_changed_network_can_be_rewound_after_a_restart(
    service: Service, tmp_path: Path
) -> None:
    with service(tmp_path) as engine:
        engine.create(spec())
        engine.change("net", lambda network: network.set("dense_0/1", bias=2.0))
        before = fingerprint(engine.network("net").parameters())
        engine.train("net", work(paused=True))
        for _ in range(8):  # more than are kept
            engine.change_run("net-1", lambda run: run.step("batch", 2))
    with service(tmp_path) as engine:
        engine.change_run("net-1", lambda run: run.rewind())
        assert fingerprint(engine.network("net").parameters()) == before


def test_the_branch_of_a_run_that_is_over_has_what_was_changed_since(engine: Engine) -> None:
    engine.create(spec())
    engine.train("net", work())
    engine.live_run("net-1").wait(20)
    engine.change("net", lambda network: network.set("dense_0/0", bias=9.0, frozen=True))
    engine.branch("net-1", name="twin")
    neuron = engine.network("twin").neuron("dense_0/0")
    assert (neuron.bias, neuron.frozen) == (9.0, True)
    assert fingerprint(engine.network("twin").parameters()) == fingerprint(engine.network("net").parameters())


def test_a_branch_that_is_refused_leaves_nothing_behind(engine: Engine) -> None:
    engine.create(spec())
    engine.train("net", work(paused=True))
    with pytest.raises(NameTakenError):
        engine.branch("net-1", name="net")
    assert [path.name for path in (engine.folder.path / "runs").iterdir()] == ["net-1"]


def test_of_two_who_upload_under_one_name_at_once_one_is_told_so(engine: Engine) -> None:
    told: list[Any] = []
    both = threading.Barrier(4)

    def upload(rows: int) -> None:
        both.wait()
        try:
            told.append(engine.add_dataset("cars", "csv", [b"a,b\n" + b"1,2\n" * rows]))
        except DeepnetError as error:
            told.append(error)

    threads = [threading.Thread(target=upload, args=(rows,)) for rows in range(2000, 2004)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [row] = [one for one in told if not isinstance(one, DeepnetError)]
    assert all(isinstance(one, NameTakenError) for one in told if one is not row)
    kept = engine.folder.dataset_file("cars", "csv")
    assert kept.read_bytes().count(b"1,2\n") == row.rows
    assert [path.name for path in kept.parent.iterdir()] == [kept.name]


def test_whoever_waits_for_a_network_that_is_deleted_is_told_at_once(engine: Engine) -> None:
    living = Living("net")
    told: list[BaseException] = []

    def wait() -> None:
        try:
            living.up()
        except NotFoundError as error:
            told.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    living.gone = True
    waiting.join(10)
    assert not waiting.is_alive()
    assert "has been deleted" in str(told[0])


def test_a_network_that_was_killed_as_a_whole_counts_it(engine: Engine) -> None:
    engine.create(spec())
    engine.train("net", work(until=Until(epochs=10**6)))
    engine.change("net", lambda network: network.kill("network"))
    network = engine.network("net")
    while not network.summary().restarts:
        pass
    engine.change_run("net-1", lambda run: run.stop())
    engine.log.write()
    kinds = [event.kind for event in engine.store.events.page(address="network", limit=100)]
    assert "neuron_died" in kinds
    assert "neuron_restarted" in kinds


def test_a_fault_that_was_injected_can_be_taken_away_after_a_restart(service: Service, tmp_path: Path) -> None:
    with service(tmp_path) as engine:
        engine.create(spec())
        engine.change("net", lambda network: network.inject("stuck_at", "dense_0", amount=3.0))
    with service(tmp_path) as engine:
        assert engine.network("net").neuron("dense_0/1").faults
        change = engine.change("net", lambda network: network.set("dense_0", faults=None))
        assert change.old == {"faults": (("stuck_at",),) * 4}
        assert not engine.network("net").neuron("dense_0/1").faults
        with pytest.raises(InputError, match="inject it"):
            engine.change("net", lambda network: network.set("dense_0", faults="noise"))  # type: ignore[arg-type]
        engine.change("net", lambda network: network.undo())
        assert engine.network("net").neuron("dense_0/1").faults


def test_a_run_that_is_begun_again_comes_to_the_same_bits(engine: Engine) -> None:
    engine.create(spec())
    engine.train("net", work(validation=0.25))
    engine.live_run("net-1").wait(20)
    first, weights = engine.history("net-1"), fingerprint(engine.network("net").parameters())

    row = engine.again("net-1")
    engine.live_run(row.id).wait(20)

    assert (row.id, row.network) == ("net-2", "net")
    assert engine.history("net-2") == first  # the losses on what was held out are in it
    assert engine.history("net-1") == first
    assert fingerprint(engine.network("net").parameters()) == weights


def test_a_run_is_begun_again_by_the_plan_it_began_with_whatever_was_changed_meanwhile(engine: Engine) -> None:
    for name in ("net", "undisturbed"):
        engine.create(spec(name))
        engine.train(name, work(paused=True))
    engine.change_run("undisturbed-1", lambda run: run.resume())
    engine.change_run("net-1", lambda run: run.step("epoch", 5))
    engine.change_run("net-1", lambda run: run.set(learning_rate=0.5))
    engine.change("net", lambda network: network.set("dense_0/0", bias=9.0, frozen=True))
    engine.change_run("net-1", lambda run: run.resume())
    engine.live_run("net-1").wait(20)

    engine.again("net-1")
    engine.live_run("net-2").wait(20)
    engine.live_run("undisturbed-1").wait(20)

    assert engine.history("net-1") != engine.history("net-2") == engine.history("undisturbed-1")
    assert fingerprint(engine.network("net").parameters()) == fingerprint(engine.network("undisturbed").parameters())


def test_only_the_last_run_of_a_network_is_begun_again_and_only_when_it_is_over(engine: Engine) -> None:
    engine.create(spec())
    engine.train("net", work(paused=True))
    with pytest.raises(ConflictError, match="under way"):
        engine.again("net-1")
    engine.change_run("net-1", lambda run: run.stop())
    engine.again("net-1")
    with pytest.raises(ConflictError, match="has begun net-2 since"):
        engine.again("net-1")


def test_of_many_who_begin_a_run_again_one_does_and_it_begins_at_its_beginning(engine: Engine) -> None:
    engine.create(spec())
    engine.train("net", work(until=Until(epochs=1)))
    engine.live_run("net-1").wait(20)
    begun: list[str] = []

    def again() -> None:
        with suppress(DeepnetError):
            begun.append(engine.again("net-1").id)

    people = [threading.Thread(target=again) for _ in range(8)]
    for each in people:
        each.start()
    for each in people:
        each.join()

    assert len(begun) == 1
    engine.live_run(begun[0]).wait(20)
    assert engine.history(begun[0]) == engine.history("net-1")
