"""An actor that hangs when it is told to, and what is waited for in tests of it."""

import threading
import time
from collections.abc import Callable
from typing import Any

from supervisor import ScheduledActor


class Hanger(ScheduledActor):
    """Calls what it is sent; keeps a journal of its hooks and of what it got."""

    def __init__(self, journal: list[Any]) -> None:
        super().__init__()
        self.journal = journal

    def on_receive(self, message: Any) -> Any:
        if callable(message):
            return message()
        self.journal.append(message)
        return message

    def on_stop(self) -> None:
        self.journal.append("on_stop")

    def on_failure(self, *_exc_info: Any) -> None:
        self.journal.append("on_failure")

    def on_gone(self, reason: Any) -> None:
        del reason
        self.journal.append("on_gone")

    def on_return(self) -> None:
        self.journal.append("on_return")


class Hang:
    """A handler that does not return before `release`; then it returns, or raises what it was given."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.entered = threading.Event()
        self.release = threading.Event()
        self._error = error

    def __call__(self) -> str:
        self.entered.set()
        self.release.wait(30)
        if self._error is not None:
            raise self._error
        return "late"

    def begin(self, ref: Any) -> None:
        """Have *ref* hang; return when it does."""
        ref.tell(self)
        assert self.entered.wait(5)


def wait_for(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.001)
