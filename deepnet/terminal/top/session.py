"""One connection to a service: what of it is looked at, and what it has told."""

import math
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

from deepnet.client.live import Frame, Live
from deepnet.client.service import Service
from deepnet.errors import DeepnetError, NetworkStoppedError, NotFoundError
from deepnet.terminal.top.columns import Columns
from deepnet.terminal.top.news import News
from deepnet.wire.records import neuron_from_dict

PAST_EVENTS = 500
"""Events that had happened before somebody looked."""
_FIELDS = {
    "columns": ["bias", "norm", "restarts", "deaths", "frozen", "lesioned", "rate"],
    "activity": ["output", "delta", "sum"],
}
"""What is asked for of all neurons: what they do takes the service much longer to tell than what they are."""
SLOW = {"tree": 1.0, "networks": 1.0, "history": 5.0}
"""Topics that nobody needs as often as the figures."""
ASK_SECONDS = 1.0
"""How soon after something has happened to a run one asks about it: what happens with it is asked about once."""
_OF_RUN = frozenset({"checkpoint_saved", "intervened", "run_started", "run_ended"})
"""Events after which what is known of a run and its checkpoints may be old."""


class Look(NamedTuple):
    """What is looked at: topics of a network, and a neuron of it."""

    network: str | None
    topics: tuple[str, ...]
    address: str | None = None


class _Stream(NamedTuple):
    """A subscription: its topic, and what tells it apart from others."""

    topic: str
    network: str | None
    address: str | None
    rate: float


class Session:
    """Speaks with a service until it is gone.

    Args:
        service: which one.
        tell: called with what it tells, in the thread of `follow` or of `look`.
        complain: called likewise with what cannot be shown, in one line.

    Raises:
        DeepnetError: it does not answer.
    """

    def __init__(self, service: Service, tell: Callable[[News], None], complain: Callable[[str], None]) -> None:
        self.service = service
        self.role = role_of(service)
        self._tell = tell
        self._complain = complain
        self._live: Live = service.live()
        self._streams: dict[_Stream, int] = {}
        self._of: dict[int, _Stream] = {}
        self._look = Look(None, ())
        self._looking = threading.Lock()
        self._run: str | None = None
        self._due: float | None = None

    def ask(self, method: str, path: str, data: Any = None) -> Any:
        """Make a request; see `Service.request`."""
        return self.service.request(method, path, json=data)

    # What is looked at.

    def look(self, look: Look, rate: float) -> None:
        """Have what is looked at sent from now on, that often a second, and nothing else.

        Raises:
            DeepnetError: the service is gone.
        """
        with self._looking:
            self._look_at(look, rate)

    def _look_at(self, look: Look, rate: float) -> None:
        another = look.network is not None and look.network != self._look.network
        self._look = look
        wanted = dict.fromkeys(_streams_of(look, rate))
        for stream in [stream for stream in self._streams if stream not in wanted]:
            number = self._streams.pop(stream)
            self._live.unsubscribe(number)
        for stream in wanted:
            if stream not in self._streams:
                topic = "columns" if stream.topic in _FIELDS else stream.topic
                number = self._live.subscribe(topic, **_options_of(stream))
                self._streams[stream], self._of[number] = number, stream
        if another:
            self._run = None
            self._tell_events(order="desc")

    def _tell_events(self, **wanted: Any) -> None:
        """Tell events of the network that are in the log."""
        network = self._look.network
        page = self.service.request("GET", "/events", params={"network": network, "limit": PAST_EVENTS, **wanted})
        self._tell(News("events", network, sorted(page["items"], key=lambda row: int(row["id"])), 0.0))

    def refresh_run(self, network: str, run: str) -> None:
        """Tell what a run is to reach, and which checkpoints of it there are.

        Raises:
            DeepnetError: the service is gone.
        """
        now = time.time()
        self._tell(News("run", network, self.ask("GET", f"/runs/{run}"), now))
        kept = self.ask("GET", f"/runs/{run}/checkpoints?limit=1000")["items"]
        steps = [int(one["step"]) for one in kept]
        self._tell(News("checkpoints", network, (len(steps), max(steps, default=None)), now))

    # What it tells.

    def follow(self, ask_later: Callable[[str, str], None]) -> None:
        """Tell what comes, until the connection ends; *ask_later* is called with network and run to `refresh_run`.

        Raises:
            DeepnetError: it ended otherwise than by `close`.
        """
        for frame in self._live:
            stream = None if frame.id is None else self._of.get(frame.id)
            if stream is not None and frame.gap is not None:
                self._tell_events(after=frame.gap[0] - 1)
            elif stream is not None:
                self._hear(stream, frame, ask_later)

    def _hear(self, stream: _Stream, frame: Frame, ask_later: Callable[[str, str], None]) -> None:
        if stream.network is not None and stream.network != self._look.network:
            return  # somebody looks elsewhere by now
        if frame.problem is not None:
            self._failed(stream, frame.problem)
            return
        data, network = frame.data, stream.network
        if stream.topic in _FIELDS:
            data = Columns.of(data, int(frame.about["step"]))
        elif stream.topic == "neuron":
            data = neuron_from_dict(data)
        elif stream.topic == "events":
            data = [data]
        self._tell(News(stream.topic, network, data, 0.0 if math.isnan(frame.time) else frame.time))
        if network is not None:
            self._ask_about_run(stream.topic, frame.data, network, ask_later)

    def _ask_about_run(self, topic: str, data: Any, network: str, ask_later: Callable[[str, str], None]) -> None:
        """Have asked what is not sent by itself: at first, and soon after something that may have changed it."""
        now = time.monotonic()
        if topic == "events" and data["kind"] in _OF_RUN and self._due is None:
            self._due = now + ASK_SECONDS
        if topic == "summary":
            if data.get("run") != self._run:
                self._run, self._due = data.get("run"), now
            if self._run is not None and self._due is not None and now >= self._due:
                self._due = None
                ask_later(network, self._run)

    def _failed(self, stream: _Stream, problem: Exception) -> None:
        """Tell that there is nothing to see; of the network itself that it is down, or no more."""
        if stream.topic == "summary":
            gone = isinstance(problem, NotFoundError)
            self._tell(News("gone" if gone else "down", stream.network, str(problem), time.time()))
        elif not isinstance(problem, NetworkStoppedError | NotFoundError):  # that is told by the summary
            self._complain(f"{stream.topic}: {problem}")

    def close(self) -> None:
        """End the connection; whoever is in `follow` returns."""
        with suppress(DeepnetError, OSError):
            self._live.close()
        with suppress(DeepnetError, OSError):
            self.service.close()


def role_of(service: Service) -> str:
    """Return what whoever is connected may do: viewer, operator or admin.

    Raises:
        DeepnetError: the service does not answer.
    """
    return str(service.request("GET", "/service")["role"])


def _streams_of(look: Look, rate: float) -> list[_Stream]:
    streams = []
    for topic in look.topics:
        at = min(rate, SLOW.get(topic, rate))
        if topic == "networks":
            streams.append(_Stream(topic, None, None, at))
        elif look.network is not None and topic != "checkpoints":
            streams.append(_Stream(topic, look.network, look.address if topic == "neuron" else None, at))
    return streams


def _options_of(stream: _Stream) -> dict[str, Any]:
    options: dict[str, Any] = {"rate": stream.rate}
    if stream.network is not None:
        options["network"] = stream.network
    if stream.address is not None:
        options["address"] = stream.address
    if stream.topic in _FIELDS:
        options["fields"] = _FIELDS[stream.topic]
    return options
