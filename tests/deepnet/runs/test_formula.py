"""What is printed is reckoned again, by a parser that knows nothing of how it was printed."""

import ast
import math
import operator
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from deepnet.maths.arrays import Batch, Vector
from deepnet.runs.formula import formula

SIGMOID: Callable[[Any], Any] = lambda z: 1 / (1 + np.exp(-z))  # noqa: E731
FUNCTIONS: dict[str, Callable[[float], float]] = {
    "sigmoid": SIGMOID,
    "sigmoid'": lambda z: float(SIGMOID(z) * (1 - SIGMOID(z))),
    "tanh": math.tanh,
    "tanh'": lambda z: 1 - math.tanh(z) ** 2,
    "relu": lambda z: max(z, 0.0),
    "relu'": lambda z: float(z > 0),
}
OPERATORS: dict[type, Callable[[float, float], float]] = {ast.Add: operator.add, ast.Mult: operator.mul}


def reckoned(text: str) -> float | None:
    """The value of printed arithmetic, or None where there is a symbol in it."""
    text = re.sub(r"\.\.\. \(\d+ left out: (\S+)\) \.\.\.", r"(\1)", text).replace("'(", "_slope(")

    def value(node: ast.expr) -> float:
        match node:
            case ast.Constant(value=int() | float() as number):
                return float(number)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -value(operand)
            case ast.BinOp(left=left, op=op, right=right):
                return OPERATORS[type(op)](value(left), value(right))
            case ast.Call(func=ast.Name(id=name), args=[argument]):
                return FUNCTIONS[name.replace("_slope", "'")](value(argument))
        raise LookupError

    try:
        return value(ast.parse(text, mode="eval").body)
    except (LookupError, SyntaxError):
        return None


def equations(text: str) -> list[tuple[str, list[float]]]:
    """What stands on the left of each line, and the values of all its sides that are arithmetic."""
    lines = [line.split(";")[0].split(" = ") for line in text.splitlines() if " = " in line]
    return [(left, [found for side in sides if (found := reckoned(side)) is not None]) for left, *sides in lines]


def learnt(size: int, rows: int, seed: int) -> tuple[Vector, float, Batch, Vector, Vector, Vector]:
    """Weights, bias, inputs, sums, deltas and gradient of a neuron that has seen some rows."""
    rng = np.random.default_rng(seed)
    weights, bias, inputs = rng.normal(size=size), float(rng.normal()), rng.normal(size=(rows, size))
    deltas = rng.normal(size=rows)
    return weights, bias, inputs, inputs @ weights + bias, deltas, np.append(deltas @ inputs, deltas.sum())


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
@pytest.mark.parametrize("size", [1, 2, 12, 13, 40])
@pytest.mark.parametrize("digits", [4, 15])
def test_every_equation_that_is_printed_holds(activation: str, size: int, digits: int) -> None:
    weights, bias, inputs, sums, deltas, gradient = learnt(size, 1, seed=size)
    deltas *= FUNCTIONS[f"{activation}'"](float(sums[0]))
    gradient = np.append(deltas @ inputs, deltas.sum())
    text = formula(
        address="dense_0/3",
        weights=weights,
        bias=bias,
        activation=activation,
        inputs=inputs,
        sum=sums,
        output=np.array([FUNCTIONS[activation](float(sums[0]))]),
        delta=deltas,
        gradient=gradient,
        digits=digits,
    )
    found = dict(equations(text))
    size_of_terms = float(np.abs(weights) @ np.abs(inputs[0])) + abs(bias) + 1

    for left, values in equations(text):
        alone = left == "db" or (left == "delta" and not deltas.any())  # db = delta, and error*0, where no error shows
        assert len(values) >= (1 if alone else 2), left
        assert values == pytest.approx([values[-1]] * len(values), abs=3 * 10.0**-digits * size_of_terms), left
    assert found["z"][-1] == pytest.approx(sums[0], rel=10.0 ** (1 - digits))
    assert found["a"][-1] == pytest.approx(FUNCTIONS[activation](float(sums[0])), rel=10.0 ** (1 - digits))
    assert found["delta"][-1] == pytest.approx(deltas[0], rel=10.0 ** (1 - digits))
    assert found["db"][-1] == pytest.approx(gradient[-1], rel=10.0 ** (1 - digits))
    shown = [int(left.removeprefix("dw_")) for left in found if left.startswith("dw_")]
    assert [found[f"dw_{index}"][-1] for index in shown] == pytest.approx(gradient[shown], rel=10.0 ** (1 - digits))
    assert shown == ([*range(size)] if size <= 12 else [0, 1, 2, 3, 4, size - 1])
    assert text.count(f"({size - 6} left out") == (2 if size > 12 else 0)


def test_what_is_not_watched_stays_a_symbol() -> None:
    text = formula(address="dense_0/3", weights=np.array([0.31, -0.2]), bias=0.1, activation="sigmoid")

    assert text.splitlines() == [
        "dense_0/3, sigmoid",
        "z = 0.31*x_0 + (-0.2)*x_1 + 0.1",
        "a = sigmoid(z)",
        "delta = error * sigmoid'(z)",
        "dw_i = delta * x_i, db = delta",
        "w_i <- w_i and b <- b, less what the optimizer makes of dw_i and db",
    ]


