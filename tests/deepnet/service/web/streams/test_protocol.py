import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from deepnet.service.web.streams import protocol
from deepnet.service.web.streams.protocol import LiveWebSocket


class Impatient(LiveWebSocket):
    unread_seconds = 0.2


@pytest.fixture
def hasty(serve: Callable[..., Any], learn: Callable[..., str], tmp_path: Path) -> Iterator[Any]:
    """A server whose patience with those who do not read is short."""
    with serve(tmp_path / "data", Impatient) as served:
        learn(served.engine, "xor", neurons=300, paused=True)
        yield served


def subscribe(raw: socket.socket, number: int) -> None:
    content = b'{"op":"subscribe","id":%d,"topic":"columns","network":"xor","rate":20}' % number
    raw.sendall(bytes([0x81, 0x80 | len(content)]) + bytes(4) + content)


def test_who_does_not_read_for_long_is_dropped_and_who_does_is_not(hasty: Any) -> None:
    with hasty.deaf() as raw, hasty.live() as client:
        client.subscribe(1, "columns", network="xor", rate=20)
        for number in range(10):
            subscribe(raw, number)
        hasty.wait(lambda: hasty.hub.streams == 2)
        hasty.wait(lambda: hasty.hub.streams == 1, "the end of who does not read")
        assert client.next("binary", 1)
        with suppress(ConnectionResetError):
            while raw.recv(65_536):  # what was on its way, and then the end
                pass


def test_who_asks_for_answers_without_end_and_reads_none_is_dropped(
    hasty: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "MOST_ANSWERS", 1 << 14)
    monkeypatch.setattr(Impatient, "unread_seconds", 60.0)
    ping = bytes([0x89, 0x80 | 125]) + bytes(4) + b"?" * 125
    with hasty.deaf() as raw, pytest.raises((ConnectionResetError, BrokenPipeError)):
        raw.sendall(ping * 100_000)


def test_a_connection_that_is_closed_but_never_read_does_not_stay_for_ever(
    hasty: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "CLOSING_SECONDS", 0.1)
    monkeypatch.setattr(Impatient, "unread_seconds", 60.0)
    with hasty.deaf() as raw:
        for number in range(10):
            subscribe(raw, number)
        hasty.wait(lambda: hasty.hub.frames_dropped > 3)
        assert hasty.server.server_state.connections
        hasty.hub.close()
        hasty.wait(lambda: not hasty.server.server_state.connections, "the end of the connection")
