import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts" / "seeds"


@pytest.mark.parametrize("document", ["machine_learning_in_elixir", "deep_learning_from_zero"])
def test_the_scripts_that_take_seconds_hold_every_row(document: str) -> None:
    outcome = subprocess.run(
        [sys.executable, SCRIPTS / f"{document}.py"], capture_output=True, text=True, check=False, timeout=60
    )
    marks = {line.split()[0]: line.split()[1] for line in outcome.stdout.splitlines() if not line.startswith(" ")}
    first = "ML" if document.startswith("machine") else "DZ"

    assert outcome.stderr == ""
    assert outcome.returncode == 0
    assert {name for name, mark in marks.items() if mark in {"ok", "--"}} == {
        f"{first}{number}" for number in range(1, 5 if first == "ML" else 7)
    }


def test_a_row_that_is_missed_is_marked_and_is_exit_code_1() -> None:
    code = (
        "from rows import Rows; rows = Rows(); rows.row('A1', '1', '1', True); rows.row('A2', '1', '0', False); "
        "rows.beside('A2', '1', '3'); rows.unmeasured('A3', '1', 'later'); rows.end()"
    )
    outcome = subprocess.run(
        [sys.executable, "-c", code], cwd=SCRIPTS, capture_output=True, text=True, check=False, timeout=60
    )

    assert [line.split() for line in outcome.stdout.splitlines()] == [
        ["A1", "ok", "1", "1"],
        ["A2", "MISS", "1", "0"],
        ["A2", "also", "1", "3"],
        ["A3", "--", "1", "later"],
    ]
    assert outcome.returncode == 1
