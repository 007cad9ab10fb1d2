"""The trainer: sends each batch in, gets its error out, seals the step, and decides by the plan what is next."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deepnet import events
from deepnet.actors.context import Assignment, Context
from deepnet.actors.messages import (
    Assigned,
    Backward,
    Forward,
    Healed,
    Learnt,
    Poisoned,
    Predicted,
    StopAtSeal,
    Table,
)
from deepnet.data.batches import epoch_order
from deepnet.training.evaluation import evaluate_epoch
from deepnet.training.position import EpochRecord, Position
from supervisor import ScheduledActor


class Trainer(ScheduledActor):
    """Hosts one run after another. All that it must not forget is in the vault and the assignment.

    So a trainer that dies is restarted and goes on: from the sealed step, with the next attempt.
    """

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._assignment: Assignment | None = None
        self._order: NDArray[np.intp]
        self._order_epoch = 0
        self._targets: Any = None
        self._loss = 0.0
        self._under_way = False
        self._step = self._attempt = 0

    def on_start(self) -> None:
        # The run is taken up by mail: what goes wrong in a handler is a death, which is counted and ends a run that
        # cannot go on. Here it would be a start that failed, which is tried again until the whole network gives up.
        self._context.directory.register("trainer", self.actor_ref)

    def on_receive(self, message: Any) -> None:
        _TABLE[type(message)](self, message)

    # Deciding what is next.

    def _begin(self, _message: Assigned | None = None) -> None:
        """Take up the run that the context holds, where the vault says it stands."""
        assignment = self._context.assignment
        if assignment is None or assignment.state != "running" or assignment is self._assignment:
            return
        self._assignment = assignment
        self._order_epoch = 0
        vault = self._context.vault
        begun = vault.run is assignment
        if not begun:
            vault.begin(assignment, assignment.plan.optimizer)
            self._context.forget_crashes()
        if self._context.poisoned() is not None:
            self._poison(vault.sealed.position.step + 1)
            return
        self._next()
        if begun and self._under_way and self._attempt > 1:
            self._tell_replay()

    def _next(self) -> None:
        """Go on after a seal: close the epoch if it is complete, then play the next step."""
        assignment, vault = self._running(), self._context.vault
        position = vault.sealed.position
        if position.epoch_is_complete(assignment.plan, assignment.rows):
            if not vault.is_finite():
                self._diverged()
                return
            done = self._close_epoch(position)
            if done is not None:
                self._end("finished", done)
                return
            position = position.next_epoch()
            vault.move(position)
        done = assignment.plan.until.steps_done(position.step)
        if done is not None or assignment.stop_asked:
            self._end_between("finished" if done else "stopped", done or f"asked to stop after step {position.step}")
            return
        self._play(position)

    def _close_epoch(self, position: Position) -> str | None:
        """Record what the epoch came to; return which condition to stop holds, if one does."""
        assignment, context = self._running(), self._context
        plan = assignment.plan
        measured = evaluate_epoch(
            context.model,
            context.vault.read().parameters,
            plan,
            (assignment.inputs[:, :-1], assignment.targets),
            assignment.held_out,
        )
        record = EpochRecord(position.epoch, position.step, position.mean_loss, *measured)
        if len(assignment.history) < position.epoch:  # a trainer that died right here has recorded it already
            assignment.history.append(record)
            context.watchers.tell(
                events.EpochEnded(
                    context.name, record.epoch, record.step, record.loss, record.metrics, record.validation
                )
            )
        return plan.until.reached(epoch=record.epoch, step=record.step, metrics=record.metrics)

    # One step.

    def _play(self, position: Position) -> None:
        """Send the rows of the next step on their way, for the first time or again."""
        assignment, vault = self._running(), self._context.vault
        plan = assignment.plan
        if self._order_epoch != position.epoch:
            self._order = epoch_order(assignment.rows, seed=plan.seed, epoch=position.epoch, shuffle=plan.shuffle)
            self._order_epoch = position.epoch
        rows = self._order[position.batch_slice(plan, assignment.rows)]
        self._targets = assignment.targets[rows]
        self._step, self._attempt = position.step + 1, vault.next_attempt()
        self._under_way = True
        forward = Forward(self._step, self._attempt, vault.sealed.bank, assignment.inputs[rows])
        self._context.send("dense_0", forward)

    def _predicted(self, message: Predicted) -> None:
        if self._is_stale(message):
            return
        assignment = self._running()
        plan = assignment.plan
        self._loss = plan.loss.value(message.outputs, self._targets)
        if not math.isfinite(self._loss):
            self._diverged()
            return
        errors = plan.loss.gradient(message.outputs, self._targets)
        last = f"dense_{len(self._context.model) - 1}"
        self._context.send(last, Backward(self._step, self._attempt, plan.optimizer, errors))

    def _learnt(self, message: Learnt) -> None:
        if self._is_stale(message):
            return
        vault = self._context.vault
        vault.seal(vault.sealed.position.sealed(self._loss, len(self._targets)))
        self._under_way = False
        self._context.forget_crashes()
        self._next()

    def _is_stale(self, message: Predicted | Learnt) -> bool:
        return not self._under_way or message.attempt != self._attempt or message.step != self._step

    # What goes wrong.

    def _healed(self, _message: Healed) -> None:
        """Someone who may have lost a message of this step is back: play it again."""
        if not self._under_way:
            return
        self._play(self._context.vault.sealed.position)
        self._tell_replay()

    def _tell_replay(self) -> None:
        self._context.watchers.tell(events.StepReplayed(self._context.name, self._step, self._attempt))

    def _diverged(self) -> None:
        """The loss, or a weight, is no number any more: stop, and keep weights that are."""
        vault = self._context.vault
        position = vault.sealed.position
        what = f"the loss became {self._loss}" if self._under_way else "a weight became infinite"
        step = self._step if self._under_way else position.step
        if not vault.is_finite():
            # Nothing of the next step has been written yet, so the spare bank still is the step before.
            vault.fall_back(Position(position.epoch, step=position.step - 1))
            if not vault.is_finite():  # an infinite weight may pass unseen for long: a sigmoid of it is 1
                vault.restore(self._context.checkpoint)
        self._end(
            "failed",
            f"{what} at step {step}: try a lower learning rate; "
            f"the weights of step {vault.sealed.position.step} are kept",
        )

    def _poisoned(self, _message: Poisoned) -> None:
        if self._under_way:
            self._poison(self._step)

    def _poison(self, step: int) -> None:
        """End the run if somebody cannot get past *step*; a count that was taken back since says nobody."""
        poisoned = self._context.poisoned()
        if poisoned is not None:
            address, crash = poisoned
            self._end("failed", f"{address} died again and again at step {step}: {str(crash).removesuffix('.')}")

    def _stop_at_seal(self, _message: StopAtSeal) -> None:
        """The assignment says so too; this only wakes a trainer that has nothing under way."""
        if self._assignment is not None and not self._under_way:
            self._next()

    def _end_between(self, state: str, reason: str) -> None:
        """End at a seal in mid-epoch, where nobody has looked at the weights yet."""
        if self._context.vault.is_finite():
            self._end(state, reason)
        else:
            self._diverged()

    def _end(self, state: str, reason: str) -> None:
        assignment, context = self._running(), self._context
        self._under_way = False
        self._assignment = None
        if context.vault.is_finite():  # so that a new vault does not forget what has been learnt
            context.checkpoint = context.vault.read()
        context.forget_crashes()
        context.end_run(assignment, state, reason)

    def _running(self) -> Assignment:
        assert self._assignment is not None  # noqa: S101 - nobody plays a step without a run
        return self._assignment


_TABLE: Table = {
    Assigned: Trainer._begin,  # noqa: SLF001 - its own methods
    Predicted: Trainer._predicted,  # noqa: SLF001
    Learnt: Trainer._learnt,  # noqa: SLF001
    Healed: Trainer._healed,  # noqa: SLF001
    Poisoned: Trainer._poisoned,  # noqa: SLF001
    StopAtSeal: Trainer._stop_at_seal,  # noqa: SLF001
}
