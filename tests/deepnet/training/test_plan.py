from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from deepnet.errors import InputError
from deepnet.maths.losses import loss_named
from deepnet.maths.optimizers import SGD, Adam
from deepnet.training.plan import Plan
from deepnet.training.until import Until


def test_a_plan_needs_nothing_but_an_end() -> None:
    plan = Plan(until=Until(epochs=1))

    assert (plan.batch_size, plan.shuffle, plan.seed, plan.metrics) == (1, True, 0, ())
    assert plan.loss is loss_named("mean_squared_error")
    assert plan.optimizer == SGD()


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
