"""Whose turn it is to have a data set read, by a clock that the test moves."""

import asyncio

import pytest
from fastapi import HTTPException

from deepnet.service.web.reading import PATIENCE_SECONDS, SHARE, WAITING, Reading


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_who_looks_waits_until_as_much_has_been_rested_as_the_share_asks_for() -> None:
    clock = Clock()
    reading = Reading(clock)

    def work(seconds: float) -> str:
        clock.now += seconds
        return "read"

    async def ask() -> None:
        assert await reading.read(lambda: work(2), rests=True) == "read"
        assert reading.rests_until - clock.now == pytest.approx(2 * (1 / SHARE - 1))
        with pytest.raises(HTTPException, match="wait 8 s") as refused:
            await reading.read(lambda: work(0), rests=True)
        assert refused.value.headers == {"Retry-After": "8"}
        assert await reading.read(lambda: work(0), rests=False) == "read"
        clock.now += 8
        assert await reading.read(lambda: work(0), rests=True) == "read"

    asyncio.run(ask())


def test_few_wait_and_one_is_read_at_a_time() -> None:
    async def ask() -> None:
        reading, at_once, most = Reading(), 0, 0

        def work() -> None:
            nonlocal at_once, most
            at_once += 1
            most = max(most, at_once)
            at_once -= 1

        asked = [asyncio.create_task(reading.read(work, rests=False)) for _ in range(WAITING + 3)]
        told = await asyncio.gather(*asked, return_exceptions=True)
        assert most == 1
        assert sum(isinstance(each, HTTPException) for each in told) == 3
        assert reading.waiting == 0

    asyncio.run(ask())


def test_what_fails_leaves_the_turn_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask() -> None:
        reading = Reading()
        with pytest.raises(ZeroDivisionError):
            await reading.read(lambda: 1 // 0, rests=False)
        assert await reading.read(lambda: 7, rests=False) == 7
        monkeypatch.setattr("deepnet.service.web.reading.PATIENCE_SECONDS", 0.01)
        await reading.lock.acquire()
        with pytest.raises(HTTPException, match="too many data sets"):
            await reading.read(lambda: 7, rests=False)
        assert reading.waiting == 0

    assert PATIENCE_SECONDS > 0
    asyncio.run(ask())
