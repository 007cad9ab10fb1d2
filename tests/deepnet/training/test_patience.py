import math
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.errors import InputError
from deepnet.training.history import EpochRecord
from deepnet.training.patience import Patience, Plateau, best_epoch, higher_is_better
from deepnet.training.rules import Progress, StopRule

deterministic = settings(derandomize=True, deadline=None, max_examples=40)
NAN = math.nan
numbers = st.integers(-8, 8).map(lambda number: number / 4)  # halves and quarters, so that sums are exact
figures = st.lists(numbers, min_size=1, max_size=25)
with_gaps = st.tuples(numbers, st.lists(numbers | st.just(NAN), max_size=24)).map(lambda parts: [parts[0], *parts[1]])


def stopped_at(rule: StopRule, values: Sequence[float], name: str = "r2") -> int | None:
    """After how many epochs with these figures a rule first holds."""
    history = [
        EpochRecord(epoch, epoch, value, {name: value}, {name: value, "loss": value})
        for epoch, value in enumerate(values, start=1)
    ]
    for epochs in range(1, len(values) + 1):
        if rule.reached(Progress(epochs, epochs, 0.0, history)) is not None:
            return epochs
    return None


def as_keras(values: Sequence[float], patience: int, min_delta: float, *, highest: bool) -> tuple[int | None, int]:
    """After how many epochs Keras's EarlyStopping ends a run, and the epoch whose weights it has kept by then.

    Its `on_epoch_end`, written out: an epoch is better if it beats the best by more than min_delta.
    """
    best, best_number, wait = -math.inf if highest else math.inf, 0, 0
    for number, value in enumerate(values, start=1):
        wait += 1
        if value - min_delta > best if highest else value + min_delta < best:
            best, best_number, wait = value, number, 0
        if wait >= patience and number > 1:
            return number, best_number
    return None, best_number


@given(values=with_gaps, patience=st.integers(1, 5), delta=st.integers(0, 4), highest=st.booleans())
@deterministic
def test_patience_ends_when_keras_does_with_the_best_epoch_it_has(
    values: list[float], patience: int, delta: int, highest: bool
) -> None:
    min_delta = delta / 4
    rule = Patience(patience, "r2" if highest else "mean_squared_error", min_delta)
    expected, best = as_keras(values, patience, min_delta, highest=highest)

    assert stopped_at(rule, values, rule.monitor) == expected
    assert best_epoch(values[:expected], highest=highest, min_delta=min_delta) == best


@given(values=figures, highest=st.booleans())
@deterministic
def test_the_best_epoch_is_the_first_of_the_best(values: list[float], highest: bool) -> None:
    expected = values.index(max(values) if highest else min(values)) + 1

    assert best_epoch(values, highest=highest) == expected


@given(values=st.lists(numbers | st.just(NAN), max_size=12), highest=st.booleans(), delta=st.integers(0, 4))
@deterministic
def test_a_nan_is_never_better(values: list[float], highest: bool, delta: int) -> None:
    best = best_epoch(values, highest=highest, min_delta=delta / 4)

    assert best == 0 if all(map(math.isnan, values)) else not math.isnan(values[best - 1])
    without = [value for value in values if not math.isnan(value)]
    if without:
        assert values[best - 1] == without[best_epoch(without, highest=highest, min_delta=delta / 4) - 1]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([3, 2, 1, 0], None),
        ([1, 2, 2, 2], 3),
        ([3, 2, 3, 1, 1, 1], 6),
        ([3, NAN, 2, NAN, NAN], 5),
        ([math.inf, math.inf, math.inf], 3),
        ([2, -math.inf, 1, 1], 4),
    ],
)
def test_two_epochs_of_patience_with_a_loss(values: list[float], expected: int | None) -> None:
    assert stopped_at(Patience(2), values) == expected


