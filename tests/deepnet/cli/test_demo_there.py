"""`deepnet demo --open` as people type it: a service of its own comes up, and goes on when the command is over."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psutil
import pytest

import deepnet
from deepnet.cli.background import LOG
from deepnet.wire.runtime import Runtime, read_runtime

Deepnet = Callable[..., Any]
SOON = 30.0


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder that no service has yet; whoever has it at the end is ended."""
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    folder = tmp_path / "data"
    yield folder
    runtime = read_runtime(folder)
    if runtime is not None:
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(runtime.pid)
            process.send_signal(signal.SIGTERM)
            process.wait(SOON)


@pytest.fixture
def opened(data_dir: Path, deepnet_process: Callable[..., subprocess.Popen[str]]) -> Callable[..., dict[str, Any]]:
    """Have the demonstration opened by a process of its own; return what it tells."""

    def run() -> dict[str, Any]:
        process = deepnet_process("demo", "--open", "--json", "--data-dir", data_dir)
        out, err = process.communicate(timeout=90)
        assert (process.returncode, err) == (0, "")
        facts: dict[str, Any] = json.loads(out)
        return facts

    return run


def running(folder: Path) -> Runtime:
    runtime = read_runtime(folder)
    assert runtime is not None
    return runtime


def test_a_service_comes_up_goes_on_and_has_the_network_at_rest(
    opened: Callable[..., dict[str, Any]], data_dir: Path, deepnet: Deepnet
) -> None:
    first = opened()
    service = running(data_dir)

    assert first["started"]
    assert (first["network"], first["run"]) == ("three-by-three", "three-by-three-1")
    assert os.getsid(service.pid) == service.pid  # no terminal takes it along
    assert (data_dir / LOG).stat().st_mode & 0o777 == 0o600
    parts = urlsplit(first["url"])
    said = parse_qs(parts.fragment)
    assert (parts.port, parts.path) == (service.port, "/login")
    assert said["view"] == ["#/network?net=three-by-three&by=output"]
    outcome = deepnet("ps", "three-by-three", "--json", "--data-dir", data_dir)
    (run,) = outcome.facts["runs"]
    assert (run["state"], run["step"], run["plan"]["pace"]) == ("paused", 0, 10)

    assert deepnet("set", "three-by-three/dense_0/1", "bias", "3", "--data-dir", data_dir).code == 0

    again = opened()

    told = deepnet("inspect", "three-by-three/dense_0/1", "--json", "--data-dir", data_dir)
    assert told.facts["bias"] != 3
    assert (again["started"], again["run"]) == (False, first["run"])
    assert running(data_dir) == service
    assert deepnet("stop", "--service", "--data-dir", data_dir).code == 0
    with suppress(psutil.NoSuchProcess):
        psutil.Process(service.pid).wait(SOON)


def test_who_comes_back_finds_it_at_its_beginning_and_what_is_not_ours_left_alone(
    opened: Callable[..., dict[str, Any]], data_dir: Path
) -> None:
    first = opened()
    with deepnet.connect(data_dir) as service:
        network = service.network(first["network"])
        model, began = network.model, network.parameters()
        run = network.run
        assert run is not None
        run.set(learning_rate=4.0, pace=None)
        network.set("dense_0/1", bias=3.0)
        run.resume()
        run.wait(SOON)
        second = opened()

        assert (second["network"], second["run"]) == ("three-by-three", "three-by-three-2")
        run = network.run
        assert run is not None
        assert (run.state, run.position.step, run.plan.pace) == ("paused", 0, 10)
        for now, then in zip(network.parameters(), began, strict=True):
            assert (now.weights == then.weights).all()
            assert (now.bias == then.bias).all()

        run.step("batch", 3)
        third = opened()
        assert third["run"] == "three-by-three-3"
        assert service.run(second["run"]).state == "stopped"

        network.delete()
        service.start(model, name="three-by-three")
        fourth = opened()
        assert fourth["network"] == "three-by-three-2"
        assert service.network("three-by-three").run is None


def test_the_link_logs_in_with_the_right_to_steer(opened: Callable[..., dict[str, Any]], data_dir: Path) -> None:
    facts = opened()
    with deepnet.connect(data_dir) as service:
        ticket = parse_qs(urlsplit(facts["url"]).fragment)["ticket"][0]
        (noted,) = [row for row in service.events() if row["kind"] == "ticket_issued"]

    assert ticket.startswith("dnticket_")
    assert noted["data"] == {"role": "operator", "label": "demo"}


def test_a_service_that_cannot_come_up_is_said(deepnet: Deepnet, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").touch()
    began = time.monotonic()
    outcome = deepnet("demo", "--open", "--data-dir", tmp_path)

    assert outcome.code == 1
    assert outcome.err.startswith("deepnet: the service does not come up: ")
    assert "is no data folder of deepnet (there is mine.txt in it)" in outcome.err
    assert outcome.err.count("\n") == 1
    assert time.monotonic() - began < SOON


def test_a_service_runs_nothing_that_lies_in_the_current_folder(
    deepnet: Deepnet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "csv.py").write_text("raise SystemExit('who has downloaded that?')")
    monkeypatch.chdir(tmp_path)

    outcome = deepnet("demo", "--open", "--data-dir", tmp_path)

    assert "is no data folder of deepnet (there is csv.py in it)" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--print",), "--print is for the dashboard: give --open too, or leave it out"),
        (("--data-dir", "x"), "--data-dir is for the dashboard"),
        (("--open", "--kills", "2"), "--kills is for the demonstration here: leave it out"),
        (("--open", "--seed", "0"), "--seed is for the demonstration here"),
    ],
)
def test_options_that_mean_nothing_together_are_refused(
    deepnet: Deepnet, arguments: tuple[str, ...], said: str
) -> None:
    outcome = deepnet("demo", *arguments)

    assert outcome.code == 2
    assert said in outcome.err
