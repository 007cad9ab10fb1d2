"""One training of one network, seen from outside."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from deepnet.actors.assignment import Assignment, Failure
from deepnet.actors.system import in_a_turn
from deepnet.data.sources import Source
from deepnet.errors import RunError
from deepnet.maths.arrays import Batch
from deepnet.training.handlers import Handler
from deepnet.training.history import EpochRecord
from deepnet.training.plan import Plan
from deepnet.training.position import Position


class Run:
    """A run goes on in the background from the moment it is made until its plan is done.

    Attributes:
        plan: what it is to do.
        problems: what is wrong with checkpoints that it could not go on from, a line each.
        resumed_at: the step that it went on from; None if it has begun at its beginning.
    """

    problems: tuple[str, ...] = ()
    resumed_at: int | None = None

    def __init__(
        self,
        plan: Plan,
        dtype: str,
        source: Source,
        held_out: tuple[Batch, Batch] | None,
        handlers: Sequence[Handler],
        *,
        position: Callable[[Assignment], Position],
        ask_to_stop: Callable[[], object],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.plan = plan
        self._ended = threading.Event()
        self._position = position
        self._ask_to_stop = ask_to_stop
        self.assignment = Assignment(plan, dtype, source, held_out, handlers, on_end=self._ended.set, clock=clock)

    @property
    def state(self) -> str:
        """running, finished (the plan is done), stopped (somebody asked) or failed."""
        return self.assignment.state

    @property
    def reason(self) -> str:
        """Why it ended; empty while it runs."""
        return self.assignment.reason

    @property
    def failure(self) -> Failure | None:
        """Who died over what, if the run failed because nobody could get past a step."""
        return self.assignment.failure

    @property
    def history(self) -> tuple[EpochRecord, ...]:
        """A record for each epoch that is over."""
        return tuple(self.assignment.history)

    @property
    def position(self) -> Position:
        """Epoch, batch and step of the last seal of this run. Reading it disturbs nobody."""
        return self._position(self.assignment)

    @property
    def inputs(self) -> Batch:
        """What is learnt: (rows, model.inputs), not to be written to.

        Raises:
            RunError: it is a stream, whose rows are not at hand.
        """
        return _read_only(self._all_rows()[0])

    @property
    def targets(self) -> Batch:
        """What is to come out: (rows, model.outputs), not to be written to.

        Raises:
            RunError: it is a stream, whose rows are not at hand.
        """
        return _read_only(self._all_rows()[1])

    def _all_rows(self) -> tuple[Batch, Batch]:
        rows = self.assignment.source.all_rows()
        if rows is None:
            raise RunError("the rows of a stream are not kept: look at them where it begins")
        return rows

    @property
    def batches(self) -> int | None:
        """Steps in an epoch; None for a stream, of which nobody knows."""
        return self.assignment.source.batches

    @property
    def dead_neurons(self) -> tuple[str, ...]:
        """Neurons that were dead on the training rows at the end of an epoch; looked for while somebody watches."""
        return self.assignment.dead

    def wait(self, timeout: float | None = None) -> "Run":
        """Return when the run is over.

        Raises:
            TimeoutError: it is not over after *timeout* seconds; it goes on all the same.
            RunError: it failed; the message says why. The last sealed weights are kept.
                Or a watcher has called this, for which the run would have to wait.
        """
        if in_a_turn() and not self._ended.is_set():
            raise RunError("a watcher cannot wait for the run that it watches: do it in another thread")
        if not self._ended.wait(timeout):
            raise TimeoutError(f"the run is at step {self.position.step} after {timeout} s and goes on: wait again")
        if not in_a_turn():
            self.flush(timeout)
        if self.state == "failed":
            raise RunError(self.reason)
        return self

    def flush(self, timeout: float | None = None) -> None:
        """Return once the last checkpoint of a run that has ended is on the disk, or could not be written.

        Raises:
            TimeoutError: it is not after *timeout* seconds.
        """
        keeper = self.assignment.keeper
        if keeper is not None and not keeper.flushed.wait(timeout):
            raise TimeoutError(f"the last checkpoint was not written within {timeout} s: look at the disk, wait again")

    def ended_within(self, seconds: float) -> bool:
        """Wait up to *seconds* for the end, whatever it is; tell whether it came."""
        return self._ended.wait(seconds)

    def stop(self, timeout: float | None = 30.0) -> "Run":
        """End the run at the next seal; return when it is over. A run that is over is left as it is.

        Called by a watcher it only asks, and returns at once: the run goes on when the watcher is done.

        Raises:
            TimeoutError: no seal came within *timeout* seconds.
        """
        self.assignment.stop_asked = True
        self._ask_to_stop()
        if not in_a_turn() and not self._ended.wait(timeout):
            raise TimeoutError(f"no step was sealed within {timeout} s: stop the network instead")
        return self

    def __repr__(self) -> str:
        place: Any = self.position
        return f"<Run {self.state}: epoch {place.epoch}, step {place.step}>"


def _read_only(array: Batch) -> Batch:
    view = array.view()
    view.setflags(write=False)
    return view
