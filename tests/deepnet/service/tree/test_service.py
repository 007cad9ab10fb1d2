import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from deepnet import Chain, Dense, Until, start
from deepnet.errors import NetworkStoppedError, NotFoundError
from deepnet.maths.parameters import fingerprint
from deepnet.service.engine.engine import Engine
from deepnet.service.engine.specs import NetworkSpec, RunSpec
from deepnet.service.store.data_folder import DataFolder
from deepnet.service.store.event_log import EventLog
from deepnet.service.store.store import Store
from deepnet.service.tree.service import RESTARTS, RESTARTS_SECONDS, ServiceTree
from supervisor import exit as end

MODEL = Chain(Dense(2, 4, "tanh"), Dense(4, 1))
INPUTS = np.random.default_rng(0).normal(size=(12, 2))
TARGETS = INPUTS[:, :1] * INPUTS[:, 1:]
EPOCHS = 1000


class Face:
    """A server that only says whether it is up."""

    def __init__(self, on_crash: Callable[[BaseException], object]) -> None:
        self.crash = on_crash
        self.up = False

    def start(self) -> None:
        self.up = True

    def stop(self, seconds: float) -> None:
        self.up = False


class Service:
    def __init__(self, path: Path) -> None:
        self.faces: list[Face] = []
        self.folder = DataFolder.open(path)
        self.store = Store.open(self.folder.database)
        self.engine = Engine(self.folder, self.store, EventLog(self.store))
        self.ends: list[str] = []
        self.tree = ServiceTree(self.engine, self.make_face, self.ends.append)
        self.tree.start()

    def make_face(self, on_crash: Callable[[BaseException], object]) -> Face:
        self.faces.append(Face(on_crash))
        return self.faces[-1]

    def close(self) -> None:
        self.tree.stop()
        self.store.close()
        self.folder.close()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(tmp_path)
    yield service
    service.close()


def await_truth(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.01)


def begin(engine: Engine, name: str = "net", epochs: int = EPOCHS) -> None:
    engine.create(NetworkSpec(name=name, model=MODEL, dtype="float64", kernels="numpy"))
    engine.train(name, RunSpec(inputs=INPUTS, targets=TARGETS, until=Until(epochs=epochs), batch_size=12))


def restarts(service: Service, name: str) -> int:
    children = {child["name"]: child["restarts"] for child in service.engine.tree()["children"]}
    count: int = children[name]
    return count


def test_parts_that_die_come_back_and_learning_does_not_notice(service: Service) -> None:
    engine = service.engine
    begin(engine)
    for part in ("store", "event_log", "checkpointer", "http"):
        for count in (1, 2):
            engine.kill_child(part)
            await_truth(lambda part=part, count=count: restarts(service, part) == count)  # type: ignore[misc]
    run = engine.live_run("net-1").wait(30)
    assert run.resumed_at is None
    with start(MODEL, dtype="float64", kernels="numpy") as undisturbed:
        undisturbed.train(INPUTS, TARGETS, until=Until(epochs=EPOCHS), batch_size=12).wait()
        assert fingerprint(undisturbed.parameters()) == fingerprint(engine.network("net").parameters())
    await_truth(lambda: engine.run_row("net-1").ended is not None)
    assert service.faces[-1].up
    await_truth(lambda: len(engine.store.events.page(kinds=("child_restarted",))) == 8)
    assert "run_ended" in [event.kind for event in engine.store.events.page(limit=1000)]


def test_each_supervisor_of_the_service_tells_how_much_of_its_restart_limit_is_used(service: Service) -> None:
    begin(service.engine)
    service.engine.kill_child("checkpointer")
    await_truth(lambda: restarts(service, "checkpointer") == 1)
    tree = service.engine.tree()
    (networks,) = (child for child in tree["children"] if child["name"] == "networks")
    (network,) = networks["children"]

    assert tree["limit"] == {"used": 1, "max_restarts": RESTARTS, "max_seconds": RESTARTS_SECONDS}
    assert networks["limit"] == {"used": 0, "max_restarts": RESTARTS, "max_seconds": RESTARTS_SECONDS}
    assert network["limit"]["used"] == 0
    parts = [child for child in tree["children"] if child["kind"] == "part"]
    assert {child["limit"] for child in parts} == {None}
    assert all(isinstance(child["mailbox"], int) for child in parts)


def test_a_server_that_crashes_by_itself_is_replaced(service: Service) -> None:
    service.faces[0].crash(RuntimeError("its loop ended"))
    await_truth(lambda: len(service.faces) == 2 and service.faces[1].up)
    assert not service.faces[0].up


def test_a_network_whose_own_tree_gives_up_comes_back_and_the_others_are_not_concerned(service: Service) -> None:
    engine = service.engine
    for name in ("net", "other"):
        begin(engine, name, 100_000)
    before = engine.network("net")
    end(before.actors._root, "shutdown")  # as when too many of them had died
    await_truth(lambda: engine.network("net") is not before)
    assert engine.run_row("net-1").state == "failed"
    assert engine.network("net").predict(INPUTS).shape == (12, 1)
    assert engine.live_run("other-1").state == "running"


def test_a_network_that_cannot_come_up_is_down_and_says_why(tmp_path: Path) -> None:
    service = Service(tmp_path)
    begin(service.engine)
    begin(service.engine, "other")
    service.close()
    (tmp_path / "runs" / "net-1" / "rows.npz").write_bytes(b"nothing")
    service = Service(tmp_path)
    try:
        with pytest.raises(NetworkStoppedError, match="rows of the run cannot be read"):
            service.engine.network("net")
        assert service.engine.row("net").state == "down"
        assert service.engine.live_run("other-1").wait(30).state == "finished"
        problems = [child.get("problem", "") for child in service.engine.tree()["children"][3]["children"]]
        assert "cannot be read" in problems[0]
        assert problems[1] == ""
        service.engine.delete("net")
        assert service.engine.names() == ("other",)
    finally:
        service.close()


def test_if_the_supervisor_of_all_networks_dies_they_come_up_again(service: Service) -> None:
    engine = service.engine
    begin(engine, "net", 100_000)
    engine.change_run("net-1", lambda run: run.pause())
    before = engine.network("net")
    end(service.tree._refs["networks"], "kill")
    await_truth(lambda: engine._living["net"].network not in {None, before})
    assert engine.live_run("net-1").state == "paused"


def test_a_service_whose_parts_do_not_stop_dying_gives_up_and_says_so(service: Service) -> None:
    deaths = 0
    while not service.ends:
        assert deaths < 500
        before = len(service.faces)
        service.faces[-1].crash(RuntimeError("it does not work"))
        deaths += 1
        await_truth(lambda before=before: bool(service.ends) or len(service.faces) > before)  # type: ignore[misc]
    assert deaths > 100
    assert "shutdown" in service.ends[0]


def test_only_parts_can_be_killed(service: Service) -> None:
    with pytest.raises(NotFoundError, match="store, event_log, checkpointer, http"):
        service.engine.kill_child("networks")
