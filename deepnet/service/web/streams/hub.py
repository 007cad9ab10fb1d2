"""The hub: one of a server; it samples what is watched, and knows who watches."""

import asyncio
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from deepnet.errors import ConflictError
from deepnet.service.engine.engine import Engine
from deepnet.service.web.streams.channel import Channel, Subscriber
from deepnet.service.web.streams.event_feed import EventFeed
from deepnet.service.web.streams.lag import LagProbe
from deepnet.service.web.streams.topics.activity import ActivityTopic
from deepnet.service.web.streams.topics.columns import ColumnsTopic
from deepnet.service.web.streams.topics.history import HistoryTopic
from deepnet.service.web.streams.topics.neuron import NeuronTopic
from deepnet.service.web.streams.topics.service import ServiceTopic
from deepnet.service.web.streams.topics.summary import NetworksTopic, SummaryTopic
from deepnet.service.web.streams.topics.surface import SurfaceTopic
from deepnet.service.web.streams.topics.topic import Options, Topic
from deepnet.service.web.streams.topics.tree import TreeTopic
from deepnet.service.web.streams.topics.weights import WeightsTopic

MOST_STREAMS = 32
"""WebSockets and event streams of a service at one time."""
THREADS = 4
"""Threads that samples are taken in that are not quick."""
STOPPING = "the service stops"

Found = TypeVar("Found")


class TooManyStreamsError(ConflictError):
    """As many look already as may."""


class Hub:
    """Samples each topic once for all who watch it, and none that nobody watches. It lives in one event loop.

    Attributes:
        topics: what can be watched, by name; besides ``events``.
        feed: what happens.
        lag: how late the event loop is.
        stopped: set when everybody is to go.
        reason: why.
        streams: how many there are at the moment.
        frames_sent: messages that were written to clients.
        frames_dropped: frames that were overtaken by newer ones before a slow client could take them.
        samples: that were taken.
    """

    def __init__(self, engine: Engine) -> None:
        self.topics: dict[str, Topic] = {
            topic.name: topic
            for topic in (
                ServiceTopic(engine, self.figures),
                NetworksTopic(engine),
                SummaryTopic(engine),
                HistoryTopic(engine),
                NeuronTopic(engine),
                ColumnsTopic(engine),
                TreeTopic(engine),
                ActivityTopic(engine),
                SurfaceTopic(engine),
                WeightsTopic(engine),
            )
        }
        self.engine = engine
        self.feed = EventFeed(engine.log, engine.store, self)
        self.lag = LagProbe()
        self.stopped = asyncio.Event()
        self.reason = STOPPING
        self.streams = self.frames_sent = self.frames_dropped = self.samples = 0
        self._channels: dict[tuple[str, Options], Channel] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._threads = ThreadPoolExecutor(THREADS, "deepnet-streams")
        self._loop: asyncio.AbstractEventLoop | None = None

    # Coming and going.

    def open(self) -> None:
        """Begin to measure the event loop that this is called in."""
        self._loop = asyncio.get_running_loop()
        self._spawn(self.lag.measure())

    def close(self, reason: str = STOPPING) -> None:
        """Have all streams say goodbye and end; from any thread, returns at once. Twice is no error."""
        loop = self._loop
        if loop is None or loop.is_closed():
            return
        self.reason = reason
        loop.call_soon_threadsafe(self.stopped.set)

    async def leave_nothing(self) -> None:
        """End what is still going on; for the end of the event loop's use."""
        self.stopped.set()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._threads.shutdown(wait=False, cancel_futures=True)

    def enter(self) -> None:
        """Count one more stream.

        Raises:
            TooManyStreamsError: there are as many as may be.
        """
        if self.streams >= MOST_STREAMS:
            raise TooManyStreamsError(f"{MOST_STREAMS} streams are open already: close one, or come again later")
        self.streams += 1

    def exit(self) -> None:
        """Count one less."""
        self.streams -= 1

    # What clients ask.

    def join(self, topic: Topic, options: Options, subscriber: Subscriber) -> None:
        """Send samples of *topic* to *subscriber*."""
        key = topic.name, options
        channel = self._channels.get(key)
        if channel is None:
            channel = self._channels[key] = Channel(self, topic, options)
            channel.join(subscriber)
            self._spawn(channel.run()).add_done_callback(lambda _task: self._forget(key, channel))
        else:
            channel.join(subscriber)

    def leave(self, topic: Topic, options: Options, subscriber: Subscriber) -> None:
        """Send it no more; what nobody watches is sampled no more."""
        key = topic.name, options
        channel = self._channels.get(key)
        if channel is not None:
            channel.leave(subscriber)
            if not channel.is_wanted:
                self._forget(key, channel)

    def _forget(self, key: tuple[str, Options], channel: Channel) -> None:
        if self._channels.get(key) is channel:
            del self._channels[key]

    # What channels ask.

    def in_thread(self, do: Callable[[], Found]) -> "asyncio.Future[Found]":
        """Have something done in a thread."""
        return asyncio.get_running_loop().run_in_executor(self._threads, do)

    def channel_count(self) -> int:
        """Return how many topics, with their options, are sampled."""
        return len(self._channels)

    def _spawn(self, work: Any) -> "asyncio.Task[None]":
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def figures(self) -> Mapping[str, Any]:
        """How the streams are, as plain data; from any thread."""
        lag = self.lag.read()
        return {
            "pid": os.getpid(),
            "clients": self.streams,
            "channels": len(self._channels),
            "frames_sent": self.frames_sent,
            "frames_dropped": self.frames_dropped,
            "loop_lag": {name: round(1000 * value, 3) for name, value in lag._asdict().items()},
        }
