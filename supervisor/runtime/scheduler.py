"""A few threads that take turns for many actors: BEAM's run queue on pykka."""

import atexit
import logging
import operator
import threading
from _thread import LockType
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self, SupportsIndex, TypeVar

import pykka

from supervisor.core.reasons import Crash, ExitReason
from supervisor.errors import HungError, SchedulerClosedError
from supervisor.runtime.clock import Clock, MonotonicClock
from supervisor.runtime.fence import fence_off
from supervisor.runtime.here import here
from supervisor.runtime.mailbox import Mailbox
from supervisor.runtime.ref import ScheduledRef
from supervisor.runtime.ref import exit as send_exit
from supervisor.runtime.timers import Timers
from supervisor.runtime.watchdog import LongTurn, Watchdog, log_long_turn
from supervisor.runtime.worker import Worker

if TYPE_CHECKING:
    from supervisor.runtime.actor import ScheduledActor

S = TypeVar("S", bound="ScheduledActor")

_log = logging.getLogger("pykka")

LOOK_SECONDS = 0.05
"""How often somebody who waits for rest looks by himself: a worker whose thread ends tells nobody."""


class _Skip:
    """What an interceptor returns of a message that is not to be handled now."""

    def __repr__(self) -> str:
        return "SKIP"


SKIP: Final = _Skip()

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
        long_turn_seconds: turns of workers that are at one message for longer are reported, while they last; None
            reports none.
        on_long_turn: told of them, in a thread of its own; by default it is logged. It may `abandon` the actor.
        pick: chooses who takes the next turn by hand: given how many wait, 2 or more, it says which, 0 for the
            first; by default always that. With `random.Random(seed).randrange` and a turn budget of 1, a seed is a
            schedule. Workers do not ask it.
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
        long_turn_seconds: float | None = None,
        on_long_turn: LongTurn = log_long_turn,
        pick: Callable[[int], SupportsIndex] | None = None,
    ) -> None:
        if workers < 0 or turn_budget < 1:
            raise ValueError(f"workers must be 0 or more and turn_budget 1 or more, got {workers} and {turn_budget}")
        if long_turn_seconds is not None and not long_turn_seconds > 0:
            raise ValueError(f"long_turn_seconds must be more than 0, got {long_turn_seconds!r}")
        self.name = name
        self.turn_budget = turn_budget
        self.clock = clock or MonotonicClock()
        self.timers = Timers(self.clock, threaded=workers > 0, name=f"{name}-timers")
        self.interceptor: Callable[[ScheduledActor, Any], object] | None = None
        """Called before each told message is handled; what it raises, the handler has raised.

        If it returns `SKIP` the message is not handled: whoever skips it may put it into a mailbox again, later. A turn
        that is under way when this is set may end without it.
        """
        self.queue: deque[Mailbox] = deque()
        self.parked: deque[LockType] = deque()  # one lock a sleeping worker; releasing it wakes that one
        self.awaiting: tuple[threading.Event, ...] = ()  # set whenever a worker lies down to sleep
        self.going = True  # False makes workers park whatever is in the queue: paused, or closing
        self._closing = False
        self.on_worker_start = on_worker_start
        self.pick = pick
        self._by_hand = Worker(self)
        self._crew = threading.RLock()  # who works, and whether they do; re-entrant, as a finalizer may ask
        self._workers = [Worker(self) for _ in range(workers)]
        self._lost: list[Worker] = []  # held by actors that were given up
        self._handled_by_lost = 0  # those that have come back
        self._numbers = count()
        for worker in self._workers:
            worker.start(f"{name}-{next(self._numbers)}")
        self._watchdog: Watchdog | None = None
        if long_turn_seconds is not None:
            self._watchdog = Watchdog(
                self._workers, long_turn_seconds, on_long_turn, self.clock, name=f"{name}-watchdog"
            )

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
        return bool(self._workers)

    @property
    def messages_handled(self) -> int:
        """Ordinary messages handled so far, by all workers, or taken to be handled."""
        with self._crew:
            workers = (self._by_hand, *self._workers, *self._lost)
            return self._handled_by_lost + sum(worker.handled for worker in workers)

    @property
    def at_rest(self) -> bool:
        """Whether nobody has mail and all workers, but for the one that asks, sleep: at this moment."""
        return self._all_sleep() and not self.queue

    @property
    def lost_threads(self) -> int:
        """Threads held by actors that were given up; each ends when its handler returns, if it ever does."""
        return len(self._lost)

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
        """Give *mailbox*'s actor a turn; for whoever has taken out its token."""
        self.queue.append(mailbox)
        if self.parked:
            self.wake()

    def wake(self) -> None:
        """Wake one sleeping worker, if there is one."""
        with suppress(IndexError):  # another thread may wake it first
            self.parked.pop().release()

    def run_one_turn(self) -> bool:
        """Give the next actor in the queue a turn, in this thread; False if there was none.

        Raises:
            RuntimeError: workers are running; pause the scheduler first.
        """
        if self._workers and self.going:
            raise RuntimeError(f"{self.name} is running: pause it before taking turns by hand")
        self.timers.run_due()
        mailbox = self._next_by_hand()
        if mailbox is None:
            return False
        outer = here.mailbox, here.scheduler
        here.scheduler = self
        try:
            self._by_hand.slot = here.slot
            self._by_hand.take_turns(deque([mailbox]).popleft)
        finally:
            here.mailbox, here.scheduler = outer
        return True

    def run_until_idle(self, max_turns: int | None = None) -> int:
        """Take turns until nobody has mail, or *max_turns* are over; return how many were taken."""
        turns = 0
        while (max_turns is None or turns < max_turns) and self.run_one_turn():
            turns += 1
        return turns

    def _next_by_hand(self) -> Mailbox | None:
        waiting = len(self.queue)
        if self.pick is not None and waiting > 1:
            place = operator.index(self.pick(waiting))
            if not 0 <= place < waiting:
                raise ValueError(f"pick must say 0 to {waiting - 1}, said {place}")
            mailbox = self.queue[place]
            del self.queue[place]
            return mailbox
        try:
            return self.queue.popleft()
        except IndexError:
            return None

    # Giving up.

    def abandon(
        self,
        ref: pykka.ActorRef[Any],
        reason: ExitReason | None = None,
        *,
        first: Callable[[], object] = lambda: None,
    ) -> bool:
        """Give up an actor whose handler does not return: it counts as dead at once; True if this ended it.

        Its watchers are told, its mail is answered and its names are free, as with any death, and another thread
        takes the place of the worker that it holds. No thread can be ended from outside: should the handler return
        some day, its thread ends, and nothing else happens. Until then it may still send messages.

        False, and nothing is done, if the actor is not in a turn of a worker, or is dying just now: a turn is either
        given up or ends by itself, never both. An actor that handles messages one after the other can be given up
        like one that hangs; the one that it is at, or has just taken, is its last.

        Args:
            ref: the actor.
            reason: what it died of; by default a crash with a HungError.
            first: called once it is decided, before anybody is told or takes its place: it keeps out what the handler
                may still do.

        Raises:
            TypeError: it is no ScheduledActor.
        """
        if not isinstance(ref, ScheduledRef):
            raise TypeError(f"only a ScheduledActor can be given up, got {ref!r}; exit(ref, 'kill') fences others")
        mailbox = ref.actor_inbox
        with self._crew:
            place = next((at for at, worker in enumerate(self._workers) if worker.slot.mailbox is mailbox), None)
            if place is None:
                return False
            worker = self._workers[place]
            seconds = self._watchdog.stuck_seconds(place) if self._watchdog is not None else None
            stack = worker.stack()
            actor = fence_off(mailbox, worker)
            if actor is None:
                return False
            first()
            self._replace(place)
        pykka.ActorRegistry.unregister(ref)
        error = HungError(str(ref), seconds)
        _log.error("%s; its thread is at:\n%s", error, stack)
        actor.leave(Crash(error) if reason is None else reason)
        return True

    def _replace(self, place: int) -> None:
        """Have another worker in the place of one that is lost."""
        self._lost.append(self._workers[place])
        worker = self._workers[place] = Worker(self)
        if self._closing:
            return
        try:
            worker.start(f"{self.name}-{next(self._numbers)}")
        except RuntimeError:  # no thread to be had: others may be left
            _log.exception(f"A worker of {self.name} could not be replaced:")

    def forget(self, worker: Worker) -> None:
        """Count a lost worker out that has come back."""
        with self._crew:
            self._lost.remove(worker)
            self._handled_by_lost += worker.handled

    # Pausing and ending.

    def pause(self, timeout: float | None = 5.0) -> bool:
        """Take no more turns; wait for those under way. False if one has not ended within *timeout* seconds."""
        self._go(going=False)
        return self._await_rest(timeout)

    def resume(self) -> None:
        """Take turns again."""
        self._go(going=True)
        while self.parked:
            self.wake()

    def _go(self, *, going: bool) -> None:
        with self._crew:
            self.going = going and not self._closing
            for worker in self._workers:
                worker.going = self.going

    def close(self, deadline: float = 5.0) -> bool:
        """End the workers after the turns under way; False if one is still busy after *deadline* seconds.

        Actors that are left are killed: nobody shall wait for ever for an answer from them. Stop them, or their
        supervisor, first. One whose handler is still busy then is left alone. Lost threads do not count.
        """
        self._closing, self.pick = True, None  # nobody chooses any more: it may have run out of choices
        self._go(going=False)
        self.timers.close()
        if self._watchdog is not None:
            self._watchdog.close()
        while self.parked:
            self.wake()
        atexit.unregister(self.close)
        end = MonotonicClock().now() + deadline
        others = self._other_workers()
        for worker in others:
            worker.join(max(0.0, end - MonotonicClock().now()))
        self._kill_those_left()
        return not any(worker.is_alive() for worker in others)

    def drain(self, timeout: float | None = 5.0) -> bool:
        """Wait until nobody has mail and all workers sleep; False if that takes longer than *timeout* seconds.

        Raises:
            RuntimeError: the scheduler is paused, or has no workers: it would wait for ever.
        """
        if not (self._workers and self.going):
            raise RuntimeError(f"{self.name} is not running: resume it, or take turns by hand with run_until_idle()")
        return self._await_rest(timeout)

    def _kill_those_left(self) -> None:
        for ref in pykka.ActorRegistry.get_all():
            if isinstance(ref, ScheduledRef) and ref.actor_inbox.scheduler is self:
                send_exit(ref, "kill")
        self.run_until_idle()

    def _other_workers(self) -> list[Worker]:
        """All workers but the one that runs this, if it is one."""
        return [worker for worker in self._workers if worker.thread is not threading.current_thread()]

    def _await_rest(self, timeout: float | None) -> bool:
        """Wait until all other workers sleep, and, unless the scheduler is paused, nobody has mail."""
        clock = MonotonicClock()
        end = None if timeout is None else clock.now() + timeout
        asleep = threading.Event()
        with self._crew:
            self.awaiting = (*self.awaiting, asleep)
        try:
            while True:
                asleep.clear()  # before the look: who lies down after it sets it again
                if self._all_sleep() and not (self.queue and self.going):
                    return True
                left = LOOK_SECONDS if end is None else min(LOOK_SECONDS, end - clock.now())
                if left <= 0:
                    return False
                asleep.wait(left)
        finally:
            with self._crew:
                self.awaiting = tuple(event for event in self.awaiting if event is not asleep)

    def _all_sleep(self) -> bool:
        return len(self.parked) >= sum(worker.is_alive() for worker in self._other_workers())
