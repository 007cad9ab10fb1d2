"""The actor that makes states of a run safe: it has a thread of its own, for disks make one wait."""

import threading
from contextlib import suppress
from typing import Any

import pykka

from deepnet import events
from deepnet.actors.context import Context
from deepnet.actors.keeper import Keeper
from deepnet.actors.messages import Waiting
from deepnet.errors import DeepnetError

AGAIN_SECONDS = 1.0
"""How long it takes until what could not be written is tried again."""


class Checkpointer(pykka.ThreadingActor):
    """Writes the state that the keeper of the run under way holds, whenever it is told that there is one.

    What cannot be written is told to those who watch; the run goes on, and older checkpoints stay what they are.
    """

    use_daemon_thread = True  # a disk that hangs shall not keep the process from ending

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._timer: threading.Timer | None = None

    def on_start(self) -> None:
        self._context.directory.register("checkpointer", self.actor_ref)
        self._write()  # what the one before could not finish

    def on_receive(self, _message: Any) -> None:
        self._write()

    def _write(self) -> None:
        assignment = self._context.assignment
        keeper: Keeper | None = None if assignment is None else assignment.keeper
        if assignment is None or keeper is None or keeper.waiting is None:
            return
        state, is_last = waiting = keeper.waiting
        step, name, problem = state.position.step, self._context.name, None
        began = keeper.clock()
        try:
            place = keeper.save(state)
        except DeepnetError as error:
            problem = str(error)
            self._context.watchers.tell(events.CheckpointFailed(name, step, str(error)))
        else:
            self._context.restart_from(state, assignment)
            self._context.watchers.tell(events.CheckpointSaved(name, step, place))
        if problem is not None and not is_last:
            self._try_again()
        elif keeper.waiting is waiting:
            keeper.waiting = None
        keeper.tried(state, problem, keeper.clock() - began)
        if is_last:
            keeper.finish()
        elif keeper.waiting is not None and problem is None:
            self._write()

    def _try_again(self) -> None:
        if self._timer is None:
            self._timer = threading.Timer(AGAIN_SECONDS, self._wake)
            self._timer.daemon = True
            self._timer.start()

    def _wake(self) -> None:
        self._timer = None
        with suppress(pykka.ActorDeadError):  # its successor begins with what waits
            self.actor_ref.tell(Waiting())
