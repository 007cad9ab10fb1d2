"""The weights of a layer: what the map and its figures say is what the parameters are."""

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect
from safetensors.numpy import load


@pytest.fixture
def at_rest(learner: Any, visiting: Any, shared_service: Any) -> tuple[Any, str, str]:
    name, run = learner
    visit = visiting(shared_service)
    visit.until(f"/runs/{run}", lambda said: said["epochs"] > 2)
    visit.post(f"/runs/{run}/pause")
    visit.open("weights", net=name, layer="dense_1")
    expect(visit.card("Weights of dense_1")).to_be_visible()
    return visit, name, run


def weights_of(visit: Any, name: str) -> Any:
    arrays = load(visit.api.get(f"/api/v1/networks/{name}/parameters").content)
    found = [array for key, array in arrays.items() if "dense_1" in key and array.shape == (3, 4)]
    assert len(found) == 1, sorted(arrays)
    return found[0]


def test_its_figures_are_those_of_the_parameters(at_rest: Any) -> None:
    visit, name, _ = at_rest
    weights = weights_of(visit, name)

    norm = np.linalg.norm(weights)
    wanted = {"Mean": weights.mean(), "Smallest": weights.min(), "Largest": weights.max(), "Norm": norm}
    for fact, value in wanted.items():
        shown = visit.fact("Weights of dense_1", fact)
        expect(shown).to_have_text(re.compile(r"\d"))
        assert visit.number(shown) == pytest.approx(value, rel=2e-3), fact


def test_the_difference_against_a_checkpoint_grows_as_it_learns(at_rest: Any) -> None:
    visit, name, run = at_rest
    before = weights_of(visit, name)
    visit.button("From now on").click()
    expect(visit.fact("Weights of dense_1", "Largest")).to_have_text("0")

    visit.post(f"/runs/{run}/step", unit="epoch", n=3)

    change = weights_of(visit, name) - before
    expect(visit.fact("Weights of dense_1", "Largest")).not_to_have_text("0")
    shown = visit.number(visit.fact("Weights of dense_1", "Norm"))
    assert shown == pytest.approx(float(np.linalg.norm(change)), rel=2e-2)


def test_it_is_zoomed_by_keys_and_the_address_keeps_the_window(at_rest: Any) -> None:
    visit, _, _ = at_rest
    visit.card("Weights of dense_1").locator("canvas").first.focus()
    visit.page.keyboard.press("+")

    expect(visit.page).to_have_url(re.compile("window="))
    visit.page.keyboard.press("0")
    expect(visit.page).not_to_have_url(re.compile("window="))


def test_another_layer_is_chosen(at_rest: Any) -> None:
    visit, _, _ = at_rest
    visit.button("dense_2").click()

    expect(visit.card("Weights of dense_2")).to_be_visible()
    expect(visit.page).to_have_url(re.compile("layer=dense_2"))
