import threading
import time

from deepnet.service.process.threads import await_others

LONG = 30.0


def test_threads_that_end_are_waited_for() -> None:
    others = threading.enumerate()
    threading.Timer(0.05, lambda: None).start()

    assert await_others(others, seconds=LONG)


def test_a_thread_that_does_not_end_is_told_of_also_if_it_is_a_daemon() -> None:
    others = threading.enumerate()
    release = threading.Event()
    stuck = threading.Thread(target=release.wait, daemon=True)
    stuck.start()

    began = time.monotonic()
    assert not await_others(others, seconds=0.05)
    assert await_others([*others, stuck], seconds=LONG)
    assert time.monotonic() - began < LONG
    release.set()
    stuck.join()
