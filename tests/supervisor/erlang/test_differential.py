"""Random scenarios run on OTP's supervisor and on ours, and the traces of starts, stops and answers are equal.

    ERLANG_SCENARIOS=20000 ERLANG_SEED=7 .venv/bin/python -m pytest tests/supervisor/erlang

plays more of them, and others. What differs on purpose does not occur in scenarios, or not in traces; where that is
arranged (scenarios.py, play.py, driver.erl) a comment says so.
"""

import logging
import os
import random
import shutil
import subprocess
from itertools import zip_longest
from pathlib import Path

import pytest

from tests.supervisor.erlang.play import play
from tests.supervisor.erlang.scenarios import Author, Scenario, readable, term

HERE = Path(__file__).parent
COUNT = int(os.environ.get("ERLANG_SCENARIOS", "300"))
SEED = int(os.environ.get("ERLANG_SEED", "4"))


def play_on_otp(scenarios: list[Scenario], folder: Path) -> list[list[str]]:
    """Return the traces of the real thing, all from one run of it."""
    (folder / "scenarios").write_text("".join(f"{term(scenario)}.\n" for scenario in scenarios))
    subprocess.run(["erlc", "-o", folder, HERE / "driver.erl"], check=True)
    run = subprocess.run(
        ["erl", "-noshell", "-pa", folder, "-run", "driver", "main", folder / "scenarios", folder / "traces"],
        env={**os.environ, "ERL_CRASH_DUMP_SECONDS": "0"},
        capture_output=True,
        text=True,
        timeout=60 + len(scenarios) / 50,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-4000:]
    traces: list[list[str]] = []
    for line in (folder / "traces").read_text().splitlines():
        if line.startswith("scenario "):
            traces.append([])
        else:
            traces[-1].append(line)
    return traces


def difference(ours: list[str], otps: list[str]) -> str:
    """Return what both traces have in common, and then how each goes on."""
    common = next(at for at, (our, otp) in enumerate(zip_longest(ours, otps)) if our != otp)
    parts = {"both": ours[:common], "ours": ours[common : common + 8], "OTP's": otps[common : common + 8]}
    return "\n".join(f"{whose}:\n  " + "\n  ".join(lines) for whose, lines in parts.items())


@pytest.mark.skipif(
    not (shutil.which("erl") and shutil.which("erlc")), reason="needs Erlang: run 'sudo apt install erlang-base'"
)
def test_traces_are_equal_to_those_of_otp(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, logger="pykka")  # children crash by the thousand
    author = Author(random.Random(SEED))  # noqa: S311 - chance, not secrecy
    scenarios = [author.scenario(number) for number in range(COUNT)]

    traces = play_on_otp(scenarios, tmp_path)

    assert len(traces) == len(scenarios)
    differing = [
        (scenario, ours, otps)
        for scenario, otps in zip(scenarios, traces, strict=True)
        if (ours := play(scenario)) != otps
    ]
    if differing:
        scenario, ours, otps = min(differing, key=lambda triple: len(readable(triple[0])))
        pytest.fail(
            f"{len(differing)} of {COUNT} scenarios of seed {SEED} differ; the shortest of them:\n"
            f"{readable(scenario)}\n{difference(ours, otps)}",
            pytrace=False,
        )
