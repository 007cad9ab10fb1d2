"""How many connections of TCP there may be, and who has to go where there are more.

Anybody on this machine can connect, without showing a token. So that nobody takes all room, or all file descriptors,
the connection goes that is least of use: one that has said nothing, and only then one of somebody who may come in and
asks nothing now. One that is being answered stays.
"""

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from enum import IntEnum
from typing import Any, Self

import structlog

_LEAVING = 32
"""Connections that may be about to end besides; they end in the next turn of the event loop."""
_SAY_SECONDS = 1.0

_log = structlog.get_logger("deepnet.service")


class Use(IntEnum):
    """Of what use a connection is; the least goes first."""

    NONE = 0
    """Nobody who may come in has asked anything with it."""
    STRANGER = 1
    """It asks something, and nobody knows yet who it is."""
    RESTING = 2
    """Somebody who may come in has asked, has been answered, and may ask again."""
    BUSY = 3
    """Somebody who may come in is being answered; or it is a WebSocket, which has bounds of its own."""


class Room:
    """Counts connections from when they are accepted until they are closed; for one event loop.

    Args:
        most: connections that there may be.
        clock: seconds, from any moment on.
    """

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._open: list[socket.socket] = []
        self._leaving: list[socket.socket] = []
        self._uses: dict[int, Callable[[], Use]] = {}
        self._sent_away = 0
        self._said = float("-inf")

    def enter(self, connection: socket.socket) -> bool:
        """Count a connection that was accepted; False if there is no room, and it is to be closed at once."""
        self._uses.pop(connection.fileno(), None)  # of one that had the number before
        if len(self._open) + len(self._leaving) >= self._most:
            self._open = [each for each in self._open if each.fileno() >= 0]
            self._leaving = [each for each in self._leaving if each.fileno() >= 0]
        if len(self._open) >= self._most and not self._send_away():
            self._say()
            return False
        self._open.append(connection)
        return True

    def tell(self, number: int, use: Callable[[], Use]) -> None:
        """From now on *use* tells of what use the connection is that has the file descriptor *number*."""
        self._uses[number] = use

    def forget(self, number: int) -> None:
        """Nothing is known any more of the connection that has this number, as it is being closed."""
        self._uses.pop(number, None)

    def _send_away(self) -> bool:
        if len(self._leaving) >= _LEAVING:
            return False
        least = None
        for each in self._open:  # the oldest first
            use = self._use_of(each)
            if use is not Use.BUSY and (least is None or use < least[0]):
                least = use, each
                if use is Use.NONE:
                    break
        if least is None:
            return False
        with suppress(OSError):  # gone by itself
            least[1].shutdown(socket.SHUT_RDWR)  # its transport reads the end of it, and closes it
        self._open.remove(least[1])
        self._leaving.append(least[1])
        self._say()
        return True

    def _use_of(self, connection: socket.socket) -> Use:
        use = self._uses.get(connection.fileno())
        return Use.NONE if use is None else use()

    def _say(self) -> None:
        self._sent_away += 1
        now = self._clock()
        if now - self._said >= _SAY_SECONDS:
            _log.warning("connections_sent_away", count=self._sent_away, most=self._most)
            self._said, self._sent_away = now, 0


class RoomySocket(socket.socket):
    """A listening socket whose connections are counted.

    Attributes:
        room: where they are counted.
    """

    __slots__ = ("room",)
    room: Room

    @classmethod
    def of(cls, listening: socket.socket, room: Room) -> Self:
        """Return the same socket, which it takes over."""
        made = cls(fileno=listening.detach())
        made.room = room
        return made

    def accept(self) -> tuple[socket.socket, Any]:
        """Take the next connection.

        Raises:
            ConnectionAbortedError: there is no room. An event loop takes this for a client that hung up at once.
        """
        connection, address = super().accept()
        if not self.room.enter(connection):
            connection.close()
            raise ConnectionAbortedError("there are too many connections")
        return connection, address
