import json
import pickle
from typing import Any

import numpy as np
import pytest

from deepnet.errors import InputError, UnknownNameError
from deepnet.maths.arrays import DTYPES, Array
from deepnet.maths.random import stream
from deepnet.maths.treatment import (
    UNTREATED,
    Treatment,
    ValueFault,
    flip_bits,
    holds_output,
    output_is_treated,
    treat_errors,
    treat_outputs,
    treatment_from_dict,
)

LAYER, STEP = 1, 6


def a_layer(dtype: str = "float64", rows: int = 5) -> tuple[Array, Array]:
    """Sums of four neurons, and their outputs under tanh beside a column of ones."""
    sums = np.random.default_rng(0).normal(size=(rows, 4)).astype(dtype)
    return sums, np.column_stack((np.tanh(sums), np.ones(rows, dtype)))


def faulty(kind: str, amount: float, **options: Any) -> Treatment:
    return Treatment(faults=(ValueFault(kind=kind, amount=amount, **options),))


# The values.


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"activation": "softmax"}, "softmax couples all neurons of a layer: give a single one an activation such as"),
        ({"activation": "log_softmax"}, "log_softmax couples all neurons of a layer"),
        ({"rate": -0.1}, r"the rate of a neuron must be a finite number of 0 or more, got -0\.1"),
        ({"rate": np.inf}, "the rate of a neuron must be a finite number of 0 or more, got inf"),
        ({"frozen": 1}, "frozen must be True or False, got 1"),
        ({"lesioned": np.nan}, "the output of a lesioned neuron must be a finite number, got nan"),
        ({"lesioned": True}, "the output of a lesioned neuron must be a finite number, got True"),
        ({"faults": ("noise",)}, "a fault of a neuron must be a ValueFault, got 'noise'"),
    ],
)
def test_what_cannot_be_done_to_a_neuron_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Treatment(**options)


@pytest.mark.parametrize("activation", ["", "rely", 5])
def test_an_activation_that_nobody_knows_is_refused_with_those_that_a_neuron_can_have(activation: Any) -> None:
    with pytest.raises(UnknownNameError, match=r"unknown activation .*: use one of identity, sigmoid") as refused:
        Treatment(activation=activation)
    assert "softmax" not in refused.value.known


def test_a_treatment_that_changes_nothing_is_false() -> None:
    assert not Treatment()
    assert not Treatment(rate=np.float32(1), faults=[])  # type: ignore[arg-type]
    for options in ({"rate": 0}, {"frozen": True}, {"lesioned": 0}, {"activation": "linear"}):
        assert Treatment(**options)
    assert faulty("noise", 0)


def test_who_is_frozen_or_lesioned_does_not_learn() -> None:
    assert UNTREATED.learns
    assert Treatment(rate=0).learns
    assert not Treatment(frozen=True).learns
    assert not Treatment(lesioned=0).learns


def test_a_treatment_is_plain_data_and_comes_back_as_it_was() -> None:
    faults = ValueFault(kind="noise", amount=0.5, last=3), ValueFault(kind="bit_flip", amount=-1)
    for treatment in (
        Treatment(),
        Treatment(activation="relu", rate=0.5, frozen=True, lesioned=np.float64(-2), faults=faults),
    ):
        assert treatment_from_dict(json.loads(json.dumps(treatment.to_dict()))) == treatment
        assert pickle.loads(pickle.dumps(treatment)) == treatment


@pytest.mark.parametrize("data", [{"colour": 1}, {"faults": 3}, {"faults": [3]}, {"faults": [{}]}, 5, "frozen", None])
def test_data_that_describe_no_treatment_are_refused(data: Any) -> None:
    with pytest.raises(InputError, match="these data describe no"):
        treatment_from_dict(data)


def test_data_with_a_number_out_of_its_range_are_refused_by_name() -> None:
    with pytest.raises(InputError, match="the rate of a neuron"):
        treatment_from_dict({"rate": -1})


# What neurons give.


