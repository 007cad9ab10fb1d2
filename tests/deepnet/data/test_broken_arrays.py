"""Whatever is wrong with an IDX or NPZ file, one line names the file and the place, and says what to do."""

import gzip
import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from deepnet.cli.main import main
from deepnet.data.idx import load_idx, load_idx_folder, read_idx
from deepnet.data.npz import load_npz
from deepnet.errors import DataError


def idx(shape: tuple[int, ...], body: bytes | None = None, kind: int = 0x08) -> bytes:
    """Return an IDX file of bytes 0, 1, 0, 1, ... or of another *body*."""
    values = bytes(place % 2 for place in range(int(np.prod(shape)))) if body is None else body
    return struct.pack(f">4B{len(shape)}I", 0, 0, kind, len(shape), *shape) + values


IMAGES, LABELS = idx((4, 2, 3)), idx((4,))


class BrokenIdx(NamedTuple):
    """Two files that do not make a set, and what the message must hold."""

    case: str
    images: bytes
    labels: bytes
    blamed: str
    place: str
    advice: str


PAIRS = [
    BrokenIdx("empty", b"", LABELS, "i", "is empty", "give an IDX file"),
    BrokenIdx("wrong magic", b"\x89PNG" + IMAGES, LABELS, "i", "begins with 89 50 4e 47", "expected 00 00 08"),
    BrokenIdx("unknown type", idx((4, 2, 3), kind=0x0A), LABELS, "i", "begins with 00 00 0a 03", "expected 00 00 08"),
    BrokenIdx("three bytes", IMAGES[:3], LABELS, "i", "begins with 00 00 08", "no IDX file"),
    BrokenIdx(
        "header cut", IMAGES[:11], LABELS, "i", "within its header (11 bytes, expected 16", "copy the file again"
    ),
    BrokenIdx("body cut", IMAGES[:-1], LABELS, "i", "after 23 bytes", "4 x 2 x 3 elements of 1 bytes): copy"),
    BrokenIdx("no body", IMAGES[:16], LABELS, "i", "after 0 bytes", "copy the file again"),
    BrokenIdx("count too high", idx((5, 2, 3), IMAGES[16:]), LABELS, "i", "after 24 bytes", "says 5 x 2 x 3"),
    BrokenIdx("count too low", idx((3, 2, 3), IMAGES[16:]), LABELS, "i", "after its last element", "says 3 x 2 x 3"),
    BrokenIdx("trailing byte", IMAGES + b"\0", LABELS, "i", "goes on after its last element", "the file is wrong"),
    BrokenIdx("absurd sizes", idx((2**32 - 1,) * 3, b"\0"), LABELS, "i", "after 1 bytes", "copy the file again"),
    BrokenIdx("absurd and empty", idx((0,) + (2**32 - 1,) * 3, b""), LABELS, "i", "cannot be", "give another file"),
    BrokenIdx("too many axes", idx((1,) * 65), LABELS, "i", "(byte 3) says 65 axes", "give another file"),
    BrokenIdx("gzip cut", gzip.compress(IMAGES)[:-9], LABELS, "i", "gzip data is damaged", "copy the file again"),
    BrokenIdx("gzip header only", b"\x1f\x8b\x08", LABELS, "i", "gzip data is damaged", "copy the file again"),
    BrokenIdx("gzip of other", gzip.compress(b"label,pixel\n"), LABELS, "i", "6c 61 62 65", "no IDX file"),
    BrokenIdx("gzip of nothing", gzip.compress(b""), LABELS, "i", "begins with nothing", "no IDX file"),
    BrokenIdx("gzip checksum", gzip.compress(IMAGES)[:-8] + bytes(8), LABELS, "i", "CRC", "copy the file again"),
    BrokenIdx("gzip, absurd sizes", gzip.compress(idx((2**31,) * 3)[:16]), LABELS, "i", "0 bytes", "copy the file"),
    BrokenIdx("labels as images", LABELS, LABELS, "i", "has 1 axes", "are these the labels?"),
    BrokenIdx("images as labels", IMAGES, IMAGES, "l", "has 3 axes", "are these the images?"),
    BrokenIdx("no pixels", idx((4, 0, 3)), LABELS, "i", "shape (4, 0, 3)", "give 1 row or more"),
    BrokenIdx("no rows", idx((0, 2, 3)), idx((0,)), "l", "has no labels", "give 1 row or more"),
    BrokenIdx("more labels", IMAGES, idx((5,)), "l", "has 5 rows", "there must be as many"),
    BrokenIdx("fewer labels", IMAGES, idx((3,)), "l", "has 3 rows", "there must be as many"),
    BrokenIdx("labels of floats", IMAGES, idx((4,), bytes(16), 0x0D), "l", "holds float32", "labels are integers"),
    BrokenIdx("negative label", IMAGES, idx((4,), b"\0\1\xff\0", 0x09), "l", "element [2]: the label -1", "0 to 999"),
    BrokenIdx("huge label", IMAGES, idx((4,), b"\0\0\0\0" * 3 + b"\x7f\0\0\0", 0x0C), "l", "element [3]", "0 to 999"),
    BrokenIdx("one class", IMAGES, idx((4,), b"\7" * 4), "l", "every row is of the class '7'", "nothing to learn"),
    BrokenIdx(
        "nan",
        idx((4, 1), np.array([1, 2, np.nan, 4], ">f4").tobytes(), 0x0D),
        LABELS,
        "i",
        "element [2, 0]: nan",
        "put",
    ),
    BrokenIdx("too large", idx((4, 1), np.full(4, 1e99, ">f8").tobytes(), 0x0E), LABELS, "i", "element [0, 0]", "put"),
]


