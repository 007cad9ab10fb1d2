import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deepnet import SGD, Adam, Chain, Until, connect, start
from deepnet.client import RemoteNetwork, Service
from deepnet.errors import ConflictError, DataError, InputError, RunError
from deepnet.maths.arrays import Batch
from deepnet.maths.parameters import fingerprint

Rows = tuple[Batch, Batch]
LONG = Until(epochs=10**6)


def test_it_is_waited_for(service: Service, network: RemoteNetwork, rows: Rows) -> None:
    run = network.train(*rows, until=LONG)

    with pytest.raises(TimeoutError, match=r"^the run is at step \d+ after 0.01 s and goes on: wait again$"):
        run.wait(0.01)
    assert not run.ended_within(0)
    with pytest.raises(TimeoutError, match=r"^the run is not over after 0 s: wait again$"):
        run.flush(0)
    assert run.pause().new == "paused"
    with pytest.raises(RunError, match=r"^the run rests at step \d+ and does not go on alone: resume it first$"):
        run.wait()
    assert run.stop() is run
    assert run.stop() is run
    assert (run.state, run.is_over, run.ended_within(0), run.wait()) == ("stopped", True, True, run)
    run.flush()
    assert repr(run) == f"<RemoteRun {run.id} of {service.name}>"
    assert [one.id for one in service.runs(network.name)] == [run.id]


def test_one_that_fails_says_why(network: RemoteNetwork, rows: Rows) -> None:
    run = network.train(*rows, until=LONG, optimizer=SGD(1e30))

    with pytest.raises(RunError) as caught:
        run.wait(30)

    assert str(caught.value) == run.reason != ""
    assert run.state == "failed"


def test_only_epochs_that_are_new_are_fetched(
    network: RemoteNetwork, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = network.train(*rows, until=LONG, batch_size=20, paused=True)
    asked: list[int] = []
    ask = run._link.ask

    def noting(*given: Any, **named: Any) -> Any:
        if "after" in (named.get("params") or {}):
            asked.append(named["params"]["after"])
        return ask(*given, **named)

    monkeypatch.setattr(run._link, "ask", noting)

    run.step("epoch", 3)
    assert [record.epoch for record in run.history] == [1, 2, 3]
    run.step("epoch", 2)
    assert [record.epoch for record in run.history] == [1, 2, 3, 4, 5]
    assert run.history[3:] == run.epochs(3, 9)
    assert run.last_epoch == run.history[-1]

    assert asked[:2] == [0, 2]  # from the last one that is known, to see whether it is still there


def test_a_history_that_has_gone_back_is_fetched_anew(network: RemoteNetwork, rows: Rows) -> None:
    run = network.train(*rows, until=LONG, optimizer=Adam(), batch_size=20, paused=True)
    run.step("epoch", 3)
    before = run.history

    run.rewind()
    assert [record.epoch for record in run.history] == []
    assert run.last_epoch is None
    run.set(learning_rate=0.1)
    run.step("epoch", 4)

    assert [record.learning_rate for record in run.history] == [0.1] * 4
    assert before[0].learning_rate == 0.001


def test_steps_are_kept_and_gone_back_to(network: RemoteNetwork, rows: Rows) -> None:
    run = network.train(*rows, until=LONG, batch_size=20, paused=True)
    run.step("batch", 3)
    step, kept = run.save(), fingerprint(network.parameters())
    run.step("batch", 4)

    assert step in [one["step"] for one in run.checkpoints()]
    assert run.restore(step).new == {"step": 3}
    assert fingerprint(network.parameters()) == kept
    with pytest.raises(DataError, match="has no checkpoint of step 5: there are those of "):
        run.restore(5)
    with pytest.raises(InputError):
        run.restore("nonsense")  # type: ignore[arg-type]


def test_a_branch_is_a_network_of_its_own(service: Service, network: RemoteNetwork, rows: Rows) -> None:
    run = network.train(*rows, until=LONG, batch_size=20, paused=True)
    run.step("batch", 3)

    branch = run.branch(name=f"{network.name[:30]}-2")

    assert branch.run is not None
    assert (branch.run.state, branch.run.resumed_at, branch.step) == ("paused", 3, 3)
    assert fingerprint(branch.parameters()) == fingerprint(network.parameters())
    branch.run.step("batch")
    assert (branch.step, network.step) == (4, 3)
    with pytest.raises(InputError, match="has no checkpoint of step 77"):
        run.branch(77)


def test_of_a_run_that_another_has_followed_the_outcome_is_kept(
    service: Service, network: RemoteNetwork, rows: Rows
) -> None:
    first = network.train(*rows, until=Until(epochs=2)).wait(30)
    network.train(*rows, until=Until(epochs=1)).wait(30)

    assert (first.state, first.reason, len(first.history)) == ("finished", "2 epochs", 2)
    assert service.run(first.id).plan == first.plan
    assert first.inputs.shape == (40, 3)
    with pytest.raises(RunError, match=r"for its network no longer has it: it came to step 80, epoch 2$"):
        _ = first.position
    with pytest.raises(ConflictError):
        first.rewind()
    assert first.stop() is first


def test_long_steps_are_waited_for_here(network: RemoteNetwork, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deepnet.client.steering._STEP_SECONDS", 0.01)  # the service is to give up soon
    run = network.train(*rows, until=LONG, paused=True)

    change = run.step("batch", 1500, timeout=60)

    assert (change.kind, change.old, change.new, change.step) == ("step", 0, 1500, 1500)
    with pytest.raises(TimeoutError, match="it goes on to there, and then rests"):
        run.step("epoch", 10**5, timeout=0.01)
    run.stop()


def test_a_run_is_waited_for_across_the_death_of_its_service_whose_end_is_told(
    start_service: Callable[[Path], subprocess.Popen[str]], tmp_path: Path, model: Chain, rows: Rows
) -> None:
    how: dict[str, Any] = {"until": Until(steps=1200), "optimizer": Adam(0.01), "batch_size": 8}
    with start(model, name="undisturbed", seed=3, kernels="numpy") as undisturbed:
        undisturbed.train(*rows, **how).wait(60)
        wanted, history = fingerprint(undisturbed.parameters()), undisturbed.run.history if undisturbed.run else ()
    process = start_service(tmp_path / "data")
    with connect(tmp_path / "data") as service:
        network = service.start(model, name="survivor", seed=3, kernels="numpy")
        run = network.train(*rows, **how, paused=True)
        run.step("batch", 200)
        run.resume()

        def kill_and_start() -> None:
            process.kill()
            process.wait()
            start_service(tmp_path / "data")

        other = threading.Thread(target=kill_and_start)
        other.start()
        run.wait(60)
        other.join()

        assert run.state == "finished"
        assert run.position.step == 1200
        assert fingerprint(network.parameters()) == wanted
        assert run.history == history

        with service.live() as live:
            service.shutdown()
            assert list(live) == []
            assert live.reason
