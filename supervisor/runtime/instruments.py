"""Hooks that see each message of one actor: statistics, a log, a trace. An actor without any pays nothing."""

import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

Hook: TypeAlias = Callable[[Any, float], object]
"""Called after each message with the message and the seconds of processor time that its handler took."""

LOG_DEPTH = 10

_log = logging.getLogger("pykka")


class Statistics(NamedTuple):
    """What an actor has done since its statistics were turned on."""

    start_time: float
    """Monotonic seconds."""
    current_time: float
    messages_in: int
    """Messages handled."""
    busy_seconds: float
    """Processor time that the handlers took."""


class Instruments:
    """The hooks of one actor, by name. One that raises is removed, and the actor does not notice."""

    def __init__(self) -> None:
        self.hooks: dict[str, Hook] = {}
        self.log: deque[Any] | None = None
        self._since = 0.0
        self._count = 0
        self._busy = 0.0

    def observe(self, receive: Callable[[Any], Any], message: Any) -> Any:
        """Have *receive* handle *message*, and tell the hooks."""
        began = time.thread_time()
        try:
            return receive(message)
        finally:
            seconds = time.thread_time() - began
            for name, hook in tuple(self.hooks.items()):
                try:
                    hook(message, seconds)
                except BaseException:  # noqa: BLE001 - the actor must not suffer for who looks at it
                    self.remove(name)
                    _log.exception("The hook %r failed and has been removed:", name)

    def count(self, *, on: bool) -> None:
        """Turn statistics on, from zero, or off; what is on stays as it is."""
        if not on:
            self.hooks.pop("statistics", None)
        elif "statistics" not in self.hooks:
            self._since, self._count, self._busy = time.monotonic(), 0, 0.0
            self.hooks["statistics"] = self._add

    def statistics(self) -> Statistics | None:
        """What has been counted; None unless it is on."""
        if "statistics" not in self.hooks:
            return None
        return Statistics(self._since, time.monotonic(), self._count, self._busy)

    def keep_log(self, depth: int) -> None:
        """Keep the last *depth* messages; 0 forgets them. A log that is on keeps its depth."""
        if depth == 0:
            self.remove("log")
        elif self.log is None:
            log = self.log = deque(maxlen=depth)
            self.hooks["log"] = lambda message, _seconds: log.append(message)

    def remove(self, name: str) -> None:
        """Remove a hook, and what it has gathered; that there is none is no error."""
        self.hooks.pop(name, None)
        if name == "log":
            self.log = None

    def clear(self) -> None:
        """Remove all hooks, and what they have gathered."""
        self.hooks.clear()
        self.log = None

    def _add(self, _message: Any, seconds: float) -> None:
        self._count += 1
        self._busy += seconds
