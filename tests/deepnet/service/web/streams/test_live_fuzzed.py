"""Whatever somebody sends on the live stream, the server stays up, says nothing of bugs, and others do not notice."""

import json
import logging
import random
import socket
import struct
from collections.abc import Callable
from typing import Any

import pytest
import structlog

ROUNDS = 30
MOST_FRAMES = 25

VALUES: tuple[Any, ...] = (
    None, True, -1, 0, 1, 2**31, 2**32, 10**30, 0.5, -0.0, 1e308, "", "x", "xor", "nobody", "dense_0/0", "é\0\u2028",
    "x" * 200, [], ["bias"], ["bias"] * 40, [None], {}, {"op": "ping"}, "../../etc/passwd", "' OR 1=1 --",
)  # fmt: skip
OPS = ("subscribe", "unsubscribe", "ping", "SUBSCRIBE", "", "close")
TOPICS = ("service", "networks", "summary", "history", "neuron", "columns", "tree", "events", "weather", "")
NAMES = ("op", "id", "topic", "network", "run", "address", "fields", "kinds", "rate", "more")


def drawn(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - no cryptography


def wish(chance: random.Random) -> dict[str, Any]:
    """A message that is nearly right."""
    said: dict[str, Any] = {
        "op": chance.choice(["subscribe"] * 6 + list(OPS)),
        "id": chance.randrange(60),
        "topic": chance.choice(TOPICS),
    }
    said |= {"network": "xor", "address": "dense_0/1", "rate": chance.choice([0.1, 5, 20, 1e6])}
    for _ in range(chance.choice([0, 0, 1, 2])):
        said[chance.choice(NAMES)] = chance.choice(VALUES)
    for _ in range(chance.choice([0, 0, 0, 1])):
        said.pop(chance.choice(NAMES), None)
    return said


def nonsense(chance: random.Random) -> bytes:
    """Text that is UTF-8, at least."""
    said = json.dumps(wish(chance)).encode()
    match chance.randrange(6):
        case 0:
            return said[: chance.randrange(len(said))]
        case 1:
            return chance.choice([b"", b"null", b"[" * 60_000, b"\0", "\u2028é".encode(), b'{"op":' * 9_000])
        case 2:
            return said.replace(b"1", b"1e9999").replace(b"5", b"NaN")
        case _:
            return said


def frames(chance: random.Random, content: bytes, *, wild: bool) -> bytes:
    """Content as one frame or more; if it is *wild*, not always by the rules of RFC 6455."""
    opcode = chance.choice([1] * 6 + [2, 2, 0, 8, 9, 10, 3, 11]) if wild else chance.choice([1] * 12 + [2])
    if wild and chance.random() < 0.2:
        content = chance.randbytes(chance.randrange(200))
    pieces = [content]
    if chance.random() < 0.2:
        cuts = sorted(chance.randrange(len(content) + 1) for _ in range(chance.randrange(5)))
        pieces = [content[start:end] for start, end in zip([0, *cuts], [*cuts, len(content)], strict=True)]
    framed = b""
    for number, piece in enumerate(pieces):
        first = (0x80 if number == len(pieces) - 1 else 0) | (opcode if number == 0 else 0)
        length = chance.choice([0, 65_536, 2**40, 2**63]) if wild and chance.random() < 0.1 else len(piece)
        framed += one_frame(chance, piece, first | (0x40 if wild and chance.random() < 0.1 else 0), length)
    return framed


def one_frame(chance: random.Random, piece: bytes, first: int, length: int) -> bytes:
    """A frame of which it is said that it is so long."""
    mask = chance.randbytes(4)
    masked = bytes(a ^ b for a, b in zip(piece, mask * (len(piece) // 4 + 1), strict=False))
    if length < 126:
        head = struct.pack("!BB", first, 0x80 | length)
    elif length < 65_536:
        head = struct.pack("!BBH", first, 0x80 | 126, length)
    else:
        head = struct.pack("!BBQ", first, 0x80 | 127, length)
    return head + mask + masked


def play(served: Any, chance: random.Random, *, wild: bool) -> bytes:
    """Open a stream, send nonsense, and go, politely or rudely; return what the server has said."""
    heard = b""
    with served.deaf() as raw:
        try:
            for _ in range(chance.randrange(MOST_FRAMES)):
                raw.sendall(frames(chance, nonsense(chance), wild=wild))
            raw.sendall(one_frame(chance, b'{"op":"ping"}', 0x81, 13))
            if wild:  # it may wait for the rest of what it was told would come
                raw.settimeout(0.01)
            while b'"pong"' not in heard and (piece := raw.recv(1 << 20)):
                heard += piece
        except (BrokenPipeError, ConnectionResetError, TimeoutError):
            assert wild, heard[-1000:]
        if chance.random() < 0.3:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return heard


def test_whatever_is_sent_the_server_stays_up_and_others_do_not_notice(
    served: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with served.live() as other, structlog.testing.capture_logs() as logs, caplog.at_level(logging.INFO):
        heard = b""
        other.subscribe(1, "service", rate=20)
        for seed in range(ROUNDS):
            heard += play(served, drawn(seed), wild=False)
            heard += play(served, drawn(seed), wild=True)
        served.wait(lambda: served.hub.streams == 1, "the end of the others")
        other.say(op="ping")
        seen = []
        while (last := other.hear())["op"] != "pong":
            seen.append(last["seq"])
        served.wait(lambda: served.hub.channel_count() == 1)

    assert last["skipped"] == 0
    assert heard.count(b'"subscribed"') > ROUNDS  # some of it was understood, and some was not
    assert heard.count(b'"problem"') > ROUNDS
    assert seen == list(range(seen[0], seen[0] + len(seen)))
    assert not [entry for entry in logs if entry["log_level"] in {"error", "warning", "critical"}]
    assert not [record for record in caplog.records if record.exc_info or record.levelno >= logging.WARNING]
    assert not served.engine.network("xor")._context.watching.layers


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(lambda: one_frame(drawn(1), b"\xff\xfe", 0x81, 2), id="text that is no UTF-8"),
        pytest.param(lambda: b"\x01\x80\0\0\0\0" + b"\x00\x80\0\0\0\0" * 1100, id="a message of endless empty parts"),
        pytest.param(lambda: b"\x81\xff" + struct.pack("!Q", 2**40) + bytes(4), id="a message of a terabyte"),
        pytest.param(lambda: b"\x81\x02{}", id="a frame that is not masked"),
    ],
)
def test_who_breaks_the_protocol_is_hung_up_on_without_a_traceback(
    served: Any, said: Callable[[], bytes], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO), served.deaf() as raw:
        raw.sendall(said())
        answer = raw.recv(2)
        while raw.recv(4096):
            pass

    assert answer[:1] == b"\x88"
    assert not [record for record in caplog.records if record.exc_info]
