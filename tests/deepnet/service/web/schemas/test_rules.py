from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from deepnet import Until
from deepnet.service.web.schemas.rules import DEEPEST_RULE, StopIn
from deepnet.training.patience import Patience, Plateau
from deepnet.training.plain import rule_from_dict
from deepnet.training.rules import StopRule

STOP: TypeAdapter[Any] = TypeAdapter(StopIn)


@pytest.mark.parametrize(
    "rule",
    [
        Until(epochs=3),
        Until(mean_squared_error=0.1, below={"loss": 2}, above={"accuracy": 0.9}, steps=9, seconds=1.5),
        Until(patience=Patience(3, "validation_loss", 0.1, restore_best=False)),
        Patience(5),
        Plateau(4, "loss", 0.5),
        Until(epochs=3) | Plateau(2) & Patience(3),
    ],
)
def test_every_rule_comes_through_as_it_was(rule: StopRule) -> None:
    assert rule_from_dict(STOP.validate_python(rule.to_dict()).plain()) == rule


def test_a_rule_may_be_said_in_short() -> None:
    assert rule_from_dict(STOP.validate_python({"patience": 4}).plain()) == Until(patience=4)


def test_a_mistake_in_a_rule_is_told_once() -> None:
    with pytest.raises(ValidationError) as caught:
        STOP.validate_python({"kind": "any_of", "rules": [{"epochs": 0}]})

    assert [error["loc"] for error in caught.value.errors()] == [("joined", "rules", 0, "until", "epochs")]


def test_rules_are_nested_up_to_a_depth() -> None:
    rule: Any = {"epochs": 1}
    for _ in range(DEEPEST_RULE - 1):
        rule = {"kind": "all_of", "rules": [rule]}
    STOP.validate_python(rule)

    with pytest.raises(ValidationError, match="no deeper than"):
        STOP.validate_python({"kind": "all_of", "rules": [rule]})
