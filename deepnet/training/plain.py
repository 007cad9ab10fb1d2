"""Plans and their stop rules from plain data, such as a file holds."""

from collections.abc import Mapping
from typing import Any

from deepnet.errors import InputError
from deepnet.maths.checks import look_up
from deepnet.maths.gradient_rules import GradientRules
from deepnet.maths.losses import LOSSES
from deepnet.maths.optimizers import optimizer_from_dict
from deepnet.maths.schedules import schedule_from_dict
from deepnet.training.patience import Patience, Plateau
from deepnet.training.plan import Plan
from deepnet.training.rules import AllOf, AnyOf, StopRule
from deepnet.training.until import Until

RULES: dict[str, type[Until | Patience | Plateau | AnyOf | AllOf]] = {
    rule.kind: rule for rule in (Until, Patience, Plateau, AnyOf, AllOf)
}


def rule_from_dict(data: Mapping[str, Any]) -> StopRule:
    """Return the stop rule that `StopRule.to_dict` described.

    Raises:
        InputError: the data describe no stop rule.
    """
    try:
        options = dict(data)
        kind = look_up("stop rule", options.pop("kind"), RULES)
        if "rules" in options:
            options["rules"] = tuple(rule_from_dict(part) for part in options["rules"])
        if options.get("patience") is not None:
            options["patience"] = rule_from_dict(options["patience"])
        return kind(**options)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"these data describe no stop rule: {error!r}") from None


def plan_from_dict(data: Mapping[str, Any]) -> Plan:
    """Return the plan that `Plan.to_dict` described.

    Raises:
        InputError: the data describe no plan.
    """
    try:
        options = {"kernels": "numpy", **data}  # before there were others nobody said which
        return Plan(
            until=rule_from_dict(options.pop("until")),
            loss=look_up("loss", options.pop("loss"), LOSSES),
            optimizer=optimizer_from_dict(options.pop("optimizer")),
            schedule=schedule_from_dict(options.pop("schedule")),
            rules=GradientRules(**options.pop("rules")),
            **{name: options.pop(name) for name in ("batch_size", "drop_last", "shuffle", "seed", "metrics")},
            **options,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"these data describe no plan: {error!r}") from None