@pytest.mark.parametrize("dtype", DTYPES)
def test_each_treatment_writes_its_own_column_and_no_other(dtype: str) -> None:
    sums, outputs = a_layer(dtype)
    before = outputs.copy()
    noise = stream(3, "noise fault", LAYER, 3, STEP)
    noise.random()  # whether it strikes

    treatments = {
        0: Treatment(activation="relu"),
        2: Treatment(lesioned=0.7),
        3: faulty("noise", 0.5, seed=3),
    }
    treat_outputs(treatments, LAYER, STEP, sums, outputs)

    assert outputs.dtype == dtype
    np.testing.assert_array_equal(outputs[:, 0], np.maximum(sums[:, 0], 0))
    np.testing.assert_array_equal(outputs[:, 1], before[:, 1])
    np.testing.assert_array_equal(outputs[:, 2], np.full(5, 0.7, dtype))
    deviates = (0.5 * noise.standard_normal(5)).astype(dtype)
    np.testing.assert_allclose(outputs[:, 3], before[:, 3] + deviates, rtol=1e-6)
    np.testing.assert_array_equal(outputs[:, 4], 1)


def test_byzantine_outputs_are_anywhere_within_their_amount() -> None:
    sums, outputs = a_layer(rows=4000)
    treat_outputs({1: faulty("byzantine", 3)}, LAYER, STEP, sums, outputs)
    lies = outputs[:, 1]

    assert -3 <= lies.min() < -2.9
    assert 2.9 < lies.max() <= 3
    assert abs(lies.mean()) < 0.1
    assert abs(np.corrcoef(lies, sums[:, 1])[0, 1]) < 0.05


def test_noise_has_the_standard_deviation_that_was_asked_for() -> None:
    sums, outputs = a_layer(rows=4000)
    before = outputs.copy()
    treat_outputs({1: faulty("noise", 0.2)}, LAYER, STEP, sums, outputs)

    assert (outputs - before)[:, 1].std() == pytest.approx(0.2, rel=0.05)


def test_a_treatment_comes_in_its_order_activation_faults_lesion() -> None:
    stuck, noise = ValueFault(kind="stuck_at", amount=9), ValueFault(kind="noise", amount=0.01)
    sums, outputs = a_layer()
    treatments = {
        0: Treatment(activation="relu", faults=(stuck,)),
        1: Treatment(faults=(noise, stuck)),
        2: Treatment(faults=(stuck, noise)),
        3: Treatment(faults=(stuck,), lesioned=-1),
    }
    treat_outputs(treatments, LAYER, STEP, sums, outputs)

    assert set(outputs[:, 0]) == set(outputs[:, 1]) == {9}
    assert 0 < np.abs(outputs[:, 2] - 9).max() < 0.1
    assert set(outputs[:, 3]) == {-1}


def test_a_fault_that_is_over_or_of_the_row_leaves_the_outputs_alone() -> None:
    sums, outputs = a_layer()
    before = outputs.copy()
    over = {0: faulty("stuck_at", 9, last=STEP - 1), 1: faulty("stuck_at", 9, first=STEP + 1), 2: faulty("bit_flip", 1)}
    treat_outputs(over, LAYER, STEP, sums, outputs)

    np.testing.assert_array_equal(outputs, before)


@pytest.mark.parametrize("kind", ["noise", "byzantine"])
def test_rows_in_pieces_meet_the_same_chance_as_all_at_once(kind: str) -> None:
    treatments = {2: faulty(kind, 1)}
    sums, at_once = a_layer(rows=11)
    in_pieces = at_once.copy()
    treat_outputs(treatments, LAYER, STEP, sums, at_once)
    for first in (0, 4, 8):
        piece = slice(first, first + 4)
        treat_outputs(treatments, LAYER, STEP, sums[piece], in_pieces[piece], first_row=first)

    np.testing.assert_array_equal(in_pieces, at_once)
    assert len(set(at_once[:, 2])) == 11


def test_numbers_beyond_the_dtype_become_infinite_without_a_word() -> None:
    sums, outputs = a_layer("float32")
    treat_outputs({0: faulty("stuck_at", 1e300), 1: faulty("noise", 1e300)}, LAYER, STEP, sums, outputs)

    assert np.isinf(outputs[:, :2]).all()


# What errors become.


