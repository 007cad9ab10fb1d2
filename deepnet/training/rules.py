"""Stop rules: values that say whether a run is done, seeing how far it is; they are joined with ``|`` and ``&``."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import islice
from typing import Any, ClassVar, NamedTuple

from deepnet.errors import InputError
from deepnet.training.history import EpochRecord


class Progress(NamedTuple):
    """How far a run is.

    Attributes:
        epochs: complete epochs.
        step: sealed steps.
        seconds: since it began, on the clock.
        history: at least a record of each complete epoch.
    """

    epochs: int
    step: int
    seconds: float
    history: Sequence[EpochRecord]

    @property
    def last(self) -> EpochRecord | None:
        """The record of the last complete epoch."""
        return self.history[self.epochs - 1] if self.epochs else None

    def figures(self, name: str) -> Iterator[float]:
        """The figure called *name* of each complete epoch."""
        return (record.figure(name) for record in islice(self.history, self.epochs))


class Best(NamedTuple):
    """What makes an epoch the best one.

    Attributes:
        monitor: the figure.
        highest: whether higher is better.
        min_delta: better by no more than this is not better.
    """

    monitor: str
    highest: bool
    min_delta: float


class StopRule:
    """What all stop rules have and do; each is a frozen value.

    Attributes:
        kind: what it is called in plain data; one of your own has none.
    """

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Any]]
    kind: ClassVar[str]

    @property
    def monitors(self) -> tuple[str, ...]:
        """The figures of an epoch that it looks at, by the names of `EpochRecord.figure`."""
        return ()

    @property
    def looks_between_epochs(self) -> bool:
        """Whether it may hold in mid-epoch."""
        return False

    @property
    def most_epochs(self) -> int | None:
        """Epochs after which it holds for certain, if there is such a number."""
        return None

    @property
    def best_kept(self) -> Best | None:
        """What the epoch is best in that the network is to end with; None to end with the last one."""
        return None

    def reached(self, progress: Progress) -> str | None:
        """Say which condition holds, or None."""
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """Return the rule as plain data that `rule_from_dict` takes back.

        Raises:
            InputError: it is a rule of your own, which would not be the same after a file.
        """
        if "kind" not in vars(type(self)):  # what inherits a kind may do something else
            advice = "join Until, Patience and Plateau instead"
            raise InputError(f"a stop rule of your own, {type(self).__name__}, cannot be kept in a file: {advice}")
        return {"kind": self.kind, **{field.name: _plain(getattr(self, field.name)) for field in fields(self)}}

    def __or__(self, other: object) -> "AnyOf":
        return AnyOf((*_parts(AnyOf, self), *_parts(AnyOf, other)))

    def __and__(self, other: object) -> "AllOf":
        return AllOf((*_parts(AllOf, self), *_parts(AllOf, other)))


def _plain(value: Any) -> Any:
    if isinstance(value, StopRule):
        return value.to_dict()
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return dict(value) if isinstance(value, Mapping) else value


def _parts(kind: type["_Joined"], rule: object) -> tuple[StopRule, ...]:
    if not isinstance(rule, StopRule):
        raise InputError(f"stop rules are joined with stop rules, such as Until(epochs=40), got {rule!r}")
    return rule.rules if isinstance(rule, kind) else (rule,)


@dataclass(frozen=True, slots=True)
class _Joined(StopRule):
    rules: tuple[StopRule, ...]

    @property
    def monitors(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for rule in self.rules for name in rule.monitors))

    @property
    def looks_between_epochs(self) -> bool:
        return any(rule.looks_between_epochs for rule in self.rules)

    @property
    def best_kept(self) -> Best | None:
        return next((rule.best_kept for rule in self.rules if rule.best_kept), None)


@dataclass(frozen=True, slots=True)
class AnyOf(_Joined):
    """Holds as soon as one of its rules holds: ``Until(epochs=40) | Patience(5)``."""

    kind: ClassVar[str] = "any_of"

    @property
    def most_epochs(self) -> int | None:
        return min((rule.most_epochs for rule in self.rules if rule.most_epochs is not None), default=None)

    def reached(self, progress: Progress) -> str | None:
        return next(filter(None, (rule.reached(progress) for rule in self.rules)), None)


@dataclass(frozen=True, slots=True)
class AllOf(_Joined):
    """Holds once all of its rules hold at the same time: ``Until(epochs=5) & Until(mean_squared_error=0.02)``."""

    kind: ClassVar[str] = "all_of"

    @property
    def most_epochs(self) -> int | None:
        most = [rule.most_epochs for rule in self.rules]
        return max(count for count in most if count is not None) if None not in most else None

    def reached(self, progress: Progress) -> str | None:
        reasons = [rule.reached(progress) for rule in self.rules]
        return " and ".join(reason for reason in reasons if reason) if all(reasons) else None
