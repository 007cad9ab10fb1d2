"""Plans, their stop rules, and setups from plain data, such as a file holds."""

from collections.abc import Mapping
from typing import Any

from deepnet.errors import InputError, UnknownNameError
from deepnet.maths.checks import look_up, whole_number
from deepnet.maths.gradient_rules import GradientRules
from deepnet.maths.losses import LOSSES
from deepnet.maths.model import Chain
from deepnet.maths.optimizers import optimizer_from_dict
from deepnet.maths.schedules import schedule_from_dict
from deepnet.maths.treatment import Treatments, treatment_from_dict
from deepnet.training.patience import Patience, Plateau
from deepnet.training.plan import Plan
from deepnet.training.rules import AllOf, AnyOf, StopRule
from deepnet.training.setup import GRANULARITIES, Recut, Setup
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


def setup_from_dict(data: Mapping[str, Any]) -> Setup:
    """Return the setup that `Setup.to_dict` described.

    Raises:
        InputError: the data describe no setup.
    """
    try:
        model, plan, recut = Chain.from_dict(data["model"]), data["plan"], data["recut"]
        setup = Setup(
            model,
            tuple(data["granularities"]),
            tuple(
                _treatments(of_layer, layer.neurons)
                for of_layer, layer in zip(data["treatments"], model.dense, strict=True)
            ),
            None if plan is None else plan_from_dict(plan),
            None if recut is None else _recut(*recut),
            whole_number("number", data["number"], at_least=0),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"these data describe no setup: {error!r}") from None
    for granularity in setup.granularities:
        if granularity not in GRANULARITIES:
            raise UnknownNameError("granularity", str(granularity), GRANULARITIES)
    if len(setup.granularities) != len(model.dense):
        raise InputError(f"a setup has {len(setup.granularities)} granularities, its model {len(model.dense)} layers")
    if strange := set(data) - {*Setup.__dataclass_fields__}:
        raise InputError(f"a setup has no {min(strange)!r}")
    return setup


def _treatments(data: Mapping[str, Any], neurons: int) -> Treatments:
    """Return the treatments of a layer of so many neurons."""
    treatments = {int(index): treatment_from_dict(treatment) for index, treatment in data.items()}
    if strange := [index for index in treatments if not 0 <= index < neurons]:
        raise InputError(f"a layer of {neurons} neurons has no neuron {strange[0]} to be treated")
    return treatments


def _recut(epoch: Any, batch: Any, row: Any) -> Recut:
    return Recut(
        whole_number("the epoch of a recut", epoch, at_least=1),
        whole_number("the batch of a recut", batch, at_least=0),
        whole_number("the row of a recut", row, at_least=0),
    )
