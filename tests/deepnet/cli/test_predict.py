import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from deepnet.data.dataset import Dataset, load_dataset
from deepnet.maths.model import Chain, Dense, Dropout
from deepnet.maths.parameters import initial_parameters
from deepnet.persistence.model_file import SavedModel, save_model
from deepnet.runs.tabular import prepare_table

Deepnet = Callable[..., Any]

CARS = "weight,origin,old,mpg\n" + "1.5,usa,TRUE,18\n1.0,japan,FALSE,31\n1.7,usa,TRUE,16\n0.9,japan,FALSE,33\n" * 3


@pytest.fixture
def cars(tmp_path: Path) -> Path:
    path = tmp_path / "cars.csv"
    path.write_text(CARS)
    return path


def saved(path: Path, dataset: Dataset, activation: str, **changes: Any) -> SavedModel:
    """Save a network that has not learnt yet, prepared as one that has."""
    prepared = prepare_table(dataset, test_fraction=0.2, seed=0)
    outputs = dataset.targets.shape[1]
    model = Chain(Dense(len(dataset.features), 4, "tanh"), Dropout(0.5), Dense(4, outputs, activation))
    whole = SavedModel(
        model=model,
        parameters=initial_parameters(model, 0, "float64"),
        features=dataset.features,
        target=dataset.target,
        dtype="float64",
        training={},
        preparation=prepared.preparation,
        task=dataset.task,
        labels=dataset.labels,
    )
    whole = replace(whole, **changes)
    save_model(path, whole)
    return whole


def outputs(model: SavedModel, inputs: Any) -> Any:
    """Reckon the network by hand."""
    (first, first_bias), (last, last_bias) = model.parameters
    return np.tanh(model.preparation.apply(inputs) @ first.T + first_bias) @ last.T + last_bias


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_a_number_is_predicted_for_every_line(deepnet: Deepnet, tmp_path: Path, cars: Path) -> None:
    dataset = load_dataset(cars, target="mpg")
    expected = outputs(saved(tmp_path / "m", dataset, "identity"), dataset.inputs)[:, 0]

    facts, printed = (
        deepnet("predict", tmp_path / "m", cars, "--json").facts,
        rows(deepnet("predict", tmp_path / "m", cars).out),
    )

    assert facts["predictions"] == pytest.approx(expected)
    assert (facts["target"], facts["task"], facts["lines"]) == ("mpg", "regression", list(range(2, 14)))
    assert printed[0] == ["line", "mpg"]
    assert [float(value) for _, value in printed[1:]] == pytest.approx(expected, rel=1e-5)


def test_one_of_two_classes_is_predicted_with_its_probability(deepnet: Deepnet, tmp_path: Path, cars: Path) -> None:
    dataset = load_dataset(cars, target="origin", ignore=["old"])
    model = saved(tmp_path / "m", dataset, "sigmoid")
    chance = 1 / (1 + np.exp(-outputs(model, dataset.inputs)[:, 0]))

    facts = deepnet("predict", tmp_path / "m", cars, "--probabilities", "--json").facts
    printed = rows(deepnet("predict", tmp_path / "m", cars, "--probabilities").out)

    assert facts["labels"] == ["japan", "usa"]
    assert facts["predictions"] == ["usa" if p > 0.5 else "japan" for p in chance]
    assert np.array(facts["probabilities"]) == pytest.approx(np.column_stack([1 - chance, chance]))
    assert printed[0] == ["line", "origin", "japan", "usa"]
    assert [row[1] for row in printed[1:]] == facts["predictions"]
    assert [float(row[3]) for row in printed[1:]] == pytest.approx(chance, rel=1e-5)


@pytest.mark.parametrize("activation", ["softmax", "log_softmax"])
def test_one_of_several_classes_is_predicted(deepnet: Deepnet, tmp_path: Path, activation: str) -> None:
    dataset = load_dataset("iris")
    sums = outputs(saved(tmp_path / "m", dataset, activation), dataset.inputs)
    shares = np.exp(sums) / np.exp(sums).sum(axis=1, keepdims=True)

    facts = deepnet("predict", tmp_path / "m", "iris", "--probabilities", "--json").facts

    assert facts["labels"] == ["setosa", "versicolor", "virginica"]
    assert facts["predictions"] == [dataset.labels[place] for place in shares.argmax(axis=1)]
    assert np.array(facts["probabilities"]) == pytest.approx(shares)


def test_labels_alone_are_printed_unless_more_is_asked_for(deepnet: Deepnet, tmp_path: Path) -> None:
    saved(tmp_path / "m", load_dataset("iris"), "softmax")

    outcome = deepnet("predict", tmp_path / "m", "iris")

    assert rows(outcome.out)[0] == ["line", "species"]
    assert "probabilities" not in deepnet("predict", tmp_path / "m", "iris", "--json").facts


