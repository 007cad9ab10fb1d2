"""What a family and a crowd have in common: children under one restart limit, and what there is to react to."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

from supervisor.core import events, instructions
from supervisor.core.backoff import Backoff
from supervisor.core.child import Child
from supervisor.core.engine import Engine, Script
from supervisor.core.lifecycle import Life
from supervisor.core.reasons import ExitReason
from supervisor.core.restarts import RestartWindow
from supervisor.core.spec import ChildSpec, RestartLimit


class Brood(Engine):
    """Children, each known by a key, their restart limit, and the delay before a restart if there is one."""

    def __init__(self, children: Mapping[Any, Child], limit: RestartLimit | None, backoff: Backoff | None) -> None:
        super().__init__()
        self.children = dict(children)
        self.window = RestartWindow(limit or RestartLimit())
        self.backoff = backoff

    @property
    def living(self) -> tuple[tuple[Any, ChildSpec], ...]:
        """The process and the spec of every child that has a process, in start order."""
        return tuple((child.process, child.spec) for child in self.children.values() if child.process is not None)

    def _script_for(self, event: events.Event) -> Script:
        match event:
            case events.Begin():
                return self._begin()
            case events.ChildGone(process, reason):
                return self._child_gone(process, reason)
            case events.RetryDue(key, ticket):
                return self._retry(key, ticket)
            case events.Stop(reason):
                return self._finish(reason)
            case events.Call(request, token):
                return self._call(request, token)
        return super()._script_for(event)  # an Overdue whose process made it in time

    @abstractmethod
    def _begin(self) -> Script: ...
    @abstractmethod
    def _child_gone(self, process: Any, reason: ExitReason) -> Script: ...
    @abstractmethod
    def _restart_now(self, key: Any, child: Child) -> Script:
        """Start *child*, and whoever goes with it; the limit allows it."""

    @abstractmethod
    def _finish(self, reason: Any) -> Script: ...
    @abstractmethod
    def _call(self, request: events.Request, token: Any) -> Script: ...

    def _restart_after_death(self, key: Any, child: Child) -> Script:
        """Restart *child*, which goes by *key*: at once, or after a delay if there is a back-off."""
        if self.backoff is None:
            yield from self._restart(key, child)
            return
        if self.backoff.forgives(self._now - child.up_since):
            child.failures = 0
        self._retry_later(key, child, self.backoff)

    def _retry(self, key: Any, ticket: int) -> Script:
        child = self.children.get(key)
        if child is not None and child.life is Life.RESTARTING and child.ticket == ticket:
            yield from self._restart(key, child)

    def _restart(self, key: Any, child: Child) -> Script:
        """Restart *child* unless there were too many restarts: then give up."""
        if self.window.allows(self._now):
            yield from self._restart_now(key, child)
            return
        self._todo.append(instructions.GaveUp(child.spec.id, "shutdown", len(self.window)))
        yield from self._finish("shutdown")
