import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from deepnet.service.engine.engine import Engine
from deepnet.service.store.event_log import EventLog
from deepnet.service.store.rows import NewEvent
from deepnet.service.store.store import Store
from deepnet.service.web.streams.event_feed import EventFeed, Filter


class Threads:
    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(1)

    def in_thread(self, do: Callable[[], Any]) -> "asyncio.Future[Any]":
        return asyncio.get_running_loop().run_in_executor(self.pool, do)


def test_who_falls_behind_further_than_is_kept_is_told_how_far_and_goes_on_there(tmp_path: Any) -> None:
    store = Store.open(tmp_path / "events.sqlite3")
    log, threads = EventLog(store), Threads()

    async def follow() -> None:
        log.note("before")
        log.write()
        feed = EventFeed(log, store, threads, kept=5)
        woken = asyncio.Event()
        wake = woken.set
        assert await feed.follow(wake) == 1
        assert feed.next_after(1) == (None, 1)
        for number in range(12):
            log.note("happened", number=number)
        await asyncio.to_thread(log.write)
        while feed.last_id < 13:
            await woken.wait()
            woken.clear()
        entry, known = feed.next_after(1)
        assert known == 8
        assert entry is not None
        assert entry.row.id == 9
        rest = [feed.next_after(cursor) for cursor in range(8, 13)]
        assert [entry.row.data["number"] for entry, _ in rest if entry is not None] == [7, 8, 9, 10, 11]
        assert feed.next_after(13) == (None, 13)
        feed.leave(wake)

    asyncio.run(follow())
    threads.pool.shutdown()
    store.close()


def test_what_nobody_follows_is_not_read_and_who_comes_later_begins_with_what_happens_then(tmp_path: Any) -> None:
    store = Store.open(tmp_path / "events.sqlite3")
    log, threads = EventLog(store), Threads()

    async def follow() -> None:
        feed = EventFeed(log, store, threads)
        first, second = asyncio.Event(), asyncio.Event()
        one, two = first.set, second.set
        assert await feed.follow(one) == 0
        feed.leave(one)
        log.note("unread")
        log.write()
        assert await feed.follow(two) == 1
        log.note("read")
        await asyncio.to_thread(log.write)
        await second.wait()
        entry, known = feed.next_after(1)
        assert entry is not None
        assert (entry.row.kind, known) == ("read", 1)
        assert not first.is_set()
        feed.leave(two)

    asyncio.run(follow())
    threads.pool.shutdown()
    store.close()


def test_a_filter_wants_what_it_names_and_a_filter_of_nothing_wants_all(engine: Engine) -> None:
    engine.store.events.append(
        [
            NewEvent(1.0, "neuron_died", "a", "a-1", "dense_0/1", 3),
            NewEvent(1.0, "neuron_died", "b", "b-1", "dense_0/1", 3),
            NewEvent(1.0, "run_started", "a", "a-1"),
        ]
    )
    rows = engine.store.events.page(network="a") + engine.store.events.page(network="b")

    def kept(wanted: Filter) -> list[tuple[str, str | None]]:
        return [(row.kind, row.network) for row in rows if wanted.wants(row)]

    assert kept(Filter(network="a")) == [("neuron_died", "a"), ("run_started", "a")]
    assert kept(Filter(kinds=("neuron_died",))) == [("neuron_died", "a"), ("neuron_died", "b")]
    assert kept(Filter(run="b-1", address="dense_0/1")) == [("neuron_died", "b")]
    assert len(kept(Filter())) == len(rows) == 3
