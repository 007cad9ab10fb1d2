"""Reading arrays out of an NPZ file: never a pickled object, and no more memory than the file can fill."""

import io
import math
import tokenize
import warnings
import zipfile
import zlib
from typing import Any

from numpy.lib import format as npy
from numpy.typing import NDArray

from deepnet.data.files import one_line
from deepnet.errors import DataError

SUFFIX = ".npy"
LONGEST_REASON = 80
HIGHEST_RATIO = 1032
"""How many bytes deflate can make of one, at most. Source: https://zlib.net/zlib_tech.html."""

DAMAGE = (
    EOFError,
    MemoryError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What zipfile and numpy raise on a file that is none of theirs, or damaged."""


class ArrayFile:
    """The arrays of an NPZ file, read one at a time.

    Args:
        place: the file; messages begin with it.
        content: all of its bytes.

    Raises:
        DataError: it is no NPZ file.
    """

    def __init__(self, place: str, content: bytes) -> None:
        if content.startswith(npy.MAGIC_PREFIX):
            raise DataError(f"{place}: is a single array (.npy): save inputs and targets with numpy.savez")
        if not content.startswith(b"PK"):
            raise DataError(f"{place}: is no NPZ file: save inputs and targets with numpy.savez")
        self._place = place
        self._most = HIGHEST_RATIO * len(content)
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        except DAMAGE as error:
            raise self._damaged(place, error) from None
        entries = [entry for entry in self._archive.infolist() if entry.filename.endswith(SUFFIX)]
        self._entries = {entry.filename.removesuffix(SUFFIX): entry for entry in entries}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the arrays, in the order of the file."""
        return tuple(self._entries)

    def read(self, name: str) -> NDArray[Any]:
        """Return the array of this name.

        Raises:
            DataError: it is damaged, or its elements are Python objects or records.
        """
        place, entry = f"{self._place}, {one_line(name)}", self._entries[name]
        try:
            self._check_header(place, entry)
            # A header that Python 2 wrote brings a warning, which is of no use to the reader of the data.
            with self._archive.open(entry) as file, warnings.catch_warnings():
                warnings.simplefilter("ignore")
                array: NDArray[Any] = npy.read_array(file, allow_pickle=False)
        except DataError:
            raise
        except DAMAGE as error:
            raise self._damaged(place, error) from None
        return array

    def _check_header(self, place: str, entry: zipfile.ZipInfo) -> None:
        """Raise DataError if the array cannot be what its header says."""
        with self._archive.open(entry) as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            version = npy.read_magic(file)
            # Version 3 differs from 2 in the names of records, which are of no use here anyway.
            read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
            shape, _, dtype = read_header(file)
            size = math.prod(shape) * dtype.itemsize
            have = entry.file_size - file.tell()
        if dtype.hasobject:
            raise DataError(f"{place}: holds Python objects, which are never loaded: save numbers or text")
        if dtype.names is not None:
            raise DataError(f"{place}: holds records ({', '.join(map(one_line, dtype.names))}): save plain numbers")
        if size != have or size > self._most:
            says = f"its header says {size} bytes, the file has {have}"
            raise DataError(f"{place}: is damaged or breaks off ({says}): save or copy the file again")

    @staticmethod
    def _damaged(place: str, error: BaseException) -> DataError:
        reason = str(error).partition("\n")[0][:LONGEST_REASON] or type(error).__name__
        return DataError(f"{place}: is damaged or breaks off ({one_line(reason)}): save or copy the file again")
