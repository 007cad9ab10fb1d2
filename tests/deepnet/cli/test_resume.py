"""`deepnet resume`: whatever ended the process, the bits at the end are those of a run that nobody ended."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepnet import Chain, Dense, Until, start
from deepnet.persistence.checkpoints import newest_whole, read_checkpoint

Deepnet = Callable[..., Any]
Start = Callable[..., "subprocess.Popen[str]"]

PLANS = {
    "neuron": (
        "iris", "--hidden", "6", "--dropout", "0.2", "--validation", "0.2", "--batch-size", "8", "--epochs", "250",
        "--patience", "240", "--schedule", "cosine:length=250", "--granularity", "neuron",
    ),
    "layer": (
        "auto-mpg", "--ignore", "passedemissions", "--hidden", "8,4", "--batch-size", "4", "--epochs", "90",
        "--optimizer", "sgd:momentum=0.9", "--granularity", "layer",
    ),
}  # fmt: skip
SHORT = ("--target", "y", "--hidden", "4", "--epochs", "12", "--batch-size", "4")
FLEETING = {"seconds", "messages", "saved"}
"""Facts of the process, not of the run."""


def lasting(facts: dict[str, Any]) -> dict[str, Any]:
    """Return what no kill may change."""
    history = [{**record, "seconds": None} for record in facts["history"]]
    return {name: value for name, value in facts.items() if name not in FLEETING} | {"history": history}


def seconds_of(facts: dict[str, Any]) -> list[float]:
    return [record["seconds"] for record in facts["history"]]


def newest_step(folder: Path) -> int:
    """Return the step that is safe; -1 before there is one."""
    names = [path.name for path in (folder / "checkpoints").glob("step-*")]
    return max((int(name.split("-")[1]) for name in names), default=-1)


def await_a_checkpoint(process: "subprocess.Popen[str]", folder: Path, further: int) -> None:
    """Return once the run in *folder* is so many steps further than it was."""
    before = newest_step(folder)
    while process.poll() is None and newest_step(folder) < before + further:
        time.sleep(0.001)


def await_a_write(process: "subprocess.Popen[str]", folder: Path) -> None:
    """Return once a checkpoint is being written."""
    left = set((folder / "checkpoints").glob(".*"))
    while process.poll() is None and not set((folder / "checkpoints").glob(".*")) - left:
        time.sleep(0.0002)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Forty rows of y = 2 a - b + 1."""
    rows = [f"{a:.6f},{b:.6f},{2 * a - b + 1:.6f}" for a, b in np.random.default_rng(5).normal(size=(40, 2))]
    path = tmp_path / "line.csv"
    path.write_text("\n".join(["a,b,y", *rows]) + "\n")
    return path


@pytest.mark.parametrize("granularity", PLANS)
def test_a_training_that_is_killed_again_and_again_ends_with_the_same_bits(
    granularity: str, deepnet: Deepnet, deepnet_process: Start, tmp_path: Path
) -> None:
    expected = deepnet("train", *PLANS[granularity], "--json").facts
    folder, steps = tmp_path / "run", []
    for kill in range(3):
        begin = ("resume", folder) if kill else ("train", *PLANS[granularity], "--run-dir", folder)
        with deepnet_process(*begin, "--checkpoint-steps", "7", "--json") as process:
            await_a_checkpoint(process, folder, further=100)
            if kill == 1:
                await_a_write(process, folder)
            process.kill()
        assert process.returncode == -signal.SIGKILL
        assert all(read_checkpoint(path).position.step > 0 for path in (folder / "checkpoints").glob("step-*[1-9]*"))
        steps.append(newest_step(folder))
    state = newest_whole(folder / "checkpoints").state
    resumed = deepnet("resume", folder, "--json")

    assert 100 <= steps[0] < steps[1] < steps[2] < expected["steps"]
    assert state is not None
    assert seconds_of(resumed.facts)[: len(state.history)] == [record.seconds for record in state.history]
    assert lasting(resumed.facts) == lasting(expected)
    assert (resumed.code, resumed.err.count("damaged")) == (0, 0)


