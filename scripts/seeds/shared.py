"""Data beside the repository that some rows need, where they are there."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from deepnet.data.dataset import Dataset, load_dataset
from deepnet.maths.arrays import Vector, Weights

FOLDER = Path(__file__).parents[2].parent / "shared" / "data"


class Layer(NamedTuple):
    """Weights (neurons, inputs) and biases (neurons,)."""

    weights: Weights
    bias: Vector


def mnist() -> Dataset | None:
    """Return MNIST, 60,000 rows with 10,000 in its `test`; None where it is not."""
    folder = FOLDER / "mnist"
    return load_dataset(str(folder)) if folder.is_dir() else None


def pretrained() -> list[Layer] | None:
    """Return the parameters of the book's 784-50-100-10, whose file has a column a neuron; None where it is not."""
    path = FOLDER / "dlfs-ch3-weights.npz"
    if not path.is_file():
        return None
    with np.load(path) as file:
        return [Layer(file[f"W{number}"].T, file[f"b{number}"]) for number in (1, 2, 3)]
