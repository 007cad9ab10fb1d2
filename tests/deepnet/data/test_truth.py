from pathlib import Path

import numpy as np
import pytest

from deepnet.data.dataset import load_dataset
from deepnet.data.truth import load_truth
from deepnet.errors import DataError

CSV = "size,kind,animal\n1,wild,owl\n2,tame,cat\n3,tame,dog\n4,wild,owl\n5,tame,cat\n6,wild,dog\n"
LABELS = ("cat", "dog", "owl")


@pytest.fixture
def animals(tmp_path: Path) -> Path:
    path = tmp_path / "animals.csv"
    path.write_text(CSV)
    return path


def few(folder: Path, *rows: str) -> Path:
    path = folder / "few.csv"
    path.write_text("\n".join(["size,kind,animal", *rows]) + "\n")
    return path


def test_what_was_learnt_is_read_as_it_was_learnt(animals: Path) -> None:
    learnt = load_dataset(animals, target="animal")
    inputs, targets = load_truth(
        animals, learnt.features, "animal", task=learnt.task, labels=learnt.labels, encoder=learnt.encoder
    )

    assert np.array_equal(inputs, learnt.inputs)
    assert np.array_equal(targets, learnt.targets)


def test_a_row_of_a_single_class_still_has_all_columns_of_the_model(animals: Path, tmp_path: Path) -> None:
    learnt = load_dataset(animals, target="animal")
    inputs, targets = load_truth(
        few(tmp_path, "9,tame,dog"), learnt.features, "animal", task="multiclass", labels=LABELS, encoder=learnt.encoder
    )

    assert inputs.tolist() == [[9.0, 1.0, 0.0]]
    assert targets.tolist() == [[0.0, 1.0, 0.0]]


def test_two_classes_are_a_column_of_0_and_1(tmp_path: Path) -> None:
    path = few(tmp_path, "1,tame,a", "2,wild,b")

    _, targets = load_truth(path, ("size",), "kind", task="binary", labels=("wild", "tame"))

    assert targets.tolist() == [[1.0], [0.0]]


def test_numbers_stay_numbers() -> None:
    learnt = load_dataset("auto-mpg")
    inputs, targets = load_truth("auto-mpg", learnt.features, "mpg")

    assert np.array_equal(inputs, learnt.inputs)
    assert np.array_equal(targets, learnt.targets)


def test_generated_rows_come_with_the_models_labels_in_the_models_order() -> None:
    moons = load_dataset("moons")
    upper, lower = moons.labels
    _, same = load_truth("moons", moons.features, "class", task="binary", labels=(upper, lower))
    _, turned = load_truth("moons", moons.features, "class", task="binary", labels=(lower, upper))
    _, wide = load_truth("moons", moons.features, "class", task="multiclass", labels=("other", lower, upper))

    assert np.array_equal(same, moons.targets)
    assert np.array_equal(turned, 1 - moons.targets)
    assert np.array_equal(wide[:, 1:], np.hstack([moons.targets, 1 - moons.targets]))


def test_of_a_source_that_sets_rows_aside_these_are_read(tmp_path: Path) -> None:
    path = tmp_path / "set.npz"
    rows = np.arange(8.0).reshape(4, 2)
    np.savez(path, x_train=rows, y_train=np.array([0, 1, 0, 1]), x_test=rows[:2] + 0.5, y_test=np.array([1, 0]))
    learnt = load_dataset(path)
    inputs, targets = load_truth(path, learnt.features, learnt.target, task="binary", labels=learnt.labels)

    assert inputs.tolist() == [[0.5, 1.5], [2.5, 3.5]]
    assert targets.tolist() == [[1.0], [0.0]]


def test_rows_without_a_value_are_refused_or_dropped(animals: Path, tmp_path: Path) -> None:
    encoder = load_dataset(animals, target="animal").encoder
    assert encoder is not None
    path = few(tmp_path, "1,wild,owl", ",wild,cat", "3,wild,")
    options = {"task": "multiclass", "labels": LABELS, "encoder": encoder}

    with pytest.raises(DataError, match=r"2 rows have no value in size, animal \(lines 3, 4\)"):
        load_truth(path, encoder.features, "animal", **options)  # type: ignore[arg-type]
    assert load_truth(path, encoder.features, "animal", missing="drop", **options).targets.shape == (1, 3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("row", "target", "said"),
    [
        ("1,wild,emu", "animal", "line 2, column 'animal': 'emu' is not a value that the model knows"),
        ("1,odd,owl", "animal", "line 2, column 'kind': 'odd'"),
        ("x,wild,owl", "animal", "line 2, column 'size': 'x'"),
        ("1,wild,owl", "plant", "has no column plant"),
    ],
)
def test_what_the_model_does_not_know_is_named(animals: Path, tmp_path: Path, row: str, target: str, said: str) -> None:
    encoder = load_dataset(animals, target="animal").encoder
    assert encoder is not None
    with pytest.raises(DataError, match=said) as caught:
        load_truth(few(tmp_path, row), encoder.features, target, task="multiclass", labels=LABELS, encoder=encoder)

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("features", "labels", "said"),
    [
        (("a", "b", "c"), ("upper", "lower"), "has the 2 inputs x, y, but the model needs 3"),
        (("x", "y"), (), "is a binary task, the model's is"),
        (("x", "y"), ("upper", "middle"), "has the class lower, the model knows upper, middle"),
    ],
)
def test_data_of_another_kind_is_refused(features: tuple[str, ...], labels: tuple[str, ...], said: str) -> None:
    with pytest.raises(DataError, match=said):
        load_truth("moons", features, "class", task="binary" if labels else "regression", labels=labels)
