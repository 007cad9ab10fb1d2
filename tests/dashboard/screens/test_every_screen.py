"""What holds for each screen, in front of a network that is learning."""

from typing import Any

import pytest
from playwright.sync_api import expect

SCREENS = {
    "overview": "Overview",
    "network": "Network",
    "neuron": "Neuron",
    "tree": "Supervision",
    "events": "Events",
    "weights": "Weights",
    "data": "Data & prediction",
    "runs": "Runs & checkpoints",
    "system": "System",
    "welcome": "Stories",
}
JAPANESE = r"[\u3040-\u30ff\u4e00-\u9fff]"
AT_REST = {"reduced_motion": "reduce"}
"""Colours that are on their way are not what they will be."""
EACH = pytest.mark.parametrize("screen", SCREENS)


@pytest.fixture(scope="module")
def common(shared_service: Any) -> str:
    """The name of a network that is learning, and of which a neuron has died."""
    name = "each-screen"
    api = shared_service.client()
    if api.get(f"/api/v1/networks/{name}").status_code == 404:
        rows = {"inputs": [[0, 0], [0, 1], [1, 0], [1, 1]], "targets": [[0], [1], [1], [0]]}
        api.post("/api/v1/networks", json={"name": name, "layers": "2-4-3-1", "seed": 3})
        api.post(f"/api/v1/networks/{name}/runs", json={**rows, "until": {"epochs": 10**9}, "pace": 40})
        api.post(f"/api/v1/networks/{name}/kill", json={"address": "dense_0/1"})
    return name


def params_of(screen: str, network: str) -> dict[str, str]:
    return {"net": network, "at": "dense_0/1" if screen == "neuron" else ""}


@EACH
def test_a_screen_has_its_heading_and_is_live(screen: str, visiting: Any, shared_service: Any, common: str) -> None:
    visit = visiting(shared_service)

    visit.open(screen, **params_of(screen, common))

    expect(visit.page.get_by_role("heading", level=1, name=SCREENS[screen])).to_be_visible()
    expect(visit.page.get_by_role("heading", level=1)).to_have_count(1)
    expect(visit.page.get_by_text("live", exact=True)).to_be_visible()
    expect(visit.page.get_by_text("Loading …")).to_have_count(0)
    expect(visit.page.get_by_role("alert")).to_have_count(0)


@pytest.mark.long
@EACH
@pytest.mark.parametrize("role", ["viewer", "admin"])
def test_axe_finds_nothing(screen: str, role: str, visiting: Any, axe: Any, shared_service: Any, common: str) -> None:
    visit = visiting(shared_service, role=role, **AT_REST)
    for theme in ("light", "dark"):
        visit.open(screen, theme=theme, **params_of(screen, common))
        expect(visit.page.locator("html")).to_have_attribute("data-theme", theme)
        expect(visit.page.get_by_text("Loading …")).to_have_count(0)

        assert axe(visit.page) == "", theme


@pytest.mark.long
@EACH
def test_a_telephone_need_not_scroll_sideways(
    screen: str, visiting: Any, axe: Any, shared_service: Any, common: str
) -> None:
    visit = visiting(shared_service, viewport={"width": 400, "height": 800}, **AT_REST)
    visit.open(screen, **params_of(screen, common))
    expect(visit.page.get_by_text("Loading …")).to_have_count(0)

    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 400
    assert axe(visit.page) == ""


@pytest.mark.long
@EACH
def test_a_screen_speaks_japanese(screen: str, visiting: Any, shared_service: Any, common: str) -> None:
    visit = visiting(shared_service)
    visit.open(screen, lang="ja", **params_of(screen, common))

    expect(visit.page.locator("html")).to_have_attribute("lang", "ja")
    assert visit.page.locator("h1").evaluate(f"(heading) => /{JAPANESE}/.test(heading.textContent)")
    untranslated = visit.page.locator("main").evaluate(
        f"""(main) => [...main.querySelectorAll("h2, h3, button, label, summary")]
            .filter((one) => one.closest(".command, [lang]:not(html)") === null)
            .map((one) => one.textContent.trim())
            .filter((text) => /[a-z]{{4}} [a-z]{{2}}/.test(text) && !/{JAPANESE}/.test(text))"""
    )
    assert untranslated == []


@pytest.mark.long
@EACH
def test_a_reload_shows_the_same_view(screen: str, visiting: Any, shared_service: Any, common: str) -> None:
    visit = visiting(shared_service)
    visit.open(screen, **params_of(screen, common))
    before = visit.page.url

    visit.page.reload()

    expect(visit.page.get_by_role("heading", level=1, name=SCREENS[screen])).to_be_visible()
    expect(visit.page.get_by_text("live", exact=True)).to_be_visible()
    assert visit.page.url == before
