"""Which events of one network are worth a row: a storm of restarts or of short epochs must not bury the rest."""

from collections import Counter

from deepnet.events import EpochEnded, Event, NeuronDied, NeuronRestarted, RunEnded, StepReplayed

EPOCH_SECONDS = 1.0
"""Of the epochs that end within so long the first is kept, and the last of a run."""
MOST_A_SECOND = 200
"""So many of each other's deaths, restarts and replays are kept in a second."""

_STORMY = (NeuronDied, NeuronRestarted, StepReplayed)


class Throttle:
    """Decides for one network; whoever has several threads keeps them apart."""

    def __init__(self) -> None:
        self._epoch_time = float("-inf")
        self._held: EpochEnded | None = None
        self._window = float("-inf")
        self._kept = 0
        self.left_out: Counter[type[Event]] = Counter()
        """What was left out and not yet told of, by kind."""

    def passed(self, event: Event, now: float) -> tuple[Event, ...]:
        """Return which events are to be written, *event* being new at *now* (seconds): none, it, or one before it."""
        if isinstance(event, EpochEnded):
            if 0 <= now - self._epoch_time < EPOCH_SECONDS:
                self._held = event
                return ()
            self._epoch_time, self._held = now, None
        elif isinstance(event, RunEnded):
            held, self._held, self._epoch_time = self._held, None, float("-inf")
            return (event,) if held is None else (held, event)
        elif isinstance(event, _STORMY):
            if self.is_over(now):
                self._window, self._kept = now, 0
            self._kept += 1
            if self._kept > MOST_A_SECOND:
                self.left_out[type(event)] += 1
                return ()
        return (event,)

    def is_over(self, now: float) -> bool:
        """Whether the second is over in which deaths, restarts and replays are counted."""
        return not 0 <= now - self._window < 1.0

    def taken(self) -> Counter[type[Event]]:
        """Return what was left out, and forget it."""
        left_out, self.left_out = self.left_out, Counter()
        return left_out
