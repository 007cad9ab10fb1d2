"""When the state of a run is due to be made safe, and the newest one that waits for it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from deepnet.training.state import RunState, changes_of

BREATHS = 20


@dataclass(eq=False, slots=True)
class Keeper:
    """Stands between the trainer, which copies states, and the checkpointer, which writes them.

    If writing is slower than states become due, the older of those that wait is never written.

    Attributes:
        save: writes a state and returns where; raises DeepnetError if it cannot.
        release: lets go of where states are written.
        every_steps: keep each state of so many steps; None for none because of its step.
        every_seconds: keep one after so much time; None for none because of the time.
        clock: tells seconds.
        read: returns the state of a step that was kept; raises DataError if that is not there, and says which are.
        waiting: the state to be written next, and whether it is the run's last; None if there is none.
        flushed: set once the last one has been written, or could not be.
        took: seconds that writing the last one took: the next one waits for twenty times as long, at least.
        problem: why the last one that was tried could not be written; None if it was.
    """

    save: Callable[[RunState], str]
    release: Callable[[], object]
    read: Callable[[int], RunState]
    every_steps: int | None
    every_seconds: float | None
    clock: Callable[[], float]
    waiting: tuple[RunState, bool] | None = None
    flushed: threading.Event = field(default_factory=threading.Event)
    _kept_at: float = 0.0
    took: float = 0.0
    problem: str | None = None
    _tried: tuple[int, int] = (-1, -1)
    _last_tried: RunState | None = None
    _trying: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        self._kept_at = self.clock()

    def tried(self, state: RunState, problem: str | None = None, took: float = 0.0) -> None:
        """Note that *state* has been written in so many seconds, or could not be because of a *problem*."""
        with self._trying:
            self._tried = max(self._tried, _age(state))
            self._last_tried = state
            self.problem = problem
            self.took = took
            self._trying.notify_all()

    def await_change(self, number: int, seconds: float) -> bool:
        """Wait up to *seconds* until a state with change *number* has been written, or could not be."""
        with self._trying:
            return self._trying.wait_for(lambda: self._tried >= (number, -1) or self.flushed.is_set(), seconds)

    def await_state(self, state: RunState, seconds: float) -> bool:
        """Wait up to *seconds* until *state*, or a newer one, has been written, or could not be."""
        age = _age(state)  # one of the same step may be under way: that one does not count

        def is_done() -> bool:
            return self._last_tried is state or self._tried > age or self.flushed.is_set()

        with self._trying:
            return self._trying.wait_for(is_done, seconds)

    def await_written(self, seconds: float) -> bool:
        """Wait up to *seconds* until nothing waits any more, or it could not be written."""
        with self._trying:
            return self._trying.wait_for(
                lambda: self.waiting is None or self.problem is not None or self.flushed.is_set(), seconds
            )

    def finish(self) -> None:
        """Let go: the last state has been written, or there is none. Twice is no error."""
        if not self.flushed.is_set():
            self.release()
            self.flushed.set()
            with self._trying:
                self._trying.notify_all()

    def is_due(self, step: int) -> bool:
        """Whether the state that has just been sealed is to be kept."""
        if self.every_steps is not None and step % self.every_steps == 0:
            return True
        if self.every_seconds is None:
            return False
        now = self.clock()
        # The history of a run may grow long: keeping it must not become what the process does.
        if now - self._kept_at < max(self.every_seconds, BREATHS * self.took):
            return False
        self._kept_at = now
        return True


def _age(state: RunState) -> tuple[int, int]:
    return changes_of(state), state.position.step
