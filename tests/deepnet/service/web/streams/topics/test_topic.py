import pytest

from deepnet.service.web.streams.topics.pace import Pace
from deepnet.service.web.streams.topics.topic import Speed


def test_speed_is_known_with_the_second_look_and_is_that_of_the_last_seconds() -> None:
    speed = Speed()

    assert speed(0, now=10.0) is None
    assert speed(50, now=10.5) == pytest.approx(100)
    assert [speed(50 + 20 * second, now=10.5 + second) for second in range(1, 6)][-1] == pytest.approx(20)


def test_a_number_that_falls_has_begun_anew() -> None:
    speed = Speed()
    speed(1000, now=1.0)

    assert speed(10, now=2.0) is None
    assert speed(20, now=3.0) == pytest.approx(10)


def test_a_fast_network_is_looked_at_in_long_strides_and_a_slow_one_at_every_step() -> None:
    fast, slow = Pace(rate=10), Pace(rate=10)
    fast.every(0, now=1.0)
    slow.every(0, now=1.0)

    assert fast.every(10_000, now=2.0) == 256
    assert slow.every(3, now=2.0) == 1


def test_a_stride_does_not_change_over_every_little_difference() -> None:
    pace = Pace(rate=10)
    steps = [0, 1000, 2100, 3000, 4050]

    assert {pace.every(step, now=float(second)) for second, step in enumerate(steps)} == {64}


def test_who_says_what_divides_the_steps_gets_multiples_of_it() -> None:
    pace = Pace(rate=10, unit=3)

    assert [pace.every(step, now=float(step)) for step in (0, 1)] == [3, 3]
    assert pace.every(100_000, now=2.0) % 3 == 0
    assert pace.every(200_000, now=3.0) > 1000


def test_many_neurons_are_looked_at_less_often_so_that_learning_keeps_its_time() -> None:
    one, many = Pace(rate=20), Pace(rate=20)
    for pace in (one, many):
        pace.every(0, now=1.0)

    assert one.every(200, now=2.0, neurons=1) == 4
    stride = many.every(200, now=2.0, neurons=10_000)
    assert 200 * 10_000 * 20e-6 / stride <= 0.2
