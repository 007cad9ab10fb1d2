from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from deepnet.errors import InputError, RunError, ShapeError, UnknownNameError
from deepnet.maths.losses import loss_named
from deepnet.maths.model import Chain, Dense
from deepnet.maths.optimizers import SGD
from deepnet.maths.treatment import Treatment
from deepnet.training.interventions import SetNeurons
from deepnet.training.plan import Plan
from deepnet.training.position import Position
from deepnet.training.setup import Setup
from deepnet.training.state import RunState
from deepnet.training.until import Until

PLAN = Plan(
    until=Until(epochs=1), optimizer=SGD(0.5, momentum=0.9), loss=loss_named("binary_cross_entropy"), kernels="numpy"
)


@pytest.fixture
def state() -> RunState:
    """3-2-1, whose rows are 0, 1, 2 and so on, with a slot."""
    rows = (np.arange(8, dtype="float32").reshape(2, 4), np.arange(8, 11, dtype="float32").reshape(1, 3))
    model = Chain(Dense(3, 2, "relu"), Dense(2, 1, "sigmoid"))
    setup = replace(Setup.of(model, "neuron"), plan=PLAN)
    for array in rows:
        array.setflags(write=False)
    return RunState(Position(step=3), rows, tuple((layer * 2,) for layer in rows), setup=setup)


def setup_of(state: RunState) -> Setup:
    assert state.setup is not None
    return state.setup


def test_a_neurons_weights_and_bias_are_set_and_nothing_else(state: RunState) -> None:
    applied = SetNeurons("dense_0/1", "net", weights=[1, 2.5, 3], bias=-1).applied(state)

    np.testing.assert_array_equal(applied.state.rows[0], [[0, 1, 2, 3], [1, 2.5, 3, -1]])
    assert applied.state.rows[1] is state.rows[1]
    assert applied.state.slots is state.slots
    np.testing.assert_array_equal(applied.old["weights"], [4, 5, 6])
    np.testing.assert_array_equal(applied.new["weights"], [1, 2.5, 3])
    assert (applied.old["bias"], applied.new["bias"]) == (7.0, -1.0)


def test_single_weights_are_set_by_the_number_of_their_input(state: RunState) -> None:
    applied = SetNeurons("dense_0/0", "net", weights={2: 0.5, np.int64(0): 9}).applied(state)

    np.testing.assert_array_equal(applied.state.rows[0][0], [9, 1, 0.5, 3])
    assert (applied.old, applied.new) == ({"weights": {2: 2.0, 0: 0.0}}, {"weights": {2: 0.5, 0: 9.0}})


def test_a_layers_weights_and_biases_are_set(state: RunState) -> None:
    weights = np.full((2, 3), 0.25)
    applied = SetNeurons("dense_0", "net", weights=weights, bias=[5, 6]).applied(state)
    weights[:] = 0  # they were copied

    np.testing.assert_array_equal(applied.state.rows[0], [[0.25, 0.25, 0.25, 5], [0.25, 0.25, 0.25, 6]])
    np.testing.assert_array_equal(applied.old["weights"], [[0, 1, 2], [4, 5, 6]])
    np.testing.assert_array_equal(applied.new["weights"], np.full((2, 3), 0.25))
    np.testing.assert_array_equal(applied.old["bias"], [3, 7])
    assert SetNeurons("dense_0", "net", bias=0.5).applied(state).new["bias"].tolist() == [0.5, 0.5]


def test_numbers_are_told_as_the_network_has_them(state: RunState) -> None:
    assert SetNeurons("dense_0/0", "net", bias=0.1).applied(state).new == {"bias": float(np.float32(0.1))}


def test_what_was_learnt_elsewhere_since_stays_when_a_weight_is_put_back(state: RunState) -> None:
    applied = SetNeurons("dense_0/0", "net", weights={1: 50.0}).applied(state)
    later = replace(applied.state, rows=tuple(rows + 100 for rows in applied.state.rows))

    back = applied.undo(later)

    np.testing.assert_array_equal(back.rows[0], [[100, 1, 102, 103], [104, 105, 106, 107]])


def test_several_things_are_one_change(state: RunState) -> None:
    applied = SetNeurons("dense_0/1", "net", rate=0.5, frozen=True, lesioned=True, activation="tanh").applied(state)

    assert setup_of(applied.state).treatment(0, 1) == Treatment(activation="tanh", rate=0.5, frozen=True, lesioned=0.0)
    assert applied.old == {"activation": "relu", "rate": 1.0, "frozen": False, "lesioned": None}
    assert applied.new == {"activation": "tanh", "rate": 0.5, "frozen": True, "lesioned": 0.0}
    assert setup_of(applied.undo(applied.state)).treatments == ({}, {})


