"""What is due when."""

from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from supervisor.core.timetable import Timetable


def test_what_is_due_comes_in_the_order_it_falls_due() -> None:
    table, done = Timetable(), list[str]()
    for due, name in [(3.0, "c"), (1.0, "a"), (2.0, "b"), (9.0, "z")]:
        table.add(due, partial(done.append, name))

    for action in table.take_due(3.0):
        action()

    assert done == ["a", "b", "c"]
    assert table.next_due() == 9.0


def test_what_falls_due_together_comes_in_the_order_it_was_added() -> None:
    table, done = Timetable(), list[int]()
    for number in range(20):
        table.add(1.0, partial(done.append, number))

    for action in table.take_due(1.0):
        action()

    assert done == list(range(20))


def test_nothing_is_due_before_its_time() -> None:
    table = Timetable()
    table.add(1.0, print)

    assert table.take_due(0.999) == []
    assert table.take_due(1.0) == [print]
    assert table.take_due(1.0) == []


def test_what_was_cancelled_is_not_done_and_is_not_waited_for() -> None:
    table = Timetable()
    first, second = table.add(1.0, print), table.add(2.0, print)
    first.cancel()

    assert table.next_due() == 2.0
    second.cancel()
    second.cancel()
    assert table.next_due() is None
    assert table.take_due(5.0) == []


@settings(derandomize=True, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 10), st.booleans())), st.floats(0, 10))
def test_it_agrees_with_sorting(entries: list[tuple[float, bool]], now: float) -> None:
    table, done = Timetable(), list[int]()
    for number, (due, cancelled) in enumerate(entries):
        entry = table.add(due, partial(done.append, number))
        if cancelled:
            entry.cancel()

    for action in table.take_due(now):
        action()

    wanted = [(due, number) for number, (due, cancelled) in enumerate(entries) if not cancelled and due <= now]
    assert done == [number for _, number in sorted(wanted)]
