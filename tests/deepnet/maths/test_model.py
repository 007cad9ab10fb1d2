import json
import pickle
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.errors import InputError, ShapeError, UnknownNameError
from deepnet.maths.activations import ACTIVATIONS
from deepnet.maths.initializers import INITIALIZERS
from deepnet.maths.model import Chain, Dense, mlp

deterministic = settings(derandomize=True, deadline=None, max_examples=60)


@st.composite
def chains(draw: st.DrawFn) -> Chain:
    widths = draw(st.lists(st.integers(1, 50), min_size=2, max_size=5))
    activations, initializers = st.sampled_from(sorted(ACTIVATIONS)), st.sampled_from(sorted(INITIALIZERS))
    return Chain(
        *(
            Dense(inputs, neurons, draw(activations), draw(initializers), draw(initializers))
            for inputs, neurons in pairwise(widths)
        )
    )


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
    [{}, {"layers": 3}, {"layers": []}, {"layers": [{"inputs": 1, "neurons": 1}]}, {"layers": [{"kind": "conv"}]}],
)
def test_data_that_describe_no_model_are_refused(data: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Chain.from_dict(data)
