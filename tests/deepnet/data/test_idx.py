import gzip
import math
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from deepnet.data.dataset import load_dataset
from deepnet.data.idx import load_idx, load_idx_folder, read_idx

FOLDER = Path(__file__).parents[3].parent / "shared" / "data" / "mnist"
CODES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}
TRAIN_COUNTS = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
TEST_COUNTS = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


def idx_bytes(array: NDArray[Any]) -> bytes:
    """Return the array as an IDX file holds it."""
    kind = array.dtype.str[1:]
    header = struct.pack(f">4B{array.ndim}I", 0, 0, CODES[kind], array.ndim, *array.shape)
    return header + array.astype(f">{kind}").tobytes()


def written(path: Path, array: NDArray[Any], *, packed: bool = False) -> Path:
    content = idx_bytes(array)
    path.write_bytes(gzip.compress(content) if packed else content)
    return path


@st.composite
def arrays(draw: st.DrawFn) -> NDArray[Any]:
    dtype = np.dtype(draw(st.sampled_from(sorted(CODES))))
    shape = draw(st.lists(st.integers(0, 4), max_size=4))
    size = math.prod(shape) * dtype.itemsize
    return np.frombuffer(draw(st.binary(min_size=size, max_size=size)), dtype=dtype).reshape(shape)


@given(array=arrays(), packed=st.booleans())
@settings(derandomize=True, deadline=None, max_examples=40)
def test_what_was_written_is_read(tmp_path_factory: pytest.TempPathFactory, array: NDArray[Any], packed: bool) -> None:
    read = read_idx(written(tmp_path_factory.mktemp("idx") / "a", array, packed=packed))

    assert read.dtype == array.dtype
    assert read.dtype.isnative
    assert read.shape == array.shape
    # By their bytes, because nan is not equal to itself.
    assert read.tobytes() == array.tobytes()


def test_whether_a_file_is_packed_is_seen_from_what_is_in_it(tmp_path: Path) -> None:
    array = np.arange(6, dtype=np.int32).reshape(2, 3)

    assert (read_idx(written(tmp_path / "packed.idx", array, packed=True)) == array).all()
    assert (read_idx(written(tmp_path / "plain.gz", array)) == array).all()


def test_bytes_are_divided_by_255(tmp_path: Path) -> None:
    images = np.array([[[0, 51], [102, 255]], [[1, 2], [3, 4]]], dtype=np.uint8)
    labels = np.array([2, 0], dtype=np.uint8)

    dataset = load_idx(written(tmp_path / "i", images), written(tmp_path / "l", labels))

    assert dataset.inputs.dtype == np.float32
    assert dataset.inputs[0].tolist() == [np.float32(value) for value in (0, 0.2, 0.4, 1)]
    assert dataset.features == ("pixel_0", "pixel_1", "pixel_2", "pixel_3")
    assert dataset.targets.tolist() == [[0, 0, 1], [1, 0, 0]]
    assert dataset.targets.dtype == np.float32
    assert dataset.labels == ("0", "1", "2")
    assert dataset.lines.tolist() == [1, 2]
    assert (dataset.task, dataset.name, dataset.test) == ("multiclass", str(tmp_path / "i"), None)
    assert not dataset.inputs.flags.writeable


def test_other_numbers_stay_as_they_are(tmp_path: Path) -> None:
    images = np.array([[0.5, -3.25], [1e10, 7]])
    labels = np.array([1, 0], dtype=np.int32)

    dataset = load_idx(written(tmp_path / "i", images), written(tmp_path / "l", labels), name="two")

    assert dataset.inputs.dtype == np.float32
    assert (dataset.inputs == images.astype(np.float32)).all()
    assert dataset.name == "two"


@pytest.mark.parametrize("between", ["-", "."])
@pytest.mark.parametrize("packed", [True, False])
def test_a_folder_is_read_whichever_way_its_files_are_named(tmp_path: Path, between: str, packed: bool) -> None:
    end = ".gz" if packed else ""
    for part, rows in (("train", 4), ("t10k", 2)):
        images = np.arange(rows * 6, dtype=np.uint8).reshape(rows, 3, 2)
        written(tmp_path / f"{part}-images{between}idx3-ubyte{end}", images, packed=packed)
        written(tmp_path / f"{part}-labels{between}idx1-ubyte{end}", np.arange(rows, dtype=np.uint8), packed=packed)

    dataset = load_idx_folder(tmp_path)

    assert dataset.name == str(tmp_path)
    assert dataset.inputs.shape == (4, 6)
    assert dataset.test is not None
    assert dataset.test.inputs.tolist() == dataset.inputs[:2].tolist()
    assert dataset.test.targets.tolist() == [[1, 0, 0, 0], [0, 1, 0, 0]]
    assert dataset.test.lines.tolist() == [1, 2]
    assert (load_dataset(tmp_path).inputs == dataset.inputs).all()


def test_a_file_that_is_there_both_ways_is_read_as_it_is(tmp_path: Path) -> None:
    for part in ("train", "t10k"):
        written(tmp_path / f"{part}-images-idx3-ubyte", np.ones((2, 1, 1), dtype=np.uint8))
        written(tmp_path / f"{part}-labels-idx1-ubyte", np.arange(2, dtype=np.uint8))
        (tmp_path / f"{part}-images-idx3-ubyte.gz").write_bytes(b"never looked at")

    assert load_idx_folder(tmp_path).inputs.shape == (2, 1)


@pytest.mark.skipif(not FOLDER.is_dir(), reason="needs ../shared/data/mnist beside the repository")
def test_mnist_is_what_numpy_reads() -> None:
    def images(part: str) -> NDArray[np.uint8]:
        with gzip.open(FOLDER / f"{part}-images-idx3-ubyte.gz") as file:
            return np.frombuffer(file.read(), dtype=np.uint8, offset=16).reshape(-1, 784)

    def labels(part: str) -> NDArray[np.uint8]:
        with gzip.open(FOLDER / f"{part}-labels-idx1-ubyte.gz") as file:
            return np.frombuffer(file.read(), dtype=np.uint8, offset=8)

    train = load_idx_folder(FOLDER)

    assert train.test is not None
    assert (train.inputs.shape, train.test.inputs.shape) == ((60_000, 784), (10_000, 784))
    assert train.targets.sum(axis=0).tolist() == TRAIN_COUNTS
    assert train.test.targets.sum(axis=0).tolist() == TEST_COUNTS
    for part, dataset in (("train", train), ("t10k", train.test)):
        assert dataset.inputs.dtype == np.float32
        assert (np.rint(dataset.inputs[::7] * 255) == images(part)[::7]).all()
        assert (dataset.targets.argmax(axis=1) == labels(part)).all()
        assert (dataset.inputs.min(), dataset.inputs.max()) == (0, 1)
