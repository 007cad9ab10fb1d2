import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
import structlog

from deepnet.errors import DeepnetError, NetworkStoppedError, NotFoundError
from deepnet.service.engine.engine import Engine
from deepnet.service.web.streams import channel
from deepnet.service.web.streams.hub import Hub
from deepnet.service.web.streams.samples import Sample
from deepnet.service.web.streams.topics.topic import Options
from deepnet.service.web.streams.wishes import Subscribe


class Made:
    """A topic whose samples are what a function gives."""

    name = "made"
    blocks = False

    def __init__(self, look: Callable[[], str], opening: Callable[[], object] = lambda: None) -> None:
        self._look, self._opening = look, opening
        self.threads: list[str] = []
        self.closed = 0

    def options(self, wish: Subscribe) -> Options:
        return ()

    def open(self, options: Options, rate: float) -> "Made":
        self._opening()
        return self

    def sample(self) -> Sample:
        self.threads.append(threading.current_thread().name)
        return Sample(self._look())

    def close(self) -> None:
        self.closed += 1


class Listener:
    def __init__(self, rate: float = 20.0) -> None:
        self.rate = rate
        self.got: asyncio.Queue[Any] = asyncio.Queue()

    def offer(self, sample: Sample, now: float) -> None:
        self.got.put_nowait(sample.payload)

    def fail(self, error: DeepnetError, *, over: bool) -> None:
        self.got.put_nowait((type(error), over))


def play(engine: Engine, topic: Made, listen: Callable[[Hub, Listener], Any]) -> Any:
    async def run() -> Any:
        hub, listener = Hub(engine), Listener()
        hub.open()
        try:
            async with asyncio.timeout(10):
                hub.join(topic, (), listener)
                found = await listen(hub, listener)
                hub.leave(topic, (), listener)
                while topic.closed == 0:  # noqa: ASYNC110 - it is seen to in no loop of ours
                    await asyncio.sleep(0.001)
                return found
        finally:
            await hub.leave_nothing()

    return asyncio.run(run())


async def some(listener: Listener, count: int) -> list[Any]:
    return [await listener.got.get() for _ in range(count)]


def test_what_is_quick_is_looked_at_in_the_loop_and_what_is_not_in_a_thread(engine: Engine) -> None:
    numbers = iter(range(100))

    def slow() -> str:
        return str(next(numbers) + sum(range(200_000)))

    quick, heavy = Made(lambda: str(next(numbers))), Made(slow)
    play(engine, quick, lambda _hub, listener: some(listener, 4))
    play(engine, heavy, lambda _hub, listener: some(listener, 4))

    assert quick.threads[0].startswith("deepnet-streams")
    assert set(quick.threads[1:]) == {"MainThread"}
    assert all(name.startswith("deepnet-streams") for name in heavy.threads)


def test_what_has_not_changed_is_sent_only_now_and_then(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "BEAT_SECONDS", 60.0)

    async def listen(hub: Hub, listener: Listener) -> int:
        await some(listener, 1)
        before = hub.samples
        while hub.samples < before + 5:  # noqa: ASYNC110 - nobody is told of a sample that is not sent
            await asyncio.sleep(0.01)
        return listener.got.qsize()

    assert play(engine, Made(lambda: "same"), listen) == 0
    monkeypatch.setattr(channel, "BEAT_SECONDS", 0.0)
    assert play(engine, Made(lambda: "same"), lambda _hub, listener: some(listener, 3)) == ["same"] * 3


def test_why_there_is_nothing_to_see_is_said_once_and_it_is_looked_for_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "RETRY_SECONDS", 0.001)
    looks = iter(range(100))

    def look() -> str:
        if next(looks) < 5:
            raise NetworkStoppedError("it is coming up")
        return "up"

    assert play(engine, Made(look), lambda _hub, listener: some(listener, 2)) == [(NetworkStoppedError, False), "up"]


def test_what_there_will_never_be_ends_it(engine: Engine) -> None:
    def opening() -> None:
        raise NotFoundError("there is none")

    topic = Made(lambda: "", opening)
    topic.closed = 1  # it has never been open

    assert play(engine, topic, lambda _hub, listener: some(listener, 1)) == [(NotFoundError, True)]


def test_one_odd_record_ends_nothing_and_is_logged_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "RETRY_SECONDS", 0.001)
    looks = iter(range(100))

    def look() -> str:
        if next(looks) < 3:
            raise ZeroDivisionError
        return "well"

    with structlog.testing.capture_logs() as logs:
        assert play(engine, Made(look), lambda _hub, listener: some(listener, 2)) == [(DeepnetError, False), "well"]
    assert [entry["event"] for entry in logs] == ["sample_failed"]


def test_what_does_not_answer_is_said_to_and_nobody_else_is_asked_meanwhile(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "PATIENCE_SECONDS", 0.02)
    monkeypatch.setattr(channel, "RETRY_SECONDS", 0.001)
    answer = threading.Event()
    topic = Made(lambda: str(answer.wait(10)))

    async def listen(_hub: Hub, listener: Listener) -> list[Any]:
        first = await some(listener, 1)
        await asyncio.sleep(0.1)
        assert len(topic.threads) == 1
        answer.set()
        return first + await some(listener, 1)

    assert play(engine, topic, listen) == [(DeepnetError, False), "True"]


def test_what_was_opened_when_nobody_wanted_it_any_more_is_closed(engine: Engine) -> None:
    opening, opened = threading.Event(), threading.Event()

    def open_slowly() -> None:
        opening.set()
        opened.wait(10)

    topic = Made(lambda: "late", open_slowly)

    async def listen(hub: Hub, listener: Listener) -> None:
        await asyncio.to_thread(opening.wait, 10)
        hub.leave(topic, (), listener)
        opened.set()

    play(engine, topic, listen)
    assert topic.closed == 1


def test_what_is_at_work_when_nobody_wants_it_any_more_is_closed_after_that(engine: Engine) -> None:
    looking, looked = threading.Event(), threading.Event()

    def look() -> str:
        looking.set()
        looked.wait(10)
        return str(topic.closed)

    topic = Made(look)

    async def listen(hub: Hub, listener: Listener) -> int:
        await asyncio.to_thread(looking.wait, 10)
        hub.leave(topic, (), listener)
        for task in tuple(hub._tasks):
            task.cancel()
        await asyncio.sleep(0.05)
        closed = topic.closed
        looked.set()
        return closed

    assert play(engine, topic, listen) == 0
    assert topic.closed == 1


def test_the_more_is_looked_at_the_less_often_each_so_that_learning_keeps_its_time(engine: Engine) -> None:
    topic = Made(lambda: "heavy")

    async def listen(hub: Hub, listener: Listener) -> float:
        await some(listener, 1)
        one = hub._channels["made", ()]
        one._cost = 0.05
        return await one._look()

    assert play(engine, topic, listen) >= 1 / 20
    assert channel.SHARE <= 0.2
