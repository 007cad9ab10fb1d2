"""The live stream of a service: one WebSocket, several subscriptions, the newest frame of each.

It is at ``/api/v1/live``; who may is found out as for every other request. What goes each way is JSON text:

====================================================  =================================================================
to the service                                        what it is for
====================================================  =================================================================
``{"op": "subscribe", "id": 1, "topic": T, ...}``     frames of topic T under an id of your own; see `Live.subscribe`
``{"op": "unsubscribe", "id": 1}``                    no more of them
``{"op": "ping"}``                                    answered with ``{"op": "pong"}``
====================================================  =================================================================

====================================================  =================================================================
from the service                                      what it says
====================================================  =================================================================
``{"op": "subscribed", "id"}``                        frames will come
``{"op": "frame", "id", "topic", "seq", "time",       the state of the topic; newer ones take the place of those that
"data"}``                                             have not been read. Of ``events``: a row, and none is left out
bytes                                                 a frame of ``columns``, ``activity``, ``surface`` or ``weights``:
                                                      id (4 bytes) and seq (8), little-endian, then safetensors
``{"op": "gap", "id", "from", "to"}``                 events of these numbers were too many: ask for them by ``GET``
``{"op": "error", "id", "problem", "over"}``          a problem as RFC 9457 has it; if it is over, no frame follows
``{"op": "bye", "reason"}``                           the service ends the stream
====================================================  =================================================================

The topics: ``service``, ``networks``, ``summary``, ``history``, ``neuron``, ``columns``, ``activity``, ``surface``,
``weights``, ``tree`` and ``events``. Up to 20 frames a second (``rate``) and 32 streams; who has not read for half a
minute is let go.
"""

import json
import struct
import threading
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, Self

from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect, unix_connect

from deepnet.client.place import API, Place
from deepnet.client.problems import error_of
from deepnet.errors import ServiceError
from deepnet.wire.arrays import arrays_from_bytes

OPEN_SECONDS = 10.0
CLOSE_SECONDS = 1.0
LARGEST_FRAME = 256 << 20
_HEAD = struct.Struct("<IQ")


class Frame(NamedTuple):
    """What a subscription has been sent.

    Attributes:
        id: of the subscription, as `Live.subscribe` returned it; None of a problem that belongs to none.
        topic: what it is about; ``""`` if that is not known.
        seq: its number: those between two that came were left out. Of ``events``, the number of the event.
        time: when it was taken, in seconds since 1970; nan where that is not said.
        data: plain data; of topics that come as bytes arrays by name, such as ``dense_0.bias``, (neurons,).
        about: of those, texts such as ``step`` and ``epoch``.
        gap: of ``events``: the first and the last number of those that were left out; the data are None then.
        problem: why there is nothing to see; the data are None then.
        over: whether the subscription has ended by that.
    """

    id: int | None
    topic: str
    seq: int = 0
    time: float = float("nan")
    data: Any = None
    about: Mapping[str, str] = MappingProxyType({})
    gap: tuple[int, int] | None = None
    problem: Exception | None = None
    over: bool = False


