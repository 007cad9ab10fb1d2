"""Plays scenarios on our supervisor and writes down what happened: the other side of driver.erl."""

from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from typing import Any

import pykka

from supervisor import (
    IGNORE,
    AlreadyPresent,
    AlreadyStarted,
    BadSpecError,
    ChildRestarting,
    ChildRunning,
    ChildSpec,
    Crash,
    NotFound,
    ScheduledActor,
    Scheduler,
    Shutdown,
    StartError,
    Supervisor,
)
from supervisor import exit as send_exit
from supervisor.core import events
from supervisor.core.spec import forgotten
from supervisor.runtime.watch import Down, Up, watch
from supervisor.testing import FakeClock
from tests.supervisor.erlang.scenarios import Child, Exit, Family, Operation, Request, Scenario, Stop

HOUR = 3600
REFUSALS: dict[type[BaseException], str] = {
    AlreadyStarted: "already_started",
    AlreadyPresent: "already_present",
    BadSpecError: "bad_spec",
    ChildRestarting: "restarting",
    ChildRunning: "running",
    NotFound: "not_found",
    StartError: "failed",
    pykka.ActorDeadError: "gone",
    pykka.Timeout: "unanswered",
}
REQUESTS: dict[str, Any] = {
    "start_child": events.StartChild,
    "which_children": events.WhichChildren,
    "count_children": events.CountChildren,
    "terminate_child": events.TerminateChild,
    "restart_child": events.RestartChild,
    "delete_child": events.DeleteChild,
    "get_childspec": events.GetChildSpec,
}


class Boom(Exception):  # noqa: N818 - a crash for its own sake
    """What a child crashes with."""


class Leaf(ScheduledActor):
    """A child that ends for the reason it is told, or as soon as it is up."""

    def __init__(self, child: Child, outcome: str) -> None:
        super().__init__()
        self.child = child
        self.outcome = outcome

    def on_start(self) -> None:
        if self.outcome == "fails":
            raise Boom
        if self.outcome != "ok":
            end(self.actor_ref, self.outcome)

    def on_receive(self, message: Any) -> Any:
        if isinstance(message, Boom):
            raise message
        super().on_exit(message)  # the reason; even a deaf one ends by itself

    def on_exit(self, reason: Any) -> None:
        if not self.child.deaf:
            super().on_exit(reason)

    def on_stop(self) -> None:
        if self.child.farewell == "boom":
            raise Boom


def end(ref: pykka.ActorRef[Any], word: str) -> None:
    """Have a leaf end for a reason of its own, or kill it."""
    if word == "kill":
        send_exit(ref, "kill")
    else:
        ref.tell(Boom() if word == "boom" else reason_for(word))


class Parent(ScheduledActor):
    """Starts the top supervisor, as OTP's has a parent too; so nobody waits for it to come up."""

    def on_receive(self, message: Any) -> Any:
        message()


def reason_for(word: str) -> Any:
    return {"boom": Crash(Boom()), "shutdown_x": Shutdown("x")}.get(word, word)


def word_for(reason: Any) -> str:
    match reason:
        case Crash(Boom()):
            return "boom"
        case Shutdown("x"):
            return "shutdown_x"
    return str(reason)


def spec_text(spec: ChildSpec) -> str:
    shutdown = spec.shutdown if isinstance(spec.shutdown, str) else round((spec.shutdown or 0) * 1000)
    start = "forgotten" if spec.start is forgotten else "kept"
    return f"{spec.id} {spec.restart} {shutdown} {spec.type} {str(spec.significant).lower()} {start}"


