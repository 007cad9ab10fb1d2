"""The picture of a network: by pointer, by keys, and as a table, with the numbers that the service has."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect


@pytest.fixture
def at_rest(learner: Any, visiting: Any, shared_service: Any) -> tuple[Any, str, str]:
    """A visit to the picture of a network that is paused; its name and its run."""
    name, run = learner
    visit = visiting(shared_service)
    visit.post(f"/runs/{run}/pause")
    visit.open("network", net=name)
    expect(visit.page.get_by_role("application")).to_be_visible()
    return visit, name, run


def test_arrow_keys_go_from_neuron_to_neuron_and_enter_opens_one(at_rest: Any) -> None:
    visit, _, _ = at_rest
    visit.page.get_by_role("application").focus()
    addresses = []
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "PageDown"):
        visit.page.keyboard.press(key)
        addresses.append(re.sub(r".*at=", "", visit.page.url))
    assert len(set(addresses)) > 2
    expect(visit.page.get_by_role("link", name="Open this neuron")).to_be_visible()

    visit.page.keyboard.press("Enter")

    expect(visit.page.get_by_role("heading", level=1, name="Neuron")).to_be_visible()


def test_a_click_selects_and_the_address_keeps_it(at_rest: Any) -> None:
    visit, name, _ = at_rest
    visit.open("network", net=name, at="dense_1/1")

    bias = visit.get(f"/networks/{name}/neurons/dense_1/1")["bias"]
    shown = visit.fact("dense_1/1", "Bias")
    expect(shown).to_have_text(re.compile(r"\d"))
    assert visit.number(shown) == pytest.approx(bias, rel=1e-3)


def test_the_table_has_every_neuron_of_a_layer_and_its_numbers(at_rest: Any) -> None:
    visit, name, _ = at_rest
    visit.button("As a table").click()

    rows = visit.page.get_by_role("table").get_by_role("row")
    expect(rows).to_have_count(1 + 4)
    link = rows.nth(1).get_by_role("link")
    expect(link).to_have_text("dense_0/0")
    bias = visit.get(f"/networks/{name}/neurons/dense_0/0")["bias"]
    heads = visit.page.get_by_role("columnheader").all_inner_texts()
    cell = rows.nth(1).get_by_role("cell").nth([head.strip() for head in heads].index("Bias"))
    assert visit.number(cell) == pytest.approx(bias, rel=1e-3)


def test_messages_pass_one_by_one(at_rest: Any) -> None:
    visit, _, run = at_rest
    told = visit.page.get_by_role("list", name="Message by message").get_by_role("listitem")
    for count in (1, 2):
        visit.button("Next message").click()
        expect(told).to_have_count(count)
    assert visit.get(f"/runs/{run}")["state"] == "paused"

    visit.button("Finish the step").click()

    before = visit.get(f"/runs/{run}")["step"]
    visit.until(f"/runs/{run}", lambda said: said["step"] >= before)


def test_what_it_is_coloured_by_is_in_the_address(at_rest: Any) -> None:
    visit, _, _ = at_rest
    visit.page.get_by_label("Colour by").select_option("gradient")

    expect(visit.page).to_have_url(re.compile("by=gradient"))
    visit.page.reload()
    expect(visit.page.get_by_label("Colour by")).to_have_value("gradient")


def test_the_view_can_be_frozen_while_learning_goes_on(visiting: Any, shared_service: Any, learner: Any) -> None:
    name, run = learner
    visit = visiting(shared_service)
    visit.open("network", net=name, at="dense_0/0")
    output = visit.fact("dense_0/0", "Bias")
    expect(output).to_have_text(re.compile(r"\d"))
    visit.button("Freeze view").click()
    expect(visit.page.get_by_text("The picture stands still. The network goes on.")).to_be_visible()
    step, shown = visit.get(f"/runs/{run}")["step"], output.inner_text()

    visit.until(f"/runs/{run}", lambda said: said["step"] > step + 20)

    assert output.inner_text() == shown
