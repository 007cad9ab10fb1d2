import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from deepnet import Chain, Dense


@pytest.fixture(scope="module")
def server(make_server: Callable[[], Any]) -> Iterator[Any]:
    """One that has no network yet, and that may be killed."""
    server = make_server()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def service(server: Any) -> Iterator[Any]:
    with server.connect() as service:
        yield service


def test_what_to_do_is_said_where_there_is_no_network_and_the_first_one_is_shown(drive: Any, service: Any) -> None:
    async def look(seen: Any) -> None:
        await seen.until_seen("The service has no network yet", "service.start(model")
        await seen.press("f3")  # there is nothing to look at
        service.start(Chain(Dense(2, 1)), name="first")
        await seen.until_seen("first: ○ idle", "1/1 alive")
        await seen.press("p")
        await seen.until_seen("first has no run to pause: train it first")

    drive(look, network=None)


def test_of_several_networks_one_is_picked_and_one_that_is_deleted_is_left(drive: Any, service: Any) -> None:
    service.start(Chain(Dense(2, 5)), name="second")

    async def look(seen: Any) -> None:
        await seen.until_seen("network ", "first", "second")
        assert "pause" not in seen.keys
        await seen.press("down", "enter")
        await seen.until_seen("second: ○ idle", "5/5 alive")
        await seen.press("n")
        await seen.until_seen("network ", "first")
        await seen.press("escape")
        service.request("DELETE", "/networks/second")
        await seen.until_seen("no network second any more", "first: ○ idle", "1/1 alive")

    drive(look, network=None)


def test_a_service_that_says_nothing_any_more_is_not_taken_to_be_live(server: Any, service: Any, drive_as: Any) -> None:
    def hurried() -> float:
        return 2.5 * time.monotonic()

    async def look(seen: Any) -> None:
        await seen.until_seen("● live")
        server.process.send_signal(signal.SIGSTOP)
        try:
            await seen.until_seen("● stale")
        finally:
            server.process.send_signal(signal.SIGCONT)
        await seen.until_seen("● live")

    drive_as(server.connect, hurried)(look, network="first")


def test_a_service_that_is_killed_is_looked_for_and_found_again(drive: Any, server: Any) -> None:
    async def look(seen: Any) -> None:
        await seen.until_seen("first: ○ idle", "● live")
        server.kill()
        await seen.until_seen("The service is gone", "no service runs for", "reconnecting")
        assert "Traceback" not in seen.text
        server.start()
        await seen.until_seen("● live", "1/1 alive")
        await seen.until(lambda: "The service is gone" not in seen.text)
        assert "pause" in seen.keys

    drive(look, network="first")
