import pytest

from deepnet.actors.pacing import LATE_SECONDS, LONGEST_SECONDS, Pace


def test_the_first_step_does_not_wait() -> None:
    assert Pace().wait(20, 1, 1000.0) == 0


def test_each_step_waits_for_its_time() -> None:
    pace = Pace()
    pace.wait(20, 1, 1000.0)

    assert pace.wait(20, 2, 1000.0) == pytest.approx(0.05)
    assert pace.wait(20, 2, 1000.03) == pytest.approx(0.02)
    assert pace.wait(20, 2, 1000.0501) == 0


def test_who_comes_a_little_late_makes_up_for_it() -> None:
    pace = Pace()
    pace.wait(20, 1, 1000.0)
    pace.wait(20, 2, 1000.05 + LATE_SECONDS / 2)

    assert pace.wait(20, 3, 1000.09) == pytest.approx(0.01)


def test_who_comes_much_too_late_does_not_hurry() -> None:
    pace = Pace()
    pace.wait(20, 1, 1000.0)
    pace.wait(20, 2, 1009.0)

    assert pace.wait(20, 3, 1009.0) == pytest.approx(0.05)


def test_another_pace_counts_from_the_same_step() -> None:
    pace = Pace()
    pace.wait(0.5, 1, 1000.0)

    assert pace.wait(0.5, 2, 1001.5) == pytest.approx(0.5)
    assert pace.wait(1, 2, 1001.5) == 0


def test_a_step_that_has_begun_is_played_again_at_once() -> None:
    pace = Pace()
    pace.wait(0.5, 1, 1000.0)

    assert pace.wait(0.5, 1, 1000.1) == 0
    assert pace.wait(0.5, 2, 1000.1) == LONGEST_SECONDS


def test_nobody_waits_for_long_without_a_look() -> None:
    pace = Pace()
    pace.wait(1e-300, 1, 1000.0)

    assert pace.wait(1e-300, 2, 1000.0) == LONGEST_SECONDS
