"""What computes: compiled kernels where numba is installed, and plain numpy for who wants it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from deepnet.maths.kernels import choice

Deepnet = Callable[..., Any]

with_numba = pytest.mark.skipif(not find_spec("numba"), reason="needs numba: pip install numba")

SHORT = ("xor", "--epochs", "5", "--seed", "3", "--json")


@with_numba
def test_the_first_use_says_that_it_compiles_and_how_long_it_took(tmp_path: Path) -> None:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "deepnet", "train", *SHORT, "--dtype", "float64"]
    told = [
        subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stderr for _ in range(2)
    ]

    first, second = (line for line in told[0].splitlines() if "compil" in line)
    assert first == "deepnet: compiling the arithmetic for float64, once on this machine ..."
    assert second.startswith("deepnet: compiled in ")
    assert float(second.removeprefix("deepnet: compiled in ").removesuffix(" s")) > 0
    assert "compil" not in told[1]


@with_numba
def test_both_kinds_learn_the_same_up_to_the_last_digits(deepnet: Deepnet) -> None:
    facts = [json.loads(deepnet("train", *SHORT, "--kernels", name).out) for name in choice.KERNELS]

    assert [one["kernels"] for one in facts] == ["numba", "numpy"]
    assert facts[0]["history"][-1]["loss"] == pytest.approx(facts[1]["history"][-1]["loss"], rel=1e-5)


@with_numba
def test_a_run_that_is_kept_goes_on_with_the_kernels_it_began_with(deepnet: Deepnet, tmp_path: Path) -> None:
    run = tmp_path / "run"
    assert deepnet("train", *SHORT, "--kernels", "numpy", "--run-dir", run).code == 0

    assert json.loads(deepnet("resume", run, "--json").out)["kernels"] == "numpy"
    outcome = deepnet("train", *SHORT, "--kernels", "numba", "--run-dir", run)
    assert outcome.code == 2
    assert 'plan.kernels was "numpy", is "numba"' in outcome.err


def test_without_numba_numpy_computes_and_who_asks_for_numba_is_told_how_to_get_it(
    deepnet: Deepnet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice, "find_spec", lambda name: None if name == "numba" else find_spec(name))
    monkeypatch.setattr(choice, "_MADE", {})

    assert json.loads(deepnet("train", *SHORT).out)["kernels"] == "numpy"
    outcome = deepnet("train", *SHORT, "--kernels", "numba")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "pip install numba" in outcome.err
