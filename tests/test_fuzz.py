"""The commands that play schedules and kill processes as often as one likes: a few here, and a few on broken builds."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
FUZZ = ROOT / "scripts" / "fuzz"
SEED = "186"
"""Of a short training, both of whose kills wait for a checkpoint that is being written."""

WITHOUT_A_FENCE = """
import sys
from deepnet.actors.link import LayerLink
LayerLink._is_stale = lambda *_: False
sys.path.insert(0, sys.argv[1])
import schedules
del sys.argv[1]
sys.exit(schedules.main())
"""
WITH_A_BATCH_FORGOTTEN = """
from dataclasses import replace
from deepnet.persistence import run_folder
newest_whole = run_folder.newest_whole
def forget(folder):
    found = newest_whole(folder)
    if found.state is None:
        return found
    return found._replace(state=replace(found.state, position=found.state.position.past_batch()))
run_folder.newest_whole = forget
"""
"""Each time that a process goes on with a run."""
WITH_A_BIAS_FORGOTTEN = """
from deepnet.training.interventions import neurons
set_bias = neurons.set_bias
def forget(state, place, value):
    return set_bias(state, place, value)._replace(undo=lambda later: later)
neurons._PARTS["bias"] = forget
"""
"""When a change is undone."""


def play(*command: str | Path, path: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "PYTHONPATH": str(path)},
    )  # fmt: skip


def last_line(outcome: "subprocess.CompletedProcess[str]") -> str:
    return outcome.stdout.splitlines()[-1]


def test_random_schedules_with_faults_leave_the_bits_alone() -> None:
    outcome = play(FUZZ / "schedules.py", "--count", "150")
    summary = re.fullmatch(
        r"150 schedules \((\d+) neuron, (\d+) layer\), (\d+) faults, 0 failed, [\d.]+ s", last_line(outcome)
    )

    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert summary is not None
    neuron, layer, faults = map(int, summary.groups())
    assert neuron + layer == 150
    assert min(neuron, layer) >= 40
    assert faults >= 1000


def test_a_build_that_heeds_stale_messages_is_found_and_its_seeds_are_told() -> None:
    outcome = play("-c", WITHOUT_A_FENCE, FUZZ, "--first", "130", "--count", "60")
    seeds = re.findall(r"^seed (\d+): ", outcome.stdout, flags=re.MULTILINE)
    again = play("-c", WITHOUT_A_FENCE, FUZZ, "--first", seeds[0], "--count", "1")

    assert outcome.returncode == 1
    assert f" {len(seeds)} failed" in last_line(outcome)
    assert all(130 <= int(seed) < 190 for seed in seeds)
    assert again.returncode == 1
    assert again.stdout[:80] == outcome.stdout[:80]  # what is wrong is the same: weights, or where it stands still


def test_killed_processes_leave_the_bits_alone() -> None:
    outcome = play(FUZZ / "kills.py", "--count", "2", "--seed", SEED)

    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert re.search(r"^2 kills \(.*\), \d resumes, \d trainings, 0 failed, ", last_line(outcome))


def test_a_build_that_forgets_a_batch_when_it_goes_on_is_found(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(WITH_A_BATCH_FORGOTTEN)
    for seed in range(int(SEED), int(SEED) + 4):  # on a busy machine a kill may come before there is anything to forget
        outcome = play(FUZZ / "kills.py", "--count", "2", "--seed", str(seed), path=tmp_path)
        if outcome.returncode:
            break

    assert outcome.returncode == 1
    assert re.search(
        rf"^seed {seed}: auto-mpg .*: .*weights_sha256 [0-9a-f]{{64}} instead of [0-9a-f]{{64}}", outcome.stdout
    )
    assert " 1 failed, " in last_line(outcome)


def test_a_build_that_forgets_a_bias_when_it_undoes_is_found(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(WITH_A_BIAS_FORGOTTEN)
    plays = ROOT / "tests" / "deepnet" / "runs" / "test_live_model.py"
    outcome = play("-m", "pytest", "-q", "-k", "corners and numpy and layer", "--tb=short", plays, path=tmp_path)

    assert outcome.returncode == 1
    assert re.search(r"AssertionError: .*bias", outcome.stdout)
