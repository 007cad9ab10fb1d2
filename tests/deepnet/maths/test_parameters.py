import hashlib
import struct
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.errors import InputError, ShapeError, UnknownNameError
from deepnet.maths.arrays import DTYPES
from deepnet.maths.model import Chain, Dense
from deepnet.maths.parameters import LayerParameters, checked_parameters, fingerprint, initial_parameters

deterministic = settings(derandomize=True, deadline=None, max_examples=40)
MODEL = Chain(Dense(3, 4, "relu"), Dense(4, 2))
widths = st.lists(st.integers(1, 8), min_size=2, max_size=5)


def chain(*sizes: int) -> Chain:
    return Chain(*(Dense(inputs, neurons) for inputs, neurons in pairwise(sizes)))


def given_zeros() -> list[tuple[object, object]]:
    return [(np.zeros((4, 3)), np.zeros(4)), (np.zeros((2, 4)), np.zeros(2))]


@given(sizes=widths, seed=st.integers(0, 2**40), dtype=st.sampled_from(DTYPES))
@deterministic
def test_beginnings_have_the_shapes_of_the_model_and_come_again(sizes: list[int], seed: int, dtype: str) -> None:
    model = chain(*sizes)

    parameters = initial_parameters(model, seed, dtype)

    assert [weights.shape for weights, _ in parameters] == [(layer.neurons, layer.inputs) for layer in model.dense]
    assert [bias.shape for _, bias in parameters] == [(layer.neurons,) for layer in model.dense]
    assert {array.dtype for layer in parameters for array in layer} == {np.dtype(dtype)}
    assert fingerprint(initial_parameters(model, seed, dtype)) == fingerprint(parameters)


def test_a_seed_has_its_own_beginning_and_so_has_each_layer() -> None:
    model = chain(3, 3, 3)
    first, second = (initial_parameters(model, seed, "float32") for seed in (0, 1))

    assert not np.array_equal(first[0].weights, second[0].weights)
    assert not np.array_equal(first[0].weights, first[1].weights)


def test_a_layer_begins_the_same_whatever_comes_after_it() -> None:
    short, long = initial_parameters(chain(3, 4), 7, "float32"), initial_parameters(chain(3, 4, 5), 7, "float32")

    np.testing.assert_array_equal(short[0].weights, long[0].weights)


def test_float32_begins_as_float64_rounded() -> None:
    narrow, wide = (initial_parameters(MODEL, 7, dtype) for dtype in DTYPES)

    np.testing.assert_array_equal(narrow[0].weights, wide[0].weights.astype("float32"))


def test_weights_and_bias_begin_as_their_initializers_say() -> None:
    model = Chain(Dense(3, 4, initializer="ones", bias_initializer="centered_uniform"))

    ((weights, bias),) = initial_parameters(model, 0, "float32")

    assert (weights == 1).all()
    assert 0 < np.abs(bias).max() <= 0.5


@pytest.mark.parametrize("seed", [-1, 1.5, "0"])
def test_a_seed_that_is_no_whole_number_is_refused(seed: int) -> None:
    with pytest.raises(InputError, match="seed must be a whole number of 0 or more"):
        initial_parameters(MODEL, seed, "float32")


def test_an_unknown_dtype_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="unknown dtype 'float16': use one of float32, float64"):
        initial_parameters(MODEL, 0, "float16")
    with pytest.raises(UnknownNameError, match="unknown dtype 'float16': use one of float32, float64"):
        checked_parameters(MODEL, [], "float16")


@pytest.mark.parametrize("dtype", DTYPES)
def test_given_parameters_are_copied_into_contiguous_arrays_of_the_dtype(dtype: str) -> None:
    weights, bias = np.arange(12.0).reshape(3, 4).T, [1, 2, 3, 4]

    checked = checked_parameters(MODEL, [(weights, bias), (np.zeros((2, 4)), np.zeros(2))], dtype)
    weights[0, 0] = 99

    assert checked[0].weights[0, 0] == 0
    assert checked[0].weights[1].tolist() == [1, 5, 9]
    assert all(array.dtype == dtype and array.flags.c_contiguous for layer in checked for array in layer)


def test_what_comes_out_goes_in_again() -> None:
    parameters = initial_parameters(MODEL, 0, "float32")

    assert fingerprint(checked_parameters(MODEL, parameters, "float32")) == fingerprint(parameters)


@pytest.mark.parametrize(
    ("layer", "pair", "error", "message"),
    [
        (1, (np.zeros((4, 2)), np.zeros(2)), ShapeError, r"dense_1 weights has shape \(4, 2\), expected \(2, 4\)"),
        (0, (np.zeros((4, 3)), np.zeros(3)), ShapeError, r"dense_0 bias has shape \(3,\), expected \(4\)"),
        (0, (np.zeros((4, 3)),), InputError, "dense_0 must be a pair of weights and bias"),
        (0, 3, InputError, "dense_0 must be a pair of weights and bias"),
        (1, ([[1, 2], [3]], [0, 0]), InputError, "dense_1 weights must be an array of numbers"),
        (1, (np.zeros((2, 4)), ["a", "b"]), InputError, "dense_1 bias must be an array of numbers"),
        (1, (np.zeros((2, 4)), [0, 1j]), InputError, "dense_1 bias must be an array of numbers"),
        (
            1,
            (np.zeros((2, 4)), [0, np.nan]),
            InputError,
            r"dense_1 bias must be finite in float32: at \(1,\) it is nan",
        ),
        (1, (np.full((2, 4), 1e39), [0, 0]), InputError, r"dense_1 weights .* in float32: at \(0, 0\) it is inf"),
    ],
)
def test_parameters_that_do_not_fit_are_refused_and_the_layer_is_named(
    layer: int, pair: tuple[object, object], error: type[Exception], message: str
) -> None:
    parameters: list[object] = [*given_zeros()]
    parameters[layer] = pair

    with pytest.raises(error, match=message):
        checked_parameters(MODEL, parameters, "float32")  # type: ignore[arg-type]


def test_too_few_layers_are_refused() -> None:
    with pytest.raises(ShapeError, match="parameters of 1 layers were given, the model has 2"):
        checked_parameters(MODEL, initial_parameters(chain(3, 4), 0, "float32"), "float32")


def test_a_fingerprint_is_the_hash_of_the_little_endian_numbers_in_order() -> None:
    layer = LayerParameters(np.array([[1, 2], [3, 4]], "float32"), np.array([5, 6], "float32"))
    expected = hashlib.sha256(struct.pack("<6f", 1, 2, 3, 4, 5, 6)).hexdigest()

    assert fingerprint([layer]) == expected
    assert fingerprint([LayerParameters(layer.weights.astype(">f4"), layer.bias.astype(">f4"))]) == expected
    assert fingerprint([LayerParameters(np.asfortranarray(layer.weights), layer.bias)]) == expected


def test_a_fingerprint_sees_a_single_bit() -> None:
    parameters = initial_parameters(MODEL, 0, "float32")
    before = fingerprint(parameters)

    parameters[1].bias[1] = np.nextafter(parameters[1].bias[1], np.float32(1))

    assert fingerprint(parameters) != before
