import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from deepnet.data.dataset import Dataset, load_dataset
from deepnet.data.npz import USUAL, Names, load_npz
from deepnet.errors import DataError

X = np.arange(12.0).reshape(4, 3)
Y = np.array([0.5, 1.5, 2.5, 3.0])


def saved(path: Path, **arrays: NDArray[Any]) -> Path:
    np.savez(path, allow_pickle=False, **arrays)
    return path


def loaded(folder: Path, **arrays: NDArray[Any]) -> Dataset:
    return load_npz(saved(folder / "a.npz", **arrays))


@pytest.mark.parametrize("names", USUAL)
def test_every_usual_pair_of_names_is_known(tmp_path: Path, names: Names) -> None:
    dataset = loaded(tmp_path, **{names.inputs: X, names.targets: Y})

    assert dataset.inputs.tolist() == X.tolist()
    assert dataset.targets.tolist() == Y[:, np.newaxis].tolist()
    assert dataset.target == names.targets
    assert dataset.name == str(tmp_path / "a.npz")
    assert dataset.features == ("x_0", "x_1", "x_2")
    assert dataset.lines.tolist() == [1, 2, 3, 4]
    assert dataset.test is None


@pytest.mark.parametrize("names", [names for names in USUAL if names.test_inputs])
def test_rows_that_are_set_aside_are_for_testing(tmp_path: Path, names: Names) -> None:
    arrays = {names.inputs: X, names.targets: Y, names.test_inputs: X[1:3] * 2, names.test_targets: Y[1:3]}

    dataset = loaded(tmp_path, **arrays)

    assert dataset.test is not None
    assert dataset.test.inputs.tolist() == (X[1:3] * 2).tolist()
    assert dataset.test.targets.tolist() == [[1.5], [2.5]]
    assert (dataset.test.features, dataset.test.target) == (dataset.features, names.targets)


@pytest.mark.parametrize(
    ("targets", "task", "labels", "expected"),
    [
        (np.array([0.5, 1, 2, 3]), "regression", (), [[0.5], [1], [2], [3]]),
        (np.array([0.0, 1, 1, 0]), "regression", (), [[0], [1], [1], [0]]),
        (np.array([[3.0], [1], [2], [0]]), "regression", (), [[3], [1], [2], [0]]),
        (np.array([7, 3, 3, 7]), "binary", ("3", "7"), [[1], [0], [0], [1]]),
        (np.array([[1], [-1], [1], [1]], dtype=np.int8), "binary", ("-1", "1"), [[1], [0], [1], [1]]),
        (np.array([True, False, True, True]), "binary", ("False", "True"), [[1], [0], [1], [1]]),
        (np.array(["no", "yes", "no", "no"]), "binary", ("no", "yes"), [[0], [1], [0], [0]]),
        (np.array([b"a", b"b", b"b", b"b"]), "binary", ("a", "b"), [[0], [1], [1], [1]]),
        (np.eye(3)[[0, 2, 1, 0]], "multiclass", ("0", "1", "2"), [[1, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0]]),
        (np.eye(2, dtype=bool)[[0, 1, 1, 1]], "multiclass", ("0", "1"), [[1, 0], [0, 1], [0, 1], [0, 1]]),
    ],
)
def test_what_the_targets_are_decides_the_task(
    tmp_path: Path, targets: NDArray[Any], task: str, labels: tuple[str, ...], expected: list[list[float]]
) -> None:
    dataset = loaded(tmp_path, x=X, y=targets)

    assert dataset.task == task
    assert dataset.labels == labels
    assert dataset.targets.tolist() == expected
    assert dataset.targets.dtype == np.float64


def test_integers_keep_their_order_as_classes(tmp_path: Path) -> None:
    digits = np.array([10, 9, 2, 2, 9, 10])

    dataset = loaded(tmp_path, x=np.ones((6, 1)), y=digits)

    assert dataset.labels == ("2", "9", "10")
    assert dataset.targets.argmax(axis=1).tolist() == [2, 1, 0, 0, 1, 2]


def test_classes_of_test_rows_are_those_of_the_training_rows(tmp_path: Path) -> None:
    train, test = np.array(["c", "a", "b", "a", "b", "c"]), np.array(["b", "c"])

    dataset = loaded(tmp_path, x_train=np.ones((6, 1)), y_train=train, x_test=np.ones((2, 1)), y_test=test)

    assert dataset.test is not None
    assert dataset.test.labels == dataset.labels == ("a", "b", "c")
    assert dataset.test.targets.tolist() == [[0, 1, 0], [0, 0, 1]]


