"""Waiting for a run of a service to come to a state, without keeping anybody busy."""

import time
from collections.abc import Collection
from typing import Any

from deepnet.client.link import Link
from deepnet.errors import ServiceError
from deepnet.maths.checks import non_negative_number

OVER = ("finished", "stopped", "failed")
_FIRST_PAUSE = 0.005
_LAST_PAUSE = 0.2
"""Seconds between one look and the next: it begins with the first and grows up to the last."""
_BACK_SECONDS = 30.0
"""How long a service that goes away may take to come back: its runs go on then."""


def await_state(link: Link, path: str, states: Collection[str], timeout: float | None) -> dict[str, Any] | None:
    """Return what a run is once it is in one of *states*; None if it is not after *timeout* seconds.

    Args:
        link: to the service.
        path: of the run.
        states: any of them.
        timeout: seconds; None for ever.

    Raises:
        InputError: that is no time to wait for.
        ServiceError: the service has gone and is not back within half a minute.
    """
    if timeout is not None:
        non_negative_number("timeout", timeout)
    end = None if timeout is None else time.monotonic() + timeout
    pause = _FIRST_PAUSE
    while True:
        facts = look_at(link, path)
        if facts["state"] in states:
            return facts
        left = pause if end is None else end - time.monotonic()
        if left <= 0:
            return None
        time.sleep(min(pause, left))
        pause = min(_LAST_PAUSE, 1.5 * pause)


def look_at(link: Link, path: str) -> dict[str, Any]:
    """Return what a run is now; a service that is away for a while is waited for.

    Raises:
        ServiceError: it is not back within half a minute.
    """
    try:
        return dict(link.ask("GET", path).json())
    except ServiceError as error:
        if getattr(error, "status", None) is not None or not link.wait_until_back(_BACK_SECONDS):
            raise
    return dict(link.ask("GET", path).json())
