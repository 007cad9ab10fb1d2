"""The pace of a run, over the end of the service; and that end, which does not wait for a step."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from deepnet import Chain, Dense, Until
from deepnet.service.engine.engine import Engine
from deepnet.service.engine.specs import NetworkSpec, RunSpec

SLOW = 1 / 900
SOON = 20.0


def await_step(engine: Engine, step: int) -> None:
    end = time.monotonic() + SOON
    while engine.run_row("net-1").step < step:
        assert time.monotonic() < end
        time.sleep(0.005)


def test_a_run_goes_on_at_its_pace_after_a_restart(
    service: Callable[[Path], AbstractContextManager[Engine]], tmp_path: Path
) -> None:
    rows: dict[str, Any] = {"inputs": [[1.0, 0.0, 0.0]], "targets": [[1.0]]}
    with service(tmp_path) as engine:
        engine.create(NetworkSpec(name="net", model=Chain(Dense(3, 2), Dense(2, 1)), kernels="numpy"))
        engine.train("net", RunSpec(**rows, until=Until(steps=10**6), pace=SLOW))
        await_step(engine, 1)
    with service(tmp_path) as engine:
        await_step(engine, 2)  # the first one after a restart need not wait
        assert engine.run_row("net-1").plan["pace"] == SLOW
        engine.change_run("net-1", lambda run: run.set(pace=None))
        await_step(engine, 50)
    with service(tmp_path) as engine:
        run = engine.live_run("net-1")

        assert run.resumed_at is not None
        assert run.resumed_at >= 50
        assert run.plan.pace is None
        await_step(engine, run.resumed_at + 50)