def test_better_by_no_more_than_the_least_difference_is_not_better() -> None:
    assert stopped_at(Patience(2, min_delta=0.5), [4, 3.5, 3.75, 1]) == 3
    assert stopped_at(Patience(2, min_delta=0.5), [4, 3.25, 2.5, 1.75]) is None


def test_the_reason_names_figure_and_epoch() -> None:
    history = [EpochRecord(epoch, epoch, 0, {}, {"r2": r2}) for epoch, r2 in enumerate([0.1, 0.75, 0.5, 0.6], start=1)]

    reason = Patience(2, "validation_r2").reached(Progress(4, 4, 0.0, history))

    assert reason == "validation_r2 has not got better for 2 epochs: best 0.75 in epoch 2"


def test_a_figure_that_is_never_a_number_ends_the_run_and_says_so() -> None:
    history = [EpochRecord(epoch, epoch, 0, {}, {"r2": NAN}) for epoch in (1, 2, 3)]

    assert Patience(2, "validation_r2").reached(Progress(2, 2, 0.0, history)) is None
    reason = Patience(2, "validation_r2").reached(Progress(3, 3, 0.0, history))
    assert reason == "validation_r2 was no number in any of 3 epochs"


@pytest.mark.parametrize(
    ("monitor", "expected"),
    [
        ("loss", False),
        ("validation_loss", False),
        ("mean_absolute_error", False),
        ("validation_rmse", False),
        ("r2", True),
        ("validation_accuracy", True),
        ("top_3_accuracy", True),
    ],
)
def test_which_way_a_figure_is_good_follows_from_its_name(monitor: str, expected: bool) -> None:
    assert higher_is_better(monitor) is expected
    assert Patience(3, monitor).best_kept == (monitor, expected, 0.0)
    assert Patience(3, monitor).monitors == Plateau(3, monitor).monitors == (monitor,)


def test_the_last_weights_may_be_kept_instead_of_the_best() -> None:
    assert Patience(3, restore_best=False).best_kept is None
    assert Plateau(3).best_kept is None


@given(values=with_gaps, epochs=st.integers(2, 5), delta=st.integers(0, 4))
@deterministic
def test_a_plateau_is_that_all_of_the_last_figures_lie_together(values: list[float], epochs: int, delta: int) -> None:
    windows = {end: values[end - epochs : end] for end in range(epochs, len(values) + 1)}
    flat = [
        end
        for end, window in windows.items()
        if all(abs(one - other) <= delta / 4 for one in window for other in window)
    ]

    assert stopped_at(Plateau(epochs, min_delta=delta / 4), values) == (flat[0] if flat else None)


def test_the_reason_of_a_plateau_names_figure_and_width() -> None:
    history = [EpochRecord(epoch, epoch, 0.5, {}, {}) for epoch in (1, 2, 3)]

    assert Plateau(3).reached(Progress(3, 3, 0.0, history)) == "loss has stayed within 0.0001 for 3 epochs"


@pytest.mark.parametrize("kind", [Patience, Plateau])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, r"the epochs of a \w+ must be a whole number of . or more, got 0"),
        ({"epochs": 2.5}, r"the epochs of a \w+ must be a whole number"),
        ({"epochs": 3, "min_delta": -1}, "min_delta must be a finite number of 0 or more, got -1"),
        ({"epochs": 3, "min_delta": NAN}, "min_delta must be a finite number of 0 or more, got nan"),
        ({"epochs": 3, "monitor": "r3"}, "unknown metric 'r3': use one of mean_squared_error, "),
    ],
)
def test_what_can_never_be_waited_for_is_refused(
    kind: type[Patience] | type[Plateau], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        kind(**options)


def test_a_plateau_of_one_epoch_and_a_best_that_is_neither_kept_nor_not_are_refused() -> None:
    with pytest.raises(InputError, match="the epochs of a Plateau must be a whole number of 2 or more, got 1"):
        Plateau(1)
    with pytest.raises(InputError, match="restore_best must be True or False, got 'yes'"):
        Patience(1, restore_best="yes")  # type: ignore[arg-type]
