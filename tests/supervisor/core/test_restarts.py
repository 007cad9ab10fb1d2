"""The window of restarts, and its edges."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supervisor.core.restarts import RestartWindow
from supervisor.core.spec import RestartLimit


def answers(max_restarts: int, max_seconds: int, *times: float) -> list[bool]:
    window = RestartWindow(RestartLimit(max_restarts, max_seconds))
    return [window.allows(now) for now in times]


def test_as_many_restarts_as_the_limit_says_are_allowed_and_no_more() -> None:  # OTP 39
    assert answers(3, 5, 10.0, 10.1, 10.2, 10.3) == [True, True, True, False]


def test_a_limit_of_zero_allows_none() -> None:  # OTP 40
    assert answers(0, 5, 10.0) == [False]


@pytest.mark.parametrize("calls", [1, 2, 7])
def test_the_window_knows_how_many_it_holds(calls: int) -> None:
    window = RestartWindow(RestartLimit(3, 5))
    for _ in range(calls):
        window.allows(1.0)

    assert len(window) == calls


def test_to_ask_how_many_count_now_records_none() -> None:
    window = RestartWindow(RestartLimit(3, 5))
    window.allows(10.0)
    window.allows(13.9)

    assert [window.within(now) for now in (13.9, 15.9, 16.0, 18.9, 19.0)] == [2, 2, 1, 1, 0]
    assert len(window) == 2


def test_the_window_slides_old_restarts_drop_out_one_by_one() -> None:  # OTP 45
    # Were it a bucket, the restart at 4 would open a new one, with room for that at 5.
    assert answers(2, 3, 0.0, 2.0, 4.0, 5.0) == [True, True, True, False]


def test_a_quiet_spell_forgives() -> None:  # OTP 45
    assert answers(1, 5, 0.0, 6.0, 12.0, 12.5) == [True, True, True, False]


def test_a_gap_of_almost_a_second_more_than_the_period_may_count() -> None:  # OTP 46: first at .10, gap 1.80
    assert answers(1, 1, 100.10, 101.90) == [True, False]


def test_by_phase_a_shorter_gap_may_not_count() -> None:  # OTP 46: first at .90, gap 1.20
    assert answers(1, 1, 100.90, 102.10) == [True, True]


def test_the_edge_itself_is_inside() -> None:  # OTP 46
    assert answers(1, 5, 100.0, 105.0) == [True, False]
    assert answers(1, 5, 100.0, 105.999) == [True, False]
    assert answers(1, 5, 100.0, 106.0) == [True, True]


@settings(derandomize=True, deadline=None)
@given(
    st.integers(0, 4),
    st.integers(1, 4),
    st.lists(st.floats(0.0, 3.0, allow_nan=False), max_size=30),
)
def test_it_agrees_with_otps_add_restart(max_restarts: int, max_seconds: int, gaps: list[float]) -> None:  # OTP 46
    window = RestartWindow(RestartLimit(max_restarts, max_seconds))
    now, past = 50.0, []
    for gap in gaps:
        now += gap
        past.append(now)
        inside = [then for then in past if int(now) - int(then) <= max_seconds]

        assert window.allows(now) == (len(inside) <= max_restarts)
