import io
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepnet import Adam, Chain, Dense, Until, start
from deepnet.errors import ConflictError, DataError, InputError, NameTakenError, NotFoundError, RunError
from deepnet.maths.parameters import fingerprint
from deepnet.service.engine.engine import Engine
from deepnet.service.engine.specs import NetworkSpec, RunSpec

Service = Callable[[Path], AbstractContextManager[Engine]]
MODEL = Chain(Dense(2, 4, "tanh"), Dense(4, 1))
INPUTS = np.random.default_rng(0).normal(size=(12, 2))
TARGETS = INPUTS[:, :1] * INPUTS[:, 1:]


def spec(name: str | None = "net", **further: Any) -> NetworkSpec:
    return NetworkSpec(**{"name": name, "model": MODEL, "seed": 3, "dtype": "float64", "kernels": "numpy", **further})


def work(**further: Any) -> RunSpec:
    how = {
        "inputs": INPUTS,
        "targets": TARGETS,
        "until": Until(epochs=30),
        "optimizer": Adam(0.01),
        "batch_size": 4,
    }
    return RunSpec(**{**how, **further})


def undisturbed(epochs: int = 30) -> str:
    with start(MODEL, seed=3, dtype="float64", kernels="numpy") as network:
        network.train(INPUTS, TARGETS, until=Until(epochs=epochs), optimizer=Adam(0.01), batch_size=4).wait()
        return fingerprint(network.parameters())


def over(engine: Engine, run_id: str) -> str:
    """Wait until the end of a run is kept; return its state."""
    engine.live_run(run_id).ended_within(20)
    end = time.monotonic() + 20
    while (row := engine.store.runs.get(run_id)) is not None and row.ended is None and time.monotonic() < end:
        time.sleep(0.01)
    assert row is not None
    return row.state


def test_a_network_learns_and_how_its_run_ended_is_kept(engine: Engine) -> None:
    assert engine.create(spec()).name == "net"
    row = engine.train("net", work())
    assert (row.id, row.network) == ("net-1", "net")
    assert over(engine, "net-1") == "finished"
    row = engine.run_row("net-1")
    assert (row.epochs, row.step) == (30, 90)
    assert fingerprint(engine.network("net").parameters()) == undisturbed()
    assert len(engine.history("net-1")) == 30
    assert [record.epoch for record in engine.history("net-1", after=5, limit=2)] == [6, 7]


def test_a_run_that_is_under_way_when_the_service_ends_goes_on_with_the_next_one(
    service: Service, tmp_path: Path
) -> None:
    with service(tmp_path) as engine:
        engine.create(spec())
        engine.train("net", work(until=Until(epochs=400), paused=True))
        engine.change_run("net-1", lambda run: run.step("batch", 25))
    with service(tmp_path) as engine:
        run = engine.live_run("net-1")
        assert (run.state, run.position.step) == ("paused", 25)
        engine.change_run("net-1", lambda run: run.resume())
        while engine.live_run("net-1").position.step < 300:
            time.sleep(0.005)
    with service(tmp_path) as engine:
        assert engine.run_row("net-1").state == "running"
        assert over(engine, "net-1") == "finished"
        assert fingerprint(engine.network("net").parameters()) == undisturbed(400)
        engine.log.write()
        resumed = engine.store.events.page(kinds=("run_resumed",))
        assert resumed[0].step == 25
        assert (resumed[1].step or 0) >= 300


def test_a_network_at_rest_comes_back_as_it_was_left(service: Service, tmp_path: Path) -> None:
    with service(tmp_path) as engine:
        engine.create(spec())
        engine.train("net", work())
        over(engine, "net-1")
        engine.change("net", lambda network: network.set("dense_0/1", bias=0.5, frozen=True))
        engine.change("net", lambda network: network.grow("dense_0", 2))
        weights = fingerprint(engine.network("net").parameters())
    with service(tmp_path) as engine:
        network = engine.network("net")
        assert fingerprint(network.parameters()) == weights
        assert network.neuron("dense_0/1").frozen
        assert network.model.dense[0].neurons == 6
        assert engine.run_row("net-1").state == "finished"
        assert len(engine.history("net-1")) == 30
        engine.change_run("net-1", lambda run: run.rewind())
        weights = fingerprint(engine.network("net").parameters())
    with service(tmp_path) as engine, start(MODEL, seed=3, dtype="float64") as fresh:
        assert fingerprint(engine.network("net").parameters()) == weights == fingerprint(fresh.parameters())
        engine.train("net", work())
        assert over(engine, "net-2") == "finished"
        assert fingerprint(engine.network("net").parameters()) == undisturbed()


def test_a_network_that_began_with_given_parameters_comes_back_with_them(service: Service, tmp_path: Path) -> None:
    given = [(np.full((4, 2), 0.25), np.zeros(4)), (np.ones((1, 4)), np.array([0.5]))]
    with service(tmp_path) as engine:
        engine.create(spec(parameters=given))
    with service(tmp_path) as engine:
        for (weights, bias), layer in zip(given, engine.network("net").parameters(), strict=True):
            np.testing.assert_array_equal(weights, layer.weights)
            np.testing.assert_array_equal(bias, layer.bias)


