"""Schedules by name, and from plain data."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, replace
from typing import Any

from deepnet.errors import InputError
from deepnet.maths.checks import look_up, require_options
from deepnet.maths.schedules.decay import Constant, Cosine, Exponential, StepDecay
from deepnet.maths.schedules.plateau import ReduceOnPlateau
from deepnet.maths.schedules.schedule import Schedule, require_schedule
from deepnet.maths.schedules.warm_up import WarmUp

SCHEDULES: dict[str, Callable[..., Schedule]] = {
    "constant": Constant,
    "step_decay": StepDecay,
    "exponential": Exponential,
    "cosine": Cosine,
    "warm_up": WarmUp,
    "reduce_on_plateau": ReduceOnPlateau,
}


_EXAMPLES = {"every": 10, "gamma": 0.95, "length": 20}
"""What an option that has no default may look like."""


def schedule_named(name: str | Schedule, **options: Any) -> Schedule:
    """Return the schedule called *name* with these *options*; a Schedule is returned with them changed.

    Raises:
        InputError: it has no such option, an option is outside its range, or one that it needs is not given.
        UnknownNameError: there is no such schedule; the message lists the names.
    """
    if isinstance(name, Schedule):
        schedule = require_schedule("schedule", name)
        require_options(schedule, options)
        return replace(schedule, **options)
    kind = look_up("schedule", name, SCHEDULES)
    known = require_options(kind, options)
    if missing := [field.name for field in known if field.default is MISSING and field.name not in options]:
        raise InputError(f"{name} needs {missing[0]}, such as {missing[0]}={_EXAMPLES[missing[0]]}")
    return kind(**options)


def schedule_from_dict(data: Mapping[str, Any]) -> Schedule:
    """Return the schedule that `Schedule.to_dict` described.

    Raises:
        InputError: the data describe no schedule.
    """
    try:
        options = dict(data)
        if options.get("then") is not None:
            options["then"] = schedule_from_dict(options["then"])
        return schedule_named(options.pop("name"), **options)
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"these data describe no schedule: {error!r}") from None
