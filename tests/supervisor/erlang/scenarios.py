"""Random scenarios for a supervisor: plain data, and the Erlang terms that say the same."""

import random
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

from supervisor.core.spec import AutoShutdown, ChildType, Restart, Strategy

Shutdown: TypeAlias = int | Literal["brutal_kill", "infinity"]
"""How a child is stopped; times are in milliseconds."""
VERBS = {
    "terminate_child": 5,
    "restart_child": 5,
    "delete_child": 3,
    "start_child": 4,
    "which_children": 1,
    "count_children": 1,
    "get_childspec": 1,
}
"""What a supervisor may be asked, and how often it is."""
PATIENT: tuple[Shutdown, ...] = ("brutal_kill", 5000, "infinity")
IMPATIENT: tuple[Shutdown, ...] = ("brutal_kill", 0, 10)
"""For a child that does not hear."""


class Family(NamedTuple):
    """A supervisor. Its window is an hour: in a test, it never slides."""

    strategy: Strategy
    intensity: int
    auto_shutdown: AutoShutdown
    children: "tuple[Child, ...]"


class Child(NamedTuple):
    """A child's spec, and how it behaves."""

    id: str
    restart: Restart
    significant: bool
    shutdown: Shutdown
    type: ChildType
    deaf: bool
    """Does nothing when it is asked to stop."""
    farewell: str
    """"boom" if its cleanup crashes."""
    family: Family | None
    """Its own children, if it is a supervisor that has any."""


class Request(NamedTuple):
    """A call to a supervisor, by the name OTP has for it."""

    verb: str
    about: Child | str | None


class Death(NamedTuple):
    """A child ends by itself, if it is there."""

    child: str
    reason: str
    """normal, shutdown, shutdown_x (OTP's {shutdown, x}), boom (a crash) or kill."""


class Operation(NamedTuple):
    """What is done to one supervisor at once: children end, and then requests arrive, before it can look."""

    supervisor: str
    deaths: tuple[Death, ...]
    requests: tuple[Request, ...]
    meanwhile: tuple[Request, ...]
    """Requests that arrive while the first start of a child that follows is under way."""


class Stop(NamedTuple):
    """The supervisor is told to stop."""

    supervisor: str
    reason: str


class Exit(NamedTuple):
    """The top supervisor's parent sends it an exit signal."""

    reason: str


class Scenario(NamedTuple):
    number: int
    top: Family
    starts: Mapping[str, tuple[str, ...]]
    """What comes of a child's starts, one after the other; ok once they are used up.

    Besides ok, error, ignore and fails (in the new process): a reason, for which it ends as soon as it is up.
    """
    operations: tuple[Operation | Stop | Exit, ...]


def term(value: Any) -> str:
    """Return *value* as an Erlang term: records, lists, atoms, integers."""
    match value:
        case None | bool() | int() | str():
            return str(value).lower()
        case Mapping():
            return f"[{', '.join(f'{{{term(key)}, {term(item)}}}' for key, item in value.items())}]"
        case tuple() if hasattr(value, "_fields"):
            return f"{{{', '.join([type(value).__name__.lower(), *map(term, value)])}}}"
    return f"[{', '.join(map(term, value))}]"


def readable(scenario: Scenario) -> str:
    """Return *scenario* as text, a line an operation, so that it can be followed by hand."""
    lines = [f"scenario {scenario.number}", *_family("top", scenario.top), f"starts: {scenario.starts}"]
    lines += [f"op {index}: {term(operation)}" for index, operation in enumerate(scenario.operations, 1)]
    return "\n".join(lines)


def _family(name: str, family: Family) -> list[str]:
    lines = [f"{name}: {family.strategy}, intensity {family.intensity}, auto_shutdown {family.auto_shutdown}"]
    for child in family.children:
        lines.append("  " + term(child._replace(family=None)))
        lines += ["  " + line for line in _family(child.id, child.family)] if child.family else []
    return lines


