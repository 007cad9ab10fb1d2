"""A few threads that take turns for many actors: BEAM's run queue on pykka."""

import atexit
import logging
import threading
from _thread import LockType, allocate_lock
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

import pykka

from supervisor.errors import SchedulerClosedError
from supervisor.runtime.clock import Clock, MonotonicClock
from supervisor.runtime.here import here
from supervisor.runtime.mailbox import Mailbox
from supervisor.runtime.ref import ScheduledRef
from supervisor.runtime.ref import exit as send_exit
from supervisor.runtime.timers import Timers

if TYPE_CHECKING:
    from supervisor.runtime.actor import ScheduledActor

S = TypeVar("S", bound="ScheduledActor")

_log = logging.getLogger("pykka")

TURN_BUDGET = 64
"""Messages an actor may handle before others get the worker; long enough to pay for the change of actor."""


class Scheduler:
    """Runs actors by turns on *workers* threads, in the order in which they got mail.

    A worker takes a mailbox from the run queue, lets its actor handle up to *turn_budget* messages, and puts
    it back at the end if there is more. An actor is never run by two workers at once. With no workers at all,
    nothing runs but what `run_one_turn` and `run_until_idle` run, in the caller's thread: deterministic.

    Args:
        workers: threads, 0 or more. One is usually best in CPython; more pay where handlers release the GIL.
        name: what its threads are called.
        turn_budget: messages an actor may handle in one turn.
        clock: where timers get the time from.
        on_worker_start: called in each worker thread before its first turn.
    """

    _default: ClassVar["Scheduler | None"] = None
    _default_lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(
        self,
        workers: int = 1,
        *,
        name: str = "scheduler",
        turn_budget: int = TURN_BUDGET,
        clock: Clock | None = None,
        on_worker_start: Callable[[], object] | None = None,
    ) -> None:
        if workers < 0 or turn_budget < 1:
            raise ValueError(f"workers must be 0 or more and turn_budget 1 or more, got {workers} and {turn_budget}")
        self.name = name
        self.turn_budget = turn_budget
        self.clock = clock or MonotonicClock()
        self.timers = Timers(self.clock, threaded=workers > 0, name=f"{name}-timers")
        self.interceptor: Callable[[ScheduledActor, Any], object] | None = None
        """Called before each told message is handled; what it raises, the handler has raised."""
        self.queue: deque[Mailbox] = deque()
        self.parked: deque[LockType] = deque()  # one lock a sleeping worker; releasing it wakes that one
        self._going = True  # False makes workers park whatever is in the queue: paused, or closing
        self._closing = False
        self._on_worker_start = on_worker_start
        self._handled = [0] * max(1, workers)  # a count a worker: no two threads add to the same
        self._threads = [
            threading.Thread(target=self._work, args=(index,), name=f"{name}-{index}", daemon=True)
            for index in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    @classmethod
    def default(cls) -> "Scheduler":
        """The scheduler for actors that were not given one; made when it is first needed."""
        with cls._default_lock:
            if cls._default is None or cls._default.closed:
                cls._default = cls(name="default-scheduler")
                atexit.register(cls._default.close, deadline=1.0)
            return cls._default

    def make_default(self) -> None:
        """Have actors that were not given a scheduler live on this one from now on."""
        with self._default_lock:
            Scheduler._default = self

    @property
    def closed(self) -> bool:
        return self._closing

    @property
    def threaded(self) -> bool:
        """Whether it has workers; without any, turns are taken by hand."""
        return bool(self._threads)

    @property
    def messages_handled(self) -> int:
        """Ordinary messages handled so far, by all workers."""
        return sum(self._handled)

    def spawn(self, actor_class: type[S], *args: Any, **kwargs: Any) -> pykka.ActorRef[S]:
        """Start an actor on this scheduler.

        Raises:
            SchedulerClosedError: the scheduler is closed.
        """
        self.check_open()
        outer, here.scheduler = here.scheduler, self
        try:
            return actor_class.start(*args, **kwargs)
        finally:
            here.scheduler = outer

    def check_open(self) -> None:
        """Raise SchedulerClosedError if the scheduler takes no more actors."""
        if self._closing:
            raise SchedulerClosedError(f"{self.name} is closed: make a new Scheduler")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    # Running.

    def enqueue(self, mailbox: Mailbox) -> None:
        """Give *mailbox*'s actor a turn; for whoever has acquired its `ready` token."""
        self.queue.append(mailbox)
        if self.parked:
            self.wake()

    def wake(self) -> None:
        """Wake one sleeping worker, if there is one."""
        with suppress(IndexError):  # another thread may wake it first
            self.parked.pop().release()

    def _take_turn(self, mailbox: Mailbox, worker: int) -> None:
        here.mailbox = mailbox
        actor = mailbox.actor
        if actor is not None:
            try:
                self._handled[worker] += actor.take_turn(self.turn_budget)
            except BaseException as error:  # noqa: BLE001 - a worker outlives whatever breaks in a turn
                _log.exception(f"A turn of {actor.actor_ref} broke:")
                actor.collapse(error)
        mailbox.ready.release()
        if (mailbox.messages or mailbox.urgent) and mailbox.actor is not None and mailbox.ready.acquire(False):  # noqa: FBT003
            self.enqueue(mailbox)

    def _work(self, worker: int) -> None:
        here.scheduler = self
        if self._on_worker_start is not None:
            try:
                self._on_worker_start()
            except BaseException:  # noqa: BLE001 - without this worker, nobody might be left to run anything
                _log.exception(f"on_worker_start of {self.name} failed:")
        queue, take_turn, spot = self.queue, self._take_turn, allocate_lock()
        spot.acquire()
        while True:
            while self._going:
                try:
                    mailbox = queue.popleft()
                except IndexError:
                    break
                take_turn(mailbox, worker)
            here.mailbox = None
            if self._closing:
                return
            self._park(spot)

    def _park(self, spot: LockType) -> None:
        """Sleep until somebody releases *spot*, unless mail arrived while we lay down."""
        self.parked.append(spot)
        if (self.queue and self._going) or self._closing:
            try:
                self.parked.remove(spot)
            except ValueError:
                pass  # taken out already: it has been released, or is about to be
            else:
                return
        spot.acquire()

    def run_one_turn(self) -> bool:
        """Give the next actor in the queue a turn, in this thread; False if there was none.

        Raises:
            RuntimeError: workers are running; pause the scheduler first.
        """
        if self._threads and self._going:
            raise RuntimeError(f"{self.name} is running: pause it before taking turns by hand")
        self.timers.run_due()
        try:
            mailbox = self.queue.popleft()
        except IndexError:
            return False
        outer = here.mailbox, here.scheduler
        here.scheduler = self
        try:
            self._take_turn(mailbox, 0)
        finally:
            here.mailbox, here.scheduler = outer
        return True

    def run_until_idle(self, max_turns: int | None = None) -> int:
        """Take turns until nobody has mail, or *max_turns* are over; return how many were taken."""
        turns = 0
        while (max_turns is None or turns < max_turns) and self.run_one_turn():
            turns += 1
        return turns

    # Pausing and ending.

    def pause(self, timeout: float | None = 5.0) -> bool:
        """Take no more turns; wait for those under way. False if one has not ended within *timeout* seconds."""
        self._going = False
        return self._await_rest(timeout)

    def resume(self) -> None:
        """Take turns again."""
        self._going = not self._closing
        while self.parked:
            self.wake()

    def close(self, deadline: float = 5.0) -> bool:
        """End the workers after the turns under way; False if one is still busy after *deadline* seconds.

        Actors that are left are killed: nobody shall wait for ever for an answer from them. Stop them, or their
        supervisor, first. One whose handler is still busy then is left alone.
        """
        self._closing, self._going = True, False
        self.timers.close()
        while self.parked:
            self.wake()
        atexit.unregister(self.close)
        end = self._deadline(deadline)
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, end - MonotonicClock().now()))
        self._kill_those_left()
        return not any(thread.is_alive() for thread in self._threads if thread is not threading.current_thread())

    def _kill_those_left(self) -> None:
        for ref in pykka.ActorRegistry.get_all():
            if isinstance(ref, ScheduledRef) and ref.actor_inbox.scheduler is self:
                send_exit(ref, "kill")
        self.run_until_idle()

    @staticmethod
    def _deadline(seconds: float) -> float:
        return MonotonicClock().now() + seconds

    def _await_rest(self, timeout: float | None) -> bool:
        """Wait until all workers sleep, but for the one that calls this, if it is one."""
        end = None if timeout is None else self._deadline(timeout)
        pause = threading.Event()
        others = [thread for thread in self._threads if thread is not threading.current_thread()]
        while len(self.parked) < sum(thread.is_alive() for thread in others):
            if end is not None and MonotonicClock().now() >= end:
                return False
            pause.wait(0.0005)
        return True
