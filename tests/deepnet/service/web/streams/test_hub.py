import asyncio
import threading

import pytest

from deepnet.service.engine.engine import Engine
from deepnet.service.web.streams.hub import MOST_STREAMS, Hub, TooManyStreamsError


def test_as_many_streams_as_may_be_are_let_in_and_one_more_when_one_has_gone(engine: Engine) -> None:
    hub = Hub(engine)
    for _ in range(MOST_STREAMS):
        hub.enter()
    with pytest.raises(TooManyStreamsError, match="32 streams are open already"):
        hub.enter()
    hub.exit()
    hub.enter()

    assert hub.figures()["clients"] == MOST_STREAMS


def test_it_is_closed_from_any_thread_and_as_often_as_one_likes(engine: Engine) -> None:
    hub = Hub(engine)
    hub.close("before it was open")

    async def run() -> None:
        assert not hub.stopped.is_set()
        hub.open()
        closing = [threading.Thread(target=hub.close, args=("time to go",)) for _ in range(2)]
        for thread in closing:
            thread.start()
        async with asyncio.timeout(10):
            await hub.stopped.wait()
        for thread in closing:
            thread.join()
        await hub.leave_nothing()

    asyncio.run(run())
    hub.close("after its loop has ended")

    assert hub.reason == "time to go"
