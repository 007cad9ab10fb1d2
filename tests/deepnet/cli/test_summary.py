from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepnet import Chain, Dense
from deepnet.maths.model import mlp
from deepnet.maths.outline import mermaid, outline
from deepnet.maths.parameters import initial_parameters
from deepnet.persistence.model_file import SavedModel, save_model

Deepnet = Callable[..., Any]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    chain = Chain(Dense(2, 4, "tanh"), Dense(4, 1, "sigmoid"))
    path = tmp_path / "small.model"
    save_model(path, SavedModel(chain, initial_parameters(chain, 0, "float64"), ("a", "b"), "y", "float64", {}))
    return path


def words(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


def test_the_articles_table_is_printed_cell_for_cell(deepnet: Deepnet) -> None:  # AX1, AX2
    small, large = deepnet("summary", "7-1-1"), deepnet("summary", "7-32-8-1")

    assert words(small.out) == [
        "Layer Input Shape Output Shape Options Parameters",
        "input ( input ) [] {nil, 7} shape: {nil, 7}",
        "optional: false",
        'dense_0 ( dense["input"] ) [{nil, 7}] {nil, 1} kernel: f32[7][1]',
        "bias: f32[1]",
        'relu_0 ( relu["dense_0"] ) [{nil, 1}] {nil, 1}',
        'dense_1 ( dense["relu_0"] ) [{nil, 1}] {nil, 1} kernel: f32[1][1]',
        "bias: f32[1]",
        "",
        "Total Parameters: 10",
        "Total Parameters Memory: 40 bytes",
    ]
    assert large.out.endswith("Total Parameters: 529\nTotal Parameters Memory: 2116 bytes\n")


def test_json_is_the_outline(deepnet: Deepnet) -> None:
    outcome = deepnet("summary", "7-32-8-1", "--json")

    assert outcome.facts["parameters"] == 529
    assert outcome.facts["bytes"] == 2116
    names = [row["name"] for row in outcome.facts["rows"]]
    assert names == ["input", "dense_0", "relu_0", "dense_1", "relu_1", "dense_2"]
    assert outcome.facts["rows"][1]["parameters"][0] == {"name": "kernel", "type": "f32", "shape": [7, 32]}


def test_activations_and_dtype_are_those_asked_for(deepnet: Deepnet) -> None:
    options = ("--activation", "tanh", "--output-activation", "softmax", "--dtype", "float64", "--json")
    rows = outline(mlp(4, (5,), 3, "tanh", output_activation="softmax"), "float64")

    facts = deepnet("summary", "4-5-3", *options).facts

    assert [row["kind"] for row in facts["rows"]] == [row.kind for row in rows.rows]
    assert facts["bytes"] == rows.bytes == 8 * facts["parameters"]


def test_a_graph_is_printed_for_mermaid(deepnet: Deepnet) -> None:
    assert deepnet("summary", "7-32-8-1", "--mermaid").out == mermaid(mlp(7, (32, 8), 1, "relu"))


def test_a_saved_model_is_shown_with_its_own_activations_and_dtype(deepnet: Deepnet, model: Path) -> None:
    outcome = deepnet("summary", model)
    lines = words(outcome.out)

    assert outcome.code == 0
    assert 'tanh_0 ( tanh["dense_0"] ) [{nil, 4}] {nil, 4}' in lines
    assert 'sigmoid_0 ( sigmoid["dense_1"] ) [{nil, 1}] {nil, 1}' in lines
    assert lines[-2:] == ["Total Parameters: 17", "Total Parameters Memory: 136 bytes"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "MODEL|SIZES"),
        (("7",), "two sizes or more"),
        (("7--1",), "two sizes or more"),
        (("7-1-",), "two sizes or more"),
        (("7-9999999999999999999",), "two sizes or more"),
        (("7-0-1",), "whole number of 1 or more, got 0"),
        (("seven-1",), "seven-1: there is no such file"),
        (("7-1", "--activation", "wavy"), "--activation"),
        (("7-1", "--dtype", "float16"), "--dtype"),
        (("7-1", "--mermaid", "--json"), "--mermaid and --json"),
        (("7-1", "extra"), "extra"),
    ],
)
def test_bad_input_gets_one_line(deepnet: Deepnet, arguments: tuple[str, ...], said: str) -> None:
    outcome = deepnet("summary", *arguments)

    assert outcome.code == 2
    assert bool(outcome.out) == ("--json" in arguments)
    assert outcome.err.count("\n") == 1
    assert said in outcome.err


@pytest.mark.parametrize("option", [("--dtype", "float32"), ("--activation", "relu"), ("--output-activation", "relu")])
def test_what_a_saved_model_has_of_its_own_cannot_be_given(
    deepnet: Deepnet, model: Path, option: tuple[str, str]
) -> None:
    outcome = deepnet("summary", model, *option)

    assert outcome.code == 2
    assert f"{option[0]} is for sizes" in outcome.err


def test_a_file_that_is_no_model_is_named(deepnet: Deepnet, tmp_path: Path) -> None:
    path = tmp_path / "numbers.npy"
    np.save(path, np.ones(3))
    outcome = deepnet("summary", path)

    assert outcome.code == 2
    assert "numbers.npy: is not a saved model" in outcome.err