def test_ctrl_c_keeps_the_last_step_and_the_run_goes_on_there(
    deepnet: Deepnet, deepnet_process: Start, tmp_path: Path
) -> None:
    expected = deepnet("train", *PLANS["layer"], "--json").facts
    folder = tmp_path / "run"
    with deepnet_process("train", *PLANS["layer"], "--run-dir", folder, "--checkpoint-steps", "9") as process:
        await_a_checkpoint(process, folder, further=50)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        told = process.stderr.read()
    stopped_at = newest_step(folder)

    assert process.returncode == 130
    assert f"interrupted, stopped at the seal of step {stopped_at}" in told
    assert stopped_at < expected["steps"]
    assert lasting(deepnet("resume", folder, "--json").facts) == lasting(expected)


def test_a_finished_run_gives_its_end_again_and_writes_what_is_asked_for(
    deepnet: Deepnet, table: Path, tmp_path: Path
) -> None:
    first = deepnet("train", table, *SHORT, "--run-dir", tmp_path / "run", "--json").facts
    outputs = ("--save", tmp_path / "line.model", "--history", tmp_path / "epochs.csv")
    again = deepnet("resume", tmp_path / "run", *outputs, "--json").facts
    predicted = deepnet("predict", tmp_path / "line.model", table, "--json")

    assert seconds_of(again) == seconds_of(first)
    assert lasting(again) == lasting(first)
    assert again["saved"] == str(tmp_path / "line.model")
    assert len((tmp_path / "epochs.csv").read_text().splitlines()) == 13
    assert predicted.code == 0


def test_training_into_the_same_folder_goes_on_as_resuming_does(deepnet: Deepnet, table: Path, tmp_path: Path) -> None:
    command = ("train", table, *SHORT, "--run-dir", tmp_path / "run", "--json")
    first, again = deepnet(*command).facts, deepnet(*command).facts

    assert seconds_of(again) == seconds_of(first)
    assert lasting(again) == lasting(first)


def test_skipping_a_batch_of_a_run_that_is_over_changes_nothing(deepnet: Deepnet, table: Path, tmp_path: Path) -> None:
    first = deepnet("train", table, *SHORT, "--run-dir", tmp_path / "run", "--json").facts
    for options in (("--skip-batch",), ("--skip-batch",), ()):
        assert lasting(deepnet("resume", tmp_path / "run", *options, "--json").facts) == lasting(first)


@pytest.mark.parametrize("what", ["nothing", "an empty folder", "a file"])
def test_a_folder_without_a_run_is_refused_and_left_as_it_is(what: str, deepnet: Deepnet, tmp_path: Path) -> None:
    place = tmp_path / "place"
    if what == "an empty folder":
        place.mkdir()
    elif what == "a file":
        place.write_text("a,b\n1,2\n")
    before = sorted(tmp_path.rglob("*"))
    outcome = deepnet("resume", place)

    advice = "holds no run: give the folder that was given to --run-dir"
    assert (outcome.code, outcome.out, outcome.err) == (2, "", f"deepnet: {place}: {advice}\n")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_run_that_was_begun_in_python_is_refused_with_advice(deepnet: Deepnet, tmp_path: Path) -> None:
    with start(Chain(Dense(2, 1))) as network:
        network.train(np.ones((4, 2)), np.ones((4, 1)), until=Until(epochs=2), run_dir=tmp_path / "run").wait(30)
    outcome = deepnet("resume", tmp_path / "run")

    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "was not begun with deepnet train: go on with it where it was begun" in outcome.err


