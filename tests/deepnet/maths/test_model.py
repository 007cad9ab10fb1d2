import json
import pickle
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.errors import InputError, ShapeError, UnknownNameError
from deepnet.maths.activations import ACTIVATIONS
from deepnet.maths.initializers import INITIALIZERS
from deepnet.maths.model import Chain, Dense, Dropout, mlp

deterministic = settings(derandomize=True, deadline=None, max_examples=60)


@st.composite
def chains(draw: st.DrawFn) -> Chain:
    widths = draw(st.lists(st.integers(1, 50), min_size=2, max_size=5))
    activations, initializers = st.sampled_from(sorted(ACTIVATIONS)), st.sampled_from(sorted(INITIALIZERS))
    layers: list[Dense | Dropout] = []
    for inputs, neurons in pairwise(widths):
        layers += [Dropout(rate) for rate in draw(st.lists(st.floats(0, 1, exclude_max=True), max_size=2))]
        layers.append(Dense(inputs, neurons, draw(activations), draw(initializers), draw(initializers)))
    return Chain(*layers)


@given(model=chains())
@deterministic
def test_plain_data_give_the_same_model_back(model: Chain) -> None:
    assert Chain.from_dict(json.loads(json.dumps(model.to_dict()))) == model
    assert pickle.loads(pickle.dumps(model)) == model
    assert hash(model) == hash(Chain(*model))


def test_a_model_knows_its_sizes_and_its_addresses() -> None:
    model = Chain(Dense(7, 32, "relu"), Dense(32, 8, "relu"), Dense(8, 1))

    assert (model.inputs, model.outputs, len(model)) == (7, 1, 3)
    assert (model.neuron_count, model.parameter_count) == (41, 7 * 32 + 32 + 32 * 8 + 8 + 8 + 1)
    assert model.named_layers() == {"dense_0": model[0], "dense_1": model[1], "dense_2": model[2]}
    assert model == mlp(7, (32, 8), 1, "relu")


def test_every_kind_of_layer_is_numbered_by_itself_and_only_dense_ones_have_parameters() -> None:
    hidden, middle, last = Dense(4, 3, "relu"), Dense(3, 3), Dense(3, 2, "softmax")
    model = Chain(Dropout(0.1), hidden, Dropout(0.5), middle, last)

    assert model.named_layers() == {
        "dropout_0": Dropout(0.1),
        "dense_0": hidden,
        "dropout_1": Dropout(0.5),
        "dense_1": middle,
        "dense_2": last,
    }
    assert list(model.named_layers()) == ["dropout_0", "dense_0", "dropout_1", "dense_1", "dense_2"]
    assert model.named_dense() == {"dense_0": hidden, "dense_1": middle, "dense_2": last}
    assert model.dense == (hidden, middle, last)
    assert (model.inputs, model.outputs, len(model)) == (4, 2, 5)
    assert (model.neuron_count, model.parameter_count) == (8, 15 + 12 + 8)


def test_a_perceptron_may_have_a_dropout_after_each_hidden_layer() -> None:
    assert mlp(7, (32, 8), 1, "relu", output_activation="sigmoid", dropout=0.25) == Chain(
        Dense(7, 32, "relu"), Dropout(0.25), Dense(32, 8, "relu"), Dropout(0.25), Dense(8, 1, "sigmoid")
    )


def test_layers_are_joined_across_a_dropout() -> None:
    with pytest.raises(ShapeError, match="dense_0 gives 4 numbers but dense_1 takes 5: make them equal"):
        Chain(Dense(2, 4), Dropout(0.5), Dense(5, 1))


@pytest.mark.parametrize("layers", [(Dense(1, 1), Dropout(0.5)), (Dropout(0.5),)])
def test_a_chain_ends_in_neurons(layers: tuple[Dense | Dropout, ...]) -> None:
    with pytest.raises(InputError, match="the last layer of a Chain must be a Dense: its outputs are the network's"):
        Chain(*layers)


@pytest.mark.parametrize("rate", [1, 1.5, -0.1, float("nan"), "half", True, None])
def test_a_rate_that_leaves_out_everything_or_is_none_is_refused(rate: float) -> None:
    with pytest.raises(InputError, match="the rate of a Dropout must be a number of 0 or more and below 1, got"):
        Dropout(rate)


def test_a_rate_is_kept_as_a_plain_number() -> None:
    assert type(Dropout(np.float64(0.5)).rate) is float


def test_layers_that_do_not_join_are_refused_by_address() -> None:
    with pytest.raises(ShapeError, match="dense_1 gives 8 numbers but dense_2 takes 9: make them equal"):
        Chain(Dense(7, 32), Dense(32, 8), Dense(9, 1))


@pytest.mark.parametrize("layers", [(), (3,), (Dense(1, 1), None)])
def test_what_is_no_chain_of_layers_is_refused(layers: tuple[Dense, ...]) -> None:
    with pytest.raises(InputError, match="Chain"):
        Chain(*layers)


@pytest.mark.parametrize("counts", [(0, 1), (1, 0), (1.0, 1), (True, 1), ("1", 1)])
def test_a_count_that_is_no_whole_number_of_1_or_more_is_refused(counts: tuple[int, int]) -> None:
    with pytest.raises(InputError, match=r"a layer's \w+ must be a whole number of 1 or more"):
        Dense(*counts)


@pytest.mark.parametrize("field", ["activation", "initializer", "bias_initializer"])
def test_a_name_that_is_not_known_is_refused_with_the_list(field: str) -> None:
    with pytest.raises(UnknownNameError, match=r"unknown .* 'magic': use one of "):
        Dense(1, 1, **{field: "magic"})


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"layers": 3},
        {"layers": []},
        {"layers": [{"inputs": 1, "neurons": 1}]},
        {"layers": [{"kind": "conv"}]},
        {"layers": [{"kind": "dropout"}]},
        {"layers": [{"kind": "dropout", "rate": 2}]},
    ],
)
def test_data_that_describe_no_model_are_refused(data: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Chain.from_dict(data)