def test_errors_are_stopped_where_an_output_is_held_and_only_while_it_is() -> None:
    errors = np.ones((2, 4))
    held = {
        0: Treatment(lesioned=0),
        1: faulty("stuck_at", 0, last=STEP),
        2: Treatment(frozen=True, rate=2, activation="relu", faults=(ValueFault(kind="noise", amount=1),)),
        3: faulty("byzantine", 0, first=STEP),
    }

    np.testing.assert_array_equal(treat_errors(held, LAYER, STEP, errors), [[0, 0, 1, 0]] * 2)
    np.testing.assert_array_equal(treat_errors(held, LAYER, STEP + 1, errors), [[0, 1, 1, 0]] * 2)
    np.testing.assert_array_equal(treat_errors(held, LAYER, STEP - 1, errors), [[0, 0, 1, 1]] * 2)
    np.testing.assert_array_equal(errors, 1)
    assert treat_errors({2: held[2]}, LAYER, STEP, errors) is errors


def test_an_output_is_held_just_at_the_steps_at_which_it_is_stuck() -> None:
    treatment = faulty("stuck_at", 100, rate=0.5)
    for step in range(1, 50):
        sums, outputs = a_layer()
        treat_outputs({2: treatment}, LAYER, step, sums, outputs)
        assert holds_output(treatment, LAYER, 2, step) == (outputs[0, 2] == 100)


@pytest.mark.parametrize(
    ("treatment", "expected"),
    [
        (Treatment(frozen=True, rate=3), False),
        (faulty("bit_flip", -1), False),
        (Treatment(activation="relu"), True),
        (Treatment(lesioned=0), True),
        (faulty("stuck_at", 0, first=99), True),
        (faulty("noise", 0), True),
        (faulty("byzantine", 0), True),
    ],
)
def test_a_treatment_is_of_the_output_or_of_the_row(treatment: Treatment, expected: bool) -> None:
    assert output_is_treated({0: Treatment(frozen=True), 3: treatment}) is expected
    assert not output_is_treated({})


# What becomes of the rows.


@pytest.mark.parametrize(("dtype", "bits"), [("float32", np.uint32), ("float64", np.uint64)])
def test_a_flip_changes_one_bit_of_one_weight_and_never_the_bias(dtype: str, bits: type[np.unsignedinteger]) -> None:
    before = np.random.default_rng(1).normal(size=(3, 4)).astype(dtype)
    struck, places = set(), set()
    for step in range(1, 400):
        rows = before.copy()
        flip_bits({1: faulty("bit_flip", -1, seed=5)}, LAYER, step, rows)
        difference = rows.view(bits) ^ before.view(bits)
        ((neuron, weight),) = np.argwhere(difference)
        changed = int(difference[neuron, weight])
        assert neuron == 1
        assert changed.bit_count() == 1
        struck.add(int(weight))
        places.add(changed.bit_length() - 1)

    assert struck == {0, 1, 2}
    assert places == set(range(8 * before.itemsize))


def test_the_bit_that_was_asked_for_is_flipped_and_twice_is_as_before() -> None:
    before = np.full((1, 2), 3.0, np.float32)
    rows = before.copy()
    sign = {0: faulty("bit_flip", 31)}

    flip_bits(sign, LAYER, STEP, rows)
    np.testing.assert_array_equal(rows, [[-3, 3]])
    flip_bits(sign, LAYER, STEP, rows)
    np.testing.assert_array_equal(rows, before)


def test_a_bit_that_the_dtype_does_not_have_is_not_flipped() -> None:
    rows = np.full((1, 2), 3.0, np.float32)
    flip_bits({0: faulty("bit_flip", 32)}, LAYER, STEP, rows)
    np.testing.assert_array_equal(rows, 3)


def test_bits_flip_in_rows_that_are_a_view_of_a_larger_array() -> None:
    bank = np.full((2, 6, 8), 3.0)
    flip_bits({0: faulty("bit_flip", 63)}, LAYER, STEP, bank[1, ::2, ::3])

    assert np.count_nonzero(bank == -3) == 1
    assert np.count_nonzero(bank == 3) == bank.size - 1


def test_other_faults_leave_the_rows_alone() -> None:
    rows = np.full((4, 3), 3.0)
    others = {0: faulty("stuck_at", 1), 1: faulty("noise", 1), 2: faulty("byzantine", 1), 3: Treatment(lesioned=1)}
    flip_bits(others, LAYER, STEP, rows)
    flip_bits({0: faulty("bit_flip", 1, first=STEP + 1)}, LAYER, STEP, rows)
    np.testing.assert_array_equal(rows, 3)
