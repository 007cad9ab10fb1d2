"""The sentences, whose numbers are reckoned here by hand."""

import numpy as np
import pytest

from deepnet.maths.model import Chain, Dense
from deepnet.maths.parameters import LayerParameters
from deepnet.training.health import Finding, findings

ROWS = np.array([[-1.0], [0.0], [2.0]])


def evidence(activation: str, weight: float, bias: float, rows: int = 3) -> str:
    parameters = [LayerParameters(np.array([[weight]]), np.array([bias]))]
    (found,) = findings(Chain(Dense(1, 1, activation)), parameters, ROWS[:rows])
    return str(found)


@pytest.mark.parametrize(
    ("activation", "weight", "bias", "sentence"),
    [
        (
            "relu",
            *(2.0, -16.3),
            "dead: its weighted sum is below 0 for all 3 rows, at most -12.3: relu gives 0 and lets no error through",
        ),
        (
            "relu",
            *(-1.0, -1.0),
            "dead: its weighted sum is 0 or below for all 3 rows, at most 0: relu gives 0 and lets no error through",
        ),
        ("step", 1.0, -2.5, "dead: its weighted sum is below 0 for all 3 rows, at most -0.5: step never fires"),
        (
            "hard_sigmoid",
            *(0.5, 9.0),
            "dead: its weighted sum is between 8.5 and 10 for all 3 rows, where hard_sigmoid is flat and lets no error through",  # noqa: E501 - a sentence in one piece
        ),
        (  # 1/(1 + exp(4.9)) is 0.007392, times 1 minus itself 0.007337
            "sigmoid",
            *(0.1, 5.0),
            "saturated: its output is within 0.01 of 1 for 3 of 3 rows, where the slope of sigmoid is 0.007337 at most",
        ),
        ("identity", 0.0, 1.5, "stuck: its output is 1.5 for all 3 rows: all its weights are 0"),
        (
            "step",
            *(1.0, 1.5),
            "stuck: its output is 1 for all 3 rows: its weighted sum is between 0.5 and 3.5, where step is level",
        ),
        (
            "identity",
            *(1e-9, 1.5),
            "stuck: its output is 1.5 for all 3 rows: what its inputs vary by does not change its weighted sum",
        ),
        ("relu", np.nan, 1.0, "exploding: 1 of its 1 weight is not finite"),
        ("relu", 1.0, np.inf, "exploding: its bias is inf"),
        ("relu", 1e308, 1e308, "exploding: its weighted sum is not finite for 1 of 3 rows"),
    ],
)
def test_the_evidence_has_its_numbers(activation: str, weight: float, bias: float, sentence: str) -> None:
    assert evidence(activation, weight, bias) == f"dense_0/0 is {sentence}"


def test_saturation_at_both_bounds_is_told_of_both() -> None:
    parameters = [LayerParameters(np.array([[60.0]]), np.array([3.0]))]
    (found,) = findings(Chain(Dense(1, 1, "tanh")), parameters, ROWS)

    slope = 1 - np.tanh(3.0) ** 2
    assert found.evidence.startswith("its output is within 0.02 of -1 for 1 and of 1 for 2 of 3 rows, where ")
    assert found.evidence.endswith(f" the slope of tanh is {slope:.4g} at most")


def test_of_one_row_it_speaks_of_one() -> None:
    assert evidence("relu", 1.0, -1.0, rows=1).startswith(
        "dense_0/0 is dead: its weighted sum is below 0 for the only row, at most -2:"
    )


def test_who_is_stuck_behind_a_dead_layer_is_told_why() -> None:
    model = Chain(Dense(1, 1, "relu"), Dense(1, 1))
    parameters = [LayerParameters(np.ones((1, 1)), np.full(1, -9.0)), LayerParameters(np.ones((1, 1)), np.full(1, 2.5))]

    assert findings(model, parameters, ROWS)[1] == Finding(
        "dense_1/0", "stuck", "its output is 2.5 for all 3 rows: none of its inputs varies"
    )
