import json
import pickle
from dataclasses import FrozenInstanceError
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.errors import InputError, UnknownNameError
from deepnet.maths.schedules import (
    SCHEDULES,
    Constant,
    Cosine,
    Exponential,
    ReduceOnPlateau,
    Schedule,
    StepDecay,
    WarmUp,
    schedule_from_dict,
    schedule_named,
)

deterministic = settings(derandomize=True, deadline=None, max_examples=40)
gammas = st.floats(0, 1, exclude_min=True)
shares = st.floats(0, 1)
counts = st.integers(1, 10**6)
units = st.sampled_from(["epoch", "step"])
plain: st.SearchStrategy[Schedule] = st.one_of(
    st.just(Constant()),
    st.builds(StepDecay, every=counts, gamma=gammas, per=units),
    st.builds(Exponential, gamma=gammas, per=units),
    st.builds(Cosine, length=counts, minimum=shares, per=units),
    st.builds(
        ReduceOnPlateau,
        gamma=st.floats(0, 1, exclude_min=True, exclude_max=True),
        patience=st.integers(0, 3),
        min_delta=st.floats(0, 1),
        minimum=shares,
        cooldown=st.integers(0, 3),
        higher_is_better=st.none() | st.booleans(),
    ),
)
schedules: st.SearchStrategy[Schedule] = plain | st.builds(
    WarmUp, length=counts, start=gammas, then=st.none() | plain, per=units
)


@given(schedule=schedules, values=st.lists(st.floats(), max_size=30), steps=st.integers(1, 100))
@deterministic
def test_the_factor_is_from_0_to_1_at_every_epoch_and_the_same_when_asked_again(
    schedule: Schedule, values: list[float], steps: int
) -> None:
    for epoch in range(1, len(values) + 2):
        before = values[: epoch - 1]
        factor = schedule.factor(epoch=epoch, step=steps * epoch, values=before)

        assert type(factor) is float
        assert 0 <= factor <= 1
        assert factor == schedule.factor(epoch=epoch, step=steps * epoch, values=tuple(before))


@given(schedule=plain, values=st.lists(st.floats(), min_size=60, max_size=60))
@deterministic
def test_but_for_a_warm_up_the_factor_never_rises(schedule: Schedule, values: list[float]) -> None:
    factors = [schedule.factor(epoch=epoch, step=epoch, values=values[: epoch - 1]) for epoch in range(1, 61)]

    assert factors[0] == 1
    assert all(later <= earlier for earlier, later in pairwise(factors))


@given(schedule=st.builds(WarmUp, length=st.integers(1, 50), start=gammas))
@deterministic
def test_a_warm_up_rises_from_its_start_to_1(schedule: WarmUp) -> None:
    factors = [schedule.factor(epoch=epoch, step=1) for epoch in range(1, schedule.length + 2)]

    assert factors[0] == schedule.start
    assert factors[-1] == 1
    assert all(later >= earlier for earlier, later in pairwise(factors))


@given(schedule=schedules)
@deterministic
def test_a_schedule_survives_the_trip_through_plain_data(schedule: Schedule) -> None:
    assert schedule_from_dict(json.loads(json.dumps(schedule.to_dict()))) == schedule
    assert pickle.loads(pickle.dumps(schedule)) == schedule


@pytest.mark.parametrize("kind", [StepDecay, Exponential, Cosine, WarmUp])
def test_per_step_is_per_epoch_of_epochs_of_one_step(kind: Any) -> None:
    options: dict[str, Any] = {"every": 3, "gamma": 0.5} if kind is StepDecay else {"length": 9}
    options = {"gamma": 0.5} if kind is Exponential else options

    for at in range(1, 20):
        by_epoch = kind(**options).factor(epoch=at, step=1000)
        assert by_epoch == kind(**options, per="step").factor(epoch=1, step=at)


def test_what_follows_a_warm_up_counts_only_what_comes_after_it() -> None:
    in_steps = WarmUp(500, then=Cosine(1000, per="step"), per="step")
    mixed = WarmUp(500, then=StepDecay(2, per="epoch"), per="step")

    assert in_steps.factor(epoch=3, step=1001) == Cosine(1000, per="step").factor(epoch=1, step=501)
    assert mixed.factor(epoch=3, step=501) == StepDecay(2).factor(epoch=3, step=501) == 0.1


def test_a_plateau_after_a_warm_up_sees_only_the_figures_after_it() -> None:
    after = ReduceOnPlateau(patience=0, monitor="mean_squared_error")
    schedule = WarmUp(2, start=0.5, then=after)

    assert schedule.monitor == "mean_squared_error"
    assert schedule.factor(epoch=2, step=9, values=[0.1]) == 0.75
    assert schedule.factor(epoch=4, step=9, values=[0.1, 0.1, 0.3]) == 1
    assert schedule.factor(epoch=5, step=9, values=[0.1, 0.1, 0.3, 0.3]) == 0.1


