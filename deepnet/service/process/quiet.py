"""Keeps whoever can connect from filling the log: what each of them can cause is said once a second."""

import asyncio
import logging
import time
from typing import Any

SECONDS = 1.0
_TOLD_APART = 30
"""Letters of a message of the event loop; what comes after them is of one task or callback."""


class OneASecond(logging.Filter):
    """Lets pass each message once a second; for a logger whose messages are few, as told apart by their templates.

    Errors with tracebacks all pass: nobody who is not let in can cause them.
    """

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info:
            return True
        now = time.monotonic()
        if now - self._last.get(str(record.msg), float("-inf")) < SECONDS:
            return False
        self._last[str(record.msg)] = now
        return True


one_a_second = OneASecond()


def quiet_loop(loop: asyncio.AbstractEventLoop) -> None:
    """Have *loop* say once a second what goes wrong in it in the same way: that it cannot accept, above all."""
    last: dict[str, float] = {}

    def say(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        about = str(context.get("message"))[:_TOLD_APART]
        now = loop.time()
        if now - last.get(about, float("-inf")) >= SECONDS:
            last[about] = now
            loop.default_exception_handler(context)

    loop.set_exception_handler(say)
