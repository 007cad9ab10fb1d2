"""The service without its face: what it does, whoever asks, and by whatever protocol."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from deepnet.errors import DeepnetError
from deepnet.runs.durable import Checkpoints
from deepnet.service.engine.hands import Hands
from deepnet.service.engine.living import Living
from deepnet.service.engine.load import Load
from deepnet.service.engine.runs import Runs
from deepnet.service.store.data_folder import DataFolder
from deepnet.service.store.event_log import EventLog
from deepnet.service.store.store import Store

CHECKPOINT_SECONDS = 5.0
"""How much of a run is played again after a ``kill -9``, at most."""
CHECKPOINTS_KEPT = 5
EVENTS_KEPT = 100_000
IDEMPOTENCY_SECONDS = 24 * 3600.0


class Engine(Runs):
    """Creates, trains, changes and keeps networks. Blocking, for any thread; it raises `deepnet.errors`.

    Args:
        folder: where everything is kept.
        store: the facts in it.
        log: what happens.
        checkpoints: when runs are made safe.
        clock: seconds since 1970.

    Attributes:
        hands: who brings networks up and keeps them up; set by whoever runs the engine, before anything else.
        started: when it was, in seconds since 1970.
    """

    hands: Hands

    def __init__(
        self,
        folder: DataFolder,
        store: Store,
        log: EventLog,
        *,
        checkpoints: Checkpoints | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.folder = folder
        self.store = store
        self.log = log
        self.checkpoints = checkpoints or Checkpoints(every_seconds=CHECKPOINT_SECONDS, keep=CHECKPOINTS_KEPT)
        self.started = clock()
        self._clock = clock
        self._living: dict[str, Living] = {}
        self._creating = threading.Lock()
        self._uploading = threading.Lock()
        self._closing = False
        self._load = Load()

    def tree(self) -> dict[str, Any]:
        """Return who supervises whom: name, kind, strategy, restarts and children of each."""
        return self.hands.tree()

    def kill_child(self, name: str) -> None:
        """Have one of the service's own children die, to show that it heals.

        Raises:
            NotFoundError: there is no such child; the message says which there are.
        """
        self.hands.kill_child(name)

    def status(self) -> dict[str, Any]:
        """Return how the service is: plain figures, read without waiting for anybody."""
        living = list(self._living.values())
        networks = [one.network for one in living if one.network is not None]
        runs = [network.run for network in networks if network.run is not None]
        return {
            "started": self.started,
            "uptime": self._clock() - self.started,
            "free_bytes": self.folder.free_bytes(),
            "networks": len(living),
            "networks_up": len(networks),
            "runs_running": sum(run.state == "running" for run in runs),
            "runs_paused": sum(run.state == "paused" for run in runs),
            "neurons": sum(network.model.neuron_count for network in networks),
            "threads": threading.active_count(),
            **self._load.figures(),
        }

    def sweep(self) -> None:
        """Remove what nobody needs any more: old events, sessions that ended, answers nobody asks for again."""
        now = self._clock()
        self.store.events.trim(EVENTS_KEPT)
        self.store.sessions.sweep(now)
        self.store.idempotency.sweep(now - IDEMPOTENCY_SECONDS)

    def closing(self) -> None:
        """From now on the end of a run is ours: it goes on when the service does."""
        self._closing = True
        for living in list(self._living.values()):
            living.leaving = True
            network = living.network
            if network is not None and network.run is not None:
                with suppress(DeepnetError, TimeoutError):  # it only asks: all of them stop at the same time
                    network.run.stop(0)
