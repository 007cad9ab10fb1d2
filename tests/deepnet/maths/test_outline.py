import json
import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.errors import UnknownNameError
from deepnet.maths.model import Chain, Dense, Dropout
from deepnet.maths.outline import COLUMNS, mermaid, outline

SMALL = Chain(Dense(7, 1, "relu"), Dense(1, 1))
CARS = Chain(Dense(7, 32, "relu"), Dense(32, 8, "relu"), Dense(8, 1))


def test_the_columns_are_axons() -> None:
    assert COLUMNS == ("Layer", "Input Shape", "Output Shape", "Options", "Parameters")


def test_ax1_the_table_of_7_1_1_is_axons_cell_for_cell() -> None:
    found = outline(SMALL)

    assert [row.cells for row in found.rows] == [
        ("input ( input )", "[]", "{nil, 7}", "shape: {nil, 7}\noptional: false", ""),
        ('dense_0 ( dense["input"] )', "[{nil, 7}]", "{nil, 1}", "", "kernel: f32[7][1]\nbias: f32[1]"),
        ('relu_0 ( relu["dense_0"] )', "[{nil, 1}]", "{nil, 1}", "", ""),
        ('dense_1 ( dense["relu_0"] )', "[{nil, 1}]", "{nil, 1}", "", "kernel: f32[1][1]\nbias: f32[1]"),
    ]
    assert (found.parameters, found.bytes) == (10, 40)


def test_ax2_the_table_of_7_32_8_1_is_axons_cell_for_cell() -> None:
    found = outline(CARS)

    assert [row.cells for row in found.rows] == [
        ("input ( input )", "[]", "{nil, 7}", "shape: {nil, 7}\noptional: false", ""),
        ('dense_0 ( dense["input"] )', "[{nil, 7}]", "{nil, 32}", "", "kernel: f32[7][32]\nbias: f32[32]"),
        ('relu_0 ( relu["dense_0"] )', "[{nil, 32}]", "{nil, 32}", "", ""),
        ('dense_1 ( dense["relu_0"] )', "[{nil, 32}]", "{nil, 8}", "", "kernel: f32[32][8]\nbias: f32[8]"),
        ('relu_1 ( relu["dense_1"] )', "[{nil, 8}]", "{nil, 8}", "", ""),
        ('dense_2 ( dense["relu_1"] )', "[{nil, 8}]", "{nil, 1}", "", "kernel: f32[8][1]\nbias: f32[1]"),
    ]
    assert (found.parameters, found.bytes) == (529, 2116)


@pytest.mark.parametrize(
    ("model", "parameters"),
    [
        (Chain(Dense(2, 1, "sigmoid")), 3),
        (Chain(Dense(2, 4, "sigmoid"), Dense(4, 3)), 27),
        (Chain(Dense(784, 50, "sigmoid"), Dense(50, 100, "sigmoid"), Dense(100, 10, "softmax")), 45_360),
        (Chain(Dense(784, 10, "softmax")), 7_850),
        (Chain(Dense(784, 32, "sigmoid"), Dense(32, 10, "softmax")), 25_450),
        (Chain(Dense(784, 128, "relu"), Dropout(0.5), Dense(128, 10, "softmax")), 101_770),
    ],
)
def test_the_known_models_have_as_many_parameters_as_their_books_say(model: Chain, parameters: int) -> None:
    assert outline(model).parameters == parameters
    assert outline(model).bytes == 4 * parameters


def test_in_float64_every_parameter_takes_8_bytes_and_says_so() -> None:
    found = outline(CARS, "float64")

    assert (found.parameters, found.bytes) == (529, 4232)
    assert found.rows[1].cells[4] == "kernel: f64[7][32]\nbias: f64[32]"


