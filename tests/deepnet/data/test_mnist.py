import sys
from pathlib import Path

import numpy as np
import pytest

from deepnet.data.idx import load_idx_folder, read_idx
from deepnet.data.mnist import dataset_of_table, load_mnist
from deepnet.errors import DataError

ORACLE = "needs an oracle: run 'scripts/environment test oracle'"
FOLDER = Path(__file__).parents[3].parent / "shared" / "data" / "mnist"


def test_the_first_60000_rows_are_those_to_train_on() -> None:
    pixels = np.zeros((70_000, 784), dtype=np.uint8)
    pixels[59_999, 3], pixels[60_000, 5], pixels[69_999, 783] = 255, 51, 255
    labels = np.array([str(row % 10) for row in range(70_000)], dtype=object)

    dataset = dataset_of_table(pixels, labels)

    assert dataset.test is not None
    assert (dataset.inputs.shape, dataset.test.inputs.shape) == ((60_000, 784), (10_000, 784))
    assert dataset.inputs[59_999, 3] == 1
    assert dataset.test.inputs[0, 5] == np.float32(0.2)
    assert dataset.test.inputs[9_999, 783] == 1
    assert dataset.targets[7].tolist() == [0, 0, 0, 0, 0, 0, 0, 1, 0, 0]
    assert dataset.test.targets[:, 3].sum() == 1000
    assert (dataset.name, dataset.task, dataset.labels) == ("mnist", "multiclass", tuple("0123456789"))


@pytest.mark.skipif(not FOLDER.is_dir(), reason="needs ../shared/data/mnist beside the repository")
def test_the_table_gives_what_the_idx_files_give() -> None:
    folder = load_idx_folder(FOLDER)
    pixels = np.concatenate([read_idx(FOLDER / f"{part}-images-idx3-ubyte.gz") for part in ("train", "t10k")])
    labels = np.concatenate([read_idx(FOLDER / f"{part}-labels-idx1-ubyte.gz") for part in ("train", "t10k")])

    dataset = dataset_of_table(pixels.reshape(70_000, 784), labels.astype(str).astype(object))

    assert dataset.test is not None
    assert folder.test is not None
    for have, want in ((dataset, folder), (dataset.test, folder.test)):
        assert have.inputs.dtype == want.inputs.dtype
        assert (have.inputs[::7] == want.inputs[::7]).all()
        assert (have.targets == want.targets).all()
        assert (have.features, have.target, have.labels) == (want.features, want.target, want.labels)


def test_a_table_of_another_shape_is_refused() -> None:
    with pytest.raises(DataError, match=r"shapes \(10, 784\) and \(10,\), expected \(70000, 784\)"):
        dataset_of_table(np.zeros((10, 784)), np.zeros(10))


@pytest.mark.parametrize("value", [-1, 256])
def test_a_table_of_other_values_is_refused(value: int) -> None:
    pixels = np.zeros((70_000, 784), dtype=np.int16)
    pixels[5, 6] = value

    with pytest.raises(DataError, match="not bytes with the digits 0 to 9"):
        dataset_of_table(pixels, np.zeros(70_000))


@pytest.mark.parametrize(("label", "message"), [("10", "not bytes with the digits 0 to 9"), ("x", "more than numbers")])
def test_a_table_of_other_labels_is_refused(label: str, message: str) -> None:
    labels = np.full(70_000, "0", dtype=object)
    labels[9] = label

    with pytest.raises(DataError, match=message):
        dataset_of_table(np.zeros((70_000, 784), dtype=np.uint8), labels)


def test_without_a_network_one_line_says_to_give_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sklearn", reason=ORACLE)
    # Nothing is kept from an earlier download, and the way to the network ends at a closed port.
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path))
    for scheme in ("http", "https"):
        for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper()):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(DataError) as caught:
        load_mnist()

    assert len(str(caught.value).splitlines()) == 1
    assert str(caught.value).startswith("mnist: cannot be downloaded from OpenML")
    assert "give the path of the folder that holds the four IDX files" in str(caught.value)


def test_without_scikit_learn_one_line_says_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    # What Python itself does for a package that must not be found.
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)

    with pytest.raises(DataError, match=r"^mnist: needs scikit-learn: install it with .* or give the path"):
        load_mnist()
