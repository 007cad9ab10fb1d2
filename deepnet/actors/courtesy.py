"""Giving way: those who learn hold the interpreter nearly all the time, and others want it, too."""

import time
from collections import deque

GUEST_SECONDS = 0.001
"""How long learning goes on while somebody is in the middle of something short; then he gets the interpreter."""

EVERYBODY_SECONDS = 0.01
"""How often anybody gets it who wants it.

They would get it by themselves, but late: numpy lets go of it for a microsecond in every large product, and each time
whoever waits begins to wait anew, for up to 0.3 s. To give way costs about 0.1 ms if somebody waits, and else nothing.
"""

_MOMENT = 5e-5


class Courtesy:
    """Decides when those who learn give way: between two steps, and if somebody waits between two layers.

    ``with courtesy:`` says that something short is being done that others wait for, such as a prediction: without it
    that would take as long as the interpreter takes to change threads, 5 ms each time.
    """

    def __init__(self) -> None:
        self.guests: deque[None] = deque()
        """One for each who is at something short."""
        self._gave_way_at = 0.0

    def __enter__(self) -> None:
        self.guests.append(None)

    def __exit__(self, *_exc: object) -> None:
        self.guests.pop()

    def give_way(self, *, at_once: bool = False) -> None:
        """Let others have the interpreter, if it is time."""
        now = time.perf_counter()
        since = now - self._gave_way_at
        if self.guests:
            if since > GUEST_SECONDS:
                time.sleep(_MOMENT)
                self._gave_way_at = time.perf_counter()
        elif since > EVERYBODY_SECONDS or at_once:
            time.sleep(0)
            self._gave_way_at = now