def test_a_watched_neuron_is_written_out() -> None:
    text = formula(
        address="dense_1/0",
        weights=np.array([0.31, -0.2]),
        bias=0.1,
        activation="sigmoid",
        inputs=np.array([[1.0, 0.5]]),
        sum=np.array([0.31]),
        output=np.array([0.5769]),
        delta=np.array([-0.05]),
        gradient=np.array([-0.05, -0.025, -0.05]),
    )

    assert text.splitlines() == [
        "dense_1/0, sigmoid",
        "z = 0.31*1 + (-0.2)*0.5 + 0.1 = 0.31",
        "a = sigmoid(z) = sigmoid(0.31) = 0.5769",
        "sigmoid'(z) = sigmoid'(0.31) = 0.2441",
        "delta = error * sigmoid'(z) = (-0.2048)*0.2441 = -0.05",
        "dw_0 = delta * x_0 = (-0.05)*1 = -0.05",
        "dw_1 = delta * x_1 = (-0.05)*0.5 = -0.025",
        "db = delta = -0.05",
        "w_i <- w_i and b <- b, less what the optimizer makes of dw_i and db",
    ]


def test_of_several_rows_the_last_is_shown_and_the_gradient_is_the_sum() -> None:
    weights, bias, inputs, sums, deltas, gradient = learnt(2, 5, seed=0)
    text = formula(
        address="dense_0/0",
        weights=weights,
        bias=bias,
        activation="identity",
        inputs=inputs,
        sum=sums,
        output=sums,
        delta=deltas,
        gradient=gradient,
    )

    assert text.startswith("dense_0/0, identity, the last of 5 rows\n")
    assert f"*{inputs[-1, 0]:.4g} + " in text.replace("(", "").replace(")", "")
    assert f" = {sums[-1]:.4g}\n" in text
    assert f"dw_1 = the sum over 5 rows of delta * x_1 = {gradient[1]:.4g}\n" in text
    assert f"db = the sum over 5 rows of delta = {gradient[2]:.4g}\n" in text


@pytest.mark.parametrize("activation", ["softmax", "log_softmax"])
def test_a_neuron_of_a_coupled_layer_does_not_pretend_to_work_alone(activation: str) -> None:
    text = formula(
        address="dense_0/0",
        weights=np.ones(1),
        bias=0.0,
        activation=activation,
        inputs=np.ones((1, 1)),
        sum=np.ones(1),
        output=np.array([0.25]),
        delta=np.array([0.5]),
    )

    assert f"a = {activation}(z of all neurons of the layer) = 0.25\n" in text
    assert "delta = dL/dz, by way of all outputs of the layer = 0.5\n" in text
    assert "dw_0 = delta * x_0 = 0.5*1 = 0.5\n" in text


def test_a_lesion_is_a_constant_that_lets_nothing_through() -> None:
    watched = {"inputs": np.ones((1, 1)), "sum": np.array([2.0]), "output": np.array([0.5]), "delta": np.zeros(1)}
    unwatched: dict[str, Any] = {}
    for given in (unwatched, watched):
        text = formula(
            address="dense_0/0",
            weights=np.ones(1),
            bias=1.0,
            activation="relu",
            held=0.5,
            gradient=np.zeros(2),
            **given,
        )

        assert text.splitlines()[2:] == [
            "a = 0.5, whatever z is: it is lesioned",
            "delta = 0: what is held lets no error through",
            "w_i, b: stay what they are while it is lesioned",
        ]


def test_a_frozen_neuron_has_its_gradient_and_keeps_its_weights() -> None:
    text = formula(
        address="dense_0/0",
        weights=np.ones(1),
        bias=1.0,
        activation="relu",
        frozen=True,
        inputs=np.ones((1, 1)),
        sum=np.array([2.0]),
        delta=np.array([0.5]),
    )

    assert text.splitlines()[-3:] == [
        "dw_0 = delta * x_0 = 0.5*1 = 0.5",
        "db = delta = 0.5",
        "w_i, b: stay what they are while it is frozen",
    ]


def test_a_flat_activation_lets_no_error_through_but_a_fused_loss_does() -> None:
    def back(activation: str, z: float, delta: float) -> str:
        text = formula(
            address="dense_0/0",
            weights=np.zeros(1),
            bias=z,
            activation=activation,
            sum=np.array([z]),
            delta=np.array([delta]),
        )
        return next(line for line in text.splitlines() if line.startswith("delta"))

    assert back("relu", -3.0, 0.0) == "delta = error * relu'(z) = error*0 = 0"
    assert back("sigmoid", 50.0, 1.0) == "delta = dL/dz = 1"


def test_numbers_that_do_not_fit_together_are_told_and_not_passed_over() -> None:
    text = formula(
        address="dense_0/0",
        weights=np.array([1.0]),
        bias=0.0,
        activation="identity",
        inputs=np.array([[2.0]]),
        sum=np.array([3.0]),
        output=np.array([4.0]),
        delta=np.array([1.0]),
        gradient=np.array([0.0, 0.5]),
    )

    assert "z = 1*2 + 0 = 2\nz was 3, made with other weights than these\n" in text
    assert "a = identity(z) = identity(3) = 3; the record says 4\n" in text
    assert "dw_0 = delta * x_0 = 1*2 = 2; the record says 0\n" in text
    assert "db = delta = 1; the record says 0.5\n" in text


def test_rounding_in_float32_is_no_difference() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        weights, inputs = rng.normal(size=200).astype("float32"), 1e3 * rng.normal(size=(1, 200)).astype("float32")
        weights -= inputs[0] * (inputs[0] @ weights) / (inputs[0] @ inputs[0])  # so that the sum nearly cancels
        sums = inputs @ weights + np.float32(0.1)
        text = formula(
            address="dense_0/0",
            weights=weights,
            bias=0.1,
            activation="tanh",
            inputs=inputs,
            sum=sums,
            output=np.tanh(sums),
            delta=np.array([1e-9], dtype="float32"),
            gradient=np.append(np.float32(1e-9) * inputs[0], np.float32(1e-9)),
        )

        assert "was" not in text
        assert "record" not in text