def test_a_run_that_somebody_stopped_stays_stopped(service: Service, tmp_path: Path) -> None:
    with service(tmp_path) as engine:
        engine.create(spec())
        engine.train("net", work(until=Until(epochs=100_000)))
        engine.change_run("net-1", lambda run: run.stop())
        assert engine.run_row("net-1").state == "stopped"
        weights = fingerprint(engine.network("net").parameters())
    with service(tmp_path) as engine:
        assert engine.run_row("net-1").state == "stopped"
        assert fingerprint(engine.network("net").parameters()) == weights


def test_a_run_can_be_put_back_to_a_checkpoint_and_branched_from_one(engine: Engine) -> None:
    engine.create(spec())
    engine.train("net", work(paused=True))
    engine.change_run("net-1", lambda run: run.step("batch", 10))
    assert engine.save("net-1").step == 10
    at_ten = fingerprint(engine.network("net").parameters())
    engine.change_run("net-1", lambda run: run.step("batch", 5))
    branch = engine.branch("net-1", 10, "twin")
    assert (branch.name, branch.current_run) == ("twin", "twin-1")
    assert fingerprint(engine.network("twin").parameters()) == at_ten
    engine.restore("net-1", 10)
    assert fingerprint(engine.network("net").parameters()) == at_ten
    for run_id in ("net-1", "twin-1"):
        engine.change_run(run_id, lambda run: run.resume())
        assert over(engine, run_id) == "finished"
    assert fingerprint(engine.network("net").parameters()) == undisturbed()
    assert fingerprint(engine.network("twin").parameters()) == undisturbed()
    engine.change_run("twin-1", lambda run: run.rewind())
    with start(MODEL, seed=3, dtype="float64") as fresh:
        assert fingerprint(engine.network("twin").parameters()) == fingerprint(fresh.parameters())
    with pytest.raises(NotFoundError, match="no checkpoint of step 1001"):
        engine.branch("net-1", 1001)


def test_names_are_unique_and_those_that_are_not_there_are_named(engine: Engine) -> None:
    engine.create(spec())
    with pytest.raises(NameTakenError):
        engine.create(spec())
    assert engine.create(spec(None)).name == "network-1"
    with pytest.raises(NotFoundError, match="there are net, network-1"):
        engine.network("nett")
    with pytest.raises(InputError):
        engine.create(spec("Not/a name"))
    with pytest.raises(NotFoundError, match="none was begun"):
        engine.run_row("net-1")


def test_what_cannot_be_begun_leaves_nothing_behind(engine: Engine) -> None:
    engine.create(spec())
    with pytest.raises(InputError):
        engine.train("net", work(inputs=[[1, 2, 3]], targets=[[1]]))
    with pytest.raises(InputError):
        engine.create(spec("other", dtype="float16"))
    assert engine.names() == ("net",)
    assert not list((engine.folder.path / "runs").glob("*"))
    engine.train("net", work(until=Until(epochs=100_000)))
    with pytest.raises(RunError, match="learning already"):
        engine.train("net", work())
    assert [row.state for row in engine.run_rows()] == ["running"]


def test_the_run_before_the_last_can_be_read_and_no_longer_steered(engine: Engine) -> None:
    engine.create(spec())
    for number in (1, 2):
        engine.train("net", work())
        over(engine, f"net-{number}")
    assert len(engine.history("net-1")) == 30
    with pytest.raises(ConflictError, match="net-2"):
        engine.change_run("net-1", lambda run: run.rewind())


def test_a_network_that_is_deleted_is_gone_with_its_runs(engine: Engine) -> None:
    engine.create(spec())
    engine.train("net", work(until=Until(epochs=100_000)))
    engine.delete("net")
    assert engine.names() == ()
    assert engine.run_rows() == []
    assert not list((engine.folder.path / "runs").glob("*"))
    engine.create(spec())
    assert engine.network("net").step == 0


def test_a_table_that_was_uploaded_can_be_learnt(engine: Engine) -> None:
    lines = ["a,b,y"] + [f"{one},{other},{one - other}" for one in range(8) for other in range(8)]
    row = engine.add_dataset("plain", "csv", ["\n".join(lines).encode()], target="y")
    assert (row.rows, row.columns) == (64, ["a", "b", "y"])
    engine.create(spec())
    engine.train("net", work(inputs=None, targets=None, dataset="plain"))
    assert over(engine, "net-1") == "finished"
    with pytest.raises(NameTakenError):
        engine.add_dataset("plain", "csv", [b"a,b\n1,2\n"])
    with pytest.raises(DataError, match="broken"):
        engine.add_dataset("broken", "npz", [b"PK nothing"])
    content = io.BytesIO()
    np.savez(content, inputs=INPUTS, targets=TARGETS)
    assert engine.add_dataset("arrays", "npz", [content.getvalue()]).rows == 12
    engine.remove_dataset("plain")
    assert [one.name for one in engine.datasets()] == ["arrays"]