def check_message(error: DataError, path: Path, place: str, advice: str) -> None:
    message = str(error)
    assert len(message.splitlines()) == 1
    assert message.startswith(str(path))
    assert place in message
    assert advice in message
    assert len(message) - len(str(path)) < 300


@pytest.mark.parametrize("broken", PAIRS, ids=[broken.case for broken in PAIRS])
def test_a_broken_idx_file_gets_one_line(tmp_path: Path, broken: BrokenIdx) -> None:
    (tmp_path / "i").write_bytes(broken.images)
    (tmp_path / "l").write_bytes(broken.labels)

    with pytest.raises(DataError) as caught:
        load_idx(tmp_path / "i", tmp_path / "l")

    check_message(caught.value, tmp_path / broken.blamed, broken.place, broken.advice)


def four_files(folder: Path, **changed: bytes) -> None:
    """Write four files that make a set, but for those that are *changed*; empty ones are left out."""
    files = {
        "train_images-idx3": idx((4, 2, 3)),
        "train_labels-idx1": idx((4,)),
        "t10k_images-idx3": idx((2, 2, 3)),
        "t10k_labels-idx1": idx((2,)),
    }
    for name, content in files.items():
        part, end = name.split("-")
        if now := changed.get(part, content):
            (folder / f"{part.replace('_', '-')}-{end}-ubyte").write_bytes(now)


