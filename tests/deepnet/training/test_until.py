from typing import Any

import pytest

from deepnet.errors import InputError
from deepnet.training.history import EpochRecord
from deepnet.training.patience import Patience
from deepnet.training.rules import Progress
from deepnet.training.until import Until

NAN = float("nan")


def so_far(
    epochs: int, step: int, metrics: dict[str, float], *, loss: float = 1.0, seconds: float = 0.0, **validation: float
) -> Progress:
    """A run whose last epoch came to these figures, and those before it to much worse ones."""
    worse = [EpochRecord(epoch, epoch, 99.0, {}, {}) for epoch in range(1, epochs)]
    return Progress(epochs, step, seconds, [*worse, EpochRecord(epochs, step, loss, metrics, validation)])


@pytest.mark.parametrize(
    ("until", "metrics", "epochs", "step", "expected"),
    [
        (Until(mean_squared_error=0.02), {"mean_squared_error": 0.019}, 1, 1, "mean_squared_error 0.019 is below 0.02"),
        (Until(mean_squared_error=0.02), {"mean_squared_error": 0.02}, 1, 1, None),
        (Until(mean_squared_error=0.02), {"mean_squared_error": NAN}, 1, 1, None),
        (Until(mean_squared_error=0.02), {}, 1, 1, None),
        (Until(mean_absolute_error=1), {"mean_absolute_error": 0.5}, 1, 1, "mean_absolute_error 0.5 is below 1"),
        (Until(above={"accuracy": 0.9}), {"accuracy": 0.9}, 1, 1, None),
        (Until(above={"accuracy": 0.9}), {"accuracy": 0.95}, 1, 1, "accuracy 0.95 is above 0.9"),
        (Until(above={"accuracy": 0.9}), {"accuracy": NAN}, 1, 1, None),
        (Until(below={"loss": 2}), {}, 1, 1, "loss 1 is below 2"),
        (Until(below={"r2": -1}), {"r2": -3}, 1, 1, "r2 -3 is below -1"),
        (Until(below={"loss": 0.5, "r2": 0.5}), {"r2": 0.25}, 1, 1, "r2 0.25 is below 0.5"),
        (Until(epochs=3), {}, 2, 200, None),
        (Until(epochs=3), {}, 3, 300, "3 epochs"),
        (Until(steps=5), {}, 9, 4, None),
        (Until(steps=5), {}, 9, 5, "5 steps"),
        (Until(epochs=2, steps=5), {}, 1, 6, "6 steps"),
        (Until(epochs=2, steps=5), {}, 2, 2, "2 epochs"),
        (Until(mean_squared_error=0.1, epochs=2), {"mean_squared_error": 0.2}, 2, 2, "2 epochs"),
        (Until(mean_squared_error=0.3, epochs=2), {"mean_squared_error": 0.2}, 2, 2, "mean_squared_error 0.2 is below"),
    ],
)
def test_the_first_condition_that_holds_is_told(
    until: Until, metrics: dict[str, float], epochs: int, step: int, expected: str | None
) -> None:
    found = until.reached(so_far(epochs, step, metrics))

    assert found is None if expected is None else str(found).startswith(expected)


def test_figures_of_rows_held_out_are_told_from_those_learnt() -> None:
    held_out = so_far(3, 3, {"accuracy": 0.5}, loss=9.0, accuracy=0.99, loss_=0.0)
    held_out.history[-1].validation["loss"] = 0.125

    assert Until(above={"accuracy": 0.9}).reached(held_out) is None
    assert Until(above={"validation_accuracy": 0.9}).reached(held_out) == "validation_accuracy 0.99 is above 0.9"
    assert Until(below={"loss": 1}).reached(held_out) is None
    assert Until(below={"validation_loss": 1}).reached(held_out) == "validation_loss 0.125 is below 1"


def test_time_is_what_the_clock_said() -> None:
    until = Until(seconds=2.5)

    assert until.reached(Progress(0, 100, 2.49, [])) is None
    assert until.reached(Progress(0, 100, 2.5, [])) == "2.5 seconds"
    assert until.reached(Progress(0, 0, 61.0, [])) == "61 seconds"


