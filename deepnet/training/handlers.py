"""Functions of one's own that a run calls at its events, and that may halt an epoch or the run.

The events are Axon's. A handler is called by the trainer itself, between two steps, so it sees the network as it was
sealed and the run waits for it. What it answers is part of the run, and must depend on nothing but what it is shown:
a trainer that dies may have to ask again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from deepnet.errors import InputError, RunError
from deepnet.maths.checks import whole_number
from deepnet.maths.parameters import LayerParameters
from deepnet.training.history import EpochRecord


class Event(StrEnum):
    """What happens in a run, in the order in which it happens; an iteration is a step."""

    STARTED = "started"
    EPOCH_STARTED = "epoch_started"
    ITERATION_STARTED = "iteration_started"
    ITERATION_COMPLETED = "iteration_completed"
    EPOCH_COMPLETED = "epoch_completed"
    EPOCH_HALTED = "epoch_halted"
    COMPLETED = "completed"


class Verdict(StrEnum):
    """What a handler may answer; nothing is ``continue``."""

    CONTINUE = "continue"
    HALT_EPOCH = "halt_epoch"
    """Leave out the rest of this epoch. Where no epoch is under way this is ``continue``."""
    HALT_RUN = "halt_run"
    """End the run, as finished."""


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """What a handler is shown.

    Attributes:
        event: which event it is.
        epoch: the epoch under way or just over, from 1.
        step: sealed steps of the run.
        loss: the mean loss of the epoch so far; nan before its first step.
        record: of the epoch that is over; None within one.
        parameters: copies of the sealed parameters, when called.
    """

    event: Event
    epoch: int
    step: int
    loss: float
    record: EpochRecord | None
    parameters: Callable[[], tuple[LayerParameters, ...]]


Filter: TypeAlias = Callable[[int], bool]
"""From how often the event has happened in the run, this time included, to whether to call the handler."""


def every(n: int) -> Filter:
    """Each n-th time; with 2 the second, the fourth and so on."""
    n = whole_number("every", n, at_least=1)
    return lambda count: count % n == 0


def once(count: int) -> bool:
    """The first time only."""
    return count == 1


def before(n: int) -> Filter:
    """The times before the n-th."""
    n = whole_number("before", n, at_least=1)
    return lambda count: count < n


def after(n: int) -> Filter:
    """The times after the n-th."""
    n = whole_number("after", n, at_least=0)
    return lambda count: count > n


@dataclass(frozen=True, slots=True)
class Handler:
    """A function that is called at an event; made by `on`."""

    event: Event
    call: Callable[[Moment], object]
    filters: tuple[Filter, ...] = ()

    def wants(self, event: Event, count: int) -> bool:
        """Whether it is to be called when *event* happens for the *count*-th time."""
        return event is self.event and all(one(count) for one in self.filters)


def on(event: str, call: Callable[[Moment], object], *filters: Filter) -> Handler:
    """Return a handler: *call* is called with a `Moment` whenever *event* happens and all *filters* agree.

    Raises:
        InputError: there is no such event, or something is not callable.
    """
    if event not in list(Event):
        raise InputError(f"there is no event {event!r}: use one of {', '.join(Event)}")
    for one in (call, *filters):
        if not callable(one):
            raise InputError(f"a handler and its filters must be callable, got {one!r}")
    return Handler(Event(event), call, filters)


def checked_handlers(handlers: Sequence[Handler]) -> tuple[Handler, ...]:
    """Return *handlers*, or raise InputError unless each was made by `on`."""
    if not isinstance(handlers, Sequence):
        raise InputError(f"handlers must be a list of what on returns, got {handlers!r}")
    for handler in handlers:
        if not isinstance(handler, Handler):
            raise InputError(f"a handler is made by on, such as on('epoch_completed', print), got {handler!r}")
    return tuple(handlers)


def ask(handlers: Sequence[Handler], moment: Moment, count: int) -> Verdict:
    """Call the handlers that want it, in order, and return the strongest verdict.

    Args:
        handlers: all of the run.
        moment: what they are shown.
        count: how often the event has happened in the run, this time included.

    Raises:
        InputError: a handler answered something that is no verdict.
    """
    verdicts = [Verdict.CONTINUE]
    for handler in handlers:
        if handler.wants(moment.event, count):
            try:
                answer = handler.call(moment)
            except Exception as error:
                told = " ".join(f"{type(error).__name__}: {error}".split())
                raise RunError(f"a handler of {moment.event} raised {told}") from error
            if answer is not None and not (isinstance(answer, str) and answer in list(Verdict)):
                raise InputError(
                    f"a handler of {moment.event} answered {answer!r}: return nothing or one of {', '.join(Verdict)}"
                )
            verdicts.append(Verdict(answer) if answer is not None else Verdict.CONTINUE)
    return max(verdicts, key=list(Verdict).index)
