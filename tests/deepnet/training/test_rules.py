from functools import reduce
from operator import and_, or_
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.errors import InputError
from deepnet.training.history import EpochRecord
from deepnet.training.patience import Patience
from deepnet.training.rules import AllOf, AnyOf, Progress, StopRule
from deepnet.training.until import Until

deterministic = settings(derandomize=True, deadline=None, max_examples=40)
conditions: st.SearchStrategy[StopRule] = st.one_of(
    st.builds(Until, epochs=st.integers(1, 6)),
    st.builds(Until, steps=st.integers(1, 12)),
    st.builds(Until, seconds=st.integers(1, 12)),
    st.builds(lambda limit: Until(below={"loss": limit}), st.integers(1, 6)),
)
rules: st.SearchStrategy[StopRule] = st.recursive(
    conditions,
    lambda inner: st.builds(
        reduce,
        st.sampled_from([or_, and_]),
        st.lists(inner, min_size=2, max_size=3),
    ),
    max_leaves=6,
)


def progress(epochs: int, step: int = 0, seconds: float = 0.0, loss: float = 9.0) -> Progress:
    return Progress(epochs, step, seconds, [EpochRecord(epoch, step, loss, {}, {}) for epoch in range(1, epochs + 1)])


def holds(rule: StopRule, at: Progress) -> bool:
    """Whether it holds, by the words: any of them, or all."""
    if isinstance(rule, AnyOf):
        return any(holds(part, at) for part in rule.rules)
    if isinstance(rule, AllOf):
        return all(holds(part, at) for part in rule.rules)
    return rule.reached(at) is not None


@given(
    rule=rules,
    at=st.builds(progress, st.integers(0, 6), st.integers(0, 12), st.floats(0, 12), st.floats(0, 6)),
)
@deterministic
def test_rules_joined_however_deep_hold_as_the_words_say(rule: StopRule, at: Progress) -> None:
    reason = rule.reached(at)

    assert (reason is not None) == holds(rule, at)
    assert reason != ""


@given(rule=rules)
@deterministic
def test_after_the_most_epochs_a_rule_holds_for_certain(rule: StopRule) -> None:
    most = rule.most_epochs

    if most is not None:
        assert rule.reached(progress(most)) is not None
        assert rule.reached(progress(most, step=1000, seconds=1000.0, loss=0.0)) is not None


@given(rule=rules, epochs=st.integers(0, 6))
@deterministic
def test_what_does_not_look_between_epochs_sees_no_step_and_no_clock(rule: StopRule, epochs: int) -> None:
    if not rule.looks_between_epochs:
        assert rule.reached(progress(epochs)) == rule.reached(progress(epochs, step=500, seconds=500.0))


def test_the_reasons_of_all_are_told_and_of_any_the_first() -> None:
    either, both = Until(epochs=2) | Until(steps=5), Until(epochs=2) & Until(steps=5)
    at = progress(3, step=7)

    assert either.reached(at) == "3 epochs"
    assert both.reached(at) == "3 epochs and 7 steps"
    assert both.reached(progress(1, step=7)) is None


def test_and_binds_more_tightly_than_or() -> None:
    rule = Until(epochs=9) | Until(steps=5) & Until(seconds=5)

    assert rule == AnyOf((Until(epochs=9), AllOf((Until(steps=5), Until(seconds=5)))))
    assert rule.reached(progress(1, step=6)) is None
    assert rule.reached(progress(1, step=6, seconds=6.0)) == "6 steps and 6 seconds"
    assert rule.reached(progress(9)) == "9 epochs"


def test_several_of_a_kind_are_joined_to_one() -> None:
    one, two, three = Until(epochs=1), Until(epochs=2), Until(epochs=3)

    assert one | two | three == AnyOf((one, two, three)) == one | (two | three)
    assert one & two & three == AllOf((one, two, three)) == one & (two & three)
    assert (one | two) & three == AllOf((AnyOf((one, two)), three))


@pytest.mark.parametrize(
    ("rule", "monitors", "between", "most", "best"),
    [
        (Until(epochs=4) | Until(epochs=2, mean_squared_error=1), ("mean_squared_error",), False, 2, None),
        (Until(epochs=4) & Until(epochs=2), (), False, 4, None),
        (Until(epochs=4) & Until(steps=2), (), True, None, None),
        (Until(epochs=4) | Until(steps=2), (), True, 4, None),
        (Until(epochs=4) | Patience(3, "r2"), ("r2",), False, 4, ("r2", True, 0.0)),
        (Patience(3, "r2") | Patience(2), ("r2", "loss"), False, None, ("r2", True, 0.0)),
        (Patience(3, restore_best=False) | Until(below={"loss": 1}), ("loss",), False, None, None),
    ],
)
def test_what_a_run_has_to_know_of_joined_rules(
    rule: StopRule, monitors: tuple[str, ...], between: bool, most: int | None, best: tuple[str, bool, float] | None
) -> None:
    assert (rule.monitors, rule.looks_between_epochs, rule.most_epochs, rule.best_kept) == (
        monitors,
        between,
        most,
        best,
    )


@pytest.mark.parametrize("other", [5, None, "epochs"])
def test_a_rule_is_joined_with_rules_only(other: Any) -> None:
    for join in (or_, and_):
        with pytest.raises(InputError, match=r"stop rules are joined with stop rules, such as Until\(epochs=40\), got"):
            join(Until(epochs=1), other)


def test_the_last_epoch_is_the_last_one_that_is_counted() -> None:
    history = [EpochRecord(epoch, epoch, float(epoch), {}, {}) for epoch in (1, 2, 3)]

    assert Progress(0, 0, 0.0, history).last is None
    assert Progress(2, 2, 0.0, history).last is history[1]
    assert list(Progress(2, 2, 0.0, history).figures("loss")) == [1, 2]