@pytest.mark.parametrize(
    ("changed", "blamed", "place", "advice"),
    [
        ({"train_labels": b""}, ".", "has no file train-labels-idx1-ubyte", "put it there"),
        (
            {"t10k_images": b"", "t10k_labels": b""},
            ".",
            "t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte",
            "put it there",
        ),
        ({"t10k_labels": idx((2,), b"\0\5")}, "t10k-labels-idx1-ubyte", "element [1]", "is of the class '5'"),
        (
            {"train_labels": idx((4,), b"\0\2\0\2"), "t10k_labels": idx((2,), b"\2\1")},
            "t10k-labels-idx1-ubyte",
            "element [1]",
            "is of the class '1'",
        ),
        ({"t10k_images": idx((2, 3, 3))}, "t10k-images-idx3-ubyte", "images of 9 pixels", "must be of one size"),
        ({"t10k_images": idx((3, 2, 3))}, "t10k-labels-idx1-ubyte", "has 2 rows", "there must be as many"),
        ({"t10k_images": IMAGES[:-5]}, "t10k-images-idx3-ubyte", "breaks off after 19 bytes", "copy the file again"),
    ],
)
def test_a_broken_folder_gets_one_line(
    tmp_path: Path, changed: dict[str, bytes], blamed: str, place: str, advice: str
) -> None:
    four_files(tmp_path, **changed)

    with pytest.raises(DataError) as caught:
        load_idx_folder(tmp_path)

    check_message(caught.value, tmp_path / blamed, place, advice)


def test_four_files_that_are_not_changed_make_a_set(tmp_path: Path) -> None:
    four_files(tmp_path)

    assert load_idx_folder(tmp_path).test is not None


@pytest.mark.parametrize(
    ("name", "place", "advice"),
    [("none", "no such folder", "check the path"), ("file", "is a file", "give the folder")],
)
def test_what_is_no_folder_is_named(tmp_path: Path, name: str, place: str, advice: str) -> None:
    (tmp_path / "file").write_bytes(IMAGES)

    with pytest.raises(DataError) as caught:
        load_idx_folder(tmp_path / name)

    check_message(caught.value, tmp_path / name, place, advice)


def test_a_missing_idx_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read_idx(tmp_path / "none")

    check_message(caught.value, tmp_path / "none", "no such file", "check the path")


def npz(**arrays: Any) -> bytes:
    file = io.BytesIO()
    np.savez(file, allow_pickle=True, **{name: np.asarray(array) for name, array in arrays.items()})
    return file.getvalue()


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return file.getvalue()


def npy(array: NDArray[Any]) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def with_nan(shape: tuple[int, ...], place: tuple[int, ...], value: float) -> NDArray[np.float64]:
    array = np.ones(shape)
    array[place] = value
    return array


X, Y, CLASSES = np.ones((4, 2)), np.arange(4.0), np.array([0, 1, 0, 1])
ABSURD = npy(X).replace(b"(4, 2)", b"(9999999999, 2)").replace(b" " * 9, b"", 1)
OBJECTS = np.array([1, "a", None, 2], dtype=object)
RECORDS = np.zeros(4, dtype=[("a", "f8"), ("b", "i4")])


class BrokenNpz(NamedTuple):
    """A file that cannot be learnt from, and what the message must hold."""

    case: str
    content: bytes
    place: str
    advice: str
    target: str | None = None


