"""What every test of supervisor must leave behind: nothing."""

import threading
import time
from collections.abc import Iterator

import pykka
import pytest

PATIENCE_SECONDS = 5.0


@pytest.fixture(autouse=True)
def nothing_is_left_behind() -> Iterator[None]:
    """Fail a test that leaves a live actor or a new thread."""
    before = set(threading.enumerate())
    assert not pykka.ActorRegistry.get_all()

    yield

    end = time.monotonic() + PATIENCE_SECONDS
    while (threads := set(threading.enumerate()) - before) and time.monotonic() < end:
        time.sleep(0.002)
    actors = pykka.ActorRegistry.get_all()
    for ref in actors:
        pykka.ActorRegistry.unregister(ref)  # or every test after this one would fail too
    assert not actors, "actors are left"
    assert not threads, "threads are left"
