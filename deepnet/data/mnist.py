"""MNIST by name: downloaded from OpenML where there is a network; a folder of IDX files is `deepnet.data.idx`."""

import warnings
from dataclasses import replace
from http.client import HTTPException
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from deepnet.data.arrays import one_hot, pixel_names, pixels_as_inputs, row_numbers
from deepnet.data.dataset import Dataset
from deepnet.data.files import one_line
from deepnet.errors import DataError

TRAINING_ROWS = 60_000
ROWS = 70_000
PIXELS = 784
CLASSES = 10
INSTEAD = "give the path of the folder that holds the four IDX files (train-images-idx3-ubyte.gz and so on)"


def load_mnist() -> Dataset:
    """Return the handwritten digits: 60,000 rows to train on, and 10,000 in `Dataset.test`.

    scikit-learn downloads them from OpenML (set 554, ``mnist_784``) and keeps them in its data folder.
    They equal what `deepnet.data.idx.load_idx_folder` reads, but for the name.

    Shapes: inputs (60000, 784) from 0 to 1, targets (60000, 10), one-hot; both float32.

    Raises:
        DataError: scikit-learn or pandas is not installed, or the set cannot be downloaded.
    """
    try:
        from sklearn.datasets import fetch_openml  # noqa: PLC0415 - slow to import, and seldom wanted
    except ImportError:
        raise DataError(
            f"mnist: needs scikit-learn: install it with 'pip install scikit-learn', or {INSTEAD}"
        ) from None
    try:
        # What went wrong is said once, below.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pixels, labels = fetch_openml("mnist_784", version=1, as_frame=False, return_X_y=True, n_retries=1)
    except ImportError:
        raise DataError(f"mnist: needs pandas: install it with 'pip install pandas', or {INSTEAD}") from None
    except (EOFError, HTTPException, OSError, ValueError) as error:
        reason = one_line(str(error).partition("\n")[0])
        raise DataError(f"mnist: cannot be downloaded from OpenML ({reason}): {INSTEAD}") from None
    return dataset_of_table(pixels, labels)


def dataset_of_table(pixels: ArrayLike, labels: ArrayLike) -> Dataset:
    """Return OpenML's table as training rows and test rows.

    Args:
        pixels: (70000, 784): 0 to 255 in any type; the first 60,000 rows are those to train on.
        labels: (70000,): the digits, as text or numbers.

    Raises:
        DataError: the table has another shape, or other values.
    """
    table, digits = np.asarray(pixels), np.asarray(labels)
    if table.shape != (ROWS, PIXELS) or digits.shape != (ROWS,):
        found = f"{table.shape} and {digits.shape}, expected {(ROWS, PIXELS)} and {(ROWS,)}"
        raise DataError(f"mnist: what OpenML gives has the shapes {found}: {INSTEAD}")
    try:
        # nan is no byte; that shows when the bytes are compared with the table.
        with np.errstate(invalid="ignore"):
            images, codes = table.astype(np.uint8), digits.astype(np.intp)
    except (TypeError, ValueError):
        raise DataError(f"mnist: what OpenML gives holds more than numbers: {INSTEAD}") from None
    if (images != table).any() or not ((codes >= 0) & (codes < CLASSES)).all():
        raise DataError(f"mnist: what OpenML gives is not bytes with the digits 0 to 9: {INSTEAD}")
    train, test = slice(TRAINING_ROWS), slice(TRAINING_ROWS, ROWS)
    return replace(_rows(images[train], codes[train]), test=_rows(images[test], codes[test]))


def _rows(images: NDArray[Any], codes: NDArray[np.intp]) -> Dataset:
    return Dataset(
        name="mnist",
        features=pixel_names(PIXELS),
        target="label",
        inputs=pixels_as_inputs("mnist", images),
        targets=one_hot(codes, CLASSES, np.float32),
        lines=row_numbers(len(images)),
        labels=tuple(str(digit) for digit in range(CLASSES)),
    )