@pytest.mark.parametrize("row", range(1, 41, 3))  # some are learnt, and some only tested on
def test_data_that_have_changed_are_refused(row: int, deepnet: Deepnet, table: Path, tmp_path: Path) -> None:
    deepnet("train", table, *SHORT, "--run-dir", tmp_path / "run")
    lines = table.read_text().splitlines()
    lines[row] += "1"
    table.write_text("\n".join(lines) + "\n")
    outcome = deepnet("resume", tmp_path / "run")

    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert f"{table}: has changed since the run in {tmp_path / 'run'} was begun" in outcome.err


def test_data_that_are_gone_are_named(deepnet: Deepnet, table: Path, tmp_path: Path) -> None:
    deepnet("train", table, *SHORT, "--run-dir", tmp_path / "run")
    table.unlink()
    outcome = deepnet("resume", tmp_path / "run")

    assert (outcome.code, outcome.err) == (2, f"deepnet: {table}: there is no such file: check the path\n")


@pytest.mark.parametrize(
    ("options", "difference"),
    [
        (("--learning-rate", "0.01"), "plan.optimizer.learning_rate was 0.001, is 0.01"),
        (("--seed", "1"), "seed was 0, is 1"),
        (("--hidden", "5"), "neurons was 4, is 5"),
        (("--granularity", "layer"), 'granularity was "neuron", is "layer"'),
        (("--test", "0.3"), "data was"),
    ],
)
def test_training_otherwise_into_the_folder_is_refused_with_what_differs(
    options: tuple[str, ...], difference: str, deepnet: Deepnet, table: Path, tmp_path: Path
) -> None:
    deepnet("train", table, *SHORT, "--run-dir", tmp_path / "run")
    outcome = deepnet("train", table, *SHORT, *options, "--run-dir", tmp_path / "run")

    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert difference in outcome.err
    assert outcome.err.endswith("go on with what it was begun with, or give another folder\n")


def test_a_folder_that_another_process_has_is_refused_in_one_line(
    deepnet: Deepnet, deepnet_process: Start, table: Path, tmp_path: Path
) -> None:
    command = ("train", table, *SHORT, "--epochs", "1000000", "--run-dir", tmp_path / "run")
    with deepnet_process(*command) as process:
        while process.poll() is None and newest_step(tmp_path / "run") < 0:
            time.sleep(0.001)
        outcomes = [deepnet("resume", tmp_path / "run"), deepnet(*command)]
        process.kill()

    advice = "wait for it, stop it, or give another folder"
    told = f"deepnet: {tmp_path / 'run'}: is in use by process {process.pid}: {advice}\n"
    assert [(outcome.code, outcome.err) for outcome in outcomes] == [(2, told), (2, told)]


def test_a_damaged_checkpoint_is_told_of_and_the_bits_are_the_same(
    deepnet: Deepnet, table: Path, tmp_path: Path
) -> None:
    first = deepnet("train", table, *SHORT, "--run-dir", tmp_path / "run", "--json").facts
    newest = newest_whole(tmp_path / "run" / "checkpoints").path
    assert newest is not None
    os.truncate(newest / "state.safetensors", 100)
    resumed = deepnet("resume", tmp_path / "run", "--json")

    assert f"deepnet: warning: a damaged checkpoint is passed over: {newest}" in resumed.err
    assert resumed.code == 0
    assert lasting(resumed.facts) == lasting(first)