def test_steps_and_time_can_be_done_in_mid_epoch_and_nothing_else() -> None:
    assert Until(steps=5).looks_between_epochs
    assert Until(seconds=5, epochs=2).looks_between_epochs
    assert not Until(epochs=5, mean_squared_error=0.1, above={"r2": 0.5}, patience=3).looks_between_epochs
    assert Until(steps=5).reached(Progress(0, 5, 0.0, [])) == "5 steps"
    assert Until(mean_squared_error=0.1).reached(Progress(0, 5, 0.0, [])) is None


def test_a_record_of_an_epoch_that_is_not_counted_yet_is_not_looked_at() -> None:
    good = [EpochRecord(1, 4, 9.0, {}, {}), EpochRecord(2, 8, 0.0, {}, {})]

    assert Until(below={"loss": 1}).reached(Progress(1, 8, 0.0, good)) is None
    assert Until(below={"loss": 1}).reached(Progress(2, 8, 0.0, good)) == "loss 0 is below 1"


def test_only_the_figures_that_a_condition_looks_at_are_asked_for_once_each() -> None:
    assert Until(epochs=1).monitors == ()
    assert Until(
        mean_absolute_error=2,
        below={"loss": 1, "validation_r2": 0},
        above={"accuracy": 0.9},
        patience=Patience(3, "accuracy"),
    ).monitors == ("mean_absolute_error", "loss", "validation_r2", "accuracy")


def test_a_number_of_epochs_is_patience_with_the_loss() -> None:
    assert Until(patience=4) == Until(patience=Patience(4))
    assert Until(patience=4).best_kept == ("loss", False, 0.0)
    assert Until(epochs=4).best_kept is None
    assert (Until(epochs=4, patience=2).most_epochs, Until(patience=2).most_epochs) == (4, None)


def test_patience_is_a_condition_as_others_are() -> None:
    history = [EpochRecord(epoch, epoch, loss, {}, {}) for epoch, loss in enumerate([3.0, 2.0, 2.0, 2.0], start=1)]

    assert Until(epochs=9, patience=2).reached(Progress(3, 3, 0.0, history)) is None
    assert (
        Until(epochs=9, patience=2).reached(Progress(4, 4, 0.0, history))
        == "loss has not got better for 2 epochs: best 2 in epoch 2"
    )


def test_limits_cannot_be_changed_by_those_who_gave_them() -> None:
    limits = {"loss": 0.5}
    until = Until(below=limits)
    limits["loss"] = 100.0

    assert until.thresholds == {"loss": 0.5}


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        ({}, r"Until needs a condition, such as Until\(epochs=40\)"),
        ({"below": {}}, "Until needs a condition"),
        ({"epochs": 0}, "epochs must be a whole number of 1 or more, got 0"),
        ({"epochs": 1.5}, "epochs must be a whole number"),
        ({"epochs": True}, "epochs must be a whole number"),
        ({"steps": -1}, "steps must be a whole number of 1 or more, got -1"),
        ({"seconds": 0}, "seconds must be a finite number above 0, got 0"),
        ({"seconds": NAN}, "seconds must be a finite number above 0, got nan"),
        ({"patience": 0}, "patience must be a whole number of 1 or more, got 0"),
        ({"patience": "long"}, "patience must be a whole number of 1 or more, got 'long'"),
        ({"mean_squared_error": 0}, "the threshold of mean_squared_error must be a finite number above 0"),
        ({"mean_squared_error": NAN}, "the threshold of mean_squared_error"),
        ({"mean_squared_error": "0.1"}, "the threshold of mean_squared_error"),
        ({"mean_absolute_error": float("inf")}, "the threshold of mean_absolute_error"),
        ({"below": 0.1}, r'below must be figures with their limits, such as {"loss": 0.1}, got 0.1'),
        ({"above": ["r2"]}, "above must be figures with their limits"),
        ({"above": {"r2": "high"}}, "the threshold of r2 must be a finite number, got 'high'"),
        ({"above": {"r3": 0.5}}, "unknown metric 'r3': use one of mean_squared_error, "),
        ({"below": {"validation_": 0.5}}, "unknown metric ''"),
        ({"below": {3: 0.5}}, "unknown metric '3'"),
    ],
)
def test_a_condition_that_can_never_be_right_is_refused(conditions: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Until(**conditions)