@pytest.mark.parametrize(
    ("monitor", "rises"),
    [("loss", False), ("validation_loss", False), ("mse", False), ("r2", True), ("validation_accuracy", True)],
)
def test_a_figure_is_to_rise_if_the_metric_of_its_name_says_so(monitor: str, rises: bool) -> None:
    improving = [0.1 * (epoch if rises else -epoch) for epoch in range(9)]

    assert ReduceOnPlateau(patience=0, monitor=monitor).factor(epoch=10, step=9, values=improving) == 1
    assert schedule_named(ReduceOnPlateau(), monitor=monitor) == ReduceOnPlateau(monitor=monitor)
    assert ReduceOnPlateau(monitor=monitor).rises is rises
    assert ReduceOnPlateau(monitor=monitor, higher_is_better=not rises).rises is not rises


def test_only_a_plateau_has_something_to_monitor() -> None:
    monitors = [schedule_named(name, **options).monitor for name, options in NEEDED.items()]

    assert monitors == [None, None, None, None, None, "loss"]


NEEDED: dict[str, dict[str, Any]] = {
    "constant": {},
    "step_decay": {"every": 3},
    "exponential": {"gamma": 0.9},
    "cosine": {"length": 20},
    "warm_up": {"length": 5},
    "reduce_on_plateau": {},
}


def test_every_schedule_is_made_by_its_name() -> None:
    assert list(NEEDED) == list(SCHEDULES)
    for name, options in NEEDED.items():
        schedule = schedule_named(name, **options)
        assert schedule.name == name
        assert isinstance(schedule, Schedule)
        assert schedule_named(schedule) == schedule


def test_a_given_schedule_takes_on_what_is_asked_for() -> None:
    assert schedule_named(Cosine(20), minimum=0.1) == Cosine(20, minimum=0.1)


def test_a_schedule_does_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        Cosine(20).length = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("step_decay", {}, "step_decay needs every, such as every=10"),
        ("exponential", {}, "exponential needs gamma, such as gamma=0.95"),
        ("cosine", {}, "cosine needs length, such as length=20"),
        ("cosine", {"T_max": 3}, "cosine has no option 'T_max': use length, minimum, per"),
        ("constant", {"length": 3}, "constant has no option 'length': it has none"),
        ("cosine", {"length": 0}, "length must be a whole number of 1 or more, got 0"),
        ("cosine", {"length": 2.5}, "length must be a whole number of 1 or more, got 2.5"),
        ("cosine", {"length": 9, "minimum": 1.1}, "minimum must be a number from 0 to 1, got 1.1"),
        ("cosine", {"length": 9, "per": "batch"}, "unknown unit of a schedule 'batch': use one of epoch, step"),
        ("cosine", {"length": 9, "per": None}, "unknown unit of a schedule 'None': use one of epoch, step"),
        ("step_decay", {"every": True}, "every must be a whole number of 1 or more, got True"),
        ("step_decay", {"every": 3, "gamma": 0}, "gamma must be a number above 0 and at most 1, got 0"),
        ("exponential", {"gamma": float("nan")}, "gamma must be a number above 0 and at most 1, got nan"),
        ("exponential", {"gamma": 1.5}, "gamma must be a number above 0 and at most 1, got 1.5"),
        ("warm_up", {"length": 3, "start": 0}, "start must be a number above 0 and at most 1, got 0"),
        (
            "warm_up",
            {"length": 3, "then": "cosine"},
            "then must be a schedule, such as Cosine(length=20), got 'cosine'",
        ),
        ("warm_up", {"length": 3, "then": Cosine}, "then must be a schedule, such as Cosine(length=20), got <class"),
        ("reduce_on_plateau", {"gamma": 1}, "gamma must be below 1, or a plateau changes nothing"),
        ("reduce_on_plateau", {"patience": -1}, "patience must be a whole number of 0 or more, got -1"),
        ("reduce_on_plateau", {"cooldown": 1.5}, "cooldown must be a whole number of 0 or more, got 1.5"),
        ("reduce_on_plateau", {"min_delta": -1}, "min_delta must be a finite number of 0 or more, got -1"),
        ("reduce_on_plateau", {"monitor": ""}, "monitor must be the name of a figure, such as 'loss', got ''"),
        ("reduce_on_plateau", {"monitor": "lost"}, "unknown metric 'lost': use one of mean_squared_error"),
        ("reduce_on_plateau", {"higher_is_better": "yes"}, "higher_is_better must be True or False, got 'yes'"),
        (Cosine(20), {"every": 3}, "cosine has no option 'every': use length, minimum, per"),
        (Cosine, {}, "schedule must be a schedule, such as Cosine(length=20), got <class"),
        ("linear", {}, "unknown schedule 'linear': use one of constant, step_decay, exponential, cosine, warm_up"),
        (3, {}, "unknown schedule '3': use one of constant"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(name: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        schedule_named(name, **options)

    assert message in str(caught.value)


@pytest.mark.parametrize("data", [{}, {"length": 3}, None, 3, {"name": "warm_up", "length": 3, "then": "cosine"}])
def test_data_that_describe_no_schedule_are_refused(data: Any) -> None:
    with pytest.raises(InputError, match="these data describe no schedule"):
        schedule_from_dict(data)


def test_data_with_an_unknown_name_are_refused_with_the_names_there_are() -> None:
    with pytest.raises(UnknownNameError, match="unknown schedule 'linear': use one of constant"):
        schedule_from_dict({"name": "warm_up", "length": 3, "then": {"name": "linear"}})
