"""The data beside the repository that some rows need."""

from pathlib import Path

import pytest

from deepnet.data.dataset import Dataset
from deepnet.data.idx import load_idx_folder

SHARED = Path(__file__).parents[2].parent / "shared" / "data"


@pytest.fixture(scope="session")
def mnist() -> Dataset:
    folder = SHARED / "mnist"
    if not folder.is_dir():
        pytest.skip("needs ../shared/data/mnist beside the repository")
    return load_idx_folder(folder)


@pytest.fixture(scope="session")
def mnist_test(mnist: Dataset) -> Dataset:
    assert mnist.test is not None
    return mnist.test
