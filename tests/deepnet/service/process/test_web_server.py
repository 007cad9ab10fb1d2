import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from deepnet.errors import ServiceError
from deepnet.service.process.options import ServeOptions
from deepnet.service.process.sockets import listen
from deepnet.service.process.web_server import WebServer

ReadAll = Callable[[socket.socket], bytes]
WITHIN = 5.0
"""Seconds that ending may take, whatever clients do: what the service as a whole is allowed."""


GET = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def over_unix(path: Path | None, read_all: ReadAll) -> bytes:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))
        client.sendall(GET)
        return read_all(client)


def is_open(client: socket.socket) -> bool:
    """Whether the server has not ended it; for one to which nothing is sent."""
    client.settimeout(0.01)
    try:
        return client.recv(1) != b""
    except TimeoutError:
        return True
    except ConnectionError:
        return False


def stop_in_time(server: WebServer) -> bool:
    began = time.monotonic()
    server.stop(1.0)
    assert time.monotonic() - began < WITHIN
    return not server.is_alive


def test_it_answers_as_soon_as_it_is_started(shared: Any) -> None:
    assert shared.get("/").endswith(b"\r\n\r\nok")


def test_it_answers_on_the_unix_socket_which_has_no_address(shared: Any, read_all: ReadAll) -> None:
    assert over_unix(shared.listening.unix, read_all).endswith(b"ok")
    assert shared.app.scopes[-1]["client"] is None
    assert shared.app.scopes[-1]["server"] == (str(shared.listening.unix), None)


def test_who_is_said_to_ask_is_not_believed(shared: Any, read_all: ReadAll) -> None:
    forged = "X-Forwarded-For: 10.9.8.7\r\nX-Forwarded-Proto: https\r\nForwarded: for=10.9.8.7"
    read_all(shared.connect(f"GET / HTTP/1.1\r\nHost: x\r\n{forged}\r\nConnection: close\r\n\r\n"))

    assert shared.app.scopes[-1]["client"][0] == "127.0.0.1"
    assert shared.app.scopes[-1]["scheme"] == "http"


