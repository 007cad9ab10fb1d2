"""When a run is done."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

from deepnet.errors import InputError
from deepnet.maths.checks import finite_number, positive_number, whole_number
from deepnet.training.history import EpochRecord
from deepnet.training.patience import Patience, higher_is_better
from deepnet.training.rules import Best, Progress, StopRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Until(StopRule):
    """Stop at the first condition that holds. Give one or more; join several with ``|`` and ``&``.

    Args:
        mean_squared_error: stop once it is below this, on all training rows with the weights sealed
            at the end of an epoch.
        mean_absolute_error: the same for the mean absolute error.
        below: the same for any figure: ``loss``, a metric, or ``validation_`` and one of these.
        above: stop once such a figure is above this: ``above={"validation_accuracy": 0.95}``.
        epochs: stop after so many passes over the training rows.
        steps: stop after so many optimiser updates, also in mid-epoch; such an epoch leaves no record.
        seconds: stop once so much time has passed, also in mid-epoch; the clock decides, so no two runs are the same.
        patience: stop once a figure has not got better for so many epochs, and end with the best weights: a
            `Patience`, or a number of epochs of the loss.

    Raises:
        InputError: a threshold is not above 0, a count not a whole number of 1 or more, or nothing is given.
        UnknownNameError: there is no such figure.
    """

    kind: ClassVar[str] = "until"

    mean_squared_error: float | None = None
    mean_absolute_error: float | None = None
    below: Mapping[str, float] = field(default_factory=dict)
    above: Mapping[str, float] = field(default_factory=dict)
    epochs: int | None = None
    steps: int | None = None
    seconds: float | None = None
    patience: Patience | int | None = None

    def __post_init__(self) -> None:
        # Python's own numbers: those of numpy cannot be kept in a file, and compare in another precision.
        for name in ("mean_squared_error", "mean_absolute_error"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, positive_number(f"the threshold of {name}", getattr(self, name)))
        for name in ("below", "above"):
            object.__setattr__(self, name, _thresholds(name, getattr(self, name)))
        for name in ("epochs", "steps"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, whole_number(name, getattr(self, name), at_least=1))
        if self.seconds is not None:
            object.__setattr__(self, "seconds", positive_number("seconds", self.seconds))
        if self.patience is not None and not isinstance(self.patience, Patience):
            object.__setattr__(self, "patience", Patience(whole_number("patience", self.patience, at_least=1)))
        if not any(getattr(self, field.name) for field in fields(self)):
            raise InputError("Until needs a condition, such as Until(epochs=40) or Until(mean_squared_error=0.02)")

    @property
    def thresholds(self) -> dict[str, float]:
        """The figures that are to get below something, with that."""
        named = {name: getattr(self, name) for name in ("mean_squared_error", "mean_absolute_error")}
        return {name: limit for name, limit in named.items() if limit is not None} | dict(self.below)

    @property
    def monitors(self) -> tuple[str, ...]:
        patience = self.patience.monitors if isinstance(self.patience, Patience) else ()
        return tuple(dict.fromkeys((*self.thresholds, *self.above, *patience)))

    @property
    def looks_between_epochs(self) -> bool:
        return self.steps is not None or self.seconds is not None

    @property
    def most_epochs(self) -> int | None:
        return self.epochs

    @property
    def best_kept(self) -> Best | None:
        return self.patience.best_kept if isinstance(self.patience, Patience) else None

    def reached(self, progress: Progress) -> str | None:
        if self.above or self.below or self.mean_squared_error or self.mean_absolute_error:
            passed = self._passed(progress.last)
            if passed is not None:
                return passed
        if self.epochs is not None and progress.epochs >= self.epochs:
            return f"{progress.epochs} epoch{'s' * (progress.epochs != 1)}"
        if self.steps is not None and progress.step >= self.steps:
            return f"{progress.step} step{'s' * (progress.step != 1)}"
        if self.seconds is not None and progress.seconds >= self.seconds:
            return f"{progress.seconds:.3g} seconds"
        return self.patience.reached(progress) if isinstance(self.patience, Patience) else None

    def _passed(self, last: EpochRecord | None) -> str | None:
        """Say which figure of the last epoch has passed its threshold, or None."""
        if last is None:
            return None
        for name, limit in self.thresholds.items():
            if last.figure(name) < limit:
                return f"{name} {last.figure(name):.6g} is below {limit:g}"
        for name, limit in self.above.items():
            if last.figure(name) > limit:
                return f"{name} {last.figure(name):.6g} is above {limit:g}"
        return None


def _thresholds(name: str, given: Any) -> dict[str, float]:
    """Return a copy of *given*, checked."""
    if not isinstance(given, Mapping):
        raise InputError(f'{name} must be figures with their limits, such as {{"loss": 0.1}}, got {given!r}')
    for monitor in given:
        higher_is_better(str(monitor))  # raises if there is no such figure
    return {str(monitor): finite_number(f"the threshold of {monitor}", limit) for monitor, limit in given.items()}
