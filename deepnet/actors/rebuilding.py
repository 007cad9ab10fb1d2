"""Putting layers up anew, because they have other neurons now, or are computed by others."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import pykka

from deepnet.actors.context import Context
from deepnet.actors.tree import actors_of, supervisor_of
from deepnet.errors import NetworkStoppedError
from supervisor import Scheduler, SupervisorError, restart_child, terminate_child, which_children
from supervisor import exit as send_exit

REBUILD_SECONDS = 10.0
"""How long it is tried, should somebody above be killed again and again."""


def rebuild(
    context: Context,
    scheduler: Scheduler,
    root: Callable[[], pykka.ActorRef[Any]],
    is_stopping: Callable[[], bool],
    layers: Sequence[str],
) -> None:
    """End the actors of *layers* and start those that the setup asks for by now; the network is held.

    Args:
        context: of the network.
        scheduler: that its actors run on.
        root: gives its topmost supervisor, which may be another one after somebody has killed it.
        is_stopping: whether nobody comes up any more.
        layers: their addresses.

    Raises:
        NetworkStoppedError: they cannot be brought up.
    """
    context.rebuilding = frozenset().union(*map(actors_of, layers))
    try:
        for layer in layers:
            if scheduler.threaded:
                _rebuild(scheduler, root, is_stopping, layer)
            else:  # nobody would answer: but whoever is killed comes up as the setup says
                send_exit(context.layer_supervisors[layer], "kill")
                scheduler.run_until_idle()
    finally:
        context.rebuilding = frozenset()


def _rebuild(
    scheduler: Scheduler, root: Callable[[], pykka.ActorRef[Any]], is_stopping: Callable[[], bool], layer: str
) -> None:
    end = time.monotonic() + REBUILD_SECONDS
    while True:
        try:
            above = next(child.process for child in which_children(root()) if child.id == "layers")
            terminate_child(above, supervisor_of(layer))
            restart_child(above, supervisor_of(layer))
        except (pykka.ActorDeadError, SupervisorError, AttributeError, StopIteration) as error:
            # Somebody above has been killed this moment: who comes up in his place is as the setup says already.
            if scheduler.closed or is_stopping() or time.monotonic() > end:
                raise NetworkStoppedError(f"{layer} cannot be put up anew: the actors have ended") from error
            time.sleep(0.001)
        else:
            return
