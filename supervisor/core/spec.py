"""What a supervisor is told about its children: values, complete and checked when they are made."""

import math
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

from supervisor.errors import BadSpecError

Strategy: TypeAlias = Literal["one_for_one", "one_for_all", "rest_for_one"]
"""Who restarts with a child that died: it alone, everybody, or it and those started after it."""
Restart: TypeAlias = Literal["permanent", "transient", "temporary"]
"""When a child is restarted: always, after an abnormal end only, or never."""
ChildType: TypeAlias = Literal["worker", "supervisor"]
AutoShutdown: TypeAlias = Literal["never", "any_significant", "all_significant"]
"""Whether the end of significant children ends their supervisor."""
ShutdownPolicy: TypeAlias = float | Literal["brutal_kill", "infinity"]
"""How a child is stopped: asked and given so many seconds, killed unasked, or asked and waited for."""
StartFunction: TypeAlias = Callable[[], Any] | tuple[type, tuple[Any, ...], Mapping[str, Any]]

WORKER_SHUTDOWN_SECONDS = 5.0


def forgotten() -> Any:
    """Stands in the spec of a temporary child once it is up: nobody starts it again, so its start is not kept.

    Raises:
        BadSpecError: always.
    """
    raise BadSpecError("the start of a temporary child is not kept: give a new ChildSpec")


def one_of(name: str, value: object, words: Collection[str]) -> None:
    """Raise BadSpecError unless *value* is one of *words*."""
    if not isinstance(value, str) or value not in words:
        raise BadSpecError(f"{name} must be one of {', '.join(words)}, got {value!r}")


@dataclass(frozen=True, slots=True)
class RestartLimit:
    """Up to *max_restarts* restarts within any *max_seconds* seconds; one more and the supervisor gives up.

    Raises:
        BadSpecError: max_restarts is not a whole number of 0 or more, or max_seconds not one of 1 or more.
    """

    max_restarts: int = 3
    max_seconds: int = 5

    def __post_init__(self) -> None:
        _check_whole("max_restarts", self.max_restarts, least=0)
        _check_whole("max_seconds", self.max_seconds, least=1)


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """One child: who it is, how it starts, when it restarts, how it stops.

    Args:
        id: its name within the supervisor; any hashable value.
        start: ``(actor_class, args, kwargs)``, or a callable without arguments that returns an
            ActorRef or IGNORE, or raises.
        restart: permanent, transient or temporary.
        shutdown: seconds, "brutal_kill" or "infinity"; None means 5 s for a worker, infinity for a supervisor.
        type: worker or supervisor.
        significant: whether its own end counts for the supervisor's auto_shutdown.

    Raises:
        BadSpecError: a field is wrong; the message names it and says what it may be.
    """

    id: Any
    start: StartFunction
    restart: Restart = "permanent"
    shutdown: ShutdownPolicy | None = None
    type: ChildType = "worker"
    significant: bool = False

    def __post_init__(self) -> None:
        if self.id is None or not isinstance(self.id, Hashable):
            raise BadSpecError(f"a child needs a hashable id other than None, got {self.id!r}")
        _check_start(self.id, self.start)
        one_of(f"restart of child {self.id!r}", self.restart, get_args(Restart))
        one_of(f"type of child {self.id!r}", self.type, get_args(ChildType))
        if self.shutdown is None:
            object.__setattr__(self, "shutdown", WORKER_SHUTDOWN_SECONDS if self.type == "worker" else "infinity")
        _check_shutdown(self.id, self.shutdown)
        if not isinstance(self.significant, bool):
            raise BadSpecError(f"significant of child {self.id!r} must be True or False, got {self.significant!r}")
        if self.significant and self.restart == "permanent":
            raise BadSpecError(f"child {self.id!r} is permanent, so it cannot be significant: it never ends by itself")


def _check_whole(name: str, value: object, *, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise BadSpecError(f"{name} must be a whole number of {least} or more, got {value!r}")


def check_maximum(name: str, value: int | None) -> None:
    """Raise BadSpecError unless *value* is None or a whole number of 0 or more."""
    if value is not None:
        _check_whole(name, value, least=0)


def _check_start(child_id: object, start: object) -> None:
    if callable(start):
        return
    fits = isinstance(start, tuple) and len(start) == 3 and isinstance(start[0], type)
    if not fits or not isinstance(start[1], tuple) or not isinstance(start[2], Mapping):  # type: ignore[index]
        raise BadSpecError(
            f"start of child {child_id!r} must be (actor_class, args, kwargs) or a callable without arguments, "
            f"got {start!r}"
        )


def _check_shutdown(child_id: object, shutdown: object) -> None:
    if isinstance(shutdown, str):
        one_of(f"shutdown of child {child_id!r}", shutdown, ("brutal_kill", "infinity"))
    elif isinstance(shutdown, bool) or not isinstance(shutdown, (int, float)) or not 0 <= shutdown < math.inf:
        raise BadSpecError(
            f"shutdown of child {child_id!r} must be seconds of 0 or more, 'brutal_kill' or 'infinity', "
            f"got {shutdown!r}"
        )


def check_specs(specs: Iterable[object], auto_shutdown: AutoShutdown = "never") -> tuple[ChildSpec, ...]:
    """Return *specs* as a tuple once they can stand together; needs no running supervisor.

    Raises:
        BadSpecError: one is no ChildSpec, two share an id, or one is significant under auto_shutdown "never".
    """
    one_of("auto_shutdown", auto_shutdown, get_args(AutoShutdown))
    checked: dict[object, ChildSpec] = {}
    for spec in specs:
        if not isinstance(spec, ChildSpec):
            raise BadSpecError(f"a child must be described by a ChildSpec, got {spec!r}")
        if spec.id in checked:
            raise BadSpecError(f"two children share the id {spec.id!r}: ids must differ")
        check_significant(spec, auto_shutdown)
        checked[spec.id] = spec
    return tuple(checked.values())


def check_significant(spec: ChildSpec, auto_shutdown: AutoShutdown) -> None:
    """Raise BadSpecError if *spec* is significant where nothing would ever come of it."""
    if spec.significant and auto_shutdown == "never":
        raise BadSpecError(f"child {spec.id!r} is significant, but auto_shutdown is never: set it, or drop the mark")