class Player:
    """Plays one scenario, every step to its end: a scheduler without workers, on a clock that moves when it must."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.clock = FakeClock(1000.0)
        self.scheduler = Scheduler(workers=0, clock=self.clock)
        self.lines: list[str] = []
        self.attempts: dict[str, int] = defaultdict(int)
        self.names: dict[Any, str] = {}
        self.current: dict[str, pykka.ActorRef[Any]] = {}
        self.families: set[str] = set()
        self.meanwhile: tuple[pykka.ActorRef[Any], tuple[Request, ...]] | None = None
        self.late: list[tuple[Request, pykka.Future[Any]]] = []

    def play(self) -> list[str]:
        """Return the trace."""
        try:
            self.attempts["top"] = 1
            self.scheduler.spawn(Parent).tell(partial(self._start_family, "top", self.scenario.top))
            self._observe()
            for index, operation in enumerate(self.scenario.operations, 1):
                self.lines.append(f"op {index}")
                self._carry_out(operation)
        finally:
            self.scheduler.close()
        return self.lines

    # Operations.

    def _carry_out(self, operation: Operation | Stop | Exit) -> None:
        name = "top" if isinstance(operation, Exit) else operation.supervisor
        if not self._is_alive(name):
            self.lines.append("gone")
            return
        sup, before = self.current[name], len(self.lines)
        match operation:
            case Operation():
                self._operate(sup, operation)
            case Stop():
                sup.ask(events.Stop(reason_for(operation.reason)), block=False)
                self._observe()
            case Exit():
                send_exit(sup, reason_for(operation.reason))
                self._observe()
                if operation.reason == "kill":  # it dies at once, and OTP's children hear of it in no order
                    self.lines[before:] = sorted(self.lines[before:])

    def _operate(self, sup: pykka.ActorRef[Any], operation: Operation) -> None:
        name = operation.supervisor
        self.meanwhile, self.late = (sup, operation.meanwhile), []
        for death in operation.deaths:
            if not self._is_alive(death.child):
                continue
            child = self.current[death.child]
            if death.child in self.families:
                child.ask(events.Stop(reason_for(death.reason)), block=False)
            else:
                end(child, death.reason)
        asked = [(request, self._ask(sup, name, request)) for request in operation.requests]
        self._settle()
        self.meanwhile = None
        answers = [f"answer {answer}" for answer in self._answers(asked)]
        self._observe(answers + [f"meanwhile {answer}" for answer in self._answers(self.late)])

    def _ask(self, sup: pykka.ActorRef[Any], name: str, request: Request) -> pykka.Future[Any]:
        make = REQUESTS[request.verb]
        match request.about:
            case None:
                event = make()
            case Child() as child:
                event = make(self._spec(child, name))
            case child_id:
                event = make(child_id)
        future: pykka.Future[Any] = sup.ask(event, block=False)
        return future

    def _answers(self, asked: Iterable[tuple[Request, pykka.Future[Any]]]) -> list[str]:
        return [f"{request.verb} {self._answer(request.verb, future)}" for request, future in asked]

    def _answer(self, verb: str, future: pykka.Future[Any]) -> str:
        try:
            answer = future.get(timeout=0)
        except tuple(REFUSALS) as error:
            return REFUSALS[type(error)]
        match answer:
            case pykka.ActorRef():
                return f"ok {self.names[answer]}"
            case list():
                return self._children(answer)
            case events.ChildCounts():
                return " ".join(map(str, answer))
            case ChildSpec():
                return spec_text(answer)
        return "ok ignored" if verb in {"start_child", "restart_child"} else "ok"

    # Children.

    def _spec(self, child: Child, family: str) -> ChildSpec:
        shutdown = child.shutdown / 1000 if isinstance(child.shutdown, int) else child.shutdown
        start = partial(self._start, child, family)
        return ChildSpec(child.id, start, child.restart, shutdown, child.type, child.significant)

    def _start(self, child: Child, family: str) -> Any:
        self._let_them_ask(family)
        self.attempts[child.id] += 1
        number = self.attempts[child.id]
        planned = self.scenario.starts.get(child.id, ())
        outcome = planned[number - 1] if number <= len(planned) else "ok"
        self.lines.append(f"start {child.id}#{number} {outcome}")
        match outcome:
            case "error":
                raise Boom
            case "ignore":
                return IGNORE
            case "ok" if child.family:
                return self._start_family(child.id, child.family)
        ref = Leaf.start(child, outcome)
        self._enter(child.id, ref)
        return ref

    def _let_them_ask(self, family: str) -> None:
        if self.meanwhile is not None and self.meanwhile[0] is self.current[family]:
            (sup, requests), self.meanwhile = self.meanwhile, None
            self.late = [(request, self._ask(sup, family, request)) for request in requests]

    def _start_family(self, name: str, family: Family) -> pykka.ActorRef[Any]:
        ref = Supervisor.start(
            [self._spec(child, name) for child in family.children],
            strategy=family.strategy,
            max_restarts=family.intensity,
            max_seconds=HOUR,
            auto_shutdown=family.auto_shutdown,
            reporter=lambda *_: None,
        )
        self.families.add(name)
        self._enter(name, ref)
        return ref

    def _enter(self, name: str, ref: pykka.ActorRef[Any]) -> None:
        self.current[name] = ref
        full_name = self.names[ref] = f"{name}#{self.attempts[name]}"
        was_up = False

        def hear(news: Up | Down) -> None:
            nonlocal was_up
            if isinstance(news, Down) and was_up:
                self.lines.append(f"stop {full_name} {word_for(news.reason)}")
            was_up = True

        watch(ref, hear)

    # What happened.

    def _is_alive(self, name: str) -> bool:
        return name in self.current and self.current[name].is_alive()

    def _settle(self) -> None:
        """Take turns, and let the time pass that somebody waits for, until nobody has anything to do."""
        while True:
            self.scheduler.run_until_idle()
            due = self.scheduler.timers._timetable.next_due()
            if due is None:
                return
            self.clock.advance(due - self.clock.now())

    def _observe(self, answers: Iterable[str] = ()) -> None:
        self._settle()
        self.lines += answers
        for name in sorted(self.families):
            if self._is_alive(name):
                future = self.current[name].ask(events.WhichChildren(), block=False)
                self._settle()
                self.lines.append(f"state {name}: {self._children(future.get(timeout=0))}")

    def _children(self, children: Any) -> str:
        return " ".join(f"{info.id}={self.names.get(info.process, info.process) or 'none'}" for info in children)


def play(scenario: Scenario) -> list[str]:
    """Return the trace of *scenario*, as driver.erl writes it."""
    return Player(scenario).play()
