"""The supervision tree of the service: put up, read, and taken down."""

import threading
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import pykka

from deepnet.actors.tree import mailbox_of
from deepnet.errors import DeepnetError, NetworkStoppedError, NotFoundError
from deepnet.service.engine.engine import Engine
from deepnet.service.tree.network_keeper import NetworkKeeper
from deepnet.service.tree.parts import (
    PARTS,
    Checkpointer,
    Die,
    EventWriter,
    Server,
    ServerKeeper,
    StoreKeeper,
)
from supervisor import (
    ChildSpec,
    DynamicSupervisor,
    NotFound,
    Scheduler,
    Supervisor,
    get_restarts,
    start_child,
    stop,
    terminate_child,
    which_children,
)
from supervisor.core import instructions
from supervisor.runtime.reports import log_report
from supervisor.runtime.watch import Down, Up, watch

RESTARTS, RESTARTS_SECONDS = 100, 60
"""So often a part may die: it comes up again at once, and nothing is lost by it."""
KEEPER_SECONDS = 20.0
"""How long a network may take to reach a seal and write it down."""

MakeServer = Callable[[Callable[[BaseException], object]], Server]


class ServiceTree:
    """Runs an engine: its store, its event log, its checkpointer, its networks, and a server if there is one.

    Args:
        engine: the service; this becomes its hands.
        make_server: makes the server, given whom to tell if it crashes.
        on_down: told why, should the tree give up by itself: too many of its parts have died.
    """

    def __init__(
        self,
        engine: Engine,
        make_server: MakeServer | None = None,
        on_down: Callable[[str], object] = lambda _reason: None,
    ) -> None:
        self._engine = engine
        self._make_server = make_server
        self._on_down = on_down
        self._waiting: deque[str] = deque()
        self._restarts: Counter[str] = Counter()
        self._refs: dict[str, pykka.ActorRef[Any]] = {}
        self._revivals: dict[str, deque[float]] = {}
        self._scheduler = Scheduler(1, name="service")
        self._root: pykka.ActorRef[Supervisor] | None = None
        engine.hands = self

    def start(self, going: Callable[[], bool] = lambda: True) -> None:
        """Put the tree up, and then every network that is kept; the server comes last, and finds them up.

        Once *going* says no, nothing more is put up.
        """
        engine = self._engine
        parts = [
            ChildSpec("store", (StoreKeeper, (engine,), {})),
            ChildSpec("event_log", (EventWriter, (engine,), {})),
            ChildSpec("checkpointer", (Checkpointer, (engine, self._waiting), {})),
            ChildSpec("networks", self._start_networks, type="supervisor"),
        ]
        limits: dict[str, Any] = {"max_restarts": RESTARTS, "max_seconds": RESTARTS_SECONDS}
        self._root = Supervisor.start(parts, label="service", reporter=self._hear, scheduler=self._scheduler, **limits)
        watch(self._root, self._hear_end)
        engine.bring_up_all(going)
        if self._make_server is not None and going():
            start_child(self._root, ChildSpec("http", (ServerKeeper, (self._make_server,), {})))

    def _start_networks(self) -> pykka.ActorRef[Any]:
        return DynamicSupervisor.start(
            max_restarts=RESTARTS, max_seconds=RESTARTS_SECONDS, label="networks", reporter=self._hear
        )

    def stop(self) -> None:
        """Take the tree down, the last part first; runs stop at a seal, and are kept. Twice is no error."""
        self._engine.closing()
        root, self._root = self._root, None
        if root is not None:
            with suppress(pykka.ActorDeadError):
                stop(root)
        self._scheduler.close()

    # What the engine asks.

    def bring_up(self, name: str) -> None:
        """Have a network brought up and kept up; see `deepnet.service.engine.hands`."""
        revivals = self._revivals.setdefault(name, deque())
        revivals.clear()
        keeper = ChildSpec(
            name, (NetworkKeeper, (self._engine, name, revivals), {}), restart="transient", shutdown=KEEPER_SECONDS
        )
        start_child(self._networks(), keeper)
        self._engine.network(name)  # raises what it is down for

    def take_down(self, name: str) -> None:
        """Have a network no longer."""
        keeper = self._refs.pop(f"network:{name}", None)
        if keeper is not None:
            with suppress(NotFound):  # one that gave up is gone already
                terminate_child(self._networks(), keeper)
        self._revivals.pop(name, None)
        self._restarts.pop(f"network:{name}", None)

    def _networks(self) -> pykka.ActorRef[Any]:
        networks = self._refs.get("networks")
        if self._root is None or networks is None:
            raise NetworkStoppedError("the service is ending")
        return networks

    def see_to(self, name: str) -> None:
        """Have a network settled soon."""
        self._waiting.append(name)
        ref = self._refs.get("checkpointer")
        if ref is not None:
            with suppress(pykka.ActorDeadError):  # its successor begins with what waits
                ref.tell("settle")

    def kill_child(self, name: str) -> None:
        """Have a part die."""
        ref = self._refs.get(name)
        if ref is None or name not in PARTS or name == "networks":
            there = ", ".join(part for part in PARTS if part != "networks" and part in self._refs)
            raise NotFoundError(f"the service has no part {name!r} that can be killed: there are {there}")
        with suppress(pykka.ActorDeadError):
            ref.tell(Die())

    def tree(self) -> dict[str, Any]:
        """Return who supervises whom."""
        root = self._root
        if root is None:
            raise NetworkStoppedError("the service is ending")
        children = []
        for child in reversed(which_children(root)):
            node = self._node(str(child.id), "supervisor" if child.type == "supervisor" else "part")
            node["mailbox"] = mailbox_of(child.process)
            if child.type == "supervisor":
                node |= {"strategy": "one_for_one", "limit": _limit(child.process), "children": self._network_nodes()}
            children.append(node)
        about = {"strategy": "one_for_one", "limit": _limit(root), "mailbox": mailbox_of(root), "restarts": 0}
        return self._node("service", "supervisor") | about | {"children": children}

    def _network_nodes(self) -> list[dict[str, Any]]:
        return [self._network_node(name) for name in self._engine.names()]

    def _network_node(self, name: str) -> dict[str, Any]:
        node = self._node(f"network:{name}", "supervisor")
        try:
            network, _ = self._engine.at_hand(name)
            node |= asdict(network.tree())
        except (DeepnetError, pykka.ActorDeadError) as error:  # one that is down must not hide the others
            node["problem"] = str(error)
        return node

    def _node(self, name: str, kind: str) -> dict[str, Any]:
        about = {"strategy": None, "restarts": self._restarts[name], "limit": None, "mailbox": None}
        return {"name": name, "kind": kind, **about, "children": []}

    def _bring_up_again(self) -> None:
        """Bring up all networks below a new supervisor of theirs; keepers that the old one has left end first."""
        for name in self._engine.names():
            keeper = self._refs.pop(f"network:{name}", None)
            with suppress(pykka.ActorDeadError, pykka.Timeout):
                if keeper is not None:
                    keeper.stop(timeout=KEEPER_SECONDS)
        self._engine.bring_up_all(lambda: self._root is not None)

    def _hear_end(self, news: Up | Down) -> None:
        if isinstance(news, Down) and self._root is not None:  # nobody asked for it
            self._on_down(str(news.reason))

    def _hear(self, supervisor: str, report: instructions.Report) -> None:
        """Take in what a supervisor reports: who a part is now, and how often it has come up again."""
        log_report(supervisor, report)
        match report:
            case instructions.ChildStarted(child_id, process, restarts):
                name = f"network:{child_id}" if supervisor == "networks" else str(child_id)
                self._refs[name] = process
                if restarts and name == "networks":  # it has taken all of them with it; and this is a turn
                    threading.Thread(target=self._bring_up_again, name="networks-revival", daemon=True).start()
                if restarts:
                    self._restarts[name] += 1
                    self._engine.log.note("child_restarted", child=name, restarts=self._restarts[name])
            case _:
                pass


def _limit(supervisor: Any) -> dict[str, int] | None:
    """Return how much of its restart limit a supervisor has used; None while there is none."""
    if not isinstance(supervisor, pykka.ActorRef):
        return None
    try:
        return asdict(get_restarts(supervisor, timeout=None))
    except pykka.ActorDeadError:
        return None
