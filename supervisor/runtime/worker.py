"""One thread of a scheduler: takes the next actor from the run queue and lets it have a turn."""

import logging
import sys
import threading
import traceback
from _thread import allocate_lock
from typing import TYPE_CHECKING

from supervisor.runtime.here import Slot, here
from supervisor.runtime.mailbox import NO_HANDLERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from supervisor.runtime.mailbox import Mailbox
    from supervisor.runtime.scheduler import Scheduler

_log = logging.getLogger("pykka")

TURNS_AT_ONCE = 500


class Worker:
    """Takes turns; `start` gives it a thread, without which somebody calls `take_turns` by hand.

    Attributes:
        handled: ordinary messages that it has taken out to be handled.
        going: whether it takes turns; False while the scheduler is paused, and once it is lost.
        lost: it is held by an actor that was given up, and ends when it gets away.
        slot: what it is doing, for others to see.
    """

    __slots__ = ("_budget", "_scheduler", "_spot", "going", "handled", "lost", "slot", "thread")

    def __init__(self, scheduler: "Scheduler") -> None:
        self._scheduler = scheduler
        self._budget = scheduler.turn_budget
        self._spot = allocate_lock()  # held while awake; to sleep is to acquire it once more
        self._spot.acquire()
        self.going = scheduler.going
        self.lost = False
        self.handled = 0
        self.slot = Slot()
        self.thread: threading.Thread | None = None

    def start(self, name: str) -> None:
        """Run turns in a thread of its own from now on."""
        self.thread = threading.Thread(target=self._run, name=name, daemon=True)
        self.thread.start()

    def is_alive(self) -> bool:
        return self.thread is not None and self.thread.is_alive()

    def join(self, seconds: float) -> None:
        """Wait up to *seconds* for the end of its thread."""
        if self.thread is not None and self.thread.is_alive():  # no thread may have been to be had
            self.thread.join(seconds)

    def stack(self) -> str:
        """Where its thread is at the moment, as a traceback says it."""
        thread = self.thread.ident if self.thread is not None else None
        frame = sys._current_frames().get(thread) if thread is not None else None  # noqa: SLF001 - documented
        return "".join(traceback.format_stack(frame)).rstrip() if frame is not None else "unknown"

    def take_turns(self, next_mailbox: "Callable[[], Mailbox]") -> bool:  # noqa: C901, PLR0912 - see below
        """Let one actor after the other have a turn; False once *next_mailbox* raises IndexError, or it is to stop.

        True means that there may be more, after some hundred turns: CPython makes a function fast when it is called
        again and again, and not while it runs on and on.

        A turn is up to *turn_budget* ordinary messages, urgent ones first. Who has more mail after it is put back at
        the end of the queue. All is here in one loop, for it is what a message costs.
        """
        scheduler, slot, budget = self._scheduler, self.slot, self._budget
        for _ in range(TURNS_AT_ONCE):
            if not self.going:
                return False
            try:
                mailbox = next_mailbox()
            except IndexError:
                return False
            slot.mailbox = mailbox
            actor = mailbox.actor
            if actor is not None:
                try:
                    if mailbox.fresh:
                        actor.come_up()
                    mail, stopped, end = mailbox.messages, mailbox.stopped, self.handled + budget
                    handlers = mailbox.handlers if scheduler.interceptor is None else NO_HANDLERS
                    while not stopped.raised:
                        if mailbox.urgent:
                            actor.handle_urgent(mailbox.urgent.popleft())
                            handlers = NO_HANDLERS  # it may have been about who looks at messages
                            continue
                        if not mail or self.handled >= end:
                            break
                        if mailbox.suspended:
                            mailbox.signals += 1  # it does not hang
                            break
                        message = mail.popleft()
                        self.handled += 1
                        handler = handlers.get(type(message))
                        try:
                            if handler is not None:
                                handler(actor, message)
                            else:
                                actor.handle(message)
                        except BaseException as error:  # noqa: BLE001 - contained: it ends this actor alone
                            actor.fail(error)
                    else:
                        actor.depart()
                except BaseException as error:  # noqa: BLE001 - a worker outlives whatever breaks in a turn
                    if not actor.abandoned:
                        _log.exception(f"A turn of {actor.actor_ref} broke:")
                        actor.collapse(error)
            slot.mailbox = None  # before the token is handed back: `fence_off` relies on it
            mailbox.taken = False
            mailbox.token.append(None)
            if mailbox.messages or mailbox.urgent:
                waits = mailbox.urgent or not mailbox.suspended
                if waits and mailbox.actor is not None:
                    mailbox.notify()
        return True

    def _run(self) -> None:
        scheduler = self._scheduler
        here.scheduler = scheduler
        self.slot = here.slot
        if scheduler.on_worker_start is not None:
            try:
                scheduler.on_worker_start()
            except BaseException:  # noqa: BLE001 - without this worker, nobody might be left to run anything
                _log.exception(f"on_worker_start of {scheduler.name} failed:")
        while True:
            while self.take_turns(scheduler.queue.popleft):
                pass
            if self.lost:
                scheduler.forget(self)
                return
            if scheduler.closed:
                return
            self._park()

    def _park(self) -> None:
        """Sleep until somebody releases our lock, unless mail arrived while we lay down."""
        scheduler, spot = self._scheduler, self._spot
        scheduler.parked.append(spot)
        for asleep in scheduler.awaiting:
            asleep.set()
        if (scheduler.queue and scheduler.going) or scheduler.closed:
            try:
                scheduler.parked.remove(spot)
            except ValueError:
                pass  # taken out already: it has been released, or is about to be
            else:
                return
        spot.acquire()
