"""A first visit, while nothing runs: stories that begin with one click."""

import gzip
import re
from typing import Any

import pytest
from playwright.sync_api import expect

STORIES = ("three-by-three", "spirals", "miles-per-gallon", "digits")
SCREENS = ("overview", "network", "neuron", "tree", "events", "weights", "data", "runs", "system", "welcome")
LARGEST = 120_000


def test_who_finds_nothing_running_is_offered_the_stories(service_process: Any, visiting: Any) -> None:
    visit = visiting(service_process)

    expect(visit.page.get_by_role("heading", level=1, name="Stories")).to_be_visible()
    expect(visit.page.get_by_role("button", name=re.compile("^Start: "))).to_have_count(len(STORIES))


@pytest.mark.parametrize("story", STORIES)
def test_a_story_begins_with_one_click(story: str, service_process: Any, visiting: Any) -> None:
    visit = visiting(service_process)
    visit.open("welcome")

    visit.page.get_by_role("button", name=re.compile("^Start: ")).nth(STORIES.index(story)).click()

    expect(visit.page).to_have_url(re.compile(f"net={story}"))
    network = visit.until(f"/networks/{story}", lambda said: said["state"] == "running" and said["step"] > 0)
    assert network["about"]["story"] == story
    expect(visit.page.get_by_text("running", exact=True).first).to_be_visible()


def test_a_viewer_may_not_begin_one_and_is_told_how(service_process: Any, visiting: Any) -> None:
    visit = visiting(service_process, role="viewer")

    expect(visit.page.get_by_text("You are here as a viewer")).to_be_visible()
    expect(visit.page.get_by_role("button", name=re.compile("^Start: "))).to_have_count(0)


@pytest.mark.long
@pytest.mark.parametrize("screen", SCREENS)
def test_what_a_browser_loads_to_show_a_screen_is_small(screen: str, shared_service: Any, visiting: Any) -> None:
    shared_service.client().post("/api/v1/networks", json={"name": "small", "layers": "2-3-1"})
    visit = visiting(shared_service, role=None)
    ticket = visit.post("/sessions/tickets", role="viewer", label="a test")["url"]
    visit.page.goto(f"{ticket}&view=%23/{screen}%3Fnet=small")
    expect(visit.page.locator("h1.screen-title")).to_be_visible()
    expect(visit.page.get_by_text("Loading …")).to_have_count(0)
    files = {url for url in visit.watch.requests if re.search(r"/static/(app|part)\.", url)}

    sizes = [len(gzip.compress(visit.api.get(url).content, 9)) for url in files]

    assert screen in visit.page.url
    assert {url.rpartition(".")[2] for url in files} == {"js", "css"}
    assert sum(sizes) < LARGEST
