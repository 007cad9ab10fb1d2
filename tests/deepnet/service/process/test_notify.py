import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deepnet.service.process.notify import Notifier, Watchdog

Hear = Callable[[], list[str]]


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    """What systemd is at the other end."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as made:
        made.settimeout(10)
        made.bind(str(tmp_path / "notify"))
        yield made


@pytest.fixture
def environ(manager: socket.socket) -> dict[str, str]:
    return {"NOTIFY_SOCKET": manager.getsockname()}


def heard(manager: socket.socket) -> list[str]:
    return manager.recv(4096).decode().splitlines()


def test_it_says_when_it_is_ready(manager: socket.socket, environ: dict[str, str]) -> None:
    Notifier(environ).ready("2 networks up")

    assert heard(manager) == ["READY=1", "STATUS=2 networks up", f"MAINPID={os.getpid()}"]


def test_it_says_when_it_stops(manager: socket.socket, environ: dict[str, str]) -> None:
    Notifier(environ).stopping()

    assert heard(manager)[0] == "STOPPING=1"


def test_a_status_is_one_line_whatever_is_in_it(manager: socket.socket, environ: dict[str, str]) -> None:
    Notifier(environ).alive("fine\nREADY=1")

    assert heard(manager) == ["WATCHDOG=1", "STATUS=fine READY=1"]


def test_an_abstract_socket_is_found(environ: dict[str, str]) -> None:
    name = f"deepnet-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.settimeout(10)
        manager.bind("\0" + name)
        Notifier({"NOTIFY_SOCKET": "@" + name}).alive("fine")

        assert heard(manager) == ["WATCHDOG=1", "STATUS=fine"]


def test_without_a_manager_nobody_is_told(tmp_path: Path) -> None:
    Notifier({}).ready("fine")
    Notifier({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready("fine")


@pytest.mark.parametrize(
    ("variables", "seconds"),
    [
        ({"WATCHDOG_USEC": "3000000"}, 3.0),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": str(os.getpid())}, 3.0),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "1"}, 0.0),
        ({"WATCHDOG_USEC": "soon"}, 0.0),
        ({}, 0.0),
    ],
)
def test_how_long_it_may_be_silent(variables: dict[str, str], seconds: float) -> None:
    assert Notifier(variables).watchdog_seconds == seconds


def test_it_is_alive_while_everything_is_heard_of(manager: socket.socket, environ: dict[str, str]) -> None:
    notifier = Notifier(environ | {"WATCHDOG_USEC": "30000"})
    watchdog = Watchdog(notifier, lambda: 0.001, lambda: "learning")
    watchdog.start()

    assert heard(manager) == ["WATCHDOG=1", "STATUS=learning"]
    watchdog.stop()


def test_it_says_nothing_while_a_part_is_silent_and_goes_on_when_it_is_not(
    manager: socket.socket, environ: dict[str, str]
) -> None:
    silent, asked = [9.0], threading.Semaphore(0)

    def sign() -> float:
        asked.release()
        return silent[0]

    watchdog = Watchdog(Notifier(environ | {"WATCHDOG_USEC": "30000"}), sign, lambda: "learning")
    watchdog.start()
    for _ in range(3):
        assert asked.acquire(timeout=10)
    manager.settimeout(0)
    with pytest.raises(BlockingIOError):
        heard(manager)
    manager.settimeout(10)
    silent[0] = 0.0
    assert heard(manager) == ["WATCHDOG=1", "STATUS=learning"]
    watchdog.stop()


def test_an_engine_that_does_not_answer_is_no_sign_of_life(manager: socket.socket, environ: dict[str, str]) -> None:
    asked = threading.Semaphore(0)

    def status() -> str:
        asked.release()
        raise RuntimeError("dead")

    watchdog = Watchdog(Notifier(environ | {"WATCHDOG_USEC": "30000"}), lambda: 0.0, status)
    watchdog.start()
    for _ in range(3):
        assert asked.acquire(timeout=10)
    watchdog.stop()
    manager.settimeout(0)
    with pytest.raises(BlockingIOError):
        heard(manager)