def test_answers_are_sent_at_once(shared: Any) -> None:
    client = shared.connect("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    client.recv(1)

    for connection in shared.server._server.server_state.connections:
        sender = connection.transport.get_extra_info("socket")
        assert sender.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert shared.server._server.server_state.connections


def test_it_does_not_say_what_it_is(shared: Any) -> None:
    assert b"server:" not in shared.get("/").lower()


def test_signals_stay_the_processs(shared: Any) -> None:
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_websocket_message_that_is_too_long_ends_it(shared: Any) -> None:
    client = shared.upgrade("/echo")
    client.recv(1 << 16)
    size = (64 << 10) + 1
    client.sendall(b"\x82\xff" + size.to_bytes(8) + bytes(4) + bytes(size))

    assert client.recv(4)[2:] == (1009).to_bytes(2)  # too big


def test_it_ends_although_answers_do_not(served: Any) -> None:
    for request in ("GET /endless", "GET /flood", "GET /endless"):
        served.connect(f"{request} HTTP/1.1\r\nHost: x\r\n\r\n")
    served.upgrade("/flood")
    for _ in range(4):
        assert served.app.began.acquire(timeout=10)
    served.connect("POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf")
    assert served.app.began.acquire(timeout=10)
    served.connect("POST / HT")

    assert stop_in_time(served.server)
    assert sorted(served.app.ended) == ["/endless", "/endless", "/flood", "/flood", "/read"]
    assert not served.crashes


def test_it_lets_go_of_a_request_that_waits_in_a_thread(served: Any) -> None:
    served.connect("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
    assert served.app.began.acquire(timeout=10)

    address = served.listening.tcp
    assert not stop_in_time(served.server)
    served.listening.close()
    with pytest.raises(ConnectionRefusedError):  # what is left takes nobody
        socket.create_connection(address, timeout=10)


def test_streams_can_say_goodbye_first(served: Any, read_all: ReadAll) -> None:
    client = served.upgrade("/")
    assert served.app.began.acquire(timeout=10)
    client.recv(1 << 16)

    assert stop_in_time(served.server)
    assert read_all(client) == b"\x81\x03bye\x88\x02\x03\xe8"
    assert stop_in_time(served.server)  # once more is no error
    assert not served.crashes


def test_the_application_is_found_behind_what_is_around_it_and_a_hook_that_fails_keeps_nobody_from_ending(
    served: Any,
) -> None:
    class Around:
        app = served.app

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await self.app(scope, receive, send)

    told = threading.Event()
    served.app.state.stopping += [lambda: 1 / 0, told.set]
    server = WebServer(Around(), [], on_crash=served.hear)
    server.start()

    assert stop_in_time(server)
    assert told.is_set()


def test_after_a_crash_another_one_comes_up_on_the_same_port(served: Any, read_all: ReadAll) -> None:
    client = served.connect("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
    assert served.app.began.acquire(timeout=10)
    served.server.crash(RuntimeError("on purpose"))

    assert served.crashed.wait(10)
    assert [str(error) for error in served.crashes] == ["on purpose"]
    assert not read_all(client).endswith(b"0\r\n\r\n")  # what was under way is broken off, not ended
    waiting = served.connect("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    served.another()
    assert read_all(waiting).endswith(b"ok")


def test_an_application_that_does_not_come_up_is_told(tmp_path: Path) -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no"})

    listening = listen(ServeOptions(data_dir=tmp_path, port=0), tmp_path / "s.sock", activated=())
    crashes: list[BaseException] = []
    server = WebServer(broken, listening.copies(), on_crash=crashes.append)
    with pytest.raises(ServiceError, match="did not come up"):
        server.start()
    assert not crashes
    server.stop()
    listening.close()


def test_headers_without_end_are_cut_off(shared: Any, read_all: ReadAll) -> None:
    before = list(shared.app.scopes)
    client = shared.connect("GET / HTTP/1.1\r\nHost: x\r\n")
    with pytest.raises(ConnectionError):  # noqa: PT012 - which of them notices does not matter
        while True:
            client.sendall(b"X-More: " + b"x" * 4000 + b"\r\n")
            time.sleep(0.001)
    assert shared.app.scopes == before


def test_long_headers_are_answered(shared: Any, read_all: ReadAll) -> None:
    client = shared.connect("GET / HTTP/1.1\r\nX-Long: " + "x" * 40_000)

    assert read_all(client).startswith(b"HTTP/1.1 400")


def test_who_says_half_a_request_is_cut_off(shared: Any, read_all: ReadAll, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deepnet.service.process.protocol.HEAD_SECONDS", 0.05)

    assert read_all(shared.connect()) == b""
    assert read_all(shared.connect("GET / HT")) == b""


def test_several_requests_on_one_connection_are_answered(shared: Any, read_all: ReadAll) -> None:
    get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    last = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    assert read_all(shared.connect(get + get + last)).count(b"200 OK") == 3


def test_a_long_body_is_no_long_header(shared: Any, read_all: ReadAll) -> None:
    head = "POST /read HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 200000\r\n\r\n"

    assert read_all(shared.connect(head + "x" * 200_000)).endswith(b"ok")


def said_at_last(ask: Callable[[], bytes]) -> bytes:
    """Ask again where somebody was sent away before he had said anything, as those who say nothing are."""
    for _ in range(10):
        with suppress(ConnectionResetError):
            return ask()
    return b""


def test_who_says_nothing_makes_room_for_who_does(cramped: Any, read_all: ReadAll) -> None:
    idle = [cramped.connect() for _ in range(100)]

    assert said_at_last(lambda: cramped.get("/")).endswith(b"ok")
    assert over_unix(cramped.listening.unix, read_all).endswith(b"ok")
    assert sum(is_open(each) for each in idle) <= 5


def test_who_may_come_in_stays_and_who_is_answered_stays_longest(cramped: Any, read_all: ReadAll) -> None:
    resting = cramped.connect("GET /known HTTP/1.1\r\nHost: x\r\n\r\n")
    while not resting.recv(1 << 16).endswith(b"ok"):
        pass
    busy = [cramped.connect("GET /known/wait HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") for _ in range(2)]
    busy.append(cramped.upgrade("/"))
    for _ in range(4):
        assert cramped.app.began.acquire(timeout=10)
    busy[-1].recv(1 << 16)

    idle = [cramped.connect() for _ in range(2)]
    assert read_all(idle[0]) == b""
    resting.sendall(b"GET /known HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert read_all(resting).endswith(b"ok")
    cramped.app.release.set()
    assert all(read_all(each).endswith(b"ok") for each in busy[:2])
    assert is_open(busy[-1])


def test_who_does_not_read_an_answer_is_dropped(served: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deepnet.service.process.protocol.UNREAD_SECONDS", 0.05)
    monkeypatch.setattr("deepnet.service.process.web_server._UNREAD_TICKS", 1)
    served.connect("GET /flood HTTP/1.1\r\nHost: x\r\n\r\n")
    assert served.app.began.acquire(timeout=10)

    end = time.monotonic() + WITHIN
    while served.server._server.server_state.connections and time.monotonic() < end:
        time.sleep(0.02)
    assert not served.server._server.server_state.connections
    assert stop_in_time(served.server)


def test_tls_is_spoken_on_tcp_and_not_on_the_unix_socket(tmp_path: Path, shared: Any, read_all: ReadAll) -> None:
    cert = tmp_path / "cert.pem"
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    subprocess.run([*make, *names, "-keyout", tmp_path / "key.pem", "-out", cert], check=True, capture_output=True)
    options = ServeOptions(data_dir=tmp_path, port=0, certfile=cert, keyfile=tmp_path / "key.pem")
    listening = listen(options, tmp_path / "tls.sock", activated=())
    server = WebServer(shared.app, listening.copies(), on_crash=shared.hear, tls=listening.tls)
    server.start()
    try:
        assert listening.tcp is not None
        context = ssl.create_default_context(cafile=cert)
        with context.wrap_socket(socket.create_connection(listening.tcp, 10), server_hostname="127.0.0.1") as client:
            client.sendall(GET)
            assert read_all(client).endswith(b"ok")
        assert shared.app.scopes[-1]["scheme"] == "https"
        assert over_unix(listening.unix, read_all).endswith(b"ok")
        assert shared.app.scopes[-1]["scheme"] == "http"
    finally:
        server.stop()
        listening.close()
