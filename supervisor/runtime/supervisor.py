"""The actor that keeps other actors running. What to do is decided by `supervisor.core.family`; here it is done."""

import threading
from collections import deque
from collections.abc import Iterable
from typing import Any, Self, get_args

import pykka

from supervisor.core import events, instructions
from supervisor.core.backoff import Backoff
from supervisor.core.crowd import Crowd
from supervisor.core.family import Family
from supervisor.core.reasons import Crash, ExitReason
from supervisor.core.spec import AutoShutdown, ChildSpec, RestartLimit, ShutdownPolicy, Strategy
from supervisor.core.timetable import Entry
from supervisor.errors import AlreadyStarted, StartError, UnknownRequestError
from supervisor.runtime.actor import DEFERRED, ScheduledActor
from supervisor.runtime.directory import register
from supervisor.runtime.here import here
from supervisor.runtime.launch import launch
from supervisor.runtime.ref import exit as send_exit
from supervisor.runtime.reports import Reporter, log_report, report
from supervisor.runtime.scheduler import Scheduler
from supervisor.runtime.watch import Down, Up, watch

_REQUESTS = get_args(events.Request)


class Supervisor(ScheduledActor):
    """Starts its children in order, restarts them as their specs and the strategy say, stops them in reverse.

    It never waits: starts and stops of children are messages to it, so that it can share one worker with them.
    Use the functions of this package to talk to it: `start_child`, `which_children`, `stop` and so on.
    """

    announces_itself = True

    @classmethod
    def start(
        cls,
        children: Iterable[ChildSpec],
        *,
        strategy: Strategy = "one_for_one",
        max_restarts: int = 3,
        max_seconds: int = 5,
        auto_shutdown: AutoShutdown = "never",
        name: str | None = None,
        backoff: Backoff | None = None,
        scheduler: Scheduler | None = None,
        reporter: Reporter = log_report,
        label: str | None = None,
    ) -> pykka.ActorRef[Self]:
        """Start a supervisor and its children; return once all are up.

        Inside a turn, for instance in the start function of another supervisor's child, it returns at once:
        the supervisor above waits for it instead. Outside, a scheduler without workers takes turns here and now
        until it is up.

        Args:
            children: specs, in start order.
            strategy: who restarts with a child that died.
            max_restarts: how many restarts are allowed ...
            max_seconds: ... within so many seconds.
            auto_shutdown: whether the end of significant children ends the supervisor.
            name: a name of this process for it to go by, see `register`.
            backoff: how long to wait before a restart; by default not at all, as in OTP.
            scheduler: where it and its children live; by default where its starter lives.
            reporter: told what happens to the children; by default they are logged.
            label: what reports call it; by default its name, or its class.

        Raises:
            AlreadyStarted: a living actor has the name.
            BadSpecError: a spec or a flag is wrong; nothing was started.
            StartError: a child could not be started; those before it have been stopped again.
            SchedulerClosedError: the scheduler is closed, or was closed meanwhile.
        """
        family = Family(
            children,
            strategy=strategy,
            limit=RestartLimit(max_restarts, max_seconds),
            auto_shutdown=auto_shutdown,
            backoff=backoff,
            is_alive=pykka.ActorRef.is_alive,
        )
        return cls._start_with(family, name, scheduler, reporter, label)

    @classmethod
    def _start_with(
        cls,
        family: Family | Crowd,
        name: str | None,
        scheduler: Scheduler | None,
        reporter: Reporter,
        label: str | None,
    ) -> pykka.ActorRef[Self]:
        home = scheduler or here.scheduler or Scheduler.default()
        outer, here.scheduler = here.scheduler, home
        try:
            ref = super().start(family, name, reporter, label or name or cls.__name__)
        finally:
            here.scheduler = outer
        if here.mailbox is None:
            _wait_until_up(ref, home)
        return ref

    def __init__(self, family: Family | Crowd, name: str | None, reporter: Reporter, label: str) -> None:
        super().__init__()
        self.family = family
        self.name = name
        self.label = label
        self._reporter = reporter
        self._starting: dict[pykka.ActorRef[Any], ChildSpec] = {}  # not up yet
        self._timers: dict[pykka.ActorRef[Any], Entry] = {}  # asked to stop: the time limit
        self._stoppers: list[pykka.Future[Any]] = []

    def on_start(self) -> None:
        if self.name is not None:
            register(self.name, self.actor_ref)
        self._feed(events.Begin())

    def on_receive(self, message: Any) -> Any:
        match message:
            case Up(ref):
                if ref in self._starting:
                    self._feed(events.ChildUp(self._starting.pop(ref).id, ref))
            case Down(ref, reason):
                self._child_down(ref, reason)
            case events.Overdue() | events.RetryDue():
                self._feed(message)
            case events.Stop():
                return self._stop_later(message.reason)
            case _ if isinstance(message, _REQUESTS):
                token = self.reply_later()
                self._feed(events.Call(message, token))
                return DEFERRED
            case _:
                super().on_receive(message)
                if self._reply_to is not None:
                    raise UnknownRequestError(self.label, repr(message))
        return None

    def on_exit(self, reason: ExitReason) -> None:
        self._feed(events.Stop(reason))

    def on_gone(self, reason: ExitReason) -> None:
        """Leave no orphan behind, whatever the supervisor died of, and tell those who asked it to stop."""
        for future in self._stoppers:
            self.settle(future, None)
        for timer in self._timers.values():
            timer.cancel()
        for process, spec in (*self._starting.items(), *reversed(self.family.living)):
            self._end_orphan(process, spec.shutdown, reason)

    def on_return(self) -> None:
        """End a child that a start function brought up after this supervisor was given up."""
        self.on_gone("killed")

    def _end_orphan(self, process: pykka.ActorRef[Any], policy: ShutdownPolicy | None, reason: ExitReason) -> None:
        """Have a child end that outlives its supervisor, by its shutdown policy: nobody waits for it any more."""
        if policy == "brutal_kill":
            send_exit(process, "kill")
            return
        send_exit(process, reason)
        if isinstance(policy, (int, float)):
            self.actor_inbox.scheduler.timers.after(policy, lambda: send_exit(process, "kill"))

    def _stop(self) -> Any:
        """Stop as pykka does: the children go first, so the answer comes later."""
        if not self.family.finished:
            return self._stop_later(self._exit_reason)
        super()._stop()
        return None

    def _stop_later(self, reason: ExitReason) -> Any:
        future = self.reply_later()
        if future is not None:
            self._stoppers.append(future)
        self._feed(events.Stop(reason))
        return DEFERRED

    def _child_down(self, ref: pykka.ActorRef[Any], reason: ExitReason) -> None:
        timer = self._timers.pop(ref, None)
        if timer is not None:
            timer.cancel()
        if ref in self._starting:
            self._feed(events.ChildFailed(self._starting.pop(ref).id, reason))
        else:
            self._feed(events.ChildGone(ref, reason))

    # Doing what the family decided.

    def _feed(self, event: events.Event) -> None:
        """Tell the family what happened, do what it says, and tell it at once how that went if we know."""
        news = deque([event])
        now = self.actor_inbox.scheduler.clock.now
        while news:
            for instruction in self.family.handle(news.popleft(), now()):
                outcome = self._carry_out(instruction)
                if outcome is not None:
                    news.append(outcome)

    def _carry_out(self, instruction: instructions.Instruction) -> events.Event | None:
        match instruction:
            case instructions.Start(spec):
                return self._launch(spec)
            case instructions.AskToStop(process, seconds):
                send_exit(process, "shutdown")
                if seconds is not None:
                    self._timers[process] = self.actor_inbox.scheduler.timers.after(
                        seconds, lambda: self.actor_inbox.put_urgent(events.Overdue(process))
                    )
            case instructions.Kill(process):
                send_exit(process, "kill")
            case instructions.Answer(token, value):
                if token is not None:
                    self.settle(token, value)
            case instructions.RetryLater(child_id, ticket, seconds):
                self._retry_later(events.RetryDue(child_id, ticket), seconds)
            case instructions.Ready():
                self.announce_up()
            case instructions.Finish(reason):
                self._finish(reason)
            case _:
                report(self._reporter, self.label, instruction)
        return None

    def _launch(self, spec: ChildSpec) -> events.Event | None:
        try:
            ref = launch(spec)
        except BaseException as error:  # noqa: BLE001 - whatever a start raises is that child's failure
            return events.ChildFailed(spec.id, Crash(error))
        if ref is None:
            return events.ChildIgnored(spec.id)
        self._starting[ref] = spec
        watch(ref, self.actor_inbox.put_urgent)
        return None

    def _retry_later(self, due: events.RetryDue, seconds: float) -> None:
        if seconds:
            self.actor_inbox.scheduler.timers.after(seconds, lambda: self.actor_inbox.put_urgent(due))
        else:
            self.actor_ref.tell(due)  # by ordinary mail: requests that wait already come first

    def _finish(self, reason: Any) -> None:
        self._exit_reason = Crash(reason) if isinstance(reason, StartError) else reason
        super()._stop()


def _wait_until_up(ref: pykka.ActorRef[Any], home: Scheduler) -> None:
    """Return when the supervisor is up; raise why it is not."""
    settled = threading.Event()
    news: list[Up | Down] = []

    def hear(notice: Up | Down) -> None:
        news.append(notice)
        settled.set()

    watch(ref, hear)
    if home.threaded:
        while not settled.wait(0.2):
            home.check_open()  # once it is closed, there will be no news
    else:
        while not news and home.run_one_turn():
            pass
    if news and isinstance(news[0], Down):
        reason = news[0].reason
        error = reason.exception if isinstance(reason, Crash) else None
        raise error if isinstance(error, StartError | AlreadyStarted) else StartError(str(ref), reason)