class Author:
    """Makes scenarios up.

    Args:
        chance: decides everything: the same chance, the same scenarios.
    """

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def scenario(self, number: int) -> Scenario:
        top = self._family("abcde")
        families = {"top": top} | {child.id: child.family for child in top.children if child.family}
        operations = [self._operation(families) for _ in range(self.chance.randint(1, 12))]
        starts = {child.id: self._starts(child) for family in families.values() for child in family.children}
        end = Exit(self._pick({"shutdown": 5, "normal": 1, "boom": 1, "kill": 1}))
        if end.reason == "kill" and not all(map(_is_plain, _children(families.values(), operations))):
            end = Exit("shutdown")
        return Scenario(number, top, starts, (*operations, end))

    def _family(self, ids: str, prefix: str = "") -> Family:
        auto_shutdown: AutoShutdown = self._pick({"never": 4, "any_significant": 2, "all_significant": 3})
        count = self.chance.randint(1, len(ids))
        children = tuple(self._child(prefix + own, auto_shutdown) for own in ids[:count])
        return Family(self.chance.choice(get_args(Strategy)), self.chance.randint(0, 5), auto_shutdown, children)

    def _child(self, child_id: str, auto_shutdown: AutoShutdown) -> Child:
        if len(child_id) > 1 or self.chance.random() > 0.12:
            return self._leaf(child_id, auto_shutdown)
        restart, significant = self._restart(auto_shutdown)
        family = self._family("abc", child_id)
        shutdown = self._pick({"infinity": 3, 5000: 1})
        return Child(child_id, restart, significant, shutdown, "supervisor", False, "obey", family)  # noqa: FBT003

    def _leaf(self, child_id: str, auto_shutdown: AutoShutdown) -> Child:
        restart, significant = self._restart(auto_shutdown)
        deaf = self.chance.random() < 0.05
        shutdown = self.chance.choice(IMPATIENT if deaf else PATIENT)
        kind = self._pick({"worker": 9, "supervisor": 1})
        farewell = self._pick({"obey": 9, "boom": 1})
        return Child(child_id, restart, significant, shutdown, kind, deaf, farewell, None)

    def _restart(self, auto_shutdown: AutoShutdown) -> tuple[Restart, bool]:
        restart: Restart = self._pick({"permanent": 5, "transient": 4, "temporary": 3})
        return restart, restart != "permanent" and auto_shutdown != "never" and self.chance.random() < 0.6

    def _starts(self, child: Child) -> tuple[str, ...]:
        first: dict[str, float] = {"ok": 30, "ignore": 2, "error": 0.3}
        later: dict[str, float] = {"ok": 8, "error": 3, "ignore": 1}
        if child.family is None:
            first["fails"], later["fails"] = 0.2, 2
        # Who ends as soon as it is up keeps its supervisor busy. Were that not the top one, two would be busy at once
        # and race with each other.
        if child.family is None and len(child.id) == 1:
            first |= {"normal": 0.5, "boom": 0.5}
            later |= {"normal": 2, "boom": 3, "shutdown_x": 1, "kill": 1}
        return (self._pick(first), *(self._pick(later) for _ in range(self.chance.randint(0, 6))))

    def _operation(self, families: Mapping[str, Family]) -> Operation | Stop:
        chance = self.chance
        name = "top" if chance.random() < 0.6 else chance.choice(sorted(families))
        if chance.random() < (0.01 if name == "top" else 0.1):
            return Stop(name, chance.choice(("normal", "shutdown", "boom")))
        family = families[name]
        children = [chance.choice(family.children) for _ in range(self._pick({0: 3, 1: 8, 2: 4}))]
        inner = next((child for child in children if child.family), None)
        if inner is not None:  # it takes its time to end, so what came together with it would come first
            death = Death(inner.id, chance.choice(("normal", "shutdown", "shutdown_x", "boom")))
            return Operation(name, (death,), (), self._requests(name, family, {0: 4, 1: 1, 2: 1}))
        reasons = {"normal": 3, "shutdown": 2, "shutdown_x": 1, "boom": 6, "kill": 2}
        deaths = tuple(Death(child_id, self._pick(reasons)) for child_id in dict.fromkeys(c.id for c in children))
        requests = self._requests(name, family, {0: 4, 1: 2, 2: 1} if deaths else {1: 6, 2: 2, 3: 1})
        return Operation(name, deaths, requests, self._requests(name, family, {0: 2, 1: 1, 2: 1}))

    def _requests(self, supervisor: str, family: Family, counts: Mapping[int, float]) -> tuple[Request, ...]:
        return tuple(self._request(supervisor, family) for _ in range(self._pick(counts)))

    def _request(self, supervisor: str, family: Family) -> Request:
        verb = self._pick(VERBS)
        if verb in {"which_children", "count_children"}:
            return Request(verb, None)
        prefix = "" if supervisor == "top" else supervisor
        families = {child.id for child in family.children if child.family}
        ids = [child.id for child in family.children] * 2 + [prefix + "e", prefix + "f"]
        child_id = self.chance.choice([one for one in ids if verb != "start_child" or one not in families])
        if verb != "start_child":
            return Request(verb, child_id)
        child = self._leaf(child_id, family.auto_shutdown)
        if family.auto_shutdown == "never" and child.restart != "permanent" and self.chance.random() < 0.1:
            child = child._replace(significant=True)  # to be refused
        return Request(verb, child)

    def _pick(self, weights: Mapping[Any, float]) -> Any:
        return self.chance.choices(list(weights), list(weights.values()))[0]


def _requests(operations: Iterable[Operation | Stop]) -> Iterator[Request]:
    for operation in operations:
        if isinstance(operation, Operation):
            yield from (*operation.requests, *operation.meanwhile)


def _children(families: Iterable[Family], operations: Iterable[Operation | Stop]) -> Iterator[Child]:
    """Every child that a scenario may start."""
    for family in families:
        yield from family.children
    yield from (request.about for request in _requests(operations) if isinstance(request.about, Child))


def _is_plain(child: Child) -> bool:
    """Tell whether *child* ends in the same way with OTP and with us if its supervisor is killed.

    OTP leaves one alive for ever that does not hear; ours kills it once its time is over. With OTP every child that
    traps exits cleans up; ours does not ask one whose policy is brutal_kill.
    """
    return not child.deaf and not (child.shutdown == "brutal_kill" and child.farewell == "boom")
