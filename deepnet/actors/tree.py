"""The supervision tree of a network: who is whose child, and with which limits."""

from collections.abc import Callable, Iterator, Sized
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pykka

from deepnet.actors.context import Context
from deepnet.actors.dropout_layer import DropoutLayer
from deepnet.actors.kernel_layer import KernelLayer
from deepnet.actors.neuron import Neuron
from deepnet.actors.neuron_layer import NeuronLayer
from deepnet.actors.trainer import Trainer
from deepnet.maths.model import Dropout
from supervisor import ChildSpec, Restarts, ScheduledActor, Scheduler, Supervisor, get_restarts, which_children


class VaultKeeper(ScheduledActor):
    """The actor that owns the vault: if it dies the vault goes with it, and a new one begins at the checkpoint."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context

    def on_start(self) -> None:
        self._context.open_vault()
        self._context.directory.register("vault", self.actor_ref)


@dataclass(frozen=True, slots=True)
class TreeNode:
    """One actor of a supervision tree, and its children in start order.

    Attributes:
        name: its address, or its id within its supervisor.
        kind: supervisor, vault, layer, neuron, trainer or checkpointer.
        strategy: of a supervisor, who restarts with a child that died; of others None.
        restarts: how often it has been restarted.
        children: the nodes below it.
        limit: of a supervisor, how much of its restart limit is used; None of others, and while it is not there.
        mailbox: messages that wait for it; None while it is not there.
    """

    name: str
    kind: str
    strategy: str | None
    restarts: int
    children: tuple["TreeNode", ...] = ()
    limit: Restarts | None = None
    mailbox: int | None = None

    def walk(self, depth: int = 0) -> Iterator[tuple[int, "TreeNode"]]:
        """Every node with its depth, each before its children."""
        yield depth, self
        for child in self.children:
            yield from child.walk(depth + 1)


def start_tree(
    context: Context, scheduler: Scheduler, *, max_restarts: int, max_seconds: int
) -> pykka.ActorRef[Supervisor]:
    """Start all actors of a network; return its topmost supervisor once they are up.

    Raises:
        BadSpecError: a restart limit is out of its range.
        StartError: an actor could not be started.
    """
    limits: dict[str, Any] = {"max_restarts": max_restarts, "max_seconds": max_seconds, "reporter": context.hear}

    def supervisor(child_id: str, children: list[ChildSpec]) -> ChildSpec:
        options = {**limits, "label": child_id}
        return ChildSpec(child_id, (Supervisor, (children,), options), type="supervisor")

    def layer(address: str) -> ChildSpec:
        def begin() -> pykka.ActorRef[Any]:
            ref = Supervisor.start(_of_layer(context, address, supervisor), label=child_id, **limits)
            context.layer_supervisors[address] = ref
            return ref

        child_id = supervisor_of(address)
        return ChildSpec(child_id, begin, type="supervisor")

    return Supervisor.start(
        [
            ChildSpec("vault", (VaultKeeper, (context,), {})),
            supervisor("layers", [layer(address) for address in context.model.named_layers()]),
            ChildSpec("trainer", (Trainer, (context,), {})),
        ],
        strategy="rest_for_one",
        label=f"network:{context.name}",
        scheduler=scheduler,
        **limits,
    )


def supervisor_of(layer: str) -> str:
    """Return the id, among the children of the supervisor ``layers``, of the one that supervises *layer*."""
    return f"{layer} supervisor"


def actors_of(layer: str) -> frozenset[str]:
    """Return what the actors of *layer* other than its neurons are called."""
    return frozenset((layer, supervisor_of(layer), f"{layer} neurons"))


def _of_layer(
    context: Context, address: str, supervisor: Callable[[str, list[ChildSpec]], ChildSpec]
) -> list[ChildSpec]:
    """Return the children of a layer's supervisor as the network is now: it may have been changed since it began."""
    setup = context.setup
    layer = setup.model.named_layers()[address]
    if isinstance(layer, Dropout):
        return [ChildSpec(address, (DropoutLayer, (context, address, layer.rate), {}))]
    index = list(setup.model.named_dense()).index(address)
    if setup.granularities[index] == "layer":
        return [ChildSpec(address, (KernelLayer, (context, index), {}))]
    neurons = [
        ChildSpec(f"{address}/{neuron}", (Neuron, (context, f"{address}/{neuron}", index, neuron), {}))
        for neuron in range(layer.neurons)
    ]
    return [ChildSpec(address, (NeuronLayer, (context, index), {})), supervisor(f"{address} neurons", neurons)]


def read_tree(root: pykka.ActorRef[Supervisor], context: Context) -> TreeNode:
    """Ask the supervisors who their children are.

    Raises:
        pykka.ActorDeadError: the topmost of them has ended.
    """
    children = _children(root, context)
    limit = get_restarts(root, timeout=None)
    return TreeNode(f"network:{context.name}", "supervisor", "rest_for_one", 0, children, limit, mailbox_of(root))


def mailbox_of(process: Any) -> int | None:
    """Return how many messages wait for a child of a supervisor, None while it is not there."""
    if not isinstance(process, pykka.ActorRef) or not process.is_alive():
        return None
    inbox: Any = process.actor_inbox
    return len(inbox) if isinstance(inbox, Sized) else int(inbox.qsize())  # of an actor with a thread of its own


def _children(supervisor: pykka.ActorRef[Any], context: Context) -> tuple[TreeNode, ...]:
    nodes = []
    for child in reversed(which_children(supervisor)):
        name = str(child.id)
        restarts = context.restarts.get(name, 0)
        if child.type == "supervisor":
            below: tuple[TreeNode, ...] = ()
            limit = None
            if isinstance(child.process, pykka.ActorRef):
                with suppress(pykka.ActorDeadError):  # it died since: its successor's children are not up yet
                    below = _children(child.process, context)
                    limit = get_restarts(child.process, timeout=None)
            nodes.append(TreeNode(name, "supervisor", "one_for_one", restarts, below, limit, mailbox_of(child.process)))
        else:
            nodes.append(TreeNode(name, _kind(name), None, restarts, mailbox=mailbox_of(child.process)))
    return tuple(nodes)


def _kind(name: str) -> str:
    if name in {"vault", "trainer", "checkpointer"}:
        return name
    return "neuron" if "/" in name else "layer"
