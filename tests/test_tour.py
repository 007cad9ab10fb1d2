"""The tour runs to its end, and what it claims is so."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from deepnet.runs.injecting import FAULTS

TOUR = Path(__file__).parents[1] / "scripts" / "tours" / "live.py"


@pytest.fixture(scope="module")
def told() -> str:
    """Return what it prints into a pipe, in one line: where lines break depends on the width."""
    ended = subprocess.run([sys.executable, TOUR, "--fast"], capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "\x1b" not in ended.stdout
    return " ".join(ended.stdout.split())


def number_after(text: str, told: str) -> float:
    found = re.search(re.escape(text) + r" (-?[0-9.e-]*[0-9])", told)
    assert found, text
    return float(found[1])


def test_it_learns_from_the_first_step_on(told: str) -> None:
    assert "it is paused between two steps" in told
    assert number_after("step 240, error", told) < number_after("back to step 0, error", told) / 2


def test_a_sum_that_it_shows_is_the_sum_of_what_it_shows(told: str) -> None:
    found = re.search(r"z = \((\S+)\)\*1 \+ (\S+)\*1 \+ \((\S+)\) = (\S+) a = tanh\(z\)", told)
    assert found
    *terms, total = map(float, found.groups())

    assert sum(terms) == pytest.approx(total, abs=2e-3)


def test_who_is_killed_heals_with_the_same_bits(told: str) -> None:
    assert "It has been restarted 1 time; step 241 is sealed" in told
    assert "all weights have the same bits as those of a twin" in told


def test_an_edit_changes_what_it_says(told: str) -> None:
    found = re.search(r"it said ([0-9., ]+), and says ([0-9., ]+)\.", told)
    assert found
    assert found[1] != found[2]


def test_a_lesion_hurts_and_heals(told: str) -> None:
    sound, lesioned, healed = re.findall(r"Error ([\d.]+); ([\d.]+) with dense_0/0 held at 0; ([\d.]+) healed", told)[0]

    assert sound == healed != lesioned
    assert "healed, it says what it said, bit for bit" in told


def test_growing_changes_no_output(told: str) -> None:
    assert "7 neurons became 9" in told
    assert number_after("no output has changed by more than", told) < 1e-6
    assert number_after("40 epochs later", told) < number_after("learns on: error", told)


def test_the_dead_neuron_is_named_and_undo_brings_all_bits_back(told: str) -> None:
    assert "dense_0/5 is dead" in told
    assert "all bits are back" in told


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_shows_its_nature(told: str, fault: str) -> None:
    found = re.search(
        rf"{fault}: [^;]*? the weights (have the same bits|differ); error (\S+), undisturbed ([\d.]+)", told
    )
    assert found
    is_of_value = fault in {"stuck_at", "noise", "byzantine", "bit_flip"}

    assert (found[1] == "differ") == is_of_value
    assert (found[2] != found[3]) == is_of_value