class Live:
    """One live stream; made by `Service.live`. Iterate over it for frames, and close it, or use it in a ``with`` block.

    Iteration ends when it is closed, or when the service says goodbye: `reason` tells why.

    Attributes:
        reason: why the service has ended it; empty if it has not.
    """

    def __init__(self, place: Place) -> None:
        self.reason: str = ""
        self._name = place.name
        self._closed = False
        self._lock = threading.Lock()
        self._next = 1
        self._topics: dict[int, str] = {}
        self._socket = _open(place)

    def subscribe(self, topic: str, **options: Any) -> int:
        """Have frames of a topic sent from now on; return the id that they bear.

        Args:
            topic: service, networks, summary, history, neuron, columns, activity, surface, weights, tree or events.
            options: ``network``, ``run``, ``address``, ``fields``, ``kinds``, ``row`` (of ``activity``: of the run),
                ``window`` (of ``weights``: row0, row1, column0, column1), ``every`` (of ``neuron``: tell each step
                that this divides) and ``rate``, frames a second up to 20.

        Raises:
            ServiceError: the connection has ended. What the service does not take comes as a frame with a problem.
        """
        with self._lock:
            number, self._next = self._next, self._next + 1
            self._topics[number] = topic
        given = {name: value for name, value in options.items() if value is not None}
        self._say({"op": "subscribe", "id": number, "topic": topic, **given})
        return number

    def unsubscribe(self, number: int) -> None:
        """Have no more frames sent under an id; some may be on their way."""
        self._say({"op": "unsubscribe", "id": number})

    def ping(self) -> None:
        """Say that somebody is there. Nobody needs to: the connection does so by itself."""
        self._say({"op": "ping"})

    def receive(self, timeout: float | None = None) -> Frame | None:
        """Return the next frame; None if the stream has ended.

        Raises:
            TimeoutError: none came within *timeout* seconds.
            ServiceError: the connection broke.
        """
        while not self._closed:
            try:
                message = self._socket.recv(timeout)
            except ConnectionClosed as error:
                if self._is_over():
                    return None
                raise ServiceError(f"the live stream of {self._name} broke ({_reason(error)}): connect again") from None
            except TimeoutError:
                raise TimeoutError(f"no frame came within {timeout:g} s: nothing may have happened") from None
            frame = self._read(message)
            if frame is not None:
                return frame
            if self.reason:
                self.close()
        return None

    def _is_over(self) -> bool:
        return self._closed or bool(self.reason)

    def __iter__(self) -> Iterator[Frame]:
        return self

    def __next__(self) -> Frame:
        frame = self.receive()
        if frame is None:
            raise StopIteration
        return frame

    def close(self) -> None:
        """End it, from whatever thread; twice is no error."""
        self._closed = True
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def _say(self, wish: dict[str, Any]) -> None:
        try:
            self._socket.send(json.dumps(wish))
        except (ConnectionClosed, OSError) as error:
            raise ServiceError(f"the live stream of {self._name} has ended ({_reason(error)}): connect again") from None

    def _read(self, message: str | bytes) -> Frame | None:
        """Return the frame in a message; None if it is none."""
        if isinstance(message, bytes):
            number, seq = _HEAD.unpack_from(message)
            arrays, about = arrays_from_bytes(message[_HEAD.size :])
            return Frame(number, self._topic(number), seq, data=arrays, about=about)
        said = json.loads(message)
        number = said.get("id")
        match said.get("op"):
            case "frame":
                return Frame(number, said["topic"], said["seq"], said["time"], said["data"])
            case "gap":
                return Frame(number, self._topic(number), said["to"], gap=(said["from"], said["to"]))
            case "error":
                problem = said["problem"]
                error = error_of(problem, int(problem.get("status", 0)))
                return Frame(number, self._topic(number), problem=error, over=bool(said.get("over")))
            case "bye":
                self.reason = str(said.get("reason")) or "the service has ended it"
        return None

    def _topic(self, number: int | None) -> str:
        return self._topics.get(-1 if number is None else number, "")


def _open(place: Place) -> ClientConnection:
    url = f"{place.url.replace('http', 'ws', 1)}{API}/live"
    options: dict[str, Any] = {
        "additional_headers": place.headers,
        "compression": None,  # what is sent is mostly digits, and time is worth more than bytes on one machine
        "open_timeout": OPEN_SECONDS,
        "close_timeout": CLOSE_SECONDS,
        "max_size": LARGEST_FRAME,
        "proxy": None,
        "legacy": True,
    }
    try:
        opened = connect(url, **options) if place.socket is None else unix_connect(place.socket, url, **options)
    except InvalidStatus as error:
        raise error_of(_problem(error), error.response.status_code) from None
    except (OSError, WebSocketException) as error:
        raise ServiceError(f"{place.name} opens no live stream ({_reason(error)}): see whether it runs") from None
    assert isinstance(opened, ClientConnection)  # noqa: S101 - that is what legacy means
    return opened


def _problem(error: InvalidStatus) -> dict[str, Any]:
    try:
        problem = json.loads(error.response.body or b"")
    except ValueError:
        problem = None
    if isinstance(problem, dict):
        return problem
    return {"detail": f"the live stream was answered with {error.response.status_code}: is this deepnet?"}


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
