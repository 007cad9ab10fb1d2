"""One training of one network, seen from outside."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from deepnet.actors.assignment import Assignment, Failure
from deepnet.actors.messages import StopAtSeal
from deepnet.actors.system import in_a_turn
from deepnet.data.sources import Source
from deepnet.errors import InputError, RunError
from deepnet.maths.arrays import Batch
from deepnet.maths.losses import Loss
from deepnet.maths.optimizers import Optimizer
from deepnet.maths.schedules import Schedule
from deepnet.runs.hosting import Host
from deepnet.runs.intervening import CHANGE_SECONDS, SAFE_SECONDS
from deepnet.runs.states import Change
from deepnet.training.handlers import Handler
from deepnet.training.health import HealthReport
from deepnet.training.history import EpochRecord
from deepnet.training.interventions import NOT_GIVEN, NotGiven
from deepnet.training.plan import Plan
from deepnet.training.position import Position
from deepnet.training.rules import StopRule

_SETTABLE = ("learning_rate", "optimizer", "schedule", "until", "batch_size", "loss", "pace", "data")


class Run:
    """A run goes on in the background from the moment it is made until its plan is done.

    Attributes:
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
        host: Host,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ended = threading.Event()
        self._host = host
        self.assignment = Assignment(plan, dtype, source, held_out, handlers, on_end=self._ended.set, clock=clock)

    @property
    def plan(self) -> Plan:
        """What it is to do, as it is now."""
        return self.assignment.plan

    @property
    def state(self) -> str:
        """running, paused, finished (the plan is done), stopped (somebody asked) or failed."""
        return self.assignment.shown_state

    @property
    def is_over(self) -> bool:
        """Whether it has ended, whatever the end was."""
        return self.assignment.state != "running"

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

    def epochs(self, first: int, last: int) -> tuple[EpochRecord, ...]:
        """The records of the epochs numbered above *first* and up to *last*, as far as they are over."""
        return tuple(self.assignment.history[first:last])

    @property
    def last_epoch(self) -> EpochRecord | None:
        """The record of the last epoch that is over; None before that. It costs less than the whole history."""
        history = self.assignment.history
        try:
            return history[-1]
        except IndexError:
            return None

    @property
    def position(self) -> Position:
        """Epoch, batch and step of the last seal of this run. Reading it disturbs nobody."""
        return self._host.context.position_of(self.assignment)

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
                Or it is paused when this is called; or a watcher has called it, for whom the run would wait.
        """
        if in_a_turn() and not self._ended.is_set():
            raise RunError("a watcher cannot wait for the run that it watches: do it in another thread")
        if self.state == "paused":
            raise RunError(f"the run rests at step {self.position.step} and does not go on alone: resume it first")
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
        if not self.is_over and not self.assignment.stop_asked:
            self.assignment.stop_asked = True
            self._host.intervener.tell(Change("stop", "run", self.position.step, self.state, "stopped"))
        self._host.actors.open_gate()  # it may stand in the middle of a step
        self._host.actors.tell("trainer", StopAtSeal())
        if not in_a_turn() and not self._ended.wait(timeout):
            raise TimeoutError(f"no step was sealed within {timeout} s: stop the network instead")
        return self

    # Playing it in pieces, and changing it.

    def pause(self, timeout: float | None = CHANGE_SECONDS) -> Change:
        """Have it rest before its next step; return when it does. Its state is kept, if it has a folder.

        Between two steps nothing is lost and nothing is hidden: look, change, predict, and `resume`.

        Raises:
            RunError: it is over, or somebody else is changing the network.
            TimeoutError: no step was sealed within *timeout* seconds; it rests after that one.
        """
        return self._host.controls.pause(self.assignment, timeout)

    def resume(self) -> Change:
        """Have it go on.

        Raises:
            RunError: it is over, or somebody else is changing the network.
        """
        return self._host.controls.resume(self.assignment)

    def step(self, unit: str = "batch", n: int = 1, timeout: float | None = CHANGE_SECONDS) -> Change:
        """Play on by *n* units and rest again. A run that is running is paused first.

        Args:
            unit: ``message``: so many messages of the protocol are handled, one after the other; those are in the
                ``messages`` of what is returned, and whoever changes the network in the middle of a step has it
                begun anew. ``sample``: so many rows, rounded up to whole batches, for a batch is learnt as one.
                ``batch``: so many optimizer steps. ``epoch``: up to the end of so many epochs.
            n: how many.
            timeout: seconds to wait for that.

        Raises:
            RunError: the run is over, or it failed over this; or somebody else is changing the network.
            TimeoutError: it took longer; the run goes on to there, and then rests.
            InputError: a number is out of its range; 100,000 messages are the most at a time.
            UnknownNameError: there is no such unit.
        """
        return self._host.controls.step(self.assignment, unit, n, timeout)

    def set(
        self,
        *,
        learning_rate: float | NotGiven = NOT_GIVEN,
        optimizer: str | Optimizer | NotGiven = NOT_GIVEN,
        schedule: str | Schedule | NotGiven = NOT_GIVEN,
        until: StopRule | NotGiven = NOT_GIVEN,
        batch_size: int | NotGiven = NOT_GIVEN,
        loss: str | Loss | NotGiven = NOT_GIVEN,
        pace: float | NotGiven | None = NOT_GIVEN,
        data: tuple[object, object] | None = None,
    ) -> Change:
        """Change what it is to do, from the next step on; what is given together is one change.

        Args:
            learning_rate: of its optimizer.
            optimizer: of the kind that it has, with other hyper-parameters.
            schedule: what becomes of the learning rate.
            until: when to stop.
            batch_size: rows learnt together.
            loss: how wrong outputs are.
            pace: steps a second at most; None for as many as it can.
            data: other inputs (rows, model.inputs) and targets (rows, model.outputs) to learn from here on.

        Raises:
            InputError: it cannot be done; the message says why, and nothing has changed.
            RunError: the run is over, or somebody else is changing the network.
        """
        given = {
            "learning_rate": learning_rate,
            "optimizer": optimizer,
            "schedule": schedule,
            "until": until,
            "batch_size": batch_size,
            "loss": loss,
            "pace": pace,
        }
        given = {name: value for name, value in given.items() if value is not NOT_GIVEN}
        if not given and data is None:
            raise InputError(f"nothing is to be set: give one of {', '.join(_SETTABLE)}")
        return self._host.set_plan(self.assignment, given, data)

    def rewind(self) -> Change:
        """Put the network back to how this run began, with the same initial weights; its plan stays as it is now.

        A run under way begins again. If it is over, only the network is put back.

        Raises:
            RunError: somebody else is changing the network.
        """
        return self._host.rewind(self.assignment)

    def branch(self, step: int | None = None, *, name: str | None = None) -> Any:
        """Begin a second network that goes on from here, or from a step whose checkpoint is kept, and is paused.

        Args:
            step: a step that was kept in the folder of the run; None for the last sealed one.
            name: what the second network is called; made up if None.

        Returns:
            The other `Network`: use it in a ``with`` block; its run is its `run`.

        Raises:
            InputError: its rows come from a stream, which two cannot read; or no such step was kept.
            RunError: somebody else is changing the network.
        """
        return self._host.branch(self.assignment, step, name)

    def recalled(self) -> None:
        """Let nobody wait for it: it was over before this process began."""
        self._ended.set()

    def save(self, timeout: float = SAFE_SECONDS) -> int:
        """Make a checkpoint now, whatever was settled when it began; return the step of which it is.

        Raises:
            RunError: it is over, or has no folder; or it could not be written, and the message says why.
            TimeoutError: it was not written within *timeout* seconds.
        """
        return self._host.save(self.assignment, timeout)

    def restore(self, step: int) -> Change:
        """Put the network back to a step that was kept; a run under way goes on from there. Its plan stays.

        Raises:
            RunError: it has no folder, or somebody else is changing the network.
            DataError: no such step was kept; the message says which were.
        """
        return self._host.restore(self.assignment, step)

    def health(self) -> HealthReport:
        """Say which neurons are dead, saturated, exploding or stuck on the training rows, and how each layer is.

        It is reckoned from a cut, in the thread of whoever asks: those who learn do not notice.

        Raises:
            RunError: its rows come from a stream, and are not at hand.
        """
        return self._host.health(self.assignment, *self._all_rows())

    def __repr__(self) -> str:
        place, midst = self.position, ""
        if not self.is_over and self._host.context.by_message:
            midst = f", in the middle of step {place.step + 1}"
        return f"<Run {self.state}: epoch {place.epoch}, step {place.step}{midst}>"


def _read_only(array: Batch) -> Batch:
    view = array.view()
    view.setflags(write=False)
    return view
