from deepnet import events
from deepnet.service.store.throttle import MOST_A_SECOND, Throttle


def _ended(epoch: int) -> events.EpochEnded:
    return events.EpochEnded("xor", epoch, 4 * epoch, 0.5, {}, {})


DIED = events.NeuronDied("xor", "dense_0/1", 3, "crash")
BACK = events.NeuronRestarted("xor", "dense_0/1", 1)
REPLAYED = events.StepReplayed("xor", 3, 2)
OVER = events.RunEnded("xor", "finished", "", 9, 36)


def test_of_the_epochs_of_a_second_the_first_is_kept() -> None:
    throttle = Throttle()

    passed = [throttle.passed(_ended(number), 100 + number / 4) for number in range(10)]

    assert [event.epoch for events_ in passed for event in events_ if isinstance(event, events.EpochEnded)] == [0, 4, 8]


def test_the_last_epoch_of_a_run_is_kept_before_its_end_and_once() -> None:
    throttle = Throttle()
    for number in range(3):
        throttle.passed(_ended(number), 100.0)

    assert throttle.passed(OVER, 100.1) == (_ended(2), OVER)
    assert throttle.passed(OVER, 100.2) == (OVER,)
    assert throttle.passed(_ended(7), 100.3) == (_ended(7),)
    assert throttle.passed(OVER, 100.4) == (OVER,)


def test_a_clock_that_is_put_back_silences_nobody() -> None:
    throttle = Throttle()
    throttle.passed(_ended(1), 100.0)

    assert throttle.passed(_ended(2), 40.0) == (_ended(2),)


def test_a_storm_is_counted_and_everything_else_goes_through_it() -> None:
    throttle = Throttle()
    half = MOST_A_SECOND // 2
    calm = [throttle.passed(event, 100.0) for event in (DIED, BACK) for _ in range(half)]
    storm = [throttle.passed(event, 100.9) for event in (DIED, DIED, BACK, REPLAYED)]

    assert calm == [(DIED,)] * half + [(BACK,)] * half
    assert storm == [()] * 4
    assert throttle.passed(OVER, 100.9) == (OVER,)
    assert throttle.taken() == {events.NeuronDied: 2, events.NeuronRestarted: 1, events.StepReplayed: 1}
    assert throttle.taken() == {}


def test_after_a_second_it_begins_to_count_again() -> None:
    throttle = Throttle()
    for _ in range(MOST_A_SECOND + 5):
        throttle.passed(DIED, 100.0)

    assert not throttle.is_over(100.99)
    assert throttle.is_over(101.0)
    assert throttle.passed(DIED, 101.0) == (DIED,)
