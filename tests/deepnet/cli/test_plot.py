import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepnet.data.dataset import load_dataset
from deepnet.data.preparation import Preparation
from deepnet.maths.local import LocalLearner
from deepnet.maths.metrics import accuracy, r2
from deepnet.maths.model import mlp
from deepnet.persistence.model_file import SavedModel, save_model
from deepnet.plots import activation_chart, activation_figure, history_chart, history_figure
from deepnet.terminal.charts import draw_chart
from deepnet.training.history import EpochRecord, to_csv, to_json

Deepnet = Callable[..., Any]

HEADS = {"regression": ("identity", "mean_squared_error"), "multiclass": ("softmax", "categorical_cross_entropy")}
RECORDS = [
    EpochRecord(epoch, 5 * epoch, 1 / epoch, {"r2": 1 - 1 / epoch}, {"loss": 2 / epoch, "r2": 0.0}, 0.1, epoch / 4)
    for epoch in range(1, 11)
]


@pytest.fixture
def history(tmp_path: Path) -> Path:
    path = tmp_path / "run.json"
    path.write_text(to_json(RECORDS))
    return path


def trained(path: Path, source: Any, **options: Any) -> float:
    """Save a model that has learnt a little; return its R2 or its accuracy on all rows."""
    data = load_dataset(source, **options)
    activation, loss = HEADS[data.task]
    preparation = Preparation.fit(data.inputs, data.features, encoder=data.encoder, fill=data.fill)
    model = mlp(len(data.features), (8,), data.targets.shape[1], "tanh", output_activation=activation)
    learner = LocalLearner(model, loss=loss, optimizer="adam", dtype="float64")
    inputs = preparation.apply(data.inputs)
    for _ in range(50):
        learner.learn(inputs, data.targets)
    saved = SavedModel(
        model, learner.parameters(), data.features, data.target, "float64", {}, preparation, data.task, data.labels
    )
    save_model(path, saved)
    grade = accuracy if data.labels else r2
    return grade(learner.predict(inputs), data.targets)


def test_activations_are_drawn_in_text(deepnet: Deepnet) -> None:
    outcome = deepnet("plot", "activations", "relu", "tanh")

    assert outcome.code == 0
    assert outcome.out == draw_chart(activation_figure(["relu", "tanh"])) + "\n"


def test_without_a_name_all_activations_are_drawn(deepnet: Deepnet) -> None:
    outcome = deepnet("plot", "activations")

    assert "softmax" in outcome.out
    assert "hard_tanh" in outcome.out


def test_json_is_the_specification(deepnet: Deepnet) -> None:
    outcome = deepnet("plot", "activations", "relu", "--json")

    assert outcome.facts == json.loads(json.dumps(activation_chart(["relu"])))


@pytest.mark.parametrize(("name", "write"), [("run.json", to_json), ("run.csv", to_csv)])
def test_a_history_is_drawn_from_either_kind_of_file(
    deepnet: Deepnet, tmp_path: Path, name: str, write: Callable[..., str]
) -> None:
    path = tmp_path / name
    path.write_text(write(RECORDS))
    outcome = deepnet("plot", "history", path)

    assert outcome.code == 0
    assert outcome.out == draw_chart(history_figure(RECORDS)) + "\n"


