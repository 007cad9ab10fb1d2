"""How many restarts are too many: a sliding window, told the time by its caller."""

import math
from collections import deque

from supervisor.core.spec import RestartLimit


class RestartWindow:
    """Counts the restarts of one supervisor.

    As in OTP's ``add_restart``, time counts in whole seconds and the edge is inclusive: an earlier
    restart is inside the window if floor(now) - floor(then) <= max_seconds.
    """

    def __init__(self, limit: RestartLimit) -> None:
        self.limit = limit
        self._seconds: deque[int] = deque()

    def allows(self, now: float) -> bool:
        """Record a restart at *now* (monotonic seconds); False once there are too many."""
        second = math.floor(now)
        self._seconds.append(second)
        while second - self._seconds[0] > self.limit.max_seconds:
            self._seconds.popleft()
        return len(self._seconds) <= self.limit.max_restarts

    def within(self, now: float) -> int:
        """Return how many restarts count at *now*, without recording one."""
        second = math.floor(now)
        return sum(second - then <= self.limit.max_seconds for then in self._seconds)

    def __len__(self) -> int:
        """How many restarts the window held when it was last asked."""
        return len(self._seconds)
