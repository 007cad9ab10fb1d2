"""Real trainings, ended with SIGKILL and gone on with until one ends by itself: its bits are those of one left alone.

A seed decides what is learnt, how, and after how long somebody kills; what a process has come to by then it does not.
What fails is printed with its seed: `--seed SEED --count 20` draws the same again.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from deepnet.errors import DataError
from deepnet.persistence.checkpoints import newest_whole, read_checkpoint
from deepnet.persistence.run_folder import CHECKPOINTS, RUN

ROWS = {"auto-mpg": 314, "iris": 120}
OPTIMIZERS = ("sgd", "sgd:momentum=0.9", "adam")
LONGEST_SECONDS = 120.0
MOST_FAILURES = 5
MOST_KILLS = 8
"""Of one training, so that there are many."""
LOOK_SECONDS = 0.0002
"""How often somebody looks whether a checkpoint is being written, so as to kill in the midst of it."""

Facts = dict[str, Any]
Records = list[dict[str, Any]]


class WrongError(Exception):
    """Something is not as it has to be."""


def options_of(chance: np.random.Generator) -> list[str]:
    """Draw what to learn and how: a second or so of it."""
    data = str(chance.choice(sorted(ROWS)))
    batch_size = int(chance.integers(2, 17))
    epochs = max(4, int(chance.integers(1000, 3000)) * batch_size // ROWS[data])
    options = {
        "hidden": str(chance.choice(["6", "8,4", "none"])),
        "granularity": str(chance.choice(["neuron", "layer"])),
        "dtype": str(chance.choice(["float32", "float64"])),
        "optimizer": str(chance.choice(OPTIMIZERS)),
        "schedule": str(chance.choice(["constant", f"cosine:length={epochs}", "exponential:gamma=0.99"])),
        "batch-size": str(batch_size),
        "epochs": str(epochs),
        "seed": str(chance.integers(1000)),
    }
    if chance.random() < 0.5:
        options |= {"dropout": "0.2"}
    if chance.random() < 0.5:
        options |= {"validation": "0.25", "patience": str(chance.integers(3, 40))}
    if chance.random() < 0.3:
        options |= {"clip-norm": "1"}
    return [data, *(text for name, value in options.items() for text in (f"--{name}", value))]


class Training:
    """A process that trains, or goes on with that; a process group of its own.

    Args:
        folder: where what it says is kept.
        arguments: of the command.
    """

    def __init__(self, folder: Path, arguments: list[str]) -> None:
        self._out, self._err = folder / "out", folder / "err"
        with self._out.open("wb") as out, self._err.open("wb") as err:
            command = [sys.executable, "-m", "deepnet", *arguments, "--json"]
            self._process = subprocess.Popen(command, stdout=out, stderr=err, start_new_session=True)

    def wait(self, seconds: float) -> bool:
        """Whether it has ended within so long."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def wait_for_a_write(self, checkpoints: Path) -> None:
        """Return once it is about to write a checkpoint, or has ended."""
        left = parts(checkpoints)
        while self._process.poll() is None and not parts(checkpoints) - left:
            time.sleep(LOOK_SECONDS)

    def kill(self) -> bool:
        """End it at once; False if it had ended by itself."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        return self._process.wait() == -signal.SIGKILL

    def facts(self) -> Facts:
        """Return what came out."""
        if self._process.returncode != 0:
            raise WrongError(f"exit code {self._process.returncode}: {self._err.read_text().strip()}")
        facts: Facts = json.loads(self._out.read_text())
        return facts


def parts(checkpoints: Path) -> set[Path]:
    """Return what is being written or removed, or was when somebody killed."""
    return set(checkpoints.glob(".*"))


def left_alone(folder: Path, options: list[str]) -> tuple[Facts, float]:
    """Return what comes out if nobody kills, and how long it takes."""
    began = time.monotonic()
    training = Training(folder, ["train", *options])
    try:
        if not training.wait(LONGEST_SECONDS):
            raise WrongError(f"it has not ended after {LONGEST_SECONDS} s")
    finally:
        training.kill()
    return training.facts(), time.monotonic() - began


def kept(checkpoints: Path) -> tuple[int, Records]:
    """Return the step and the history that a kill has left; every checkpoint has to be whole."""
    if not checkpoints.exists():
        return -1, []
    for place in checkpoints.glob("[!.]*"):
        try:
            read_checkpoint(place)
        except DataError as error:
            raise WrongError(f"half a checkpoint: {error}") from None
    state = newest_whole(checkpoints).state
    if state is None:
        return -1, []
    return state.position.step, [record.to_dict() for record in state.history]


def killed(folder: Path, options: list[str], chance: np.random.Generator, seconds: float, seen: Counter[str]) -> Facts:
    """Train, kill, go on, kill, ... until it ends by itself, or all kills are done; return what comes out."""
    run = folder / "run"
    often = ["--run-dir", str(run), "--checkpoint-steps", str(chance.integers(1, 30))]
    step, records, kills = -1, Records(), 0
    while True:
        has_begun = (run / RUN).exists()
        seen["resumes"] += has_begun
        resume = has_begun and chance.random() < 0.75  # `deepnet train` as before does the same
        training = Training(folder, ["resume", str(run), *often[2:]] if resume else ["train", *options, *often])
        left = parts(run / CHECKPOINTS)
        try:
            moment, aims = chance.uniform(0, seconds), chance.random() < 0.5
            if kills == MOST_KILLS or seen["kills"] == seen["wanted"]:
                moment, aims = LONGEST_SECONDS, False
            if not training.wait(moment) and aims:
                training.wait_for_a_write(run / CHECKPOINTS)
        finally:
            was_killed = training.kill()
        if moment == LONGEST_SECONDS and was_killed:
            raise WrongError(f"it has not ended after {LONGEST_SECONDS} s")
        if not was_killed:
            break
        kills += 1
        before, (step, records) = step, kept(run / CHECKPOINTS)
        seen.update({"kills": 1, "early": step == before, "torn": bool(parts(run / CHECKPOINTS) - left)})
        if step < before:
            raise WrongError(f"step {before} was safe, and now it is step {step}")
    facts = training.facts()
    found = [{name: record[name] for name in ("epoch", "seconds")} for record in facts["history"][: len(records)]]
    if found != [{name: record[name] for name in ("epoch", "seconds")} for record in records]:
        raise WrongError(f"it did not go on from step {step}: epochs before it were learnt again")
    return facts


def differences(found: Facts, expected: Facts) -> list[str]:
    """Name what a kill has changed and must not have; times and messages are of a process."""
    for facts in (found, expected):
        facts["history"] = [{**record, "seconds": None} for record in facts["history"]]
    fleeting = {"seconds", "messages"}
    return [name for name in expected if name not in fleeting and found.get(name) != expected[name]]


def play(seed: int, seen: Counter[str]) -> None:
    """Play what *seed* has drawn."""
    chance = np.random.default_rng([seed, 9])
    options = options_of(chance)
    with tempfile.TemporaryDirectory(prefix="deepnet-kills-") as place:
        folder = Path(place)
        expected, seconds = left_alone(folder, options)
        found = killed(folder, options, chance, seconds, seen)
    if wrong := differences(found, expected):
        what = ", ".join(f"{name} {found.get(name)} instead of {expected[name]}" for name in wrong)
        raise WrongError(f"{' '.join(options)}: {what[:500]}")


def main() -> int:
    parser = argparse.ArgumentParser(description="Kill real trainings, go on with them, and compare bits.")
    parser.add_argument("--count", type=int, default=50, help="how many kills")
    parser.add_argument("--seed", type=int, default=0, help="the seed of the first training; each has the next one")
    options = parser.parse_args()
    began, seen, failed, seed = time.monotonic(), Counter[str](wanted=options.count), 0, options.seed
    while seen["kills"] < options.count and failed < MOST_FAILURES:
        before = Counter(seen)
        try:
            play(seed, seen)
        except WrongError as error:
            failed += 1
            print(f"seed {seed}: {error}", flush=True)
        else:
            print(f"seed {seed}: {seen['kills'] - before['kills']} kills, the same bits", flush=True)
        seed += 1
    print(
        f"{seen['kills']} kills ({seen['early']} before more was safe, {seen['torn']} in the midst of a write), "
        f"{seen['resumes']} resumes, {seed - options.seed} trainings, {failed} failed, {time.monotonic() - began:.1f} s"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
