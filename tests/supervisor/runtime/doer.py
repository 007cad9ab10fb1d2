"""An actor that does what it is told, and what goes with it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pykka

from supervisor import ScheduledActor, Scheduler
from supervisor import exit as send_exit

BEYOND = [KeyboardInterrupt, SystemExit, GeneratorExit, asyncio.CancelledError]
"""What is raised, but is no Exception."""

Down = Callable[..., list[Any]]


class Doer(ScheduledActor):
    """Calls what it is sent, with itself; keeps a journal of its hooks."""

    def __init__(self, journal: list[Any], **hooks: BaseException) -> None:
        super().__init__()
        self.journal = journal
        self.hooks = hooks

    def on_receive(self, message: Any) -> Any:
        return message(self)

    def note(self, what: str) -> None:
        self.journal.append(what)
        if what in self.hooks:
            raise self.hooks[what]

    def on_start(self) -> None:
        self.note("on_start")

    def on_stop(self) -> None:
        self.note("on_stop")

    def on_failure(self, *_exc_info: Any) -> None:
        self.note("on_failure")

    def on_gone(self, reason: Any) -> None:
        del reason
        self.note("on_gone")


def throw(error: BaseException | type[BaseException]) -> Callable[[Any], Any]:
    def fail(_actor: Any) -> None:
        raise error

    return fail


def end_all(scheduler: Scheduler) -> None:
    for ref in pykka.ActorRegistry.get_all():
        send_exit(ref, "kill")
    scheduler.run_until_idle()
