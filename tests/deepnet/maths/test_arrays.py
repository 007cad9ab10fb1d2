import numpy as np
import pytest

from deepnet.errors import InputError, ShapeError, UnknownNameError
from deepnet.maths.arrays import DTYPES, as_batch, require_dtype, require_shape


def test_a_shape_that_fits_passes_and_none_fits_any_length() -> None:
    require_shape("weights", np.zeros((2, 3)), 2, None)


@pytest.mark.parametrize(("shape", "expected"), [((2,), "(2, any)"), ((3, 2), "(2, any)"), ((2, 3, 1), "(2, any)")])
def test_a_shape_that_does_not_fit_is_refused_with_both_shapes(shape: tuple[int, ...], expected: str) -> None:
    with pytest.raises(ShapeError) as refusal:
        require_shape("weights", np.zeros(shape), 2, None)

    assert str(refusal.value) == f"weights has shape {shape}, expected {expected}"


def test_only_the_dtypes_of_networks_pass() -> None:
    for dtype in DTYPES:
        require_dtype(dtype)
    with pytest.raises(UnknownNameError, match="unknown dtype 'int64': use one of float32, float64"):
        require_dtype("int64")


@pytest.mark.parametrize("dtype", DTYPES)
def test_rows_become_a_contiguous_array_of_the_dtype_and_one_row_may_be_flat(dtype: str) -> None:
    for values in ([1, 2, 3], [[1, 2, 3]], np.array([[1], [2], [3]]).T):
        batch = as_batch("inputs", values, dtype, 3)

        assert batch.tolist() == [[1, 2, 3]]
        assert batch.dtype == dtype
        assert batch.flags.c_contiguous


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ([[1, 2]], ShapeError, r"inputs has shape \(1, 2\), expected \(any, 3\)"),
        ([[1, 2, 3], [4]], InputError, "inputs must be rows of 3 numbers"),
        ([["a", "b", "c"]], InputError, "inputs must be rows of 3 numbers"),
        ([[1, 2, 3], [1, np.inf, 3]], InputError, "inputs must be finite in float32: row 1, column 1 is inf"),
        ([[1, 2, 1e39]], InputError, "inputs must be finite in float32: row 0, column 2 is inf"),
    ],
)
def test_what_is_no_batch_is_refused_and_the_place_is_named(
    values: object, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        as_batch("inputs", values, "float32", 3)
