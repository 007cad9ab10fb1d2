"""Every story is begun in a real service, and learns."""

import math
import time
from typing import Any

import pytest

from deepnet.dashboard.stories import stories

STORIES = {story["id"]: story for story in stories()}
SOON = 60.0


def test_a_viewer_may_read_them(viewer: Any) -> None:
    items = viewer.ask("GET", "stories")["items"]

    assert items == list(STORIES.values())
    assert list(STORIES) == ["three-by-three", "spirals", "miles-per-gallon", "digits"]
    for story in items:
        assert set(story) == {"id", "network", "run", "look"}
        assert story["network"]["about"] == {"story": story["id"]}
        assert story["run"]["pace"] <= 50


@pytest.mark.parametrize(
    ("story", "until", "figure", "limit"),
    [
        ("three-by-three", {}, "loss", 0.0201),
        ("spirals", {"epochs": 32}, "loss", 0.15),
        ("miles-per-gallon", {"epochs": 30}, "mean_absolute_error", 2.5),
        ("digits", {"epochs": 12}, "loss", 0.15),
    ],
)
def test_each_is_created_and_learns(
    operator: Any, api: Any, story: str, until: dict[str, int], figure: str, limit: float
) -> None:
    told = STORIES[story]
    name = operator.ask("POST", "networks", 201, json=told["network"])["name"]
    rule = {**told["run"]["until"], **until}
    run = operator.ask("POST", f"networks/{name}/runs", 201, json={**told["run"], "until": rule, "pace": None})["id"]
    end = time.monotonic() + SOON
    while (row := operator.ask("GET", f"runs/{run}"))["state"] == "running":
        assert time.monotonic() < end
        time.sleep(0.05)

    assert (row["state"], name) == ("finished", story)
    last = operator.ask("GET", f"runs/{run}/history?after={row['epochs'] - 1}")["items"][-1]
    assert {"loss": last["loss"], **last["metrics"]}[figure] < limit
    api.ask("DELETE", f"networks/{name}", 204)


@pytest.mark.parametrize("story", STORIES)
def test_at_its_pace_it_lasts_as_long_as_people_look(story: str) -> None:
    rows = {"three-by-three": 1, "spirals": 1000, "miles-per-gallon": 251, "digits": 1150}[story]
    run = STORIES[story]["run"]
    epochs = 1279 if story == "three-by-three" else run["until"]["epochs"]
    seconds = epochs * math.ceil(rows / run["batch_size"]) / run["pace"]

    assert (120 if story == "three-by-three" else 180) < seconds < 240
