"""Who watches over whom, and what has happened."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect


def test_the_tree_is_walked_by_keys_to_a_neuron(visiting: Any, shared_service: Any, learner: Any) -> None:
    visit = visiting(shared_service)
    visit.open("tree", net=learner[0])
    items = visit.page.get_by_role("treeitem")
    expect(items.first).to_be_visible()
    items.first.focus()

    focused = visit.page.locator("[role=treeitem]:focus")
    visit.page.keyboard.press("End")
    expect(items.last).to_be_focused()
    visit.page.keyboard.press("Home")
    expect(items.first).to_be_focused()
    for level, name in enumerate((learner[0], "layers", "dense_0 supervisor", "dense_0 neurons", "dense_0/0"), start=1):
        for _ in range(12):
            if name in focused.inner_text():
                break
            before = focused.element_handle()  # its text changes by itself: mail comes and goes
            visit.page.keyboard.press("ArrowDown")
            visit.page.wait_for_function("row => document.activeElement !== row", arg=before)
        expect(focused).to_have_attribute("aria-level", str(level))
        if focused.get_attribute("aria-expanded") == "false":
            visit.page.keyboard.press("ArrowRight")
            expect(focused).to_have_attribute("aria-expanded", "true")
    visit.page.keyboard.press("Enter")

    expect(visit.page).to_have_url(re.compile(r"#/neuron.*at=dense_0%2F0"))


@pytest.mark.parametrize("victim", ["dense_1/0", "dense_0", "trainer", "vault"])
def test_whoever_is_killed_in_the_tree_comes_back(victim: str, visiting: Any, shared_service: Any, begin: Any) -> None:
    name = f"in-the-tree-{victim.replace('/', '-').replace('_', '-')}"
    begin(shared_service, name)
    visit = visiting(shared_service)
    visit.open("tree", net=name)
    before = visit.get(f"/networks/{name}")["restarts"]

    visit.button(f"Kill {victim}").click()
    visit.confirm("Kill")

    visit.until(f"/networks/{name}", lambda said: said["restarts"] > before and said["state"] == "running")
    expect(visit.page.get_by_text(re.compile(r"restarted \d+ s ago")).first).to_be_visible()


def test_the_tree_is_filtered_by_name_and_says_where_nothing_is_found(
    visiting: Any, shared_service: Any, learner: Any
) -> None:
    visit = visiting(shared_service)
    visit.open("tree", net=learner[0])
    visit.page.get_by_label("Filter by name").fill("dense_1/")
    expect(visit.page.get_by_role("treeitem").filter(has_text="dense_1/2")).to_be_visible()
    expect(visit.page.get_by_role("treeitem").filter(has_text="dense_0/2")).to_have_count(0)

    visit.page.get_by_label("Filter by name").fill("nobody")

    expect(visit.page.get_by_text("Nobody here has “nobody” in the name.")).to_be_visible()


def test_events_come_by_themselves_and_lead_to_the_neuron(visiting: Any, shared_service: Any, learner: Any) -> None:
    visit = visiting(shared_service)
    visit.open("events", net=learner[0])
    events = visit.page.get_by_role("list", name="What has happened").get_by_role("listitem")
    expect(events.filter(has_text="run begun")).to_have_count(1)

    visit.post(f"/networks/{learner[0]}/kill", address="dense_0/2")

    expect(events.filter(has_text="restarted").filter(has_text="dense_0/2")).to_have_count(1)
    events.filter(has_text="died").get_by_role("link", name="dense_0/2").first.click()
    expect(visit.page).to_have_url(re.compile(r"#/neuron.*at=dense_0%2F2"))


def test_events_are_filtered_and_saved_as_lines_of_json(
    visiting: Any, shared_service: Any, learner: Any, tmp_path: Path
) -> None:
    visit = visiting(shared_service)
    visit.post(f"/networks/{learner[0]}/kill", address="dense_1/1")
    visit.until(f"/networks/{learner[0]}", lambda said: said["restarts"] == 1)
    visit.open("events", net=learner[0], at="dense_1/1")
    events = visit.page.get_by_role("list", name="What has happened").get_by_role("listitem")
    expect(events.filter(has_text="died")).to_have_count(1)
    expect(events.filter(has_text="run begun")).to_have_count(0)

    with visit.page.expect_download() as download:
        visit.button("Export (JSONL)").click()
    saved = tmp_path / "events.jsonl"
    download.value.save_as(saved)

    lines = [json.loads(line) for line in saved.read_text().splitlines()]
    assert {line["address"] for line in lines} == {"dense_1/1"}
    assert [line["id"] for line in lines] == sorted(line["id"] for line in lines)


def test_a_held_list_stands_still_and_counts_what_waits(visiting: Any, shared_service: Any, learner: Any) -> None:
    visit = visiting(shared_service)
    visit.open("events", net=learner[0])
    events = visit.page.get_by_role("list", name="What has happened").get_by_role("listitem")
    expect(events.first).to_be_visible()
    visit.button("Hold").click()

    visit.post(f"/networks/{learner[0]}/kill", address="dense_0/1")

    expect(visit.page.get_by_text(re.compile(r"^\d+ new$"))).to_be_visible()
    expect(events.filter(has_text="dense_0/1")).to_have_count(0)
    visit.button("Hold").click()
    expect(events.filter(has_text="dense_0/1").first).to_be_visible()
