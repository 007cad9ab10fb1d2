"""IDX files, in which MNIST and its relatives are kept: one array a file, compressed with gzip or not.

The format: two zero bytes, a byte for the type of the elements, a byte for the number of axes, the
length of each axis in 4 bytes, and then the elements, the last axis fastest; all big-endian.
Source: Y. LeCun, C. Cortes, C. Burges, The MNIST database of handwritten digits (1998).
"""

import gzip
import io
import math
import re
import struct
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deepnet.data.arrays import (
    MOST_CLASSES,
    as_inputs,
    one_hot,
    pixel_names,
    pixels_as_inputs,
    require_as_many,
    require_seen,
    require_two_classes,
    row_numbers,
    unseen_class,
)
from deepnet.data.dataset import Dataset
from deepnet.data.files import listed, one_line, read_file
from deepnet.errors import DataError

DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
MOST_AXES = 64
"""As many as numpy can hold."""
AXES_NAMED = 4
CHUNK = 1 << 20
GZIP_MAGIC = b"\x1f\x8b"

FOLDER_PARTS = ("train-images", "train-labels", "t10k-images", "t10k-labels")


def read_idx(path: str | Path) -> NDArray[Any]:
    """Return the array that an IDX file holds, of any rank, in this machine's byte order.

    Whether the file is compressed is seen from what is in it, not from its name. No more memory is
    taken than the file has values for, whatever its header says.

    Raises:
        DataError: the file cannot be read, is no IDX file, breaks off, or goes on after its last element.
    """
    name, content = one_line(str(path)), read_file(path)
    if not content:
        raise DataError(f"{name}: is empty: give an IDX file")
    packed = content.startswith(GZIP_MAGIC)
    file: io.BufferedIOBase = gzip.GzipFile(fileobj=io.BytesIO(content)) if packed else io.BytesIO(content)
    try:
        dtype, shape = _read_header(name, file)
        return _read_elements(name, file, dtype, shape)
    except (EOFError, OSError, zlib.error) as error:
        raise DataError(f"{name}: its gzip data is damaged or breaks off ({error}): copy the file again") from None


def load_idx(images: str | Path, labels: str | Path, *, name: str | None = None) -> Dataset:
    """Read a file of images and the file of their labels.

    Bytes are divided by 255, so that inputs are between 0 and 1; elements of other types stay as they
    are. The classes are 0 to the highest label.

    Shapes: images (rows, ...) -> inputs (rows, pixels), labels (rows,) -> targets (rows, classes); both float32.

    Args:
        images: the path of an IDX file of two axes or more.
        labels: the path of an IDX file of one axis, of integers of 0 or more.
        name: what the set is called, instead of the path of its images.

    Raises:
        DataError: a file cannot be used, or the two do not belong together.
    """
    inputs, codes = _read_pair(images, labels)
    names = tuple(str(code) for code in range(int(codes.max()) + 1))
    require_two_classes(one_line(str(labels)), codes, names)
    return _dataset(one_line(str(images) if name is None else name), inputs, codes, names)


def load_idx_folder(path: str | Path) -> Dataset:
    """Read a folder of four IDX files named as MNIST's are; its ``t10k`` files become `Dataset.test`.

    The names are ``train-images``, ``train-labels``, ``t10k-images`` and ``t10k-labels``, then
    ``-idx3-ubyte`` or ``.idx3-ubyte`` (any digit), then ``.gz`` or nothing. Where a file is there in
    both ways, the one without ``.gz`` is read.

    Raises:
        DataError: a file is not there or cannot be used, or the test files do not fit the training files.
    """
    train_images, train_labels, test_images, test_labels = _find_parts(Path(path))
    train = load_idx(train_images, train_labels, name=str(path))
    inputs, codes = _read_pair(test_images, test_labels)
    place, training = one_line(str(test_labels)), train.targets.argmax(axis=1)
    if inputs.shape[1] != train.inputs.shape[1]:
        pixels = f"images of {inputs.shape[1]} pixels, but the training images have {train.inputs.shape[1]}"
        raise DataError(f"{one_line(str(test_images))}: has {pixels}: they must be of one size")
    if codes.max() >= len(train.labels):
        at = int((codes >= len(train.labels)).argmax())
        raise unseen_class(place, at, str(codes[at]))
    require_seen(place, codes, train.labels, training)
    return replace(train, test=_dataset(train.name, inputs, codes, train.labels))


