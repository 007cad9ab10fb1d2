"""A record of every message of one try, in the order in which they are handled, with its numbers."""

import threading
from collections.abc import Callable
from typing import Any, NamedTuple, Self

from deepnet.actors.courier import Courier, Rank, Verdict
from deepnet.actors.messages import Forward
from deepnet.actors.reading import Numbers, Reader


class TracedMessage(NamedTuple):
    """A message that was handled.

    Attributes:
        number: of the message within its try, from 1.
        sender: the address of who told it.
        receiver: of whom it was told.
        kind: the name of its type.
        numbers: what it carries; arrays are copies.
        text: all that in a line, such as ``dense_0/1 -> dense_0  z = 0.7, a = 0.6682``.
    """

    number: int
    sender: str
    receiver: str
    kind: str
    numbers: Numbers
    text: str


class Recorder:
    """Records, within its ``with`` block, the latest try that is wanted; one that is played again begins anew.

    Args:
        courier: of the network.
        wanted: says of the `Forward` that begins a try whether it is; by default, whether somebody looks at it.
    """

    def __init__(self, courier: Courier, wanted: Callable[[Forward], bool] | None = None) -> None:
        self._courier = courier
        self._wanted = wanted or _is_looked_at
        self._reader = Reader(courier.layers)
        self._writing = threading.Lock()
        self._try: tuple[int, int] | None = None
        self._messages: list[TracedMessage] = []
        self._remove: Callable[[], None] = lambda: None

    @property
    def messages(self) -> tuple[TracedMessage, ...]:
        """What was recorded, in order."""
        with self._writing:
            return tuple(self._messages)

    def __enter__(self) -> Self:
        self._remove = self._courier.add(self._record, rank=Rank.LOOK)
        return self

    def __exit__(self, *_exc: object) -> None:
        self._remove()

    def _record(self, actor: Any, address: str, message: Any) -> Verdict:
        with self._writing:
            if type(message) is Forward and address == self._courier.layers[0]:
                self._try = None
                if self._wanted(message):
                    self._try = message.step, message.attempt
                    self._messages.clear()
            if (message.step, message.attempt) == self._try:
                said = self._reader.read(actor, address, message)
                self._messages.append(TracedMessage(len(self._messages) + 1, *said))
        return Verdict.DELIVER


def _is_looked_at(message: Forward) -> bool:
    return message.way.trace is not None
