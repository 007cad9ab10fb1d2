"""A way to whoever goes by an address at present."""

from collections.abc import Callable
from typing import Any

import pykka

from supervisor import Directory


class Line:
    """Sends to the holder of an address; it remembers who that was, and looks again when they have died.

    Args:
        directory: knows the names.
        address: of the receiver.
    """

    __slots__ = ("_address", "_directory", "_tell")

    def __init__(self, directory: Directory, address: str) -> None:
        self._directory = directory
        self._address = address
        self._tell: Callable[[Any], None] = _nobody

    def send(self, message: Any) -> None:
        """Tell whoever goes by the address. If that is nobody, its successor's start will make up for it."""
        try:
            self._tell(message)
        except pykka.ActorDeadError:
            self._send_to_next(message)

    def _send_to_next(self, message: Any) -> None:
        ref = self._directory.whereis(self._address)
        self._tell = _nobody if ref is None else ref.tell
        try:
            self._tell(message)
        except pykka.ActorDeadError:  # nobody, or dead this very moment
            self._tell = _nobody


def _nobody(_message: Any) -> None:
    raise pykka.ActorDeadError
