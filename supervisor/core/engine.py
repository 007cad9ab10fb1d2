"""One thing at a time: what a family and a crowd have in common.

Each thing that happens is dealt with by a script, a generator that yields one instruction at a time and is
sent its outcome, so that it reads like OTP's ``supervisor.erl`` although it never waits. One script runs at a
time; what happens meanwhile waits its turn, in order, as it would in a process's mailbox.
"""

from collections import deque
from collections.abc import Generator
from collections.abc import Set as AbstractSet
from itertools import count
from typing import Any, TypeAlias

from supervisor.core import events, instructions
from supervisor.core.backoff import Backoff
from supervisor.core.child import Child
from supervisor.core.lifecycle import Signal

Outcome: TypeAlias = events.ChildUp | events.ChildIgnored | events.ChildFailed | events.ChildGone | events.Overdue
Script: TypeAlias = Generator[instructions.Instruction | instructions.AwaitEnd, Any, None]


class Engine:
    """Runs scripts; a subclass says which (`_script_for`)."""

    def __init__(self) -> None:
        self.finished = False
        self._backlog: deque[events.Event] = deque()
        self._script: Script | None = None
        self._awaited: instructions.Instruction | instructions.AwaitEnd | None = None
        self._todo: list[instructions.Instruction] = []
        self._tickets = count(1)  # of no two restarts alike: an id may be deleted and come again
        self._now = 0.0

    def handle(self, event: events.Event, now: float) -> list[instructions.Instruction]:
        """Take in what happened at *now* (monotonic seconds); return what to do, in order."""
        self._now = now
        if self._is_outcome(event):
            self._advance(event)
        else:
            self._backlog.append(event)
        while self._script is None and self._backlog and not self.finished:
            self._script = self._script_for(self._backlog.popleft())
            self._advance(None)
        todo, self._todo = self._todo, []
        return todo

    def _script_for(self, event: events.Event) -> Script:
        """Return what is to be done about *event*; by default nothing."""
        del event
        yield from ()

    def _is_outcome(self, event: events.Event) -> bool:
        match self._awaited, event:
            case instructions.Start(spec), events.ChildUp() | events.ChildIgnored() | events.ChildFailed():
                return bool(event.id == spec.id)
            case (
                instructions.AskToStop(process=awaited) | instructions.Kill(awaited),
                events.ChildGone(process=process) | events.Overdue(process),
            ):
                return awaited is process
            case instructions.AwaitEnd(processes), events.ChildGone(process=process) | events.Overdue(process):
                return process in processes
        return False

    def _advance(self, outcome: events.Event | None) -> None:
        """Run the script up to the next instruction that has an outcome, or to its end."""
        assert self._script is not None  # noqa: S101 - the type checker's, and handle() keeps it
        self._awaited = None
        try:
            self._awaited = self._script.send(outcome)
        except StopIteration:
            self._script = None
        except BaseException:
            self._script = None  # a bug; what comes after it must not wait for ever
            raise
        else:
            if not isinstance(self._awaited, instructions.AwaitEnd):
                self._todo.append(self._awaited)

    def _gone_already(self, process: Any) -> events.ChildGone | None:
        """Take back the news of a death that nobody has read yet: whoever stops the child knows it by now."""
        for at, event in enumerate(self._backlog):
            if isinstance(event, events.ChildGone) and event.process is process:
                del self._backlog[at]
                return event
        return None

    def _those_gone_already(self, processes: AbstractSet[Any]) -> dict[Any, events.ChildGone]:
        """Take back the news of the deaths of many."""
        gone = {e.process: e for e in self._backlog if isinstance(e, events.ChildGone) and e.process in processes}
        self._backlog = deque(
            event for event in self._backlog if not (isinstance(event, events.ChildGone) and event.process in gone)
        )
        return gone

    def _retry_later(self, key: Any, child: Child, backoff: Backoff | None) -> None:
        """Have *child*, which goes by *key*, started again: by and by, or after a delay."""
        child.signal(Signal.RETRY)
        if backoff is not None:
            # A delay that still runs is void; without delays, each retry on its way counts as in OTP.
            child.ticket = next(self._tickets)
        seconds = 0.0 if backoff is None else backoff.delay(child.failures)
        child.failures += 1
        self._todo.append(instructions.RetryLater(key, child.ticket, seconds))

    def _answer(self, token: Any, value: Any) -> None:
        self._todo.append(instructions.Answer(token, value))