def test_images_of_bytes_are_divided_by_255(tmp_path: Path) -> None:
    images = np.array([0, 51, 255, 102], dtype=np.uint8).reshape(2, 2, 1)

    dataset = loaded(tmp_path, images=images, labels=np.array([0, 1]))

    assert dataset.inputs.tolist() == [[0, np.float32(0.2)], [1, np.float32(0.4)]]
    assert dataset.inputs.dtype == dataset.targets.dtype == np.float32
    assert dataset.features == ("pixel_0", "pixel_1")


def test_bytes_of_a_table_stay_as_they_are(tmp_path: Path) -> None:
    dataset = loaded(tmp_path, x=np.array([[0, 51], [255, 1]], dtype=np.uint8), y=np.array([0.5, 1]))

    assert dataset.inputs.tolist() == [[0, 51], [255, 1]]


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [("f2", "f4"), ("f4", "f4"), (">f4", "f4"), ("f8", "f8"), (">f8", "f8"), ("i2", "f8"), ("u8", "f8"), ("?", "f8")],
)
def test_numbers_become_float32_or_float64(tmp_path: Path, dtype: str, expected: str) -> None:
    dataset = loaded(tmp_path, x=np.array([[0], [1], [1]], dtype=dtype), y=np.array([0.5, 1, 2]))

    assert dataset.inputs.dtype == np.dtype(expected)
    assert dataset.inputs.dtype.isnative
    assert dataset.inputs.tolist() == [[0], [1], [1]]


def test_test_rows_have_the_dtype_of_the_training_rows(tmp_path: Path) -> None:
    dataset = loaded(tmp_path, x_train=X.astype(np.float32), y_train=Y, x_test=X, y_test=Y)

    assert dataset.test is not None
    assert dataset.test.inputs.dtype == dataset.test.targets.dtype == np.float32


@given(
    shape=st.lists(st.integers(1, 4), min_size=1, max_size=4),
    order=st.sampled_from("CF"),
    packed=st.booleans(),
    seed=st.integers(0, 1000),
)
@settings(derandomize=True, deadline=None, max_examples=40)
def test_inputs_of_any_rank_are_flattened_with_the_last_axis_fastest(
    tmp_path_factory: pytest.TempPathFactory, shape: list[int], order: Any, packed: bool, seed: int
) -> None:
    inputs = np.random.default_rng(seed).normal(size=[2, *shape[1:]] if len(shape) > 1 else 2)
    path = tmp_path_factory.mktemp("npz") / "a.npz"
    save = np.savez_compressed if packed else np.savez
    save(path, x=np.asarray(inputs, order=order), y=np.array([0.5, 1.5]))

    dataset = load_npz(path)

    assert [row.tolist() for row in dataset.inputs] == [np.ravel(row).tolist() for row in inputs]


def test_the_targets_can_be_named(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.npz", x=X, price=Y, size=Y * 2)

    dataset = load_npz(path, target="size", name="houses")

    assert (dataset.name, dataset.target) == ("houses", "size")
    assert dataset.inputs.tolist() == X.tolist()
    assert dataset.targets[:, 0].tolist() == (Y * 2).tolist()
    assert load_dataset(path, target="price").targets[:, 0].tolist() == Y.tolist()


def test_the_only_other_array_is_the_inputs(tmp_path: Path) -> None:
    dataset = load_npz(saved(tmp_path / "a.npz", cars=X, mpg=Y), target="mpg")

    assert dataset.inputs.tolist() == X.tolist()


def test_a_usual_pair_may_be_chosen_by_its_targets(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.npz", x=X, y=Y, inputs=X * 2, targets=Y * 2)

    assert load_npz(path, target="targets").inputs.tolist() == (X * 2).tolist()


@given(at=st.floats(0, 1), cut=st.booleans(), packed=st.booleans(), flip=st.integers(1, 255))
@settings(derandomize=True, deadline=None, max_examples=40)
def test_damage_anywhere_is_one_line_or_does_no_harm(
    tmp_path_factory: pytest.TempPathFactory, at: float, cut: bool, packed: bool, flip: int
) -> None:
    file = io.BytesIO()
    save = np.savez_compressed if packed else np.savez
    save(file, x=X, y=Y)
    content = bytearray(file.getvalue())
    place = int(at * (len(content) - 1))
    content[place] ^= flip
    path = tmp_path_factory.mktemp("npz") / "a.npz"
    path.write_bytes(content[:place] if cut else content)

    message, dataset = "", None
    try:
        dataset = load_npz(path)
    except DataError as error:
        message = str(error)

    if dataset is None:
        assert len(message.splitlines()) == 1
        assert message.startswith(str(path))
    else:
        assert not cut
        assert dataset.inputs.tolist() == X.tolist()
        assert dataset.targets[:, 0].tolist() == Y.tolist()
