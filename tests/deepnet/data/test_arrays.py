import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.data.arrays import as_inputs, element, named, one_hot, pixels_as_inputs, require_seen
from deepnet.errors import DataError


@given(codes=st.lists(st.integers(0, 6), min_size=1, max_size=20))
@settings(derandomize=True, deadline=None, max_examples=40)
def test_one_hot_rows_have_their_1_in_the_column_of_the_code(codes: list[int]) -> None:
    rows = one_hot(np.array(codes), 7, np.float32)

    assert rows.shape == (len(codes), 7)
    assert rows.dtype == np.float32
    assert rows.argmax(axis=1).tolist() == codes
    assert rows.sum(axis=1).tolist() == [1] * len(codes)


def test_truths_become_0_and_1() -> None:
    assert as_inputs("a", np.array([[True, False]]), np.float64).tolist() == [[1, 0]]


def test_a_number_too_large_for_the_dtype_is_refused_by_its_place() -> None:
    values = np.array([[[1.0], [1e39]]])

    assert as_inputs("a", values, np.float64).tolist() == [[1, 1e39]]
    with pytest.raises(DataError, match=r"^a, element \[0, 1, 0\]: inf is not finite"):
        as_inputs("a", values, np.float32)


def test_every_byte_becomes_its_share_of_255() -> None:
    images = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)

    assert pixels_as_inputs("a", images)[0].tolist() == [np.float32(byte / 255) for byte in range(256)]
    assert images.max() == 255


def test_a_place_is_written_as_numpy_writes_it() -> None:
    assert element((np.intp(2), 0)) == "[2, 0]"


@pytest.mark.parametrize(
    ("dtype", "name"), [("U3", "text"), ("S3", "text"), ([("a", "f8")], "records"), ("c16", "complex128")]
)
def test_a_type_has_a_name_for_messages(dtype: object, name: str) -> None:
    assert named(np.dtype(dtype)) == name  # type: ignore[call-overload]


def test_a_class_without_a_training_row_is_named() -> None:
    require_seen("a", np.array([0, 2]), ("x", "y", "z"), np.array([2, 0, 0]))

    with pytest.raises(DataError, match=r"^a, element \[1\]: no training row is of the class 'y'"):
        require_seen("a", np.array([0, 1, 2]), ("x", "y", "z"), np.array([2, 0, 0]))