def test_only_the_metrics_asked_for_are_drawn(deepnet: Deepnet, tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text(to_json([EpochRecord(1, 1, 0.5, {"r2": 0.5, "accuracy": 0.25}, {})]))

    def drawn(*options: str) -> list[str]:
        return [panel["encoding"]["y"]["title"] for panel in deepnet(*options, "--json").facts["concat"]]

    assert drawn("plot", "history", str(path)) == ["loss", "R2", "accuracy"]
    assert drawn("plot", "history", str(path), "--metrics", "accuracy") == ["loss", "accuracy"]


def test_an_output_is_written_and_its_path_is_printed(deepnet: Deepnet, history: Path, tmp_path: Path) -> None:
    path = tmp_path / "loss.json"
    outcome = deepnet("plot", "history", history, "--output", path)

    assert outcome.out == f"{path}\n"
    assert json.loads(path.read_text()) == json.loads(json.dumps(history_chart(RECORDS)))


@pytest.mark.parametrize(("suffix", "begins"), [(".svg", b"<svg"), (".png", b"\x89PNG")])
def test_a_picture_is_written(deepnet: Deepnet, history: Path, tmp_path: Path, suffix: str, begins: bytes) -> None:
    pytest.importorskip("vl_convert", reason="needs an extra: run 'scripts/environment test plot'")
    path = tmp_path / f"loss{suffix}"
    outcome = deepnet("plot", "history", history, "-o", path, "--json")

    assert outcome.facts["title"]["text"] == "Training history"
    assert path.read_bytes().startswith(begins)


def test_predicted_numbers_are_shown_beside_the_true_ones(deepnet: Deepnet, tmp_path: Path) -> None:
    model = tmp_path / "cars.model"
    share = trained(model, "auto-mpg")
    drawn, facts = (
        deepnet("plot", "predictions", model, "auto-mpg"),
        deepnet("plot", "predictions", model, "auto-mpg", "--json").facts,
    )
    points = facts["layer"][1]["data"]["values"]

    assert f"R2 {share:.4f}" in drawn.out
    assert "392 rows" in drawn.out
    assert sorted(point["x"] for point in points) == sorted(load_dataset("auto-mpg").targets[:, 0].tolist())


def test_predicted_classes_are_counted_by_the_true_ones(deepnet: Deepnet, tmp_path: Path) -> None:
    model = tmp_path / "iris.model"
    share = trained(model, "iris")
    drawn = deepnet("plot", "predictions", model, "iris")
    table = [line.split() for line in drawn.out.splitlines()[-3:]]

    assert f"accuracy {share:.4f}, 150 rows" in drawn.out
    assert [sum(map(int, row[1:])) for row in table] == [50, 50, 50]
    assert [row[0] for row in table] == ["setosa", "versicolor", "virginica"]


def test_a_few_new_rows_are_enough(deepnet: Deepnet, tmp_path: Path) -> None:
    model, data = tmp_path / "iris.model", tmp_path / "new.csv"
    trained(model, "iris")
    data.write_text("species,petal_width,petal_length,sepal_width,sepal_length\nsetosa,0.2,1.4,3.5,5.1\n")

    assert "1 row" in deepnet("plot", "predictions", model, data).out


def test_missing_values_are_filled_if_the_model_was_trained_so(deepnet: Deepnet, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    rows = [f"{a:.3f},{b:.3f},{a + b:.3f}" for a, b in rng.normal(size=(20, 2))]
    data = tmp_path / "gaps.csv"
    data.write_text("\n".join(["a,b,y", *rows, ",1.0,2.0"]) + "\n")
    filling, strict = tmp_path / "filling.model", tmp_path / "strict.model"
    trained(filling, data, target="y", missing="mean")
    trained(strict, data, target="y", missing="drop")

    assert "21 rows" in deepnet("plot", "predictions", filling, data).out
    assert "20 rows" in deepnet("plot", "predictions", strict, data, "--missing", "drop").out
    refused = deepnet("plot", "predictions", strict, data)
    assert refused.code == 2
    assert "line 22" in refused.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("wavy",), "wavy"),
        (("activations", "wavy"), "relu"),
        (("activations", "relu", "relu"), "named twice"),
        (("activations", "--output", "chart.pdf"), ".svg"),
        (("activations", "--output", "chart"), "has no suffix"),
        (("activations", "--output", "/nowhere/chart.json"), "/nowhere"),
        (("history",), "HISTORY"),
        (("history", "none.json"), "none.json: there is no such file"),
        (("predictions", "none.model"), "DATA"),
        (("predictions", "none.model", "iris"), "none.model: there is no such file"),
    ],
)
def test_bad_input_gets_one_line(deepnet: Deepnet, arguments: tuple[str, ...], said: str) -> None:
    outcome = deepnet("plot", *arguments)

    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.count("\n") == 1
    assert said in outcome.err


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        ("", (), "is no history"),
        ("[]", (), "run.json: the history has no epoch"),
        ('{"epoch": 1}', (), "is no history"),
        ("epoch,loss\n1,2\n", (), "is no history"),
        (to_json(RECORDS), ("--metrics", "f1"), "run.json: unknown metric 'f1': use one of r2"),
        (to_json(RECORDS), ("--metrics", "a,,b"), "--metrics"),
        (to_json([EpochRecord(1, 1, float("nan"), {}, {})]), (), "no finite number"),
    ],
)
def test_a_history_that_cannot_be_drawn_is_named(
    deepnet: Deepnet, tmp_path: Path, content: str, options: tuple[str, ...], said: str
) -> None:
    path = tmp_path / "run.json"
    path.write_text(content)
    outcome = deepnet("plot", "history", path, *options, "--output", tmp_path / "chart.json")

    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    assert said in outcome.err
    assert list(tmp_path.iterdir()) == [path]


def test_data_that_the_model_does_not_know_is_named(deepnet: Deepnet, tmp_path: Path) -> None:
    model, data = tmp_path / "iris.model", tmp_path / "new.csv"
    trained(model, "iris")
    data.write_text("species,petal_width,petal_length,sepal_width,sepal_length\nrose,0.2,1.4,3.5,5.1\n")

    assert "line 2, column 'species': 'rose'" in deepnet("plot", "predictions", model, data).err
    assert "has no column" in deepnet("plot", "predictions", model, "auto-mpg").err


def test_numbers_too_large_for_the_model_are_named(deepnet: Deepnet, tmp_path: Path) -> None:
    model, data = tmp_path / "iris.model", tmp_path / "new.csv"
    trained(model, "iris")
    data.write_text("species,petal_width,petal_length,sepal_width,sepal_length\nsetosa,1.7e308,1.4,3.5,5.1\n")
    outcome = deepnet("plot", "predictions", model, data)

    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    assert "new.csv: the prepared features must be finite" in outcome.err


def test_without_a_chart_to_draw_the_command_shows_its_help(deepnet: Deepnet) -> None:
    outcome = deepnet("plot")

    assert outcome.code == 2
    assert all(name in outcome.out for name in ("activations", "history", "predictions"))
