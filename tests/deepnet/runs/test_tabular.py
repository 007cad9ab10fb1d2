from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepnet.data.dataset import Dataset, load_dataset
from deepnet.data.split import split
from deepnet.errors import DataError, UnknownNameError
from deepnet.runs.tabular import ClassScores, Scores, prepare_table, score


def prepared_csv(folder: Path, text: str, **options: str) -> Dataset:
    (folder / "t.csv").write_text(text)
    return load_dataset(folder / "t.csv", target="t", **options)  # type: ignore[arg-type]


def test_the_training_rows_alone_say_how_to_scale() -> None:
    dataset = load_dataset("auto-mpg")
    train, test = split(392, test_fraction=0.2, seed=3)

    table = prepare_table(dataset, test_fraction=0.2, seed=3)

    rows = dataset.inputs[train]
    assert table.inputs == pytest.approx((rows - rows.mean(axis=0)) / rows.std(axis=0))
    assert table.test_inputs == pytest.approx((dataset.inputs[test] - rows.mean(axis=0)) / rows.std(axis=0))
    assert table.targets.tolist() == dataset.targets[train].tolist()
    assert table.test_targets.tolist() == dataset.targets[test].tolist()


def test_the_scaling_is_chosen_by_name() -> None:
    dataset = load_dataset("iris")
    tables = {name: prepare_table(dataset, test_fraction=0.2, seed=0, scaling=name) for name in ("minmax", "none")}

    assert (tables["minmax"].inputs.min(), tables["minmax"].inputs.max()) == (0.0, 1.0)
    assert tables["none"].inputs.max() == 7.9
    with pytest.raises(UnknownNameError, match="unknown scaling"):
        prepare_table(dataset, test_fraction=0.2, seed=0, scaling="max")


def test_gaps_are_filled_with_the_means_of_the_training_rows(tmp_path: Path) -> None:
    rows = "".join(f"{number},{'xyy'[number % 3]},{number}\n" for number in range(20))
    dataset = prepared_csv(tmp_path, "a,b,t\n" + rows + ",y,20\n21,,21\n", missing="mean")
    train, test = split(22, test_fraction=0.3, seed=1)
    mean = np.nanmean(dataset.inputs[train, 0])

    table = prepare_table(dataset, test_fraction=0.3, seed=1, scaling="none")

    every = np.empty((22, 3))
    every[train], every[test] = table.inputs, table.test_inputs
    assert every[20].tolist() == [mean, 0.0, 1.0]
    assert every[21].tolist() == [21.0, 0.0, 1.0]
    assert every[:20].tolist() == dataset.inputs[:20].tolist()


def test_rows_that_the_source_sets_aside_are_the_test_rows() -> None:
    dataset = load_dataset("iris")
    train, test = np.arange(0, 150, 2), np.arange(1, 150, 2)
    parts = [
        replace(dataset, inputs=dataset.inputs[rows], targets=dataset.targets[rows], lines=dataset.lines[rows])
        for rows in (train, test)
    ]

    table = prepare_table(replace(parts[0], test=parts[1]), test_fraction=0.2, seed=0, scaling="none")

    assert table.inputs.tolist() == parts[0].inputs.tolist()
    assert table.test_inputs.tolist() == parts[1].inputs.tolist()
    assert table.test_targets.tolist() == parts[1].targets.tolist()


def test_numbers_are_measured_against_least_squares() -> None:
    table = prepare_table(load_dataset("auto-mpg"), test_fraction=0.2, seed=0)

    assert list(table.baselines) == ["least squares"]
    assert table.baseline == table.baselines["least squares"]
    assert isinstance(table.baseline, Scores)
    assert table.baseline.r2 == pytest.approx(0.771, abs=0.001)


def test_classes_are_measured_against_the_most_frequent_one_too() -> None:
    table = prepare_table(load_dataset("digits"), test_fraction=0.2, seed=0)
    frequent = table.baselines["most frequent class"]

    assert list(table.baselines) == ["least squares", "most frequent class"]
    assert isinstance(table.baseline, ClassScores)
    assert isinstance(frequent, ClassScores)
    assert table.baseline.accuracy > 0.9
    assert frequent.accuracy == table.test_targets[:, table.targets.sum(axis=0).argmax()].mean()
    assert 0.05 < frequent.accuracy < 0.15


def test_a_set_too_large_for_least_squares_is_measured_against_who_always_says_the_same() -> None:
    rng = np.random.default_rng(0)
    inputs = rng.random((500, 2400)).astype(np.float32)
    names = tuple(f"x_{place}" for place in range(2400))
    dataset = Dataset("wide", names, "t", inputs, rng.normal(size=(500, 1)), np.arange(500))

    table = prepare_table(dataset, test_fraction=0.2, seed=0, scaling="none")

    assert list(table.baselines) == ["mean"]
    assert isinstance(table.baseline, Scores)
    spread = table.test_targets - table.targets.mean()
    assert table.baseline.mean_squared_error == pytest.approx(float((spread**2).mean()))


