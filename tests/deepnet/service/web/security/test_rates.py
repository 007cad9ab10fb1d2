import threading

import pytest

from deepnet.service.web.security.rates import MOST_BUCKETS, Rates


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_let_through_and_then_it_is_told_how_long_to_wait() -> None:
    rates = Rates(0.5, 3, clock := Clock())

    assert [rates.take("a") for _ in range(5)] == [0, 0, 0, 2, 2]
    clock.now = 1.9
    assert rates.take("a") == 1
    clock.now = 2.0
    assert rates.take("a") == 0
    assert rates.take("a") == 2


def test_whoever_waits_as_long_as_told_is_let_through() -> None:
    rates = Rates(1 / 7, 1, clock := Clock())
    for _ in range(20):
        assert rates.take("a") == 0
        clock.now += rates.take("a")


def test_no_more_than_a_burst_is_saved_up() -> None:
    rates = Rates(10, 2, clock := Clock())
    rates.take("a")
    clock.now = 1e9

    assert [rates.take("a") for _ in range(3)] == [0, 0, 1]


def test_one_does_not_use_up_what_another_has() -> None:
    rates = Rates(1, 1, Clock())

    assert [rates.take("a"), rates.take("b"), rates.take("a"), rates.take("b")] == [0, 0, 1, 1]


def test_it_does_not_grow_with_the_number_of_names() -> None:
    rates = Rates(1, 1, Clock())
    for name in range(2 * MOST_BUCKETS):
        rates.take(str(name))

    assert len(rates._buckets) == MOST_BUCKETS
    assert rates.take(str(2 * MOST_BUCKETS - 1)) == 1


@pytest.mark.parametrize("burst", [1, 50])
def test_threads_together_get_no_more(burst: int) -> None:
    rates = Rates(1, burst, Clock())
    passed: list[int] = []

    def take() -> None:
        passed.extend(wait for wait in (rates.take("a") for _ in range(100)) if not wait)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(passed) == burst
