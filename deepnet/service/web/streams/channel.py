"""A topic with its options: sampled by one task, at the highest rate that somebody wants, while anybody does."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

import structlog

from deepnet.errors import DeepnetError, InputError, NotFoundError
from deepnet.service.web.streams.samples import Sample
from deepnet.service.web.streams.topics.topic import Options, Sampler, Topic

QUICK_SECONDS = 0.001
"""A sample that takes longer is taken in a thread, so that the event loop goes on."""
SHARE = 0.1
"""Of the time of one core, how much all sampling together may take."""
PATIENCE_SECONDS = 5.0
"""How long a sample may take before it is said that nothing is known."""
RETRY_SECONDS = 1.0
"""How soon one looks again where there was nothing to see."""
BEAT_SECONDS = 1.0
"""How often what has not changed is sent all the same, so that clients know that it has not."""

_log = structlog.get_logger("deepnet.service")
Found = TypeVar("Found")


class Subscriber(Protocol):
    """Somebody who wants samples.

    Attributes:
        rate: how many a second.
    """

    rate: float

    def offer(self, sample: Sample, now: float) -> None:
        """Take a sample, or leave it; now is on the clock of `time.monotonic`."""

    def fail(self, error: DeepnetError, *, over: bool) -> None:
        """Hear why there is none; *over*: and there will never be any."""


class Host(Protocol):
    """What a channel needs of its hub."""

    samples: int

    def in_thread(self, do: Callable[[], Found]) -> "asyncio.Future[Found]":
        """Have something done in a thread."""

    def channel_count(self) -> int:
        """Return how many are sampled."""


class Channel:
    """Samples one thing for its subscribers. Everything here happens in the event loop but what `Sampler` does."""

    def __init__(self, host: Host, topic: Topic, options: Options) -> None:
        self._host = host
        self._topic = topic
        self._options = options
        self._subscribers: dict[Subscriber, None] = {}
        self._changed = asyncio.Event()
        self._sampler: Sampler | None = None
        self._late: asyncio.Future[Any] | None = None  # a sample that takes so long that nobody waits any more
        self._last: Sample | None = None
        self._delivered = 0.0
        self._cost = QUICK_SECONDS  # nothing is known yet: the first one is taken in a thread
        self._said = ""

    @property
    def is_wanted(self) -> bool:
        """Whether anybody subscribes."""
        return bool(self._subscribers)

    def join(self, subscriber: Subscriber) -> None:
        """Send samples to *subscriber* from now on; the last one at once, if it is fresh."""
        self._subscribers[subscriber] = None
        if self._last is not None and time.monotonic() - self._delivered < 2 / self._rate():
            subscriber.offer(self._last, time.monotonic())
        self._changed.set()

    def leave(self, subscriber: Subscriber) -> None:
        """Send it no more."""
        self._subscribers.pop(subscriber, None)
        self._changed.set()

    async def run(self) -> None:
        """Sample until nobody subscribes any more."""
        try:
            while self._subscribers:
                began = time.monotonic()
                rest = await self._look()
                await self._pause(began + rest)
        finally:
            self._close()

    async def _look(self) -> float:
        """Take a sample and deliver it; return in how many seconds to take the next."""
        try:
            sample = await self._sample()
        except DeepnetError as error:
            self._tell(error, over=isinstance(error, NotFoundError | InputError))
            return RETRY_SECONDS
        except TimeoutError:
            self._tell(DeepnetError(f"{self._topic.name} did not answer within {PATIENCE_SECONDS:g} s"), over=False)
            return RETRY_SECONDS
        except Exception as error:  # noqa: BLE001 - one odd record must not end the stream
            if not self._said:
                _log.exception("sample_failed", topic=self._topic.name)
            self._tell(DeepnetError(f"{self._topic.name} cannot be read ({type(error).__name__})"), over=False)
            return RETRY_SECONDS
        self._said = ""
        self._deliver(sample)
        # However many are looked at, and however long that takes, learning keeps most of the time.
        return max(1 / self._rate(), self._cost * self._host.channel_count() / SHARE)

    async def _sample(self) -> Sample:
        if self._sampler is None:
            self._sampler = await self._in_thread(lambda: self._topic.open(self._options, self._rate()))
        sampler = self._sampler
        if self._topic.blocks or self._cost >= QUICK_SECONDS:
            cost, sample = cast("tuple[float, Sample]", await self._in_thread(lambda: _timed(sampler)))
        else:
            cost, sample = _timed(sampler)
        self._cost = cost
        self._host.samples += 1
        return sample

    async def _in_thread(self, do: Callable[[], Any]) -> Any:
        """Wait a while for something that is done in a thread; what took too long is waited for the next time.

        Raises:
            TimeoutError: it takes long.
        """
        future = self._late or self._host.in_thread(do)
        self._late = future
        await asyncio.wait({future}, timeout=PATIENCE_SECONDS)
        if not future.done():
            raise TimeoutError
        self._late = None
        return future.result()

    def _deliver(self, sample: Sample) -> None:
        now = time.monotonic()
        unchanged = self._last is not None and sample.says_the_same(self._last)
        if unchanged and now - self._delivered < BEAT_SECONDS:
            return
        self._last, self._delivered = sample, now
        for subscriber in tuple(self._subscribers):
            subscriber.offer(sample, now)

    def _tell(self, error: DeepnetError, *, over: bool) -> None:
        """Tell everybody, once, why there is nothing to see."""
        if over or str(error) != self._said:
            self._said = str(error)
            for subscriber in tuple(self._subscribers):
                subscriber.fail(error, over=over)

    def _rate(self) -> float:
        return max((subscriber.rate for subscriber in self._subscribers), default=1.0)

    async def _pause(self, until: float) -> None:
        """Wait until then, or until somebody came who wants more, or nobody is left."""
        began_rate = self._rate()
        while self._subscribers and self._rate() <= began_rate:
            self._changed.clear()
            left = until - time.monotonic()
            if left <= 0:
                await asyncio.sleep(0)
                return
            try:
                await asyncio.wait_for(self._changed.wait(), left)
            except TimeoutError:
                return

    def _close(self) -> None:
        sampler = self._sampler
        if self._late is not None:  # it is being used, or made
            self._late.add_done_callback(lambda future: _close_late(future, sampler))
        elif sampler is not None:
            sampler.close()


def _timed(sampler: Sampler) -> tuple[float, Sample]:
    """Take a sample; return how much of this thread's time it took, too."""
    began = time.thread_time()
    sample = sampler.sample()
    return time.thread_time() - began, sample


def _close_late(future: "asyncio.Future[Any]", sampler: Sampler | None) -> None:
    """Let go of what a sampler holds that was still at work, or being opened, when nobody wanted it any more."""
    failed = future.cancelled() or future.exception() is not None
    if sampler is None and not failed:
        sampler = cast("Sampler", future.result())
    if sampler is not None:
        sampler.close()
