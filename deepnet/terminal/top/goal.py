"""What the loss of a run is to get below: read out of its stop rule as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NAMED = ("mean_squared_error", "mean_absolute_error")


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure of an epoch that a run watches, and the threshold of it that ends the run; None if it has none."""

    figure: str = "loss"
    threshold: float | None = None


def goal_of(rule: Mapping[str, Any] | None) -> Goal:
    """Return the first figure that has to get below something for *rule* to hold, with that; else the loss, with none.

    Args:
        rule: what `StopRule.to_dict` returned; of joined rules the first that has a threshold counts.
    """
    if not rule:
        return Goal()
    for part in rule.get("rules") or ():
        if (goal := goal_of(part)).threshold is not None:
            return goal
    limits = {name: rule.get(name) for name in NAMED} | dict(rule.get("below") or {})
    found = next(((name, limit) for name, limit in limits.items() if limit is not None), None)
    return Goal() if found is None else Goal(found[0], float(found[1]))
