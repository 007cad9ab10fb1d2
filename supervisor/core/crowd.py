"""A crowd decides for many interchangeable children that come and go: Elixir's DynamicSupervisor.

Children are known by their process, not by an id, and are independent: each restarts alone, and in the end
all are asked to stop at once.
"""

from collections.abc import Generator
from dataclasses import replace
from functools import partial
from typing import Any

from supervisor.core import events, instructions
from supervisor.core.backoff import Backoff
from supervisor.core.brood import Brood
from supervisor.core.child import Child, obeyed
from supervisor.core.engine import Outcome, Script
from supervisor.core.lifecycle import Life, Signal
from supervisor.core.reasons import ExitReason
from supervisor.core.requests import is_known, serve_question
from supervisor.core.spec import ChildSpec, RestartLimit, check_maximum, check_specs, forgotten
from supervisor.errors import BadSpecError, MaxChildren, NotFound, NotSupported, StartError, SupervisorError


class Crowd(Brood):
    """Independent children under one restart limit.

    Args:
        limit: how many restarts, of all children together, are allowed within which time.
        max_children: how many may run or be restarting at a time; None: any number.
        extra_arguments: put before the arguments of every child's start, at each of its starts.
        backoff: how long to wait before a restart; None: not at all.

    Raises:
        BadSpecError: max_children is no whole number of 0 or more.
    """

    def __init__(
        self,
        *,
        limit: RestartLimit | None = None,
        max_children: int | None = None,
        extra_arguments: tuple[Any, ...] = (),
        backoff: Backoff | None = None,
    ) -> None:
        check_maximum("max_children", max_children)
        super().__init__({}, limit, backoff)  # children go by their process, or, restarting, by the last they had
        self.max_children = max_children
        self.extra_arguments = tuple(extra_arguments)

    def _begin(self) -> Script:
        yield from ()
        self._todo.append(instructions.Ready())

    # Deaths.

    def _child_gone(self, process: Any, reason: ExitReason) -> Script:
        child = self.children.get(process)
        if child is None or child.life is not Life.RUNNING:
            return
        self._went_down(child)
        restart = child.wants_restart(reason)
        self._todo.append(instructions.ChildTerminated(child.spec.id, process, reason, restart))
        if restart:
            yield from self._restart_after_death(process, child)
        else:
            del self.children[process]

    def _restart_now(self, last: Any, child: Child) -> Script:
        """Start *child* again, which was known by the process *last*."""
        failure = yield from self._start(child)
        if failure is not None:
            self._todo.append(instructions.StartFailed(child.spec.id, failure))
            self._retry_later(last, child, self.backoff)
            return
        del self.children[last]
        if child.process is not None:
            child.restarts += 1
            self._came_up(child)

    # Requests.

    def _call(self, request: events.Request, token: Any) -> Script:
        refusal = self._refuse(request)
        if refusal is not None:
            self._answer(token, refusal)
            return
        match request:
            case events.StartChild(spec):
                yield from self._start_child(spec, token)
            case events.TerminateChild(process):
                yield from self._stop([self.children[process]])
                del self.children[process]
                self._answer(token, None)
            case _:
                self._answer(token, serve_question(request, self.children))

    def _refuse(self, request: events.Request) -> SupervisorError | None:
        match request:
            case events.StartChild(spec):
                try:
                    check_specs([spec])
                except BadSpecError as error:
                    return error
                full = self.max_children is not None and len(self.children) >= self.max_children
                return MaxChildren(self.max_children) if full else None
            case events.TerminateChild(process):
                return None if is_known(process, self.children) else NotFound(process)
            case events.RestartChild() | events.DeleteChild() | events.GetChildSpec():
                return NotSupported(type(request).__name__)
        return None

    def _start_child(self, spec: ChildSpec, token: Any) -> Script:
        child = Child(spec)
        failure = yield from self._start(child)
        if failure is not None:
            self._answer(token, StartError(spec.id, failure))
            return
        if child.process is not None:
            self._came_up(child)
        self._answer(token, child.process)

    # The verbs.

    def _start(self, child: Child) -> Generator[Any, Any, ExitReason | None]:
        """Start *child*; return None, or why it failed. It has a process then, unless it was ignored."""
        child.signal(Signal.START)
        outcome: Outcome = yield instructions.Start(self._extended(child.spec))
        match outcome:
            case events.ChildUp(process=process):
                child.signal(Signal.UP)
                child.process = process
                child.up_since = self._now
            case events.ChildIgnored():
                child.signal(Signal.IGNORED)
            case events.ChildFailed(reason=reason):
                child.signal(Signal.FAILED)
                return reason
        return None

    def _extended(self, spec: ChildSpec) -> ChildSpec:
        """Return *spec* with the extra arguments before its own."""
        extra = self.extra_arguments
        if not extra:
            return spec
        if callable(spec.start):
            return replace(spec, start=partial(spec.start, *extra))
        actor_class, args, kwargs = spec.start
        return replace(spec, start=(actor_class, (*extra, *args), kwargs))

    def _came_up(self, child: Child) -> None:
        self.children[child.process] = child
        if child.spec.restart == "temporary":
            child.spec = replace(child.spec, start=forgotten)  # it will never be needed, and there may be millions
        self._todo.append(instructions.ChildStarted(child.spec.id, child.process, child.restarts))

    def _went_down(self, child: Child) -> None:
        child.signal(Signal.GONE)
        child.process = None

    def _finish(self, reason: Any) -> Script:
        yield from self._stop(list(self.children.values()))
        self.children.clear()  # not before: should the supervisor be killed meanwhile, these would be its orphans
        self.finished = True
        self._todo.append(instructions.Finish(reason))

    def _stop(self, children: list[Child]) -> Script:
        """Ask all of *children* to stop at once, each by its own policy; wait for them together."""
        stopping = {child.process: child for child in children if child.life is Life.RUNNING}
        for child in children:
            if child.life is not Life.DOWN:
                child.signal(Signal.STOP)
        for process, gone in self._those_gone_already(stopping.keys()).items():
            self._stopped(stopping.pop(process), gone.reason)
        for process, child in stopping.items():
            policy = child.spec.shutdown
            if policy == "brutal_kill":
                self._todo.append(instructions.Kill(process))
            else:
                self._todo.append(instructions.AskToStop(process, None if policy == "infinity" else policy))
        while stopping:
            outcome = yield instructions.AwaitEnd(stopping.keys())
            if isinstance(outcome, events.ChildGone):
                self._stopped(stopping.pop(outcome.process), outcome.reason)
            else:
                self._todo.append(instructions.Kill(outcome.process))

    def _stopped(self, child: Child, reason: ExitReason) -> None:
        if not obeyed(child.spec, reason):
            self._todo.append(instructions.ShutdownFailed(child.spec.id, child.process, reason))
        self._went_down(child)
