import io
import json
import pickle
import struct
import zipfile
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from deepnet.errors import InputError
from deepnet.wire.arrays import (
    array_from_npy,
    array_to_npy,
    arrays_from_bytes,
    arrays_from_npz,
    arrays_to_bytes,
    arrays_to_npz,
)

ARRAYS: dict[str, NDArray[Any]] = {
    "dense_0.bias": np.array([0.1, np.nan, -0.0], np.float32),
    "dense_0.weights": np.arange(6, dtype=np.float64).reshape(2, 3).T,  # not as it lies in memory
    "frozen": np.array([True, False]),
    "restarts": np.array([3], np.int32),
}


def test_arrays_and_texts_come_back_bit_for_bit() -> None:
    arrays, about = arrays_from_bytes(arrays_to_bytes(ARRAYS, {"step": "7", "who": "Ada"}))

    assert about == {"step": "7", "who": "Ada"}
    assert set(arrays) == set(ARRAYS)
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        assert arrays[name].shape == array.shape
        assert arrays[name].tobytes() == array.tobytes()
        assert arrays[name].flags.writeable


def test_no_texts_need_be_given() -> None:
    assert arrays_from_bytes(arrays_to_bytes({}))[1] == {}


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00" * 7, b"not what it should be", struct.pack("<Q", 2**60) + b"{}", arrays_to_bytes(ARRAYS)[:-1]],
)
def test_other_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(InputError, match=r"^these bytes are no safetensors: "):
        arrays_from_bytes(content)


def test_an_array_comes_back_from_npy() -> None:
    for array in ARRAYS.values():
        back = array_from_npy(array_to_npy(array))
        assert (back.dtype, back.shape, back.tobytes()) == (array.dtype, array.shape, array.tobytes())


def test_arrays_come_back_from_npz() -> None:
    back = arrays_from_npz(arrays_to_npz(ARRAYS))

    assert {name: array.tobytes() for name, array in back.items()} == {
        name: array.tobytes() for name, array in ARRAYS.items()
    }


class Trap:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, ("raise SystemExit('it was run')",)


def npz(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return stream.getvalue()


def objects() -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.array([Trap()], object), allow_pickle=True)
    return stream.getvalue()


def header(shape: tuple[int, ...], descr: str = "<f4") -> bytes:
    """An npy file that says it is larger than it is."""
    text = str({"descr": descr, "fortran_order": False, "shape": shape}).encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no array",
        objects(),
        pickle.dumps(Trap()),
        header((10**9, 10**9)),
        header((3,)),
        header((1,), "<U9") + b"abc",
    ],
)
def test_what_is_no_array_of_numbers_is_refused_and_never_run(content: bytes) -> None:
    with pytest.raises(InputError):
        array_from_npy(content)
    with pytest.raises(InputError):
        arrays_from_npz(npz(inputs=content))


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b"no zip", npz(inputs=header((1,)) + b"abcd")[:-30]],  # which has the time in it
    ids=["nothing", "a beginning", "text", "cut off"],
)
def test_what_is_no_npz_is_refused(content: bytes) -> None:
    with pytest.raises(InputError, match=r"^the body is no npz file that can be read: "):
        arrays_from_npz(content)


def test_a_small_file_that_holds_a_large_one_is_refused_before_it_is_unpacked() -> None:
    content = npz(inputs=header((1000, 1000)) + bytes(4_000_000))
    assert len(content) < 10_000

    with pytest.raises(
        InputError, match=r"^the npz file holds 4000128 bytes when it is unpacked: send at most 1000000$"
    ):
        arrays_from_npz(content, most_bytes=1_000_000)
    assert arrays_from_npz(content, most_bytes=5_000_000)["inputs"].shape == (1000, 1000)


def test_a_member_that_is_not_what_its_name_says_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("inputs.txt", json.dumps([1]))

    with pytest.raises(InputError, match=r"inputs.txt in the npz file holds no array of numbers"):
        arrays_from_npz(stream.getvalue())
