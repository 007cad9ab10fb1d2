"""Changing one neuron: what is clicked is what the service has, and can be taken back."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

AT = "dense_1/2"


@pytest.fixture
def looked_at(learner: Any, visiting: Any, shared_service: Any) -> tuple[Any, str]:
    """A visit to a neuron, and where the service tells of it."""
    name, _ = learner
    visit = visiting(shared_service)
    visit.open("neuron", net=name, at=AT)
    expect(visit.card("Change it")).to_be_visible()
    return visit, f"/networks/{name}/neurons/{AT}"


def undo(visit: Any) -> None:
    visit.page.get_by_role("log").get_by_role("button", name="Undo").first.click()


def test_a_bias_is_set_and_taken_back(looked_at: Any) -> None:
    visit, neuron = looked_at
    visit.button("Freeze").click()
    before = visit.until(neuron, lambda said: said["frozen"])["bias"]

    field = visit.card("Change it").get_by_label("Bias")
    field.fill("0.75")
    field.press("Enter")
    visit.until(neuron, lambda said: said["bias"] == 0.75)

    undo(visit)
    visit.until(neuron, lambda said: said["bias"] == before)


def test_a_weight_is_set_in_its_bar(looked_at: Any) -> None:
    visit, neuron = looked_at
    visit.button("Freeze").click()
    visit.until(neuron, lambda said: said["frozen"])

    visit.page.get_by_role("button", name=re.compile(r"^dense_0.1: .* change it$")).click()
    field = visit.page.get_by_role("textbox", name="Weight of dense_0/1")
    expect(field).to_be_focused()
    field.fill("-0.5")
    field.press("Enter")

    visit.until(neuron, lambda said: said["weights"][1] == -0.5)


def test_a_lesion_holds_the_output_and_is_healed(looked_at: Any) -> None:
    visit, neuron = looked_at
    visit.button("Lesion").click()
    visit.until(neuron, lambda said: said["lesioned"] == 0)
    expect(visit.page.get_by_text("held at 0", exact=False).first).to_be_visible()

    visit.button("Heal (held at 0)").click()
    visit.until(neuron, lambda said: said["lesioned"] is None)


def test_an_activation_and_a_rate_of_its_own(looked_at: Any) -> None:
    visit, neuron = looked_at
    visit.card("Change it").get_by_label("Activation").select_option("relu")
    visit.until(neuron, lambda said: said["activation"] == "relu")

    rate = visit.card("Change it").get_by_label("Learns at")
    rate.fill("0.5")
    rate.press("Enter")
    visit.until(neuron, lambda said: said["rate"] == 0.5)


def test_pruning_asks_once_and_takes_it_out(looked_at: Any) -> None:
    visit, neuron = looked_at
    network = neuron.split("/")[2]
    visit.button("Prune").click()
    visit.confirm("Prune")

    visit.until(f"/networks/{network}", lambda said: said["neurons"] == 7)


def test_a_neuron_that_is_not_there_is_told_of(visiting: Any, shared_service: Any, learner: Any) -> None:
    visit = visiting(shared_service)
    visit.open("neuron", net=learner[0], at="dense_9/0")

    expect(visit.page.get_by_role("alert")).to_contain_text("has no neuron dense_9/0")
    visit.page.get_by_role("link", name="Begin with dense_0/0").click()
    expect(visit.page).to_have_url(re.compile("at=dense_0%2F0"))
