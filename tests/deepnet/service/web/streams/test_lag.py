import asyncio
import time

from deepnet.service.web.streams.lag import LagProbe


def test_a_loop_that_is_held_up_is_seen_to_be_late() -> None:
    probe = LagProbe()
    assert probe.read() == (0, 0, 0)

    async def hold_up() -> None:
        measuring = asyncio.ensure_future(probe.measure())
        await asyncio.sleep(0)
        time.sleep(0.3)  # noqa: ASYNC251 - that is the point
        await asyncio.sleep(0.01)
        measuring.cancel()

    asyncio.run(hold_up())

    lag = probe.read()
    assert lag.max >= 0.2 - 0.001
    assert lag.p50 <= lag.p99 <= lag.max