def _read_header(name: str, file: io.BufferedIOBase) -> tuple[np.dtype[Any], tuple[int, ...]]:
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in DTYPES:
        known = ", ".join(f"00 00 {code:02x}" for code in DTYPES)
        raise DataError(f"{name}: begins with {magic.hex(' ') or 'nothing'}, so it is no IDX file: expected {known}")
    axes = magic[3]
    if axes > MOST_AXES:
        raise DataError(f"{name}: its header (byte 3) says {axes} axes, more than {MOST_AXES}: give another file")
    lengths = file.read(4 * axes)
    if len(lengths) < 4 * axes:
        have = f"{4 + len(lengths)} bytes, expected {4 + 4 * axes} for {axes} axes"
        raise DataError(f"{name}: breaks off within its header ({have}): copy the file again")
    return np.dtype(DTYPES[magic[2]]), struct.unpack(f">{axes}I", lengths)


def _read_elements(name: str, file: io.BufferedIOBase, dtype: np.dtype[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    size = math.prod(shape) * dtype.itemsize
    body = bytearray()
    # In pieces, because read(n) would set n bytes aside at once. One byte more than is due shows a file that goes on.
    while chunk := file.read(min(CHUNK, size + 1 - len(body))):
        body += chunk
    says = f"its header says {_product(shape)} elements of {dtype.itemsize} bytes"
    if len(body) < size:
        raise DataError(f"{name}: breaks off after {len(body)} bytes of elements ({says}): copy the file again")
    if len(body) > size:
        raise DataError(f"{name}: goes on after its last element ({says}): the header or the file is wrong")
    try:
        return np.frombuffer(body, dtype).astype(dtype.newbyteorder("="), copy=False).reshape(shape)
    except ValueError:
        raise DataError(
            f"{name}: its header says {_product(shape)} elements, which cannot be: give another file"
        ) from None


def _product(shape: tuple[int, ...]) -> str:
    """Return what a message calls the lengths of the axes, such as ``60000 x 28 x 28``."""
    shown = " x ".join(map(str, shape[:AXES_NAMED])) or "1"
    return shown if len(shape) <= AXES_NAMED else f"{shown} x ..."


def _read_pair(images: str | Path, labels: str | Path) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Return (inputs, codes): inputs (rows, pixels), codes (rows,), the labels as they are."""
    image_place, label_place = one_line(str(images)), one_line(str(labels))
    pictures = read_idx(images)
    if pictures.ndim < 2:
        raise DataError(f"{image_place}: has {pictures.ndim} axes, images have 2 or more: are these the labels?")
    codes = _codes(label_place, read_idx(labels))
    require_as_many(image_place, len(pictures), label_place, len(codes))
    if pictures.dtype == np.uint8:
        return pixels_as_inputs(image_place, pictures), codes
    return as_inputs(image_place, pictures, np.float32), codes


def _codes(place: str, labels: NDArray[Any]) -> NDArray[np.intp]:
    if labels.ndim != 1:
        raise DataError(f"{place}: has {labels.ndim} axes, labels have 1: are these the images?")
    if labels.dtype.kind == "f":
        raise DataError(f"{place}: holds {labels.dtype}, labels are integers: give the file of the labels")
    if len(labels) == 0:
        raise DataError(f"{place}: has no labels: give 1 row or more")
    wrong = (labels < 0) | (labels >= MOST_CLASSES)
    if wrong.any():
        at = int(wrong.argmax())
        raise DataError(
            f"{place}, element [{at}]: the label {labels[at]} is not one of 0 to {MOST_CLASSES - 1}: mend it"
        )
    return labels.astype(np.intp)


def _dataset(name: str, inputs: NDArray[np.float32], codes: NDArray[np.intp], labels: tuple[str, ...]) -> Dataset:
    return Dataset(
        name=name,
        features=pixel_names(inputs.shape[1]),
        target="label",
        inputs=inputs,
        targets=one_hot(codes, len(labels), np.float32),
        lines=row_numbers(len(inputs)),
        labels=labels,
    )


def _find_parts(folder: Path) -> list[Path]:
    """Return the paths of the four files, in the order of `FOLDER_PARTS`."""
    try:
        entries = sorted(entry for entry in folder.iterdir() if entry.is_file())
    except FileNotFoundError:
        raise DataError(f"{one_line(str(folder))}: there is no such folder: check the path") from None
    except NotADirectoryError:
        raise DataError(f"{one_line(str(folder))}: is a file: give the folder that holds the IDX files") from None
    except (OSError, ValueError) as error:
        raise DataError(f"{one_line(str(folder))}: cannot be read ({error}): check the path") from None
    found = {part: [entry for entry in entries if _is_part(part, entry.name)] for part in FOLDER_PARTS}
    missing = [f"{part}-idx{3 if part.endswith('images') else 1}-ubyte" for part, files in found.items() if not files]
    if missing:
        place = one_line(str(folder))
        raise DataError(f"{place}: has no file {listed(missing)} (with .gz or without): put it there")
    return [found[part][0] for part in FOLDER_PARTS]


def _is_part(part: str, name: str) -> bool:
    return re.fullmatch(rf"{part}[-.]idx\d-ubyte(\.gz)?", name) is not None
