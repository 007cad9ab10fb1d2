"""The rows of a run, as a file beside its folder: whoever goes on with it needs the very same."""

import io
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from deepnet.data.npz_file import DAMAGE
from deepnet.errors import DataError
from deepnet.persistence.whole_file import write_whole

FILE = "rows.npz"


class Rows(NamedTuple):
    """What a run learns, as it was given to `Network.train`."""

    inputs: NDArray[Any]
    """(rows, model.inputs)"""
    targets: NDArray[Any]
    """(rows, model.outputs), or (rows,)"""
    validation: float | tuple[NDArray[Any], NDArray[Any]] | None = None


def write_rows(folder: Path, rows: Rows) -> None:
    """Keep *rows* in *folder*; they are on the disk when this returns.

    Raises:
        DataError: they could not be written.
    """
    arrays: dict[str, Any] = {"inputs": rows.inputs, "targets": rows.targets}
    if isinstance(rows.validation, tuple):
        arrays |= {"validation_inputs": rows.validation[0], "validation_targets": rows.validation[1]}
    elif rows.validation is not None:
        arrays["validation_share"] = np.float64(rows.validation)
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, **arrays)
    write_whole(folder / FILE, content.getvalue())


def read_rows(folder: Path) -> Rows:
    """Return the rows that `write_rows` has kept.

    Raises:
        DataError: they are not there, or damaged.
    """
    path = folder / FILE
    try:
        with np.load(path, allow_pickle=False) as arrays:
            validation: float | tuple[NDArray[Any], NDArray[Any]] | None = None
            if "validation_inputs" in arrays:
                validation = arrays["validation_inputs"], arrays["validation_targets"]
            elif "validation_share" in arrays:
                validation = float(arrays["validation_share"])
            return Rows(arrays["inputs"], arrays["targets"], validation)
    except (*DAMAGE, KeyError) as error:
        raise DataError(f"{path}: the rows of the run cannot be read ({error}): begin another run") from None