def test_what_a_layer_is_set_to_is_told_neuron_by_neuron(state: RunState) -> None:
    one = SetNeurons("dense_0/1", "net", frozen=True, rate=0.25).applied(state).state
    applied = SetNeurons("dense_0", "net", frozen=True, learning_rate=0.125, lesioned=2, granularity="layer").applied(
        one
    )

    assert applied.old == {
        "learning_rate": (0.5, 0.125), "frozen": (False, True), "lesioned": (None, None), "granularity": "neuron"
    }  # fmt: skip
    assert applied.new == {
        "learning_rate": (0.125, 0.125), "frozen": (True, True), "lesioned": (2.0, 2.0), "granularity": "layer"
    }  # fmt: skip
    assert setup_of(applied.state).treatments[0] == dict.fromkeys((0, 1), Treatment(rate=0.25, frozen=True, lesioned=2))
    assert setup_of(applied.state).granularities == ("layer", "neuron")
    assert setup_of(applied.undo(applied.state)).treatments == setup_of(one).treatments


@pytest.mark.parametrize("healed", [None, False])
def test_a_healed_and_thawed_neuron_is_not_treated(state: RunState, healed: bool | None) -> None:
    now = SetNeurons("dense_0/0", "net", lesioned=0.5, frozen=True).applied(state).state
    now = SetNeurons("dense_0/0", "net", lesioned=healed, frozen=False).applied(now).state

    assert setup_of(now).treatments == ({}, {})


def test_a_learning_rate_is_kept_as_a_multiple_of_that_of_the_run(state: RunState) -> None:
    applied = SetNeurons("dense_0/0", "net", learning_rate=0.1).applied(state)

    assert setup_of(applied.state).treatment(0, 0).rate == 0.1 / 0.5
    assert (applied.old, applied.new) == ({"learning_rate": 0.5}, {"learning_rate": 0.1})


def test_before_there_is_a_run_there_is_no_learning_rate(state: RunState) -> None:
    at_rest = replace(state, setup=replace(setup_of(state), plan=None))

    with pytest.raises(RunError, match=r"dense_0/0 can have no learning rate .*: give rate=\.\.\. instead"):
        SetNeurons("dense_0/0", "net", learning_rate=0.1).applied(at_rest)


# Activations.


def test_a_layers_activation_takes_the_place_of_its_neurons_own(state: RunState) -> None:
    own = SetNeurons("dense_0/1", "net", activation="tanh", frozen=True).applied(state).state
    applied = SetNeurons("dense_0", "net", activation="sigmoid").applied(own)

    assert setup_of(applied.state).model.dense[0] == Dense(3, 2, "sigmoid")
    assert setup_of(applied.state).treatments[0] == {1: Treatment(frozen=True)}
    assert (applied.old, applied.new) == ({"activation": "relu"}, {"activation": "sigmoid"})
    back = setup_of(applied.undo(applied.state))
    assert (back.model, back.treatments) == (setup_of(own).model, setup_of(own).treatments)


@pytest.mark.parametrize("cleared", [None, "relu"])
def test_an_activation_of_ones_own_can_be_taken_away(state: RunState, cleared: str | None) -> None:
    own = SetNeurons("dense_0/1", "net", activation="tanh").applied(state).state
    applied = SetNeurons("dense_0/1", "net", activation=cleared).applied(own)

    assert setup_of(applied.state).treatments == ({}, {})
    assert (applied.old, applied.new) == ({"activation": "tanh"}, {"activation": "relu"})


def test_a_layer_may_be_coupled_and_parted_again(state: RunState) -> None:
    coupled = SetNeurons("dense_0", "net", activation="softmax").applied(state).state
    parted = SetNeurons("dense_0", "net", activation="elu").applied(coupled).state

    assert [setup_of(each).model.dense[0].activation for each in (coupled, parted)] == ["softmax", "elu"]
    assert SetNeurons("dense_0/0", "net", activation=None).applied(coupled).new == {"activation": "softmax"}
    with pytest.raises(InputError, match=r"softmax couples the neurons of dense_0, one cannot have its own"):
        SetNeurons("dense_0/0", "net", activation="relu").applied(coupled)


def test_an_activation_that_couples_is_refused_where_somebody_has_his_own(state: RunState) -> None:
    own = SetNeurons("dense_0/1", "net", activation="tanh").applied(state).state

    with pytest.raises(InputError, match="dense_0/1 has an activation of its own: set that to None first"):
        SetNeurons("dense_0", "net", activation="log_softmax").applied(own)


