from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from deepnet.errors import InputError
from deepnet.maths.gradient_rules import GradientRules
from deepnet.maths.losses import loss_named
from deepnet.maths.optimizers import SGD, Adam
from deepnet.maths.schedules import Constant, Cosine, ReduceOnPlateau, WarmUp
from deepnet.training.patience import Patience
from deepnet.training.plan import Plan
from deepnet.training.until import Until


def test_a_plan_needs_nothing_but_an_end() -> None:
    plan = Plan(until=Until(epochs=1))

    assert (plan.batch_size, plan.shuffle, plan.seed, plan.metrics) == (1, True, 0, ())
    assert plan.loss is loss_named("mean_squared_error")
    assert plan.optimizer == SGD()
    assert (plan.schedule, plan.rules, plan.drop_last) == (Constant(), GradientRules(), False)
    assert not plan.needs_validation


@pytest.mark.parametrize(
    ("options", "metrics", "validation"),
    [
        ({"until": Until(mean_squared_error=0.1)}, ("mean_squared_error",), False),
        ({"until": Until(below={"loss": 0.1})}, (), False),
        ({"until": Until(above={"validation_r2": 0.9})}, ("r2",), True),
        ({"until": Patience(3, "validation_loss")}, (), True),
        (
            {"until": Until(epochs=1) | Patience(3, "accuracy") & Until(mean_squared_error=1)},
            ("accuracy", "mean_squared_error"),
            False,
        ),
        ({"schedule": ReduceOnPlateau(monitor="validation_accuracy")}, ("accuracy",), True),
        ({"schedule": WarmUp(3, then=ReduceOnPlateau(monitor="r2"))}, ("r2",), False),
        ({"schedule": Cosine(5)}, (), False),
        ({"metrics": ("mse", "r2", "rmse")}, ("mean_squared_error", "r2", "root_mean_squared_error"), False),
        ({"until": Until(mean_squared_error=0.1), "metrics": ["r2", "mse"]}, ("mean_squared_error", "r2"), False),
    ],
)
def test_what_the_rule_and_the_schedule_look_at_is_measured_once(
    options: dict[str, Any], metrics: tuple[str, ...], validation: bool
) -> None:
    plan = Plan(**{"until": Until(epochs=1), **options})

    assert plan.metrics == metrics
    assert plan.needs_validation is validation


def test_a_plan_cannot_be_changed_by_those_who_made_it() -> None:
    names = ["r2"]
    plan = Plan(until=Until(epochs=1), metrics=names)
    names.append("nothing")

    assert plan.metrics == ("r2",)
    with pytest.raises(FrozenInstanceError):
        plan.seed = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"until": 5}, r"until must be an Until, such as Until\(epochs=40\), got 5"),
        ({"optimizer": Adam}, r"optimizer must be a value: write Adam\(\)"),
        ({"until": Until}, "until must be an Until"),
        ({"drop_last": 1}, "drop_last must be True or False, got 1"),
        ({"schedule": ReduceOnPlateau(higher_is_better=True, monitor="r3")}, "unknown metric 'r3'"),
        ({"batch_size": 0}, "batch_size must be a whole number of 1 or more, got 0"),
        ({"batch_size": 2.0}, "batch_size must be a whole number"),
        ({"seed": -1}, "seed must be a whole number of 0 or more, got -1"),
        ({"shuffle": "no"}, "shuffle must be True or False, got 'no'"),
        ({"metrics": "r2"}, r"metrics must be a list of names, such as \['r2'\], got 'r2'"),
        ({"metrics": 3}, "metrics must be a list of names"),
        ({"metrics": ["r3"]}, "unknown metric 'r3': use one of mean_squared_error, "),
    ],
)
def test_what_no_run_could_do_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Plan(**{"until": Until(epochs=1), **options})
