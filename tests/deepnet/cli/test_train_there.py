"""What is learnt in a service from a table, and what it then makes of other rows."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

Deepnet = Callable[..., Any]
HOW = ("--hidden", "4", "--batch-size", "16", "--kernels", "numpy")
IRIS = ("iris", *HOW, "--epochs", "3")


def test_a_training_in_the_service_ends_with_the_bits_of_one_here(there: Deepnet, deepnet: Deepnet) -> None:
    here = deepnet("train", *IRIS, "--validation", "0.2", "--json").facts
    served = there("train", *IRIS, "--validation", "0.2", "--service", "twin", "--wait", "--json").facts

    different = {"seconds", "messages", "history", "network", "run"}
    assert {key: value for key, value in served.items() if key not in different} == {
        key: value for key, value in here.items() if key not in different | {"saved"}
    }
    assert [record["loss"] for record in served["history"]] == [record["loss"] for record in here["history"]]


def test_another_run_begins_on_a_network_that_is_idle(ask: Deepnet, there: Deepnet) -> None:
    first = ask("train", *IRIS, "--service", "again", "--wait")
    second = there("train", *IRIS, "--seed", "1", "--service", "again", "--wait", "--quiet", "--json")
    other = there("train", "xor", "--service", "again")
    wider = there("train", "iris", "--hidden", "5", "--service", "again")

    assert second.facts["run"] == "again-2"
    assert second.facts["history"][0]["loss"] < first["history"][-1]["loss"]
    assert second.err == "deepnet: the rows are prepared as those that again has learnt before\n"
    assert "again has 4 inputs and 3 outputs, and this table 2 inputs and 1 output" in other.err
    assert "again is there and stays as it is: leave --hidden out" in wider.err
    assert [row["id"] for row in ask("ps", "again")["runs"]] == ["again-2", "again-1"]


def test_a_network_that_was_created_learns_a_table_that_fits(ask: Deepnet, there: Deepnet) -> None:
    ask("create", "empty", "--layers", "4-3-3:relu:softmax", "--kernels", "numpy")
    outcome = there("train", "iris", "--epochs", "2", "--service", "empty", "--wait", "--quiet", "--json")

    assert outcome.facts["run"] == "empty-1"
    assert "empty was made without a table" in outcome.err


def test_a_row_is_in_the_units_of_the_table(ask: Deepnet, there: Deepnet, tmp_path: Path) -> None:
    ask("train", *IRIS, "--service", "units", "--wait")
    names = ask("inspect", "units")["about"]["prediction"]["features"]
    (tmp_path / "one.csv").write_text(f"{','.join(names)}\n5.1,3.5,1.4,0.2\n")
    of_table = there("predict", "units", tmp_path / "one.csv").out.splitlines()[1]
    short = there("predict", "units", "--row", "5.1,3.5")

    assert of_table == "2," + there("predict", "units", "--row", "5.1,3.5,1.4,0.2").out.strip()
    assert f"--row has 2 numbers, and units takes 4, in the units of its table: {names[0]}, " in short.err


def test_predictions_of_a_network_are_those_of_its_model_file(ask: Deepnet, there: Deepnet, tmp_path: Path) -> None:
    ask("train", *IRIS, "--service", "asked", "--wait")
    ask("export", "asked", tmp_path / "asked.model")
    from_network = there("predict", "asked", "iris", "--probabilities")
    from_file = there("predict", tmp_path / "asked.model", "iris", "--probabilities")
    rows = list(csv.reader(io.StringIO(from_network.out)))

    assert from_network == from_file
    assert {row[1] for row in rows[1:]} <= {"setosa", "versicolor", "virginica"}
    assert ask("predict", "asked", "iris")["target"] == "species"


def test_a_network_without_a_table_takes_rows_of_numbers(ask: Deepnet, there: Deepnet) -> None:
    made = ask("create", "small", "--layers", "3-4-2:tanh", "--kernels", "numpy")
    answered = there("predict", "small", "--row", "1,0,0", "--row", "0,1,0")

    assert made["name"] == "small"
    assert [len(line.split(",")) for line in answered.out.splitlines()] == [2, 2]
    assert len(ask("predict", "small", "--row", "1,0,0")["outputs"]) == 1
    assert "does not know how to read a table" in there("predict", "small", "iris").err
