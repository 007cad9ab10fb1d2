from typing import Any

import numpy as np
import pytest

from deepnet.errors import InputError
from deepnet.training.handlers import (
    Event,
    Filter,
    Handler,
    Moment,
    Verdict,
    after,
    ask,
    before,
    checked_handlers,
    every,
    on,
    once,
)


def moment(event: Event = Event.EPOCH_COMPLETED) -> Moment:
    return Moment(event, epoch=2, step=6, loss=0.5, record=None, parameters=tuple)


def wanted(*filters: Filter) -> list[int]:
    """Which of the first ten times of an event a handler with these filters is called."""
    called: list[int] = []
    for count in range(1, 11):
        handler = on("epoch_completed", lambda _moment, count=count: called.append(count), *filters)  # type: ignore[misc]
        ask([handler], moment(), count)
    return called


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ((), list(range(1, 11))),
        ((every(1),), list(range(1, 11))),
        ((every(3),), [3, 6, 9]),
        ((every(11),), []),
        ((once,), [1]),
        ((before(4),), [1, 2, 3]),
        ((before(1),), []),
        ((after(7),), [8, 9, 10]),
        ((after(0),), list(range(1, 11))),
        ((every(2), after(3), before(9)), [4, 6, 8]),
        ((lambda count: count in (2, 5),), [2, 5]),
    ],
)
def test_filters_say_how_often_a_handler_is_called(filters: tuple[Filter, ...], expected: list[int]) -> None:
    assert wanted(*filters) == expected


def test_a_handler_is_called_at_its_own_event_only() -> None:
    called: list[Event] = []
    handlers = [on(event, lambda moment: called.append(moment.event)) for event in Event]

    for event in Event:
        assert ask(handlers, moment(event), 1) is Verdict.CONTINUE

    assert called == list(Event)


def test_handlers_are_called_in_order_and_shown_the_same_moment() -> None:
    seen: list[tuple[str, Moment]] = []
    now = moment()

    ask([on("epoch_completed", lambda moment, name=name: seen.append((name, moment))) for name in "abc"], now, 1)  # type: ignore[misc]

    assert [name for name, _ in seen] == ["a", "b", "c"]
    assert all(each is now for _, each in seen)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([], Verdict.CONTINUE),
        ([None], Verdict.CONTINUE),
        (["continue", None], Verdict.CONTINUE),
        (["halt_epoch", None, "continue"], Verdict.HALT_EPOCH),
        (["halt_epoch", "halt_run", "continue"], Verdict.HALT_RUN),
        ([Verdict.HALT_RUN, Verdict.HALT_EPOCH], Verdict.HALT_RUN),
    ],
)
def test_the_strongest_verdict_counts_and_all_are_asked(answers: list[str | None], expected: Verdict) -> None:
    asked: list[str | None] = []

    def handler(answer: str | None) -> Handler:
        def call(_moment: Moment) -> str | None:
            asked.append(answer)
            return answer

        return on("epoch_completed", call)

    assert ask([handler(answer) for answer in answers], moment(), 1) is expected
    assert asked == answers


@pytest.mark.parametrize("answer", ["stop", "", True, 0, ["halt_run"], np.zeros(3)])
def test_what_is_no_verdict_is_refused_with_the_list(answer: object) -> None:
    with pytest.raises(InputError, match="return nothing or one of continue, halt_epoch, halt_run") as caught:
        ask([on("epoch_completed", lambda _moment: answer)], moment(), 1)

    assert str(caught.value).startswith(f"a handler of epoch_completed answered {answer!r}")


@pytest.mark.parametrize("event", ["epoch_ended", "", "STARTED", None, 3, ["started"]])
def test_an_unknown_event_is_refused_with_the_list(event: Any) -> None:
    with pytest.raises(
        InputError, match=r"there is no event .*: use one of started, epoch_started, iteration_started, .*, completed"
    ):
        on(event, print)


def test_what_cannot_be_called_is_refused() -> None:
    with pytest.raises(InputError, match="a handler and its filters must be callable, got 'print'"):
        on("started", "print")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="a handler and its filters must be callable, got 3"):
        on("started", print, 3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("make", "n", "message"),
    [
        (every, 0, "every must be a whole number of 1 or more, got 0"),
        (every, 1.5, "every must be a whole number of 1 or more, got 1.5"),
        (before, 0, "before must be a whole number of 1 or more, got 0"),
        (after, -1, "after must be a whole number of 0 or more, got -1"),
    ],
)
def test_a_filter_needs_a_number_that_can_be_counted_to(make: Any, n: float, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make(n)


def test_a_list_of_handlers_is_checked() -> None:
    handler = on("started", print)

    assert checked_handlers([handler]) == (handler,)
    with pytest.raises(
        InputError, match=r"a handler is made by on, such as on\('epoch_completed', print\), got <built-in"
    ):
        checked_handlers([handler, print])  # type: ignore[list-item]
    with pytest.raises(InputError, match="handlers must be a list of what on returns, got Handler"):
        checked_handlers(handler)  # type: ignore[arg-type]
