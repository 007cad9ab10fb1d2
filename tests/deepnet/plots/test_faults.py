import json
import math
from pathlib import Path
from typing import Any

import pytest

from deepnet.errors import InputError
from deepnet.plots.faults import faults_chart
from deepnet.plots.page import write_picture
from deepnet.runs.recovery import Level, Outcome

CALM = (1.0, 0.5, 0.25, 0.12, 0.06)


def outcome(level: Level, errors: tuple[float, ...], seed: int = 0, undisturbed: tuple[float, ...] = CALM) -> Outcome:
    state = "finished" if len(errors) == len(CALM) else "failed"
    return Outcome(
        level, seed, 2, 3, errors, undisturbed, same_weights=False, state=state, reason="", replays=0, seconds=0
    )


DROP, LOW, HIGH = Level("drop", 0.01), Level("noise", 0.1), Level("noise", 1.0)
RUNS = [
    outcome(DROP, CALM),
    outcome(HIGH, (1.0, 0.9, 0.8, 0.4, 0.3)),
    outcome(LOW, (1.0, 0.6, 0.5, 0.13, 0.06)),
    outcome(HIGH, (3.0, 0.7, math.inf), seed=1, undisturbed=(3.0, 1.5, 0.75, 0.36, 0.18)),
]


def lines(spec: dict[str, Any], panel: int) -> dict[str, list[tuple[float, ...]]]:
    """Return epoch, mean, low and high of each line of a panel."""
    found: dict[str, list[tuple[float, ...]]] = {}
    for row in spec["vconcat"][0]["concat"][panel]["layer"][1]["data"]["values"]:
        found.setdefault(row["series"], []).append(tuple(row[part] for part in ("epoch", "mean", "low", "high")))
    return found


def test_each_fault_has_a_panel_with_its_rates_beside_the_undisturbed_runs() -> None:
    spec = faults_chart(RUNS, 25)

    assert [panel["title"]["text"] for panel in spec["vconcat"][0]["concat"]] == ["drop", "noise"]
    assert list(lines(spec, 0)) == ["undisturbed", "rate 0.01"]
    assert set(lines(spec, 1)) == {"undisturbed", "rate 0.1", "rate 1"}


def test_lines_are_means_with_their_range_and_end_where_a_run_does() -> None:
    drawn = lines(faults_chart(RUNS, 25), 1)

    assert drawn["rate 1"] == [(1, 2.0, 1.0, 3.0), (2, 0.8, 0.7, 0.9)]
    assert drawn["undisturbed"][4] == pytest.approx((5, 0.12, 0.06, 0.18))
    assert len(drawn["rate 0.1"]) == 5


def test_the_epochs_of_the_fault_are_shaded() -> None:
    (panel, _) = faults_chart(RUNS, 25)["vconcat"][0]["concat"]

    assert panel["layer"][0]["data"]["values"] == [{"begin": 1, "end": 3}]


def test_a_dot_counts_the_runs_that_recovered_just_then() -> None:
    chart = faults_chart(RUNS, 25)["vconcat"][1]
    dots = [(row["level"], row["epochs"], row["runs"]) for row in chart["data"]["values"]]
    never = chart["encoding"]["x"]["axis"]["values"][-1]

    assert dots == [("drop, rate 0.01", 0, 1), ("noise, rate 1", never, 2), ("noise, rate 0.1", 1, 1)]
    assert never == 3
    assert f"datum.value == {never} ? 'not'" in chart["encoding"]["x"]["axis"]["labelExpr"]


def test_amounts_are_told_apart() -> None:
    levels = [Level("noise", 1.0, 0.5), Level("noise", 1.0, 2.0)]

    assert set(lines(faults_chart([outcome(level, CALM) for level in levels], 25), 0)) == {
        "undisturbed",
        "rate 1, amount 0.5",
        "rate 1, amount 2",
    }


def test_json_can_hold_it_and_a_picture_is_made_of_it(tmp_path: Path) -> None:
    spec = faults_chart(RUNS, 25, "moons")

    assert json.loads(json.dumps(spec, allow_nan=False))["title"]["subtitle"][0] == "moons"
    pytest.importorskip("vl_convert", reason="needs an extra: run 'scripts/environment test plot'")
    write_picture(spec, tmp_path / "faults.svg")
    text = (tmp_path / "faults.svg").read_text()
    assert all(shown in text for shown in ("rate 0.1", "undisturbed", "How soon they recovered", "25 %"))


def test_without_a_run_there_is_nothing_to_draw() -> None:
    with pytest.raises(InputError, match="nothing to draw"):
        faults_chart([], 25)
