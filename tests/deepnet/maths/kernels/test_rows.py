import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.maths.arrays import DTYPES
from deepnet.maths.kernels.rows import empty_batch, pack, unpack, with_ones
from deepnet.maths.parameters import LayerParameters

deterministic = settings(derandomize=True, deadline=None, max_examples=50)


@given(neurons=st.integers(1, 9), inputs=st.integers(1, 9), dtype=st.sampled_from(DTYPES), seed=st.integers(0, 99))
@deterministic
def test_what_is_packed_is_unpacked_bit_for_bit(neurons: int, inputs: int, dtype: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    layer = LayerParameters(rng.normal(size=(neurons, inputs)).astype(dtype), rng.normal(size=neurons).astype(dtype))

    rows = pack(layer)
    weights, bias = unpack(rows)

    assert rows.shape == (neurons, inputs + 1)
    assert rows.dtype == weights.dtype == bias.dtype == dtype
    assert rows.flags.c_contiguous
    np.testing.assert_array_equal(weights, layer.weights)
    np.testing.assert_array_equal(bias, layer.bias)


def test_a_row_is_a_neurons_weights_and_then_its_bias() -> None:
    rows = pack(LayerParameters(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([5.0, 6.0])))

    np.testing.assert_array_equal(rows, [[1, 2, 5], [3, 4, 6]])


def test_packing_and_unpacking_copy() -> None:
    layer = LayerParameters(np.zeros((2, 2)), np.zeros(2))
    rows = pack(layer)
    unpacked = unpack(rows)
    rows[:] = 1

    assert not layer.weights.any()
    assert not unpacked.weights.any()
    assert not unpacked.bias.any()
    assert unpacked.weights.flags.c_contiguous


@given(rows=st.integers(0, 5), size=st.integers(1, 5), dtype=st.sampled_from(DTYPES))
@deterministic
def test_a_batch_is_extended_by_a_column_of_ones(rows: int, size: int, dtype: str) -> None:
    batch = np.arange(rows * size, dtype=dtype).reshape(rows, size)

    extended = with_ones(batch)

    assert extended.shape == (rows, size + 1)
    assert extended.dtype == dtype
    np.testing.assert_array_equal(extended[:, :-1], batch)
    assert (extended[:, -1] == 1).all()
    assert (empty_batch(rows, size, np.dtype(dtype))[:, -1] == 1).all()
