"""A viewer sees everything, and nothing that changes anything."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

CHANGES = re.compile(
    r"^\W*(kill|stop|pause|resume|step|save|delete|prune|rewind|restore|revoke|shut|branch|freeze$|lesion|undo|set|start|"
    r"train|upload|run again|next message|play|finish|log everybody)",
    re.IGNORECASE,
)
SCREENS = ("overview", "network", "neuron", "tree", "events", "weights", "data", "runs", "system", "welcome")


@pytest.mark.parametrize("screen", SCREENS)
def test_a_viewer_sees_no_button_that_changes_something(
    screen: str, visiting: Any, shared_service: Any, begin: Any
) -> None:
    name = f"viewed-{screen}"
    begin(shared_service, name)
    visit = visiting(shared_service, role="viewer")
    visit.open(screen, net=name, at="dense_0/0" if screen in {"neuron", "network"} else "")
    expect(visit.page.get_by_text("Loading …")).to_have_count(0)

    buttons = visit.page.locator("main button:visible:not(.command, th button)")
    names = buttons.evaluate_all("(all) => all.map((one) => one.ariaLabel ?? one.textContent)")

    assert [each for each in names if CHANGES.match(each.strip())] == []


def test_a_viewer_is_told_how_to_steer(visiting: Any, shared_service: Any, begin: Any) -> None:
    begin(shared_service, "told-how")
    visit = visiting(shared_service, role="viewer")

    visit.open("overview", net="told-how")

    expect(visit.card("Control").get_by_text("deepnet open --control")).to_be_visible()
