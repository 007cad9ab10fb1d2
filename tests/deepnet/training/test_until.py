from typing import Any

import pytest

from deepnet.errors import InputError
from deepnet.training.until import Until


@pytest.mark.parametrize(
    ("until", "metrics", "epoch", "step", "expected"),
    [
        (Until(mean_squared_error=0.02), {"mean_squared_error": 0.019}, 1, 1, "mean_squared_error 0.019 is below 0.02"),
        (Until(mean_squared_error=0.02), {"mean_squared_error": 0.02}, 1, 1, None),
        (Until(mean_squared_error=0.02), {"mean_squared_error": float("nan")}, 1, 1, None),
        (Until(mean_absolute_error=1), {"mean_absolute_error": 0.5}, 1, 1, "mean_absolute_error 0.5 is below 1"),
        (Until(epochs=3), {}, 2, 200, None),
        (Until(epochs=3), {}, 3, 300, "3 epochs"),
        (Until(steps=5), {}, 9, 4, None),
        (Until(steps=5), {}, 9, 5, "5 steps"),
        (Until(epochs=2, steps=5), {}, 1, 6, "6 steps"),
        (Until(epochs=2, steps=5), {}, 2, 2, "2 epochs"),
        (Until(mean_squared_error=0.1, epochs=2), {"mean_squared_error": 0.2}, 2, 2, "2 epochs"),
    ],
)
def test_the_first_condition_that_holds_is_told(
    until: Until, metrics: dict[str, float], epoch: int, step: int, expected: str | None
) -> None:
    assert until.reached(epoch=epoch, step=step, metrics=metrics) == expected


def test_steps_can_be_done_in_mid_epoch() -> None:
    assert Until(steps=5).steps_done(4) is None
    assert Until(steps=5).steps_done(5) == "5 steps"
    assert Until(epochs=5).steps_done(500) is None


def test_only_the_metrics_with_a_threshold_are_asked_for() -> None:
    assert Until(epochs=1).metrics == {}
    assert Until(mean_absolute_error=2, mean_squared_error=1).metrics == {
        "mean_squared_error": 1,
        "mean_absolute_error": 2,
    }


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        ({}, "Until needs a condition"),
        ({"epochs": 0}, "epochs must be a whole number of 1 or more, got 0"),
        ({"epochs": 1.5}, "epochs must be a whole number"),
        ({"epochs": True}, "epochs must be a whole number"),
        ({"steps": -1}, "steps must be a whole number of 1 or more, got -1"),
        ({"mean_squared_error": 0}, "the threshold of mean_squared_error must be a finite number above 0"),
        ({"mean_squared_error": float("nan")}, "the threshold of mean_squared_error"),
        ({"mean_squared_error": "0.1"}, "the threshold of mean_squared_error"),
        ({"mean_absolute_error": float("inf")}, "the threshold of mean_absolute_error"),
    ],
)
def test_a_condition_that_can_never_be_right_is_refused(conditions: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Until(**conditions)
