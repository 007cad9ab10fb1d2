"""Steering a run from the overview, and what the service says of it."""

from typing import Any

import pytest
from playwright.sync_api import expect


@pytest.fixture
def steered(request: Any, visiting: Any, shared_service: Any, begin: Any) -> tuple[Any, str]:
    """A visit to the overview of a network that learns, and its run."""
    name = request.node.name.replace("_", "-")[:40].strip("-")
    run = begin(shared_service, name)
    visit = visiting(shared_service)
    visit.open("overview", net=name)
    expect(visit.button("Pause")).to_be_visible()
    return visit, f"/runs/{run}"


def test_pause_step_and_resume(steered: Any) -> None:
    visit, run = steered
    visit.button("Pause").click()
    paused = visit.until(run, lambda said: said["state"] == "paused")
    expect(visit.page.get_by_text("paused", exact=True)).to_be_visible()

    step = visit.button("Step")
    step.click()
    visit.until(run, lambda said: said["step"] == paused["step"] + 1)
    visit.page.get_by_label("Step by").select_option("epoch")
    step.click()
    stepped = visit.until(run, lambda said: said["epochs"] > paused["epochs"] and said["state"] == "paused")

    visit.button("Resume").click()
    visit.until(run, lambda said: said["state"] == "running" and said["step"] > stepped["step"])


def test_the_rate_is_set_by_its_slider_and_taken_back(steered: Any) -> None:
    visit, run = steered
    network = visit.get(run)["network"]

    def rate() -> float:
        found: float = visit.get(f"/networks/{network}")["learning_rate"]
        return found

    before = rate()
    slider = visit.page.get_by_role("slider", name="Learning rate")
    slider.press("ArrowRight")
    visit.until(f"/networks/{network}", lambda said: said["learning_rate"] > before)
    after = rate()
    assert after == pytest.approx(before * 10**0.05, rel=0.05)

    visit.page.get_by_role("log").get_by_role("button", name="Undo").first.click()
    visit.until(f"/networks/{network}", lambda said: said["learning_rate"] == before)


def test_the_pace_is_chosen(steered: Any) -> None:
    visit, run = steered
    choice = visit.card("Control").get_by_label("Pace")

    choice.select_option("3")
    visit.until(run, lambda said: said["plan"]["pace"] == 3)
    choice.select_option("")
    visit.until(run, lambda said: said["plan"]["pace"] is None)


def test_a_stop_rule_is_set_and_kept(steered: Any) -> None:
    visit, run = steered
    visit.page.get_by_text("Stops:").click()
    visit.page.get_by_label("epochs").fill("100000")
    visit.button("Set").click()

    visit.until(run, lambda said: said["plan"]["until"].get("epochs") == 100_000)


def test_a_checkpoint_is_saved(steered: Any) -> None:
    visit, run = steered
    before = {each["step"] for each in visit.get(f"{run}/checkpoints")["items"]}

    visit.button("Save a checkpoint").click()

    expect(visit.page.get_by_role("log").get_by_text("Checkpoint of step")).to_be_visible()
    assert {each["step"] for each in visit.get(f"{run}/checkpoints")["items"]} > before


def test_stop_asks_once(steered: Any) -> None:
    visit, run = steered
    visit.button("Stop").click()
    assert visit.get(run)["state"] == "running"

    visit.page.get_by_role("dialog").get_by_role("button", name="Stop").click()

    visit.until(run, lambda said: said["state"] == "stopped")
    expect(visit.page.get_by_text("stopped", exact=True)).to_be_visible()


def test_figures_go_on_by_themselves(steered: Any) -> None:
    visit, _ = steered
    epoch = visit.page.get_by_role("group", name="State").get_by_text("Epoch").locator("..").locator("b")
    first = epoch.inner_text()

    expect(epoch).not_to_have_text(first)
