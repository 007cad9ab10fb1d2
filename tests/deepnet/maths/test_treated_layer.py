from collections.abc import Callable

import numpy as np
import pytest

from deepnet.maths.activations import ACTIVATIONS
from deepnet.maths.arrays import Array, Batch
from deepnet.maths.optimizers import SGD, Adam, AdamW, Optimizer, scaled
from deepnet.maths.parameters import LayerParameters
from deepnet.maths.treated_layer import treated_deltas, treated_outputs, updated, without_still
from deepnet.maths.treatment import Treatment, ValueFault

Differentiate = Callable[[Callable[[Array], float], Array], Array]

LAYER, STEP = 2, 4
RNG = np.random.default_rng(8)
SUMS, ERRORS = RNG.normal(size=(3, 6)), RNG.normal(size=(3, 6))
NOISE = ValueFault(kind="noise", amount=0.5)
TREATMENTS = {
    0: Treatment(activation="sigmoid"),
    1: Treatment(lesioned=3),
    2: Treatment(activation="tanh", faults=(NOISE,)),
    3: Treatment(faults=(NOISE, ValueFault(kind="bit_flip", amount=-1)), frozen=True),
    4: Treatment(activation="gelu", faults=(ValueFault(kind="byzantine", amount=2),)),
}


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_deltas_of_treated_neurons_equal_the_central_differences(name: str, central_differences: Differentiate) -> None:
    function = ACTIVATIONS[name]

    def given(sums: Batch) -> Batch:
        return treated_outputs(TREATMENTS, LAYER, STEP, sums, function.value(sums))

    slopes = central_differences(lambda sums: float((ERRORS * given(sums)).sum()), SUMS)
    deltas = treated_deltas(function, TREATMENTS, LAYER, STEP, ERRORS, SUMS, function.value(SUMS))

    np.testing.assert_allclose(deltas, slopes, rtol=1e-6, atol=1e-8)


def test_a_neuron_whose_output_is_held_lets_no_error_through_even_if_its_sum_is_beyond_the_dtype() -> None:
    sums = np.array([[np.inf, 0.5, 0.5]], np.float32)
    held = {0: Treatment(lesioned=0), 2: Treatment(activation="silu", lesioned=0)}
    for name in ("gelu", "mish", "softsign", "identity"):
        function = ACTIVATIONS[name]
        with np.errstate(all="ignore"):
            outputs = function.value(sums)
            deltas = treated_deltas(function, held, LAYER, STEP, np.ones_like(sums), sums, outputs)
        assert deltas[0, 0] == deltas[0, 2] == 0
        assert deltas[0, 1] > 0


def test_sums_are_not_written_to_where_the_outputs_are_the_same_array() -> None:
    sums = SUMS.copy()
    given = treated_outputs(TREATMENTS, LAYER, STEP, sums, sums)

    np.testing.assert_array_equal(sums, SUMS)
    np.testing.assert_array_equal(given[:, 1], 3)
    assert treated_outputs({}, LAYER, STEP, sums, sums) is sums


def test_neurons_that_do_not_learn_have_no_gradient() -> None:
    gradient = LayerParameters(RNG.normal(size=(6, 3)), RNG.normal(size=6))
    still = without_still(TREATMENTS, gradient)

    for index in range(6):
        learns = index not in {1, 3}
        np.testing.assert_array_equal(still.weights[index], gradient.weights[index] if learns else 0)
        assert still.bias[index] == (gradient.bias[index] if learns else 0)
    assert without_still({0: TREATMENTS[0]}, gradient) is gradient
    assert gradient.weights.all(), "what was given is left alone"


@pytest.mark.parametrize("optimizer", [SGD(0.1, momentum=0.9), Adam(0.1), AdamW(0.1, weight_decay=0.1)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_neuron_learns_as_if_it_were_alone_at_its_own_rate(optimizer: Optimizer, dtype: str) -> None:
    def draw() -> LayerParameters:
        return LayerParameters(RNG.normal(size=(4, 3)).astype(dtype), RNG.uniform(0, 1, size=4).astype(dtype))

    def positive() -> LayerParameters:
        return LayerParameters(*map(np.abs, draw()))

    parameters, gradient, slots = draw(), draw(), tuple(positive() for _ in optimizer.slots)
    treatments = {0: Treatment(rate=0.5), 1: Treatment(frozen=True, rate=3), 3: Treatment(lesioned=1)}

    new, new_slots = updated(treatments, LAYER, STEP, optimizer, parameters, gradient, slots)

    for index, rate in enumerate((0.5, 0.0, 1.0, 0.0)):
        for part in range(2):
            old = np.atleast_1d(parameters[part][index])
            before = [np.atleast_1d(slot[part][index]) for slot in slots]
            expected, after = np.empty_like(old), [np.empty_like(slot) for slot in before]
            slope = np.atleast_1d(gradient[part][index])
            scaled(optimizer, rate).update(STEP, old, slope, before, expected, after)
            if index in treatments and not treatments[index].learns:
                expected, after = old, before
            np.testing.assert_array_equal(new[part][index], expected if part == 0 else expected[0])
            for slot, wanted in zip(new_slots, after, strict=True):
                np.testing.assert_array_equal(slot[part][index], wanted if part == 0 else wanted[0])
    assert {array.dtype for array in (*new, *(part for slot in new_slots for part in slot))} == {np.dtype(dtype)}


def test_a_bit_flips_after_the_update_and_of_a_frozen_neuron_too() -> None:
    sign = ValueFault(kind="bit_flip", amount=63)
    treatments = {0: Treatment(faults=(sign,)), 1: Treatment(frozen=True, faults=(sign,))}
    parameters = LayerParameters(np.array([[1.0], [2.0]]), np.array([3.0, 4.0]))
    gradient = LayerParameters(np.array([[1.0], [1.0]]), np.array([1.0, 1.0]))

    new, _ = updated(treatments, LAYER, STEP, SGD(0.5), parameters, gradient, ())

    np.testing.assert_array_equal(new.weights, [[-0.5], [-2]])
    np.testing.assert_array_equal(new.bias, [2.5, 4])
    np.testing.assert_array_equal(parameters.weights, [[1], [2]])
