"""Arrays as bytes: safetensors with texts beside them, npy and npz; nothing in them is ever run.

`arrays_to_bytes` / `arrays_from_bytes` (safetensors), `array_to_npy` / `array_from_npy`, `arrays_to_npz` /
`arrays_from_npz`.
"""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from deepnet.errors import InputError

SAFETENSORS = "application/x-safetensors"
NPY = "application/x-npy"
NPZ = "application/x-npz"
"""Their media types."""

_KINDS = "biuf"

_NO_ARRAY = (ValueError, OSError, EOFError, TypeError, SyntaxError, OverflowError, MemoryError)
_NO_ZIP = (*_NO_ARRAY, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, KeyError, AttributeError)
"""What numpy and zipfile raise over bytes that are something else."""


def arrays_to_bytes(arrays: Mapping[str, NDArray[Any]], about: Mapping[str, str] | None = None) -> bytes:
    """Return *arrays* by name as safetensors, with the texts *about* them as its metadata."""
    # save() copies memory as it lies there, so a transposed view would come back scrambled.
    contiguous = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    return bytes(save(contiguous, metadata=dict(about) if about else None))


def arrays_from_bytes(content: bytes) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """Return the arrays and the texts that `arrays_to_bytes` was given; the arrays are new.

    Raises:
        InputError: these are no safetensors.
    """
    try:
        arrays = {name: array.copy() for name, array in load(content).items()}
        (length,) = struct.unpack_from("<Q", content)
        about = json.loads(content[8 : 8 + length]).get("__metadata__", {})
    except (SafetensorError, struct.error, ValueError, TypeError, KeyError, AttributeError):
        raise InputError("these bytes are no safetensors: send them as they were made") from None
    return arrays, {str(name): str(text) for name, text in about.items()}


def array_to_npy(array: NDArray[Any]) -> bytes:
    """Return an array of numbers as the bytes of an npy file."""
    stream = io.BytesIO()
    np.save(stream, np.ascontiguousarray(array), allow_pickle=False)
    return stream.getvalue()


def array_from_npy(content: bytes) -> NDArray[Any]:
    """Return the array of numbers in the bytes of an npy file.

    Raises:
        InputError: they are something else, or an array of something else.
    """
    try:
        array = np.load(io.BytesIO(content), allow_pickle=False)
    except _NO_ARRAY:
        raise InputError("the body is no npy file: send what numpy.save(file, array) writes") from None
    return _of_numbers("the npy file", array)


def arrays_to_npz(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return arrays of numbers as the bytes of an npz file that is not compressed."""
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, **{name: np.ascontiguousarray(array) for name, array in arrays.items()})
    return stream.getvalue()


def arrays_from_npz(content: bytes, *, most_bytes: int | None = None) -> dict[str, NDArray[Any]]:
    """Return the arrays of numbers in the bytes of an npz file, by name.

    Args:
        content: the bytes.
        most_bytes: they may take so many when they are unpacked: a small file may hold a very large one.

    Raises:
        InputError: they are something else, or too large.
    """
    try:
        _require_size(content, most_bytes)
        with np.load(io.BytesIO(content), allow_pickle=False) as members:
            return {name: _of_numbers(f"{name} in the npz file", members[name]) for name in members.files}
    except InputError:
        raise
    except _NO_ZIP:
        advice = "send what numpy.savez(file, inputs=..., targets=...) writes"
        raise InputError(f"the body is no npz file that can be read: {advice}") from None


def _require_size(content: bytes, most_bytes: int | None) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if most_bytes is not None and size > most_bytes:
        raise InputError(f"the npz file holds {size} bytes when it is unpacked: send at most {most_bytes}")


def _of_numbers(name: str, array: Any) -> NDArray[Any]:
    if not isinstance(array, np.ndarray) or array.dtype.kind not in _KINDS:
        raise InputError(f"{name} holds no array of numbers: give whole numbers or floats")
    return array