def test_classes_are_scored_as_scikit_learn_does() -> None:
    metrics = pytest.importorskip("sklearn.metrics", reason="needs an oracle: run 'scripts/environment test oracle'")
    rng = np.random.default_rng(1)
    outputs, true = rng.random((60, 3)), rng.integers(0, 3, 60)

    found = score(outputs, np.eye(3)[true], "multiclass")

    named = outputs.argmax(axis=1)
    assert found.accuracy == pytest.approx(metrics.accuracy_score(true, named))
    assert found.f1 == pytest.approx(metrics.f1_score(true, named, average="macro"))
    assert [list(row) for row in found.confusion_matrix] == metrics.confusion_matrix(true, named).tolist()


def test_numbers_without_variance_have_no_r2() -> None:
    assert score(np.ones((3, 1)), np.full((3, 1), 2.0)) == Scores(None, 1.0, 1.0)


def test_a_class_that_no_training_row_has_is_a_warning(tmp_path: Path) -> None:
    dataset = prepared_csv(tmp_path, "a,t\n" + "1,x\n2,y\n3,x\n4,y\n" * 4 + "5,lone\n")
    lone_is_tested = next(seed for seed in range(99) if 16 in split(17, test_fraction=0.3, seed=seed).test)
    lone_is_learnt = next(seed for seed in range(99) if 16 in split(17, test_fraction=0.3, seed=seed).train)

    tested = prepare_table(dataset, test_fraction=0.3, seed=lone_is_tested)
    learnt = prepare_table(dataset, test_fraction=0.3, seed=lone_is_learnt)

    assert tested.warnings == ("no training row has the t lone, so it cannot be learnt: give more such rows",)
    assert learnt.warnings == ("one training row only has the t lone: give more such rows to learn it from",)


def test_features_that_teach_nothing_are_named(tmp_path: Path) -> None:
    rows = "".join(f"{number},7,{number % 5}\n" for number in range(20))

    table = prepare_table(prepared_csv(tmp_path, "a,b,t\n" + rows), test_fraction=0.2, seed=0)

    assert table.constants == ("b",)
    assert table.warnings == ()


LAST_IS_TESTED = next(seed for seed in range(99) if 9 in split(10, test_fraction=0.2, seed=seed).test)


@pytest.mark.parametrize(
    ("text", "options", "problem"),
    [
        ("a,t\n1,1\n2,2\n3,3\n", {}, "3 rows with a test fraction of 0.2 give 3 to learn from and 0 to test on"),
        ("a,t\n" + "1,5\n" * 9 + "2,6\n", {"seed": LAST_IS_TESTED}, "t is 5 in every training row: nothing to learn"),
        ("a,t\n" + "1,x\n" * 9 + "2,y\n", {"seed": LAST_IS_TESTED}, "t is x in every training row: nothing to learn"),
        ("a,t\n" + "1e308,1\n-1e308,2\n" * 5, {}, "feature 'a' has numbers too large to standardise"),
        ("a,t\n" + "1e308,1\n-1e308,2\n" * 5, {"scaling": "minmax"}, "feature 'a' has numbers too large to scale"),
    ],
)
def test_what_cannot_be_prepared_gets_one_line_with_the_name_of_the_file(
    tmp_path: Path, text: str, options: dict[str, Any], problem: str
) -> None:
    dataset = prepared_csv(tmp_path, text)

    with pytest.raises(DataError) as caught:
        prepare_table(dataset, **{"test_fraction": 0.2, "seed": 0, **options})

    assert str(caught.value).startswith(f"{tmp_path}/t.csv: ")
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_column_without_a_value_in_any_training_row_cannot_be_filled(tmp_path: Path) -> None:
    rows = "".join(f"{number},,{number}\n" for number in range(19))
    dataset = prepared_csv(tmp_path, "a,b,t\n" + rows + "19,3,19\n", missing="mean")
    hidden = next(seed for seed in range(99) if 19 in split(20, test_fraction=0.2, seed=seed).test)

    with pytest.raises(DataError, match="column 'b' has no value in any training row"):
        prepare_table(dataset, test_fraction=0.2, seed=hidden)


@pytest.mark.parametrize(("label", "name"), [("", "mean"), ("k", "most frequent class")])
def test_numbers_too_large_for_least_squares_are_measured_without(tmp_path: Path, label: str, name: str) -> None:
    rows = "".join(f"{number % 3}e300,{label}{number % 2}\n" for number in range(20))

    table = prepare_table(prepared_csv(tmp_path, "a,t\n" + rows), test_fraction=0.2, seed=0, scaling="none")

    assert list(table.baselines) == [name]
