"""What `deepnet train` can be asked for besides learning a column of numbers."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepnet.maths.model import Dense, Dropout
from deepnet.persistence.model_file import load_model
from deepnet.training.history import read_history

Deepnet = Callable[..., Any]
FAST = ("--granularity", "layer", "--json")


def test_classes_are_learnt_saved_and_named(deepnet: Deepnet, tmp_path: Path) -> None:
    model = tmp_path / "iris.model"
    facts = deepnet("train", "iris", "--epochs", "40", "--learning-rate", "0.01", "--save", model, *FAST).facts
    predicted = deepnet("predict", model, "iris", "--json").facts["predictions"]

    assert (facts["task"], facts["labels"]) == ("multiclass", ["setosa", "versicolor", "virginica"])
    assert facts["accuracy"] > 0.9 > facts["baselines"]["most frequent class"]["accuracy"]
    assert np.sum(facts["confusion_matrix"]) == facts["rows"]["test"] == 30
    assert set(predicted) == {"setosa", "versicolor", "virginica"}
    saved = load_model(model)
    assert saved.model.dense[-1].activation == "softmax"
    assert saved.training["accuracy"] == facts["accuracy"]


def test_two_classes_have_one_output(deepnet: Deepnet) -> None:
    facts = deepnet("train", "circles", "--epochs", "40", "--hidden", "8", "--activation", "tanh",
                    "--learning-rate", "0.02", *FAST).facts  # fmt: skip

    assert facts["task"] == "binary"
    assert facts["parameters"] == 2 * 8 + 8 + 8 + 1
    assert facts["accuracy"] > 0.9
    assert facts["accuracy"] > facts["baselines"]["least squares"]["accuracy"]


def test_digits_are_told_apart_and_the_matrix_is_shown(deepnet: Deepnet) -> None:
    outcome = deepnet("train", "digits", "--epochs", "8", "--learning-rate", "0.005", "--granularity", "layer")

    assert outcome.code == 0
    assert "predicted" in outcome.out
    assert "most frequent class" in outcome.out


def test_early_stopping_keeps_the_best_epoch(deepnet: Deepnet) -> None:
    facts = deepnet("train", "auto-mpg", "--validation", "0.2", "--patience", "3", "--epochs", "300",
                    "--learning-rate", "0.03", *FAST).facts  # fmt: skip
    losses = [record["validation"]["loss"] for record in facts["history"]]

    assert len(losses) < 300
    assert facts["reason"].startswith("validation_loss has not got better for 3 epochs")
    assert f"the weights of epoch {int(np.argmin(losses)) + 1} are restored" in facts["reason"]
    assert facts["rows"] == {"train": 252, "test": 78, "validation": 62}


def test_the_model_is_as_it_was_asked_for(deepnet: Deepnet, tmp_path: Path) -> None:
    model = tmp_path / "cars.model"
    options = ("--hidden", "6,4", "--dropout", "0.25", "--activation", "tanh", "--initializer", "he_normal")
    deepnet("train", "auto-mpg", "--epochs", "1", *options, "--output-activation", "softplus", "--save", model, *FAST)

    assert list(load_model(model).model) == [
        Dense(7, 6, "tanh", "he_normal"),
        Dropout(0.25),
        Dense(6, 4, "tanh", "he_normal"),
        Dropout(0.25),
        Dense(4, 1, "softplus", "he_normal"),
    ]


def test_without_hidden_layers_it_is_a_straight_line(deepnet: Deepnet) -> None:
    facts = deepnet("train", "auto-mpg", "--hidden", "none", "--epochs", "60", "--learning-rate", "0.05", *FAST).facts

    assert facts["parameters"] == 8
    assert facts["r2"] == pytest.approx(facts["baseline"]["r2"], abs=0.03)


@pytest.mark.parametrize(
    "options",
    [
        ("--optimizer", "sgd:momentum=0.9,nesterov=true"),
        ("--optimizer", "adamw:weight_decay=0.5"),
        ("--schedule", "warm_up:length=1,start=0.1"),
        ("--clip-value", "0.001"),
        ("--clip-norm", "0.01"),
        ("--l1", "0.5"),
        ("--l2", "0.5"),
        ("--dropout", "0.5"),
        ("--drop-last",),
        ("--no-shuffle",),
        ("--initializer", "orthogonal"),
        ("--scaling", "minmax"),
        ("--loss", "huber"),
        ("--validation", "0.3"),
        ("--steps", "30"),
        ("--categorical", "cylinders"),
    ],
)
def test_every_option_of_learning_makes_a_difference(deepnet: Deepnet, options: tuple[str, ...]) -> None:
    common = ("train", "auto-mpg", "--epochs", "1", "--hidden", "4", "--batch-size", "5", *FAST)

    assert deepnet(*common, *options).facts["weights_sha256"] != deepnet(*common).facts["weights_sha256"]


def test_the_figures_of_each_epoch_are_written_and_drawn(deepnet: Deepnet, tmp_path: Path) -> None:
    for name in ("epochs.json", "epochs.csv"):
        facts = deepnet("train", "auto-mpg", "--epochs", "3", "--validation", "0.2", "--metrics", "rmse",
                        "--history", tmp_path / name, "--plot", tmp_path / "loss.json", *FAST).facts  # fmt: skip
        records = read_history(tmp_path / name)

        assert [record.epoch for record in records] == [1, 2, 3]
        assert records[-1].loss == facts["history"][-1]["loss"]
        assert records[-1].validation == facts["history"][-1]["validation"]
        assert "root_mean_squared_error" in records[0].metrics
    spec = json.loads((tmp_path / "loss.json").read_text())
    header = next(csv.reader([(tmp_path / "epochs.csv").read_text().splitlines()[0]]))

    assert "vega-lite" in spec["$schema"]
    assert header[:5] == ["epoch", "step", "loss", "learning_rate", "seconds"]


def test_a_picture_of_the_loss_is_drawn(deepnet: Deepnet, tmp_path: Path) -> None:
    pytest.importorskip("vl_convert", reason="needs an extra: run 'scripts/environment test plot'")
    picture = tmp_path / "loss.svg"
    outcome = deepnet("train", "iris", "--epochs", "2", "--plot", picture, *FAST)

    assert outcome.code == 0
    assert picture.read_text().startswith("<svg")


def test_dead_neurons_are_named(deepnet: Deepnet) -> None:
    outcome = deepnet("train", "auto-mpg", "--hidden", "1", "--scaling", "none", "--epochs", "1", "--seed", "2", *FAST)

    assert outcome.facts["dead_neurons"] == ["dense_0/0"]
    assert "warning: dense_0/0 is dead" in outcome.err


def test_quiet_shows_no_progress(deepnet: Deepnet) -> None:
    outcome = deepnet("train", "auto-mpg", "--ignore", "passedemissions", "--epochs", "2", "--quiet", "--seed", "3")

    assert "epoch" not in outcome.err
    assert "mpg, 78 test rows" in outcome.out


def test_a_pace_changes_nothing_but_how_long_it_takes(deepnet: Deepnet) -> None:
    usual = ("train", "iris", "--epochs", "1", "--batch-size", "16", "--hidden", "4", "--kernels", "numpy", "--json")
    slow, fast = deepnet(*usual, "--pace", "100").facts, deepnet(*usual).facts

    assert slow["weights_sha256"] == fast["weights_sha256"]
    assert slow["seconds"] > (slow["steps"] - 1) / 100
    assert deepnet(*usual, "--pace", "0").err.startswith("deepnet: ")
