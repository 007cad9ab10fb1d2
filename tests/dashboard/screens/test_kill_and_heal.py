"""The best minute of the product: click a neuron, kill it, see it heal, and see that the loss curve did not notice."""

from typing import Any

import pytest
from playwright.sync_api import expect
from safetensors.numpy import load

UNTIL = {"epochs": 120}
HOW = {"until": UNTIL, "batch_size": 8, "pace": 4}
"""So slowly that each step is seen, also the last one of a neuron that dies."""


def test_who_kills_a_neuron_sees_it_heal_and_the_loss_curve_not_notice(
    visiting: Any, shared_service: Any, begin: Any
) -> None:
    run = begin(shared_service, "heals", **HOW)
    visit = visiting(shared_service)
    address = "dense_1/2"
    visit.open("neuron", net="heals", at=address)
    visit.until(f"/runs/{run}", lambda said: said["epochs"] >= 3)

    visit.button(f"Kill {address}").click()
    visit.confirm("Kill")

    told = visit.card("Kill it, see it heal")
    for words in (
        "Its death is asked for",
        "It dies",
        f"starts number 2 of {address}",
        "takes its weights from the sealed step",
        "Old weights = new weights",
        "The loss curve did not notice.",
    ):
        expect(told.get_by_text(words)).to_be_visible()
    neuron = visit.get(f"/networks/heals/neurons/{address}")
    assert (neuron["restarts"], len(neuron["deaths"])) == (1, 1)
    events = visit.get("/events", network="heals", kind="neuron_restarted")["items"]
    assert [event["address"] for event in events] == [address]


def test_the_killed_network_ends_with_the_bits_of_one_that_nobody_killed(
    visiting: Any, shared_service: Any, begin: Any
) -> None:
    killed, spared = begin(shared_service, "killed", **HOW), begin(shared_service, "spared", **HOW)
    visit = visiting(shared_service)
    for address in ("dense_0/3", "dense_2/0"):
        visit.open("neuron", net="killed", at=address)
        visit.button(f"Kill {address}").click()
        visit.confirm("Kill")
        visit.until(f"/networks/killed/neurons/{address}", lambda said: said["restarts"] == 1)

    for run in (killed, spared):
        assert visit.api.patch(f"/api/v1/runs/{run}", json={"pace": None}).is_success
        visit.until(f"/runs/{run}", lambda said: said["state"] == "finished")

    ours, theirs = (load(visit.api.get(f"/api/v1/networks/{name}/parameters").content) for name in ("killed", "spared"))
    assert {name: array.tobytes() for name, array in ours.items()} == {
        name: array.tobytes() for name, array in theirs.items()
    }
    expect(visit.page.get_by_text("finished", exact=True)).to_be_visible()


def test_whoever_changes_their_mind_kills_nobody(visiting: Any, shared_service: Any, begin: Any) -> None:
    begin(shared_service, "spared-by-cancel")
    visit = visiting(shared_service)
    visit.open("neuron", net="spared-by-cancel", at="dense_0/0")
    for way in ("Cancel", "Escape"):
        visit.button("Kill dense_0/0").click()
        expect(visit.page.get_by_role("dialog")).to_contain_text("dense_0/0")
        if way == "Cancel":
            visit.confirm(way)
        else:
            visit.page.keyboard.press(way)
        expect(visit.page.get_by_role("dialog")).to_have_count(0)

    assert visit.get("/networks/spared-by-cancel")["restarts"] == 0


@pytest.mark.parametrize("granularity", ["neuron", "layer"])
def test_a_neuron_is_killed_from_the_picture_by_keys_alone(
    granularity: str, visiting: Any, shared_service: Any, begin: Any
) -> None:
    name = f"by-keys-{granularity}"
    begin(shared_service, name, granularity=granularity)
    visit = visiting(shared_service)
    visit.open("network", net=name)
    picture = visit.page.get_by_role("application")
    picture.focus()
    visit.page.keyboard.press("ArrowRight")
    visit.page.keyboard.press("ArrowRight")
    visit.page.keyboard.press("ArrowDown")
    expect(visit.page.get_by_role("link", name="Open this neuron")).to_be_visible()

    visit.button("Kill").focus()
    visit.page.keyboard.press("Enter")
    dialog = visit.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Kill", exact=True).focus()
    visit.page.keyboard.press("Enter")

    visit.until(f"/networks/{name}", lambda said: said["restarts"] == 1)
    expect(visit.page.get_by_text("restarted after")).to_be_visible()