@pytest.mark.parametrize("address", ["dense_1", "dense_1/0"])
def test_the_last_activation_fits_the_loss_of_the_run(state: RunState, address: str) -> None:
    applied = SetNeurons(address, "net", activation="hard_sigmoid").applied(state)
    other = replace(PLAN, loss=loss_named("mean_squared_error"))
    free = replace(state, setup=replace(setup_of(state), plan=other))

    with pytest.raises(InputError, match="binary_cross_entropy takes outputs from 0 to 1"):
        SetNeurons(address, "net", activation="relu").applied(state)
    wide = SetNeurons(address, "net", activation="relu").applied(free)
    narrow = SetNeurons(address, "net", activation="sigmoid").applied(wide.state)
    begun = replace(narrow.state, setup=replace(setup_of(narrow.state), plan=PLAN))  # another run, of another loss
    with pytest.raises(InputError, match="binary_cross_entropy takes outputs from 0 to 1"):
        narrow.undo(begun)
    assert applied.new == {"activation": "hard_sigmoid"}


# What is refused.


@pytest.mark.parametrize(
    ("address", "options", "error", "message"),
    [
        ("dense_0/0", {"weights": [1, 2]}, ShapeError, r"weights of dense_0/0 has shape \(2,\), expected \(3\)"),
        ("dense_0", {"weights": [1, 2, 3]}, ShapeError, r"weights of dense_0 has shape \(3,\), expected \(2, 3\)"),
        ("dense_0", {"weights": [[1, 2], [3]]}, InputError, "weights of dense_0 must be numbers: "),
        ("dense_0/0", {"weights": [1, np.nan, 2]}, InputError, r"must be finite in float32: at \(1,\) it is nan"),
        ("dense_0/0", {"weights": ["1", "2", "3"]}, InputError, "weights of dense_0/0 must be numbers, got <U1"),
        ("dense_0/0", {"weights": {3: 1.0}}, InputError, "dense_0/0 has no input 3: its inputs are 0 to 2"),
        ("dense_0/0", {"weights": {-1: 1.0}}, InputError, "an input of dense_0/0 must be a whole number of 0 or more"),
        ("dense_0/0", {"weights": {0: "a"}}, InputError, "weight 0 of dense_0/0 must be a number"),
        ("dense_0/0", {"weights": {}}, InputError, "the mapping of weights of dense_0/0 is empty"),
        ("dense_0", {"weights": {0: 1.0}}, InputError, r"for a neuron, dense_0 is a layer: give one such as dense_0/0"),
        ("dense_0/0", {"bias": [1]}, ShapeError, r"bias of dense_0/0 has shape \(1,\), expected \(\)"),
        ("dense_0", {"bias": [1, 2, 3]}, ShapeError, r"bias of dense_0 has shape \(3,\), expected \(2\)"),
        ("dense_0/0", {"bias": 1e39}, InputError, "bias of dense_0/0 must be finite in float32: it is inf"),
        ("dense_0/0", {"bias": True}, InputError, "bias of dense_0/0 must be a number, got bool"),
        ("dense_0/0", {"lesioned": "yes"}, InputError, "lesioned must be a number, got <U3"),
        ("dense_0/0", {"lesioned": 1e39}, InputError, "lesioned must be finite in float32: it is inf"),
        ("dense_0/0", {"frozen": 1}, InputError, "frozen must be True or False, got 1"),
        ("dense_0/0", {"rate": -1}, InputError, "rate must be a finite number of 0 or more, got -1"),
        ("dense_0/0", {"learning_rate": 1e308}, InputError, "rate must be a finite number of 0 or more, got inf"),
        ("dense_0/0", {"rate": 1, "learning_rate": 1}, InputError, "give one of them"),
        ("dense_0/0", {"granularity": "layer"}, InputError, "granularity is for a whole layer, .*: give dense_0"),
        ("dense_0", {"granularity": "atom"}, UnknownNameError, "unknown granularity 'atom'"),
        ("dense_0", {"activation": None}, UnknownNameError, "unknown activation 'None'"),
        ("dense_0/0", {"activation": "softmax"}, InputError, "softmax couples the neurons of a layer: set it for den"),
        ("dense_0/0", {"activation": "sine"}, UnknownNameError, "unknown activation 'sine'"),
        ("dense_0/2", {"bias": 1}, InputError, "net has no neuron 'dense_0/2': there are dense_0/0 to dense_0/1"),
        ("dense_0/0", {}, InputError, "nothing is to be set at dense_0/0: give one of weights, bias"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_on_one_line(
    state: RunState, address: str, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        SetNeurons(address, "net", **options).applied(state)

    assert len(str(caught.value).splitlines()) == 1


def test_a_part_that_is_refused_keeps_the_others_from_happening(state: RunState, bits: Callable[[Any], Any]) -> None:
    before = bits(state)

    with pytest.raises(InputError):
        SetNeurons("dense_0/0", "net", bias=1, frozen="yes").applied(state)

    assert bits(state) == before