def test_a_run_goes_on_from_any_working_directory(
    deepnet: Deepnet, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    first = deepnet("train", table.name, *SHORT, "--run-dir", "run", "--json").facts
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    assert lasting(deepnet("resume", Path("..") / "run", "--json").facts) == lasting(first)


def test_a_plan_file_may_name_the_folder_which_is_beside_it(
    deepnet: Deepnet, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text(
        f'data = "{table.name}"\ntarget = "y"\nhidden = [4]\nepochs = 12\n\n'
        '[kept]\nrun_dir = "run"\ncheckpoint-steps = 5\n'
    )
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    expected = lasting(deepnet("train", table, *SHORT, "--json").facts)
    first = deepnet("train", plan, "--json").facts
    resumed, again = deepnet("resume", tmp_path / "run", "--json").facts, deepnet("train", plan, "--json").facts

    assert seconds_of(first) == seconds_of(resumed) == seconds_of(again)
    assert lasting(first) == lasting(resumed) == lasting(again) == expected
    assert list((tmp_path / "elsewhere").iterdir()) == []


WITHIN_A_LIMIT = """
import resource, sys
from deepnet.cli.main import main
resource.setrlimit(resource.RLIMIT_FSIZE, (9000, resource.RLIM_INFINITY))
sys.exit(main(sys.argv[1:]))
"""
LONG = ("--target", "y", "--hidden", "4", "--epochs", "80", "--checkpoint-steps", "5", "--json")
"""Its history outgrows the limit."""


def test_where_files_cannot_grow_training_goes_on_and_says_so(deepnet: Deepnet, table: Path, tmp_path: Path) -> None:
    expected = deepnet("train", table, *LONG).facts
    command = [sys.executable, "-c", WITHIN_A_LIMIT, "train", str(table), *LONG, "--run-dir", str(tmp_path / "run")]
    limited = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    kept = sorted((tmp_path / "run" / "checkpoints").iterdir())
    steps = [read_checkpoint(path).position.step for path in kept]
    resumed = deepnet("resume", tmp_path / "run", "--json")

    assert limited.returncode == 0
    assert f"warning: no checkpoint of step {expected['steps']}: " in limited.stderr
    assert "(File too large): give it room on a disk that takes files; the run goes on\n" in limited.stderr
    assert lasting(json.loads(limited.stdout)) == lasting(expected)
    assert 0 <= max(steps) < expected["steps"]
    assert lasting(resumed.facts) == lasting(expected)


ON_A_SMALL_DISK = """
import json, subprocess, sys
from pathlib import Path
from deepnet.persistence.checkpoints import read_checkpoint
disk, *options = sys.argv[1:]
def deepnet(*arguments):
    command = [sys.executable, "-m", "deepnet", *arguments]
    return subprocess.run(command, capture_output=True, text=True)
first = deepnet("train", *options, "--run-dir", disk + "/run")
steps = [read_checkpoint(path).position.step for path in Path(disk, "run", "checkpoints").iterdir()]
subprocess.run(["mount", "-o", "remount,size=10m", disk], check=True)
last = deepnet("resume", disk + "/run", "--json")
print(json.dumps([first.returncode, first.stderr, first.stdout, steps, last.returncode, last.stderr, last.stdout]))
"""
UNSHARE = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
MOUNT = 'mount -t tmpfs -o size=40k none "$1" && exec "$2" -c "$3" "$1"'


def can_mount() -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*UNSHARE, "mount -t tmpfs none /mnt"], capture_output=True, check=False).returncode == 0


if can_mount():  # elsewhere the limit alone has to do

    def test_on_a_full_disk_training_goes_on_and_says_so(deepnet: Deepnet, table: Path, tmp_path: Path) -> None:
        expected = deepnet("train", table, *LONG).facts
        (tmp_path / "disk").mkdir()
        script = [f"{MOUNT} {table} {' '.join(LONG)}", "sh", str(tmp_path / "disk"), sys.executable, ON_A_SMALL_DISK]
        told = subprocess.run([*UNSHARE, *script], capture_output=True, text=True, timeout=60, check=False)
        assert told.returncode == 0, told.stderr
        code, warnings, facts, steps, resumed_code, complaints, resumed = json.loads(told.stdout)

        assert (code, resumed_code, complaints) == (0, 0, "")
        assert f"warning: no checkpoint of step {expected['steps']}: " in warnings
        assert "(No space left on device)" in warnings
        assert lasting(json.loads(facts)) == lasting(json.loads(resumed)) == lasting(expected)
        assert min(steps) == 0
        assert max(steps) < expected["steps"]
