import io
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from deepnet import Chain, Dense, Until, start
from deepnet.terminal.networks import progress_line, show_checkpoints, show_network, show_networks
from deepnet.wire.records import plan_to_dict, summary_to_dict

NAME = "a-network-with-quite-a-name"


@pytest.fixture(scope="module")
def run() -> dict[str, Any]:
    """Return what a service tells of a run."""
    return {
        "id": f"{NAME}-12", "network": NAME, "created": 1.7e9, "ended": 1.7e9, "state": "failed",
        "reason": "nobody could get past step 1200: dense_0/3 died over rows 1 to 16", "resumed_at": None,
        "dataset": None, "epochs": 1200, "step": 120_000, "loss": "nan",
    }  # fmt: skip


@pytest.fixture(scope="module")
def row(run: dict[str, Any]) -> dict[str, Any]:
    """Return what a service tells of a network."""
    with start(Chain(Dense(3, 4, "tanh"), Dense(4, 1)), name=NAME, kernels="numpy") as network:
        learnt = network.train(np.eye(3), np.ones((3, 1)), until=Until(epochs=2), metrics=["r2"]).wait(30)
        summary = summary_to_dict(network.summary())
        plan = plan_to_dict(learnt.plan)
    kept = {"seed": 0, "created": 1.7e9, "kernels": "numpy", "about": {}, "up": True, "reason": ""}
    return {**summary, **kept, "run": {**run, "plan": plan}}


def screen(show: Any, *arguments: Any, width: int) -> list[str]:
    file = io.StringIO()
    show(Console(file=file, width=width, force_terminal=True, color_system=None, highlight=False), *arguments)
    return [line.rstrip() for line in file.getvalue().splitlines()]


@pytest.mark.parametrize("width", [60, 80])
def test_networks_and_runs_fit(width: int, row: dict[str, Any], run: dict[str, Any]) -> None:
    lines = screen(show_networks, [row, {**row, "name": "b"}], [run], width=width)

    assert all(len(line) <= width for line in lines)
    assert [line.split()[:2] for line in lines[1:3]] == [[NAME, "finished"], ["b", "finished"]]
    assert lines[5].split()[:2] == [f"{NAME}-12", "failed"]


def test_a_network_that_is_down_says_why(row: dict[str, Any]) -> None:
    down = {**row, "up": False, "state": "down", "reason": "its checkpoint\ncannot be read"}

    assert screen(show_networks, [down], [], width=80)[-1] == f"{NAME} is down: 'its checkpoint\\ncannot be read'"


def test_where_there_is_none_it_says_how_to_make_one() -> None:
    assert "deepnet train DATA --service NAME" in screen(show_networks, [], [], width=200)[0]


@pytest.mark.parametrize("width", [60, 80])
def test_a_network_is_told_in_full(width: int, row: dict[str, Any]) -> None:
    lines = screen(show_network, row, row["run"], width=width)
    text = " ".join(" ".join(lines).split())

    assert all(len(line) <= width for line in lines)
    assert f"finished ({NAME}-12)" in text
    assert "r2" in text
    assert "5, 21 parameters, float32" in text
    assert lines[-2].split() == ["dense_0", "3", "4", "tanh", "16"]


def test_a_network_that_never_learnt_has_no_run(row: dict[str, Any]) -> None:
    idle = {**row, "state": "idle", "loss": None, "metrics": {}, "learning_rate": None, "run": None}
    text = "\n".join(screen(show_network, idle, None, width=80))

    assert "idle" in text
    assert "loss" not in text


def test_states_that_are_kept_have_their_size_and_time() -> None:
    entries = [{"step": 1200, "change": 3, "time": 1.7e9, "bytes": 20_480}]

    assert "1,200  20.5 kB  2023-11-1" in screen(show_checkpoints, "cars-1", entries, width=80)[1]
    assert screen(show_checkpoints, "cars-1", [], width=80) == ["cars-1: no state is kept yet"]


def test_how_far_a_network_is_and_how_fast(row: dict[str, Any]) -> None:
    told = progress_line({**row, "steps_per_second": 12_345.6, "restarts": 2}).plain

    assert told.startswith("step         6  epoch     2  loss ")
    assert told.endswith("12,346 steps/s  finished, 2 restarts")