def test_a_dropout_and_each_kind_of_activation_have_rows_numbered_by_themselves() -> None:
    model = Chain(
        Dropout(0.25),
        Dense(3, 4, "relu"),
        Dropout(0.5),
        Dense(4, 4, "tanh"),
        Dense(4, 5, "relu"),
        Dense(5, 2, "softmax"),
    )

    found = outline(model)

    assert [row.name for row in found.rows] == [
        *("input", "dropout_0", "dense_0", "relu_0", "dropout_1", "dense_1", "tanh_0"),
        *("dense_2", "relu_1", "dense_3", "softmax_0"),
    ]
    assert found.rows[1].cells == ('dropout_0 ( dropout["input"] )', "[{nil, 3}]", "{nil, 3}", "rate: 0.25", "")
    assert found.rows[4].cells == ('dropout_1 ( dropout["relu_0"] )', "[{nil, 4}]", "{nil, 4}", "rate: 0.5", "")
    assert found.rows[5].inputs == ("dropout_1",)


@pytest.mark.parametrize("name", ["identity", "linear"])
def test_a_layer_without_activation_has_no_row_for_it(name: str) -> None:
    assert [row.name for row in outline(Chain(Dense(2, 1, name))).rows] == ["input", "dense_0"]


@given(
    widths=st.lists(st.integers(1, 50), min_size=2, max_size=6),
    activation=st.sampled_from(["identity", "relu", "softmax"]),
    rate=st.sampled_from([None, 0.0, 0.3]),
)
@settings(derandomize=True, deadline=None, max_examples=40)
def test_each_row_takes_what_the_one_before_gives_and_the_parameters_are_those_of_the_model(
    widths: list[int], activation: str, rate: float | None
) -> None:
    layers: list[Dense | Dropout] = []
    for inputs, neurons in pairwise(widths):
        layers += [] if rate is None else [Dropout(rate)]
        layers.append(Dense(inputs, neurons, activation))
    model = Chain(*layers)

    found = outline(model)

    for before, row in pairwise(found.rows):
        assert row.inputs == (before.name,)
        assert row.input_shapes == (before.output_shape,)
    assert found.rows[-1].output_shape == (None, model.outputs)
    assert len({row.name for row in found.rows}) == len(found.rows)
    assert sum(_size(parameter.shape) for row in found.rows for parameter in row.parameters) == model.parameter_count


def _size(shape: tuple[int, ...]) -> int:
    return shape[0] * (shape[1] if len(shape) > 1 else 1)


def test_an_outline_is_plain_data_with_none_for_the_rows_of_a_batch() -> None:
    data = json.loads(json.dumps(outline(SMALL).to_dict()))

    assert (data["parameters"], data["bytes"], len(data["rows"])) == (10, 40, 4)
    assert data["rows"][0]["options"] == {"shape": [None, 7], "optional": False}
    assert data["rows"][1] == {
        "name": "dense_0",
        "kind": "dense",
        "inputs": ["input"],
        "input_shapes": [[None, 7]],
        "output_shape": [None, 1],
        "options": {},
        "parameters": [
            {"name": "kernel", "type": "f32", "shape": [7, 1]},
            {"name": "bias", "type": "f32", "shape": [1]},
        ],
    }


def test_an_unknown_dtype_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="unknown dtype 'f32': use one of float32, float64"):
        outline(SMALL, "f32")


def test_the_graph_has_a_node_for_each_row_and_an_arrow_from_what_it_takes() -> None:
    assert mermaid(Chain(Dense(7, 1, "relu"), Dropout(0.5), Dense(1, 1))) == (
        "graph TD;\n"
        'input[/"input (:input) {nil, 7}"/];\n'
        'dense_0["dense_0 (:dense) {nil, 1}"];\n'
        'relu_0["relu_0 (:relu) {nil, 1}"];\n'
        'dropout_0["dropout_0 (:dropout) {nil, 1}"];\n'
        'dense_1["dense_1 (:dense) {nil, 1}"];\n'
        "input --> dense_0;\n"
        "dense_0 --> relu_0;\n"
        "relu_0 --> dropout_0;\n"
        "dropout_0 --> dense_1;\n"
    )


def test_every_arrow_of_a_graph_joins_two_of_its_nodes() -> None:
    text = mermaid(CARS)
    nodes = re.findall(r"^(\w+)\[", text, flags=re.MULTILINE)
    arrows = re.findall(r"^(\w+) --> (\w+);$", text, flags=re.MULTILINE)

    assert nodes == [row.name for row in outline(CARS).rows]
    assert arrows == list(pairwise(nodes))
