"""What keeps a network of the service up, as an actor."""

import time
from collections import deque
from contextlib import suppress
from typing import Any, NamedTuple

import pykka

from deepnet.service.engine.engine import Engine
from deepnet.service.tree.parts import Part


class WentDown(NamedTuple):
    """The supervision tree of a network has given up."""

    reason: str


class NetworkDownError(Exception):
    """The supervision tree of a network has given up."""


REVIVALS = 5
REVIVALS_SECONDS = 60.0
"""A network that goes down more often than this stays down."""


class NetworkKeeper(Part):
    """Brings up one network, below which its own supervision tree stands; and again, should that give up.

    Args:
        engine: the service.
        name: of the network.
        revivals: when it was brought up; shared with those before and after this one.
    """

    def __init__(self, engine: Engine, name: str, revivals: deque[float]) -> None:
        super().__init__()
        self._engine = engine
        self._name = name
        self._revivals = revivals

    def on_start(self) -> None:
        now = time.monotonic()
        while self._revivals and now - self._revivals[0] > REVIVALS_SECONDS:
            self._revivals.popleft()
        if len(self._revivals) > REVIVALS:
            self._give_up(f"it went down {len(self._revivals)} times within {REVIVALS_SECONDS:g} s")
            return
        self._revivals.append(now)
        try:
            network = self._engine.revive(self._name)
        except Exception as error:  # noqa: BLE001 - whatever it is: the other networks are not concerned
            self._give_up(str(error) or type(error).__name__)
            return
        network.when_down = self._went_down

    def _give_up(self, reason: str) -> None:
        self._engine.gave_up(self._name, reason)
        self.stop()

    def _went_down(self, reason: str) -> None:
        with suppress(pykka.ActorDeadError):
            self.actor_ref.tell(WentDown(reason))

    def on_stop(self) -> None:
        self._engine.let_go(self._name)

    def on_failure(self, *_exception: Any) -> None:
        self._engine.let_go(self._name)

    def handle(self, message: Any) -> None:
        if isinstance(message, WentDown):
            self._engine.settle(self._name)  # its run failed over it: that is kept
            raise NetworkDownError(message.reason)