FILES = [
    BrokenNpz("empty", b"", "is no NPZ file", "numpy.savez"),
    BrokenNpz("not a zip", b"a,b\n1,2\n", "is no NPZ file", "numpy.savez"),
    BrokenNpz("a single array", npy(X), "is a single array", "numpy.savez"),
    BrokenNpz("a pickle", b"\x80\x04\x95junk", "is no NPZ file", "numpy.savez"),
    BrokenNpz("cut", npz(x=X, y=Y)[:-30], "is damaged or breaks off", "copy the file again"),
    BrokenNpz("array cut", zipped(x=npy(X)[:-1], y=npy(Y)), ", x: is damaged", "says 64 bytes, the file has 63"),
    BrokenNpz("array goes on", zipped(x=npy(X) + b"\0", y=npy(Y)), ", x: is damaged", "64 bytes, the file has 65"),
    BrokenNpz("absurd size", zipped(x=ABSURD, y=npy(Y)), ", x: is damaged", "the file has 64"),
    BrokenNpz("no array", zipped(x=b"not one", y=npy(Y)), ", x: is damaged", "copy the file again"),
    BrokenNpz("one byte other", npz(x=X, y=Y).replace(b"\xf0\x3f", b"\xf1\x3f", 1), ", x: is damaged", "CRC"),
    BrokenNpz("empty archive", zipped(), "holds no array", "save inputs and targets"),
    BrokenNpz("objects as x", npz(x=OBJECTS, y=Y), ", x: holds Python objects", "never loaded"),
    BrokenNpz("objects as y", npz(x=X, y=OBJECTS), ", y: holds Python objects", "never loaded"),
    BrokenNpz("records", npz(x=RECORDS, y=Y), ", x: holds records (a, b)", "save plain numbers"),
    BrokenNpz("no y", npz(x=X), "holds x: ", "x/y"),
    BrokenNpz("no usual names", npz(a=X, b=Y), "holds a, b: ", "name the targets with --target"),
    BrokenNpz("two pairs", npz(x=X, y=Y, inputs=X, targets=Y), "inputs/targets and x/y", "leave one pair out"),
    BrokenNpz("x and X", npz(x=X, y=Y, X=X), "x/y and X/y", "leave one pair out"),
    BrokenNpz("unknown target", npz(x=X, y=Y), "no array 'Y' for the target", "did you mean 'y'?", "Y"),
    BrokenNpz("which inputs", npz(a=X, b=X, c=Y), "which are the inputs for 'c'?", "save them as inputs", "c"),
    BrokenNpz("only a target", npz(c=Y), "which are the inputs for 'c'?", "save them as inputs", "c"),
    BrokenNpz("no y_test", npz(x_train=X, y_train=Y, x_test=X), "x_test but no y_test", "save both or neither"),
    BrokenNpz("no x_test", npz(x_train=X, y_train=Y, y_test=Y), "y_test but no x_test", "save both or neither"),
    BrokenNpz("nan", npz(x=with_nan((4, 2, 3), (2, 0, 1), np.nan), y=Y), ", x, element [2, 0, 1]: nan", "put a finite"),
    BrokenNpz("inf", npz(x=with_nan((4, 2), (3, 1), np.inf), y=Y), ", x, element [3, 1]: inf", "put a finite"),
    BrokenNpz("-inf in y", npz(x=X, y=[[0], [1], [-np.inf], [2]]), ", y, element [2, 0]: -inf", "put a finite"),
    BrokenNpz("text as x", npz(x=[["a"], ["b"]], y=[0.5, 1]), ", x: holds text", "save integers or floats"),
    BrokenNpz("complex x", npz(x=X * 1j, y=Y), ", x: holds complex128", "save integers or floats"),
    BrokenNpz("complex y", npz(x=X, y=Y * 1j), ", y: holds complex128", "save integers or floats"),
    BrokenNpz("dates", npz(x=X, y=np.arange(4).astype("M8[D]")), ", y: holds datetime64[D]", "save integers or floats"),
    BrokenNpz("fewer y", npz(x=X, y=Y[:3]), ", y: has 3 rows, but x has 4", "there must be as many"),
    BrokenNpz("no rows", npz(x=X[:0], y=Y[:0]), ", x: has shape (0, 2)", "give 1 row or more"),
    BrokenNpz("no features", npz(x=X[:, :0], y=Y), ", x: has shape (4, 0)", "give 1 row or more"),
    BrokenNpz("a number as x", npz(x=1.0, y=Y), ", x: has shape ()", "give 1 row or more"),
    BrokenNpz("a number as y", npz(x=X, y=1.0), ", y: has shape ()", "targets are (rows,)"),
    BrokenNpz("y of three axes", npz(x=X, y=np.ones((4, 2, 2))), ", y: has shape (4, 2, 2)", "targets are (rows,)"),
    BrokenNpz("two columns", npz(x=X, y=X * 0.5), ", y, row [0]: (0.5, 0.5) is not", "must be one-hot"),
    BrokenNpz("two hot", npz(x=X, y=[[0, 1], [1, 0], [1, 1], [0, 1]]), ", y, row [2]: (1, 1)", "must be one-hot"),
    BrokenNpz("none hot", npz(x=X, y=[[0, 1], [1, 0], [1, 0], [0, 0]]), ", y, row [3]: (0, 0)", "must be one-hot"),
    BrokenNpz("text columns", npz(x=X, y=[["a", "b"]] * 4), ", y: holds text", "save integers or floats"),
    BrokenNpz("constant y", npz(x=X, y=Y * 0 + 7), ", y: is 7 in every row", "nothing to learn"),
    BrokenNpz("one class", npz(x=X, y=[3, 3, 3, 3]), ", y: every row is of the class '3'", "nothing to learn"),
    BrokenNpz("many classes", npz(x=X, y=[1, 2, 3, 4]), "4 different integers in 4 rows", "floats for a regression"),
    BrokenNpz("a thousand", npz(x=np.ones((3003, 1)), y=np.arange(3003) // 3), "1001 different", "group them"),
    BrokenNpz("blank label", npz(x=X, y=["a", "b", " ", "a"]), ", y, element [2]: has no label", "name its class"),
    BrokenNpz("bytes", npz(x=X, y=[b"a", b"\xe9", b"a", b"a"]), ", y: holds bytes that are not ASCII", "as text"),
    BrokenNpz(
        "test class", npz(x_train=X, y_train=CLASSES, x_test=X[:2], y_test=[1, 9]), ", y_test, element [1]", "'9'"
    ),
    BrokenNpz(
        "test one-hot",
        npz(x_train=X, y_train=np.eye(3)[CLASSES], x_test=X[:2], y_test=np.eye(3)[[0, 2]]),
        ", y_test, element [1]",
        "no training row is of the class '2'",
    ),
    BrokenNpz(
        "test kind", npz(x_train=X, y_train=CLASSES, x_test=X, y_test=Y), ", y_test: holds floats", "save both alike"
    ),
    BrokenNpz(
        "test columns",
        npz(x_train=X, y_train=np.eye(3)[CLASSES], x_test=X[:2], y_test=np.eye(2)),
        ", y_test: has 2 classes",
        "the training rows have 3",
    ),
    BrokenNpz(
        "test shape", npz(x_train=X, y_train=Y, x_test=X[:, :1], y_test=Y), ", x_test: a row is", "save both alike"
    ),
    BrokenNpz(
        "test images",
        npz(x_train=np.ones((4, 2, 2), np.uint8), y_train=Y, x_test=np.ones((4, 2, 2)), y_test=Y),
        ", x_test: a row is numbers of shape (2, 2), but in x_train bytes of an image",
        "save both alike",
    ),
]


@pytest.mark.parametrize("broken", FILES, ids=[broken.case for broken in FILES])
def test_a_broken_npz_file_gets_one_line(tmp_path: Path, broken: BrokenNpz) -> None:
    path = tmp_path / "a.npz"
    path.write_bytes(broken.content)

    with pytest.raises(DataError) as caught:
        load_npz(path, target=broken.target)

    check_message(caught.value, path, broken.place, broken.advice)


def test_a_pickled_object_is_never_loaded(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
            return Path.touch, (tmp_path / "sprung",)

    path = tmp_path / "a.npz"
    path.write_bytes(npz(x=np.array([Trap()], dtype=object), y=[1.0]))

    with pytest.raises(DataError, match="never loaded"):
        load_npz(path)

    assert not (tmp_path / "sprung").exists()


def test_the_command_says_the_same_line_and_no_more(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.npz"
    path.write_bytes(npz(x=with_nan((4, 2), (3, 1), np.nan), y=Y))

    code = main(["train", str(path)])

    said = capsys.readouterr().err
    assert code == 2
    assert len(said.strip().splitlines()) == 1
    assert "a.npz, x, element [3, 1]: nan is not finite" in said
