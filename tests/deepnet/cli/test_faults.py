import csv
import json
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Deepnet = Callable[..., Any]

SHORT = ("--epochs", "6", "--window", "2-3", "--seeds", "2", "--hidden", "4", "--batch-size", "100")


def test_a_campaign_is_shown_as_a_table_and_a_sentence(deepnet: Deepnet) -> None:
    outcome = deepnet("faults", *SHORT, "--fault", "drop", "--fault", "byzantine")

    assert outcome.code == 0
    assert "in epochs 2 to 3 of 6, to 2 of 4 neurons of the hidden layers" in outcome.out
    assert "Faults of delivery changed nothing: all 4 runs" in outcome.out
    assert {"drop", "byzantine"} <= {line.split(" ")[0] for line in outcome.out.splitlines()}


def test_it_says_the_same_twice(deepnet: Deepnet) -> None:
    first, second = (deepnet("faults", *SHORT, "--fault", "bit_flip", "--fault", "crash") for _ in range(2))

    assert first.out == second.out


def test_json_and_csv_have_the_figures_of_each_run(deepnet: Deepnet, tmp_path: Path) -> None:
    path = tmp_path / "faults.csv"
    facts = deepnet(
        "faults", *SHORT, "--fault", "noise", "--amount", "1", "--amount", "5", "--csv", path, "--json"
    ).facts
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))

    assert [(run["amount"], run["rate"], run["seed"]) for run in facts["runs"]] == [
        (amount, rate, seed) for seed in (0, 1) for amount in (1.0, 5.0) for rate in (0.1, 1.0)
    ]
    assert facts["fault_epochs"] == [2, 3]
    assert (facts["interrupted"], facts["planned"], facts["seeds"], facts["network"]) == (False, 8, [0, 1], "2-4-1")
    assert [float(row["times_at_worst"]) for row in rows] == [run["times_at_worst"] for run in facts["runs"]]
    assert all(len(run["errors"]) == len(run["undisturbed"]) == 6 for run in facts["runs"])
    assert "errors" not in rows[0]
    assert [row["same_weights"] for row in rows] == ["False"] * 8


def test_a_table_of_ones_own_is_learnt(deepnet: Deepnet, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("a,b,y\n" + "".join(f"{a},{b},{a + 2 * b}\n" for a in range(6) for b in range(6)))
    outcome = deepnet("faults", path, "--target", "y", *SHORT, "--fault", "stuck_at", "--json")

    assert outcome.code == 0
    assert all(run["state"] == "finished" for run in outcome.facts["runs"])


def test_a_picture_is_described(deepnet: Deepnet, tmp_path: Path) -> None:
    path = tmp_path / "faults.json"
    deepnet("faults", *SHORT, "--fault", "noise", "--rate", "1", "--plot", path)
    spec = json.loads(path.read_text())

    assert spec["title"]["subtitle"][0].startswith("moons: mean squared error of rows held out; 2 seeds")


def test_a_fault_of_delivery_that_no_run_gets_past_has_changed_no_bit(deepnet: Deepnet) -> None:
    arguments = ("faults", *SHORT, "--seeds", "1", "--fault", "drop", "--rate", "1", "--seconds", "0.2")
    outcome, in_json = deepnet(*arguments), deepnet(*arguments, "--json")

    assert (outcome.code, in_json.code) == (3, 3)
    assert "kept 1 of 1 runs from getting to their end" in " ".join(outcome.out.split())
    assert "DIFFER" not in outcome.out
    assert [run["same_weights"] for run in in_json.facts["runs"]] == [None]


def test_it_warns_where_there_was_nothing_to_spoil(deepnet: Deepnet) -> None:
    arguments = ("faults", "spirals", *SHORT, "--fault", "noise")
    said = " ".join(deepnet(*arguments).out.split())

    assert "warning: the undisturbed network has hardly learnt with 2 of 2 seeds" in said
    assert "little harm" not in said
    assert deepnet(*arguments, "--json").facts["hardly_learnt"] == [0, 1]


def test_quick_is_for_those_options_that_are_not_given(deepnet: Deepnet) -> None:
    facts = deepnet("faults", "--quick", "--seeds", "2", "--fault", "noise", "--rate", "1", "--json").facts

    assert (facts["epochs"], facts["fault_epochs"], len(facts["runs"])) == (15, [5, 6], 2)


@pytest.mark.parametrize("as_json", [False, True])
def test_ctrl_c_shows_what_there_is(
    deepnet_process: Callable[..., subprocess.Popen[str]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    *,
    as_json: bool,
) -> None:
    monkeypatch.setenv("DEEPNET_LOG", "info")
    options = ["--json"] if as_json else []
    process = deepnet_process(
        "faults", "--seeds", "1000", "--fault", "noise", "--csv", tmp_path / "faults.csv", *options
    )
    assert process.stderr is not None
    ended = 0
    while ended < 5:
        ended += "run_ended" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)

    assert process.returncode == 130
    assert "noise" in out
    if as_json:
        facts = json.loads(out)
        assert (facts["interrupted"], facts["planned"]) == (True, 2000)
    assert "interrupted after" in err.splitlines()[-1]
    assert len((tmp_path / "faults.csv").read_text().splitlines()) >= 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--fault", "gremlin"), "'gremlin' is not one of 'crash'"),
        (("--rate", "0"), "--rate"),
        (("--rate", "2"), "rate must be a probability"),
        (("--amount", "3"), "an amount means something else for each fault"),
        (("--fault", "crash", "--amount", "3"), "has no amount"),
        (("--fault", "noise", "--amount", "nan"), "noise"),
        (("--window", "12-9"), "such as 9-12"),
        (("--window", "1-9"), "such as 9-12"),
        (("--window", "x"), "such as 9-12"),
        (("--window", "5-40"), "leave an epoch"),
        (("--epochs", "2"), "--epochs must be 3 or more"),
        (("--share", "2"), "share"),
        (("--address", "dense_7"), "dense_7"),
        (("--hidden", "none"), "no hidden layer"),
        (("--plot", "faults.pdf"), ".html"),
        (("--csv", "/nowhere/faults.csv"), "/nowhere"),
        (("none.csv",), "none.csv: there is no such file"),
        (("xor", "--target", "z"), "z"),
    ],
)
def test_bad_input_gets_one_line(deepnet: Deepnet, arguments: tuple[str, ...], said: str) -> None:
    outcome = deepnet("faults", *arguments)

    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.count("\n") == 1
    assert said in outcome.err
