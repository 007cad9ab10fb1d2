"""Keys that do something wherever one is."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

LETTERS = {
    "o": "Overview",
    "n": "Network",
    "u": "Neuron",
    "t": "Supervision",
    "e": "Events",
    "w": "Weights",
    "d": "Data & prediction",
    "r": "Runs & checkpoints",
    "s": "System",
    "h": "Stories",
}


@pytest.fixture
def typist(request: Any, visiting: Any, shared_service: Any, begin: Any) -> tuple[Any, str]:
    name = request.node.name.replace("_", "-")[:40].strip("-")
    run = begin(shared_service, name)
    visit = visiting(shared_service)
    visit.open("overview", net=name)
    expect(visit.button("Pause")).to_be_visible()
    return visit, f"/runs/{run}"


def test_space_pauses_and_goes_on_and_a_dot_steps(typist: Any) -> None:
    visit, run = typist
    visit.page.keyboard.press("Space")
    paused = visit.until(run, lambda said: said["state"] == "paused")
    expect(visit.page.get_by_text("paused", exact=True)).to_be_visible()

    visit.page.keyboard.press(".")
    visit.until(run, lambda said: said["step"] == paused["step"] + 1)

    visit.page.keyboard.press("Space")
    visit.until(run, lambda said: said["state"] == "running")


def test_g_and_a_letter_lead_to_every_screen(typist: Any) -> None:
    visit, _ = typist
    for letter, heading in LETTERS.items():
        visit.page.keyboard.press("g")
        visit.page.keyboard.press(letter)
        expect(visit.page.get_by_role("heading", level=1, name=heading)).to_be_visible()
        current = visit.page.get_by_role("navigation", name="Screens").locator("[aria-current=page]")
        expect(current).to_have_text(heading)


def test_a_slash_searches_and_enter_goes_there(typist: Any) -> None:
    visit, _ = typist
    visit.page.keyboard.press("/")
    expect(visit.page.get_by_role("searchbox")).to_be_focused()

    visit.page.keyboard.type("dense_1/2")
    visit.page.keyboard.press("Enter")

    expect(visit.page).to_have_url(re.compile("#/neuron.*at=dense_1%2F2"))
    expect(visit.page.get_by_role("dialog")).to_have_count(0)


def test_a_question_mark_tells_the_keys_and_escape_closes(typist: Any) -> None:
    visit, _ = typist
    visit.page.keyboard.press("?")
    expect(visit.page.get_by_role("dialog", name="Keys")).to_be_visible()

    visit.page.keyboard.press("Escape")

    expect(visit.page.get_by_role("dialog")).to_have_count(0)


def test_keys_mean_nothing_while_somebody_writes(typist: Any) -> None:
    visit, run = typist
    visit.page.keyboard.press("/")
    expect(visit.page.get_by_role("searchbox")).to_be_focused()
    visit.page.keyboard.type(" . g n ?")

    expect(visit.page.get_by_role("searchbox")).to_have_value(" . g n ?")
    assert visit.get(run)["state"] == "running"


def test_the_keyboard_reaches_the_content_at_once(typist: Any) -> None:
    visit, _ = typist
    visit.page.keyboard.press("Tab")
    expect(visit.page.get_by_text("Skip to content")).to_be_focused()

    visit.page.keyboard.press("Enter")

    expect(visit.page.locator("main")).to_be_focused()


def test_a_viewers_space_pauses_nothing(visiting: Any, shared_service: Any, begin: Any) -> None:
    run = begin(shared_service, "viewers-space")
    visit = visiting(shared_service, role="viewer")
    visit.open("overview", net="viewers-space")
    for key in ("Space", "."):
        visit.page.keyboard.press(key)
    before = visit.get(f"/runs/{run}")["step"]

    said = visit.until(f"/runs/{run}", lambda said: said["step"] > before + 5)

    assert said["state"] == "running"
