from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from deepnet.client import Service
from deepnet.client.link import Link
from deepnet.client.place import Place
from deepnet.terminal.top.neuron_rows import NeuronRows

# Each test opens the screens anew; the network is the same, and rests between the tests.


def test_every_screen_opens_in_sixty_columns_and_shows_what_it_is_for(drive: Any, digits: Any) -> None:
    async def look(seen: Any) -> None:
        await seen.until_seen("mean squared error, log", "learning rate 0.01", "restarts 0", "⠉", "╌╌╌")
        await seen.until_seen("digits", "paused", "epoch 5", "9/9 alive", "live", "admin")
        await seen.press("f2")
        await seen.until_seen("9/9 alive", "● live 20/s")
        await seen.until_seen("network:digits", "rest_for_one", "dense_0/5", "trainer")
        await seen.press("f3")
        await seen.until_seen("9 neurons", "dense_0/0", "dense_1/2", "9/9 alive")
        await seen.press("enter")
        await seen.until_seen("3 inputs", "formula", "z = ", "restarts 0", "treatments", "9/9 alive")
        await seen.press("escape", "f4")
        await seen.until_seen("events", "run started", "9/9 alive")
        await seen.press("question_mark")
        await seen.until_seen("pause, or go on", "it heals")
        await seen.press("escape", "f1")
        await seen.until_seen("steps/s")

    drive(look, size=(60, 24))


def test_at_eighty_columns_no_number_and_no_key_is_cut(drive: Any, digits: Any) -> None:
    async def look(seen: Any) -> None:
        await seen.press("f3")
        await seen.until_seen("more columns: ->", "7deaths", "n networks")
        assert "8sum" not in seen.text
        await seen.press("right", "right", "right", "right", "right", "right")
        await seen.until_seen("0treated")
        assert "more columns" not in seen.text

    drive(look)


def test_p_has_the_run_go_on_and_rest(drive: Any, digits: Any) -> None:
    async def play(seen: Any) -> None:
        await seen.until_seen("paused")
        await seen.press("p")
        await seen.until(lambda: digits.run.state == "running")
        await seen.until_seen("► running")
        await seen.press("p")
        await seen.until(lambda: digits.run.state == "paused")
        await seen.until_seen("‖ paused")

    drive(play)


def test_the_learning_rate_goes_up_and_down_and_back(drive: Any, digits: Any) -> None:
    async def play(seen: Any) -> None:
        await seen.until_seen("learning rate 0.01 ")
        await seen.press("plus")
        await seen.until_seen("learning rate 0.0125")
        await seen.press("minus")
        await seen.until_seen("learning rate 0.01 ")
        await seen.press("u")
        await seen.until_seen("learning rate 0.0125")
        await seen.press("u")
        await seen.until_seen("learning rate 0.01 ")

    drive(play)
    assert digits.summary().learning_rate == pytest.approx(0.01)


def test_a_neuron_is_killed_after_a_question_and_is_seen_to_heal(drive: Any, digits: Any) -> None:
    async def play(seen: Any) -> None:
        await seen.press("f3")
        await seen.until_seen("dense_0/0")
        await seen.press("down", "down", "k")
        await seen.until_seen("Kill dense_0/2 of digits?")
        await seen.press("n", "k")
        await seen.until_seen("Kill dense_0/2 of digits?")
        await seen.press("y")
        await seen.until_seen("dense_0/2 died", "-> back")
        await seen.until_seen("9/9 alive")
        await seen.press("enter")
        await seen.until_seen("restarts 1", "1 lately")

    drive(play)
    assert digits.neuron("dense_0/2").restarts == 1


def test_events_can_be_filtered(drive: Any, digits: Any) -> None:
    async def play(seen: Any) -> None:
        await seen.press("f4")
        await seen.until_seen(" events")
        await seen.press("slash", *"batch", "enter")
        await seen.until_seen("filter: batch", "1 of")
        await seen.press("escape")
        await seen.until(lambda: "filter:" not in seen.text)

    drive(play)


def test_a_key_that_needs_a_neuron_is_offered_where_there_is_one(drive: Any, digits: Any) -> None:
    async def look(seen: Any) -> None:
        await seen.until_seen("admin")
        assert "kill" not in seen.keys
        assert "pause" in seen.keys
        await seen.press("f3")
        await seen.until_seen("dense_0/0")
        assert "kill" in seen.keys
        assert isinstance(seen.app.focused, NeuronRows)
        await seen.press("f2")
        await seen.until_seen("network:digits")
        await seen.press("k")  # a supervisor is at the cursor
        await seen.until_seen("nobody to kill here")
        await seen.press("r")
        await seen.until_seen("live 1/s")

    drive(look)


class ByCookie(Place):
    """Where a service is for somebody who has a session, as a browser has, and no token."""

    cookie = ""

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": self.cookie, "Sec-Fetch-Site": "same-origin"}


def logged_in(server: Any, service: Any, role: str) -> Callable[[], Service]:
    """Return what connects with a session of that role."""
    url = server.url
    ticket = service.request("POST", "/sessions/tickets", json={"role": role, "label": "top"})["ticket"]
    answer = httpx2.post(f"{url}/login", json={"ticket": ticket}, headers={"Sec-Fetch-Site": "same-origin"})
    session = type("Session", (ByCookie,), {"cookie": answer.headers["Set-Cookie"].partition(";")[0]})
    return lambda: Service(Link(lambda: session(url, name="the service")))


def test_a_viewer_is_shown_everything_and_offered_no_change(
    server: Any, service: Any, digits: Any, drive_as: Any
) -> None:
    async def look(seen: Any) -> None:
        await seen.until_seen("9/9 alive", "● live 20/s", "viewer")
        step = digits.run.position.step
        await seen.press("f3")
        await seen.until_seen("dense_0/0")
        assert not {"kill", "pause", "step", "rate", "undo"} & set(seen.keys)
        await seen.press("p", "s", "plus", "u", "k")
        await seen.press("enter")
        await seen.until_seen("formula")
        assert (digits.run.state, digits.run.position.step) == ("paused", step)

    drive_as(logged_in(server, service, "viewer"))(look)


def test_an_operator_may_change_things(server: Any, service: Any, digits: Any, drive_as: Any) -> None:
    step = digits.run.position.step

    async def play(seen: Any) -> None:
        await seen.until_seen("9/9 alive", "operator")
        assert {"pause", "step", "rate", "undo"} <= set(seen.keys)
        await seen.press("s")
        await seen.until_seen(f"step {step + 1:,}")

    drive_as(logged_in(server, service, "operator"))(play)
