"""How often a neuron is looked at, so that those who watch cost a fast network no more than a slow one."""

import time

from deepnet.service.web.streams.topics.topic import Speed

_FIRST = 64
"""Until it is known how fast the network is: a large one that is fast must not be held up."""
_SLACK = 4
LOOK_SECONDS = 20e-6
"""About what it takes to note down what one neuron did at one step."""
SHARE = 0.05
"""Of the time of those who learn, how much that may take."""


class Pace:
    """Chooses the stride of a watch: so many steps that somebody sees something new each time they look.

    Args:
        rate: how often they look, in a second.
        unit: what the stride is to be a multiple of; None if nobody said.

    Attributes:
        is_settled: whether somebody said.
    """

    def __init__(self, rate: float, unit: int | None = None) -> None:
        self._rate = rate
        self._unit = unit or 1
        self.is_settled = unit is not None
        self._speed = Speed()
        self._times = _FIRST if unit is None else 1

    def every(self, step: int, now: float | None = None, neurons: int = 1) -> int:
        """Return the stride, the unit times a power of two, given where the network is now.

        Args:
            step: at which.
            now: when, on the clock of `time.monotonic`.
            neurons: how many are looked at.
        """
        speed = self._speed(step, time.monotonic() if now is None else now)
        if speed is None:
            return self._unit * self._times
        # Often enough for those who look; not so often that learning loses more than its share.
        steps = max(speed / (2 * self._rate), speed * neurons * LOOK_SECONDS / SHARE)
        wanted = max(1.0, steps / self._unit)
        if wanted >= 2 * self._times or wanted < self._times / _SLACK:  # not to and fro over every little change
            self._times = 1 << (int(wanted).bit_length() - 1)
        return self._unit * self._times
