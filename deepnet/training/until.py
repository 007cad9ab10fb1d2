"""When a run is done."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from deepnet.errors import InputError
from deepnet.maths.checks import positive_number, whole_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Until:
    """Stop at the first condition that holds. Give one or more.

    Args:
        mean_squared_error: stop once it is below this, on all training rows with the weights sealed
            at the end of an epoch.
        mean_absolute_error: the same for the mean absolute error.
        epochs: stop after so many passes over the training rows.
        steps: stop after so many optimiser updates, also in mid-epoch; such an epoch leaves no record.

    Raises:
        InputError: a threshold is not above 0, a count not a whole number of 1 or more, or nothing is given.
    """

    mean_squared_error: float | None = None
    mean_absolute_error: float | None = None
    epochs: int | None = None
    steps: int | None = None

    def __post_init__(self) -> None:
        for name, limit in self.metrics.items():
            positive_number(f"the threshold of {name}", limit)
        for name, count in (("epochs", self.epochs), ("steps", self.steps)):
            if count is not None:
                whole_number(name, count, at_least=1)
        if all(getattr(self, field.name) is None for field in fields(self)):
            raise InputError("Until needs a condition, such as Until(epochs=40) or Until(mean_squared_error=0.02)")

    @property
    def metrics(self) -> dict[str, float]:
        """The metrics that have a threshold, with it."""
        thresholds = {
            "mean_squared_error": self.mean_squared_error,
            "mean_absolute_error": self.mean_absolute_error,
        }
        return {name: limit for name, limit in thresholds.items() if limit is not None}

    def reached(self, *, epoch: int, step: int, metrics: Mapping[str, float]) -> str | None:
        """Say which condition holds after *epoch* epochs and *step* steps, or None."""
        for name, limit in self.metrics.items():
            if metrics[name] < limit:
                return f"{name} {metrics[name]:.6g} is below {limit:g}"
        if self.epochs is not None and epoch >= self.epochs:
            return f"{epoch} epochs"
        return self.steps_done(step)

    def steps_done(self, step: int) -> str | None:
        """Say so if *step* steps are as many as there were to be, or None."""
        return f"{step} steps" if self.steps is not None and step >= self.steps else None
