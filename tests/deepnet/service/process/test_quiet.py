import asyncio
import logging

import pytest

from deepnet.service.process.quiet import OneASecond, quiet_loop


def record(message: str, error: BaseException | None = None) -> logging.LogRecord:
    exc_info = None if error is None else (type(error), error, None)
    return logging.LogRecord("uvicorn.error", logging.WARNING, "", 0, message, (), exc_info)


def test_the_same_message_passes_once_a_second_and_an_error_always(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 5.0
    monkeypatch.setattr("deepnet.service.process.quiet.time.monotonic", lambda: now)
    rule = OneASecond()

    assert [rule.filter(record(text)) for text in ("a", "a", "b")] == [True, False, True]
    assert all(rule.filter(record("a", ValueError())) for _ in range(2))
    now = 6.0
    assert rule.filter(record("a"))


def test_what_goes_wrong_in_the_loop_again_and_again_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        loop = asyncio.get_running_loop()
        quiet_loop(loop)
        for number in range(100):
            loop.call_exception_handler({"message": "socket.accept() out of system resource", "number": number})

    asyncio.run(fail())

    assert len(caplog.records) == 1
