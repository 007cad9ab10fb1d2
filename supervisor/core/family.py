"""A family decides for ordered children: what to start, what to stop, who restarts with whom.

It is told what happened (`handle`) and answers with what to do; how, `supervisor.core.engine` says.
"""

from collections.abc import Callable, Generator, Iterable
from dataclasses import replace
from typing import Any, get_args

from supervisor.core import events, instructions
from supervisor.core.backoff import Backoff
from supervisor.core.brood import Brood
from supervisor.core.child import Child, obeyed
from supervisor.core.engine import Outcome, Script
from supervisor.core.lifecycle import Life, Signal
from supervisor.core.reasons import ExitReason
from supervisor.core.requests import refuse, serve_question
from supervisor.core.spec import AutoShutdown, ChildSpec, RestartLimit, Strategy, check_specs, forgotten, one_of
from supervisor.errors import StartError


class Family(Brood):
    """Ordered children under one strategy and one restart limit.

    `count_children` asks *is_alive* of a process: its death may be known before the news of it has been read.

    Raises:
        BadSpecError: a spec, the strategy or auto_shutdown is wrong; nothing has been started.
    """

    def __init__(
        self,
        specs: Iterable[ChildSpec],
        *,
        strategy: Strategy = "one_for_one",
        limit: RestartLimit | None = None,
        auto_shutdown: AutoShutdown = "never",
        backoff: Backoff | None = None,
        is_alive: Callable[[Any], bool] = bool,
    ) -> None:
        one_of("strategy", strategy, get_args(Strategy))
        super().__init__({spec.id: Child(spec) for spec in check_specs(specs, auto_shutdown)}, limit, backoff)
        self.strategy = strategy
        self.auto_shutdown = auto_shutdown
        self._is_alive = is_alive
        self._by_process: dict[Any, Child] = {}

    # Scripts.

    def _begin(self) -> Script:
        for child in tuple(self.children.values()):
            failure = yield from self._start(child)
            if failure is not None:
                self._todo.append(instructions.StartFailed(child.spec.id, failure))
                yield from self._finish(StartError(child.spec.id, failure))
                return
        self._todo.append(instructions.Ready())

    def _child_gone(self, process: Any, reason: ExitReason) -> Script:
        child = self._by_process.get(process)
        if child is None:
            return  # stopped by a group restart meanwhile, or never ours
        self._went_down(child)
        spec = child.spec
        restart = child.wants_restart(reason)
        self._todo.append(instructions.ChildTerminated(spec.id, process, reason, restart))
        if spec.restart == "temporary":
            del self.children[spec.id]
        if restart:
            yield from self._restart_after_death(spec.id, child)
        elif spec.significant and self._ends_the_family():
            yield from self._finish("shutdown")

    def _ends_the_family(self) -> bool:
        if self.auto_shutdown == "any_significant":
            return True
        return not any(child.spec.significant and child.life is not Life.DOWN for child in self.children.values())

    def _restart_now(self, _key: Any, child: Child) -> Script:
        group = self._group_of(child)
        for member in reversed(group):
            yield from self._stop(member)
        for member in group:
            if member.spec.id not in self.children:
                continue  # temporary: stopped with the group, and not to come back
            failure = yield from self._start(member, restarted=True)
            if failure is not None:
                self._todo.append(instructions.StartFailed(member.spec.id, failure))
                self._retry_later(member.spec.id, member, self.backoff)
                return

    def _group_of(self, child: Child) -> list[Child]:
        if self.strategy == "one_for_one":
            return [child]
        everybody = list(self.children.values())
        return everybody if self.strategy == "one_for_all" else everybody[everybody.index(child) :]

    def _finish(self, reason: Any) -> Script:
        for child in tuple(reversed(self.children.values())):
            yield from self._stop(child)
        self.finished = True
        self._todo.append(instructions.Finish(reason))

    def _call(self, request: events.Request, token: Any) -> Script:
        refusal = refuse(request, self.children, self.auto_shutdown)
        if refusal is not None:
            self._answer(token, refusal)
            return
        match request:
            case events.StartChild(spec):
                yield from self._start_child(spec, token)
            case events.TerminateChild(child_id):
                yield from self._stop(self.children[child_id])
                self._answer(token, None)
            case events.RestartChild(child_id):
                child = self.children[child_id]
                failure = yield from self._start(child)
                self._answer(token, child.process if failure is None else StartError(child_id, failure))
            case events.DeleteChild(child_id):
                del self.children[child_id]
                self._answer(token, None)
            case _:
                self._answer(token, serve_question(request, self.children, self._is_alive))

    def _start_child(self, spec: ChildSpec, token: Any) -> Script:
        child = self.children[spec.id] = Child(spec)
        failure = yield from self._start(child)
        if failure is not None:
            del self.children[spec.id]
            self._answer(token, StartError(spec.id, failure))
        else:
            self._answer(token, child.process)

    # The two verbs that everything is built from.

    def _start(self, child: Child, *, restarted: bool = False) -> Generator[Any, Any, ExitReason | None]:
        """Start *child*; return None, or why it failed. An ignored child is no failure."""
        child.signal(Signal.START)
        outcome: Outcome = yield instructions.Start(child.spec)
        match outcome:
            case events.ChildUp(process=process):
                child.signal(Signal.UP)
                child.process = process
                child.up_since = self._now
                child.restarts += restarted
                self._by_process[process] = child
                if child.spec.restart == "temporary":
                    child.spec = replace(child.spec, start=forgotten)
                self._todo.append(instructions.ChildStarted(child.spec.id, process, child.restarts))
            case events.ChildIgnored():
                child.signal(Signal.IGNORED)
                if child.spec.restart == "temporary":
                    del self.children[child.spec.id]
            case events.ChildFailed(reason=reason):
                child.signal(Signal.FAILED)
                return reason
        return None

    def _stop(self, child: Child) -> Generator[Any, Any, None]:
        """Stop *child* by its shutdown policy, if there is anything to stop; a temporary one is forgotten."""
        if child.life is Life.RUNNING:
            child.signal(Signal.STOP)
            policy = child.spec.shutdown
            gone: Outcome | None = self._gone_already(child.process)
            if gone is None and policy != "brutal_kill":
                gone = yield instructions.AskToStop(child.process, None if policy == "infinity" else policy)
            while not isinstance(gone, events.ChildGone):  # once more if its Overdue was still on the way
                gone = yield instructions.Kill(child.process)
            if not obeyed(child.spec, gone.reason):
                self._todo.append(instructions.ShutdownFailed(child.spec.id, child.process, gone.reason))
            self._went_down(child)
        elif child.life is Life.RESTARTING:
            child.signal(Signal.STOP)
        if child.spec.restart == "temporary":
            self.children.pop(child.spec.id, None)

    def _went_down(self, child: Child) -> None:
        child.signal(Signal.GONE)
        del self._by_process[child.process]
        child.process = None
