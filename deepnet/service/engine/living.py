"""A network of the service that is up, or coming up."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from deepnet.errors import NetworkStoppedError, NotFoundError, RunError
from deepnet.runs.network import Network
from deepnet.runs.run import Run

PATIENCE_SECONDS = 10.0
"""How long a change waits for the one before it."""
LOOK_SECONDS = 0.2
COMING_UP_SECONDS = 30.0
"""How long whoever needs a network waits for one that is coming up."""


class Living:
    """What stands behind the name of a network: at most one `Network` at a time.

    Attributes:
        name: of the network.
        network: it; None while it is coming up, or could not.
        prepared: one that is being created, and will be it.
        run_id: the run that it has; None before its first.
        reason: why it could not come up; empty while it may.
        leaving: whether its end is ours, and says nothing about its run.
        gone: whether it has been deleted.
        unkept: whether what it is like at rest could not be written.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.network: Network | None = None
        self.prepared: Network | None = None
        self.run_id: str | None = None
        self.reason = ""
        self.leaving = False
        self.gone = False
        self.unkept = False
        self.settled = threading.Event()
        """Set while it is up, or known not to come up."""
        self.keeping = threading.RLock()
        """Held while it is decided what of it is on the disk."""
        self.ending = threading.Lock()
        """Held while one is taken down."""
        self._changing = threading.Lock()

    def up(self) -> Network:
        """Return the network once it is up.

        Raises:
            NetworkStoppedError: it is not, and why.
            NotFoundError: it has been deleted.
        """
        end = time.monotonic() + COMING_UP_SECONDS
        while not self.gone and not self.settled.wait(LOOK_SECONDS) and time.monotonic() < end:
            pass
        if self.gone:
            raise NotFoundError(f"{self.name} has been deleted: look which networks there are")
        network = self.network
        if network is None:
            why = self.reason or "it is coming up: try again in a moment"
            raise NetworkStoppedError(f"{self.name} is not up: {why}")
        return network

    def is_up_with(self, network: Network, run_id: str | None) -> None:
        """Note that the network is up."""
        self.network, self.run_id, self.reason, self.leaving = network, run_id, "", False
        self.settled.set()

    def is_down(self, reason: str = "") -> None:
        """Note that it is not, for good if there is a *reason*."""
        self.network, self.reason = None, reason
        if reason:
            self.settled.set()
        else:
            self.settled.clear()

    @contextmanager
    def alone_if_over(self, run: Run | None) -> Iterator[None]:
        """Wait for whoever keeps what a run has come to: he reads the network, which has one writer at a time."""
        if run is None or not run.is_over:
            yield
            return
        with self.keeping:
            yield

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Let one change wait for the other.

        Raises:
            RunError: the one before takes long.
        """
        if not self._changing.acquire(timeout=PATIENCE_SECONDS):
            raise RunError(f"{self.name} is being changed by somebody else: try again when that is done")
        try:
            yield
        finally:
            self._changing.release()