def test_a_table_without_the_target_in_another_format_is_predicted_alike(
    deepnet: Deepnet, tmp_path: Path, cars: Path
) -> None:
    saved(tmp_path / "m", load_dataset(cars, target="mpg"), "identity")
    frame = pl.read_csv(cars).drop("mpg").select("old", "origin", "weight")
    frame.write_parquet(tmp_path / "cars.parquet")

    by_csv, by_parquet = (
        deepnet("predict", tmp_path / "m", path, "--json").facts for path in (cars, tmp_path / "cars.parquet")
    )

    assert by_parquet["predictions"] == by_csv["predictions"]
    assert by_parquet["lines"] == list(range(1, 13))


def test_a_set_of_arrays_is_predicted(deepnet: Deepnet, tmp_path: Path) -> None:
    dataset = load_dataset("moons")
    saved(tmp_path / "m", dataset, "sigmoid")

    facts = deepnet("predict", tmp_path / "m", "moons", "--json").facts

    assert len(facts["predictions"]) == len(dataset.lines)
    assert set(facts["predictions"]) <= set(dataset.labels)


def test_a_row_with_a_gap_is_refused_or_dropped(deepnet: Deepnet, tmp_path: Path, cars: Path) -> None:
    saved(tmp_path / "m", load_dataset(cars, target="mpg"), "identity")
    cars.write_text("weight,origin,old\n1.5,usa,TRUE\n,japan,FALSE\n1.2,,FALSE\n0.9,japan,TRUE\n")

    refused, dropped = (deepnet("predict", tmp_path / "m", cars, "--json", *way) for way in ((), ("--missing", "drop")))

    assert refused.code == 2
    assert "2 rows have no value in weight, origin (lines 3, 4): drop them with --missing drop" in refused.err
    assert dropped.facts["lines"] == [2, 5]


def test_a_model_that_was_trained_with_means_fills_gaps_by_itself(deepnet: Deepnet, tmp_path: Path, cars: Path) -> None:
    dataset = load_dataset(cars, target="mpg", missing="mean")
    model = saved(tmp_path / "m", dataset, "identity")
    cars.write_text("weight,origin,old\n,usa,TRUE\n1.2,,\n")
    assert model.preparation.filler is not None
    weight, *others = model.preparation.filler.values.tolist()
    expected = outputs(model, np.array([[weight, 0.0, 1.0, 1.0], [1.2, *others]]))[:, 0]

    filled = deepnet("predict", tmp_path / "m", cars, "--json")
    refused = deepnet("predict", tmp_path / "m", cars, "--missing", "error")

    assert filled.facts["predictions"] == pytest.approx(expected)
    assert refused.code == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("weight,origin\n1.5,usa\n", "cars.csv, line 1: has no column old, which the model needs"),
        ("weight,origin,old\n1.5,mars,TRUE\n", "line 2, column 'origin': 'mars' is not a value that the model knows"),
        ("weight,origin,old\n1.5,usa,TRUE\nheavy,usa,TRUE\n", "line 3, column 'weight': 'heavy' is not a number"),
        ("weight,origin,old\n1.5,usa,7\n", "line 2, column 'old': '7' is neither TRUE nor FALSE"),
        ("weight,origin,old\nnan,usa,TRUE\n", "line 2, column 'weight': 'nan' is not finite"),
    ],
)
def test_a_table_that_the_model_cannot_read_gets_one_line(
    deepnet: Deepnet, tmp_path: Path, cars: Path, text: str, said: str
) -> None:
    saved(tmp_path / "m", load_dataset(cars, target="mpg"), "identity")
    cars.write_text(text)

    outcome = deepnet("predict", tmp_path / "m", cars)

    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.count("\n") == 1
    assert said in outcome.err


def test_a_number_too_large_for_the_model_is_named(deepnet: Deepnet, tmp_path: Path, cars: Path) -> None:
    dataset = load_dataset(cars, target="mpg")
    model = saved(tmp_path / "m", dataset, "identity")
    small = tuple((weights.astype(np.float32), bias.astype(np.float32)) for weights, bias in model.parameters)
    save_model(tmp_path / "m", replace(model, dtype="float32", parameters=small))
    cars.write_text("weight,origin,old\n1.5,usa,TRUE\n1e300,usa,TRUE\n")

    outcome = deepnet("predict", tmp_path / "m", cars)

    assert outcome.code == 2
    assert "cars.csv, line 3: 'weight' is too large for float32" in outcome.err


@pytest.mark.parametrize(
    ("activation", "task", "said"),
    [
        ("identity", None, "leave --probabilities out"),
        ("identity", "binary", "is identity, which gives no probabilities"),
    ],
)
def test_probabilities_are_refused_where_there_are_none(
    deepnet: Deepnet, tmp_path: Path, cars: Path, activation: str, task: str | None, said: str
) -> None:
    target = "mpg" if task is None else "old"
    saved(tmp_path / "m", load_dataset(cars, target=target, ignore=["origin"]), activation)

    outcome = deepnet("predict", tmp_path / "m", cars, "--probabilities")

    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    assert said in outcome.err


def test_json_is_one_object_on_one_line(deepnet: Deepnet, tmp_path: Path, cars: Path) -> None:
    saved(tmp_path / "m", load_dataset(cars, target="mpg"), "identity")

    out = deepnet("predict", tmp_path / "m", cars, "--json").out

    assert out.count("\n") == 1
    assert sorted(json.loads(out)) == ["lines", "predictions", "target", "task"]
