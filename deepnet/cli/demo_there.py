"""`deepnet demo --open`: the small network in a service, at rest at its beginning, and the dashboard on it."""

import os
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import quote

from deepnet.cli.attach import Link, reach
from deepnet.cli.background import runs, start_service
from deepnet.cli.open import open_browser
from deepnet.errors import NotFoundError, ServiceError
from deepnet.wire.runtime import default_data_dir

STORY = "three-by-three"
_OVER = ("finished", "stopped", "failed")


def open_demo(data_dir: Path | None, *, only_print: bool, as_json: bool) -> int:
    """Open the dashboard with the network of the article ready to play with; return the exit code.

    A service is started if none has the data folder; it goes on afterwards.

    Args:
        data_dir: of the service; None for DEEPNET_DATA_DIR, or that of the user.
        only_print: print the link, and open no browser.
        as_json: print one JSON object.
    """
    folder = (data_dir or default_data_dir(os.environ)).expanduser().absolute()
    started = not runs(folder)
    if started:
        start_service(folder)
    with reach(str(folder), None) as service:
        link = Link(service, as_json=as_json)
        story = _story(link)
        name, run = _ready(link, story)
        ticket = link.post("/sessions/tickets", role="operator", label="demo")
        url = f"{ticket['url']}&view={quote(_view(story, name), safe='')}"
        if not (only_print or as_json):
            open_browser(url)
        facts = {"network": name, "run": run, "url": url, "started": started, "data_dir": str(folder)}
        return link.say(facts, _told(facts, data_dir))


def _story(link: Link) -> dict[str, Any]:
    """Return the story, as the service tells it.

    Raises:
        ServiceError: it knows of none.
    """
    try:
        return next(story for story in link.get("/stories")["items"] if story["id"] == STORY)
    except (NotFoundError, StopIteration):
        raise ServiceError(
            "the service that runs is of an older deepnet: end it with 'deepnet stop --service', and begin again"
        ) from None


def _ready(link: Link, story: dict[str, Any]) -> tuple[str, str]:
    """Have the network of *story* there, with a run that rests before its first step; return the names of both."""
    name, facts = _place(link, story)
    if facts is None:
        link.post("/networks", **{**story["network"], "name": name})
    elif (run := facts["run"]) is not None:
        is_ready = (run["state"], run["step"]) == ("paused", 0) and _is_as_told(run["plan"], story)
        if run["state"] not in _OVER and not is_ready:
            link.post(f"/runs/{run['id']}/stop")
        link.post(f"/runs/{run['id']}/rewind")  # somebody may have changed a neuron, too
        if is_ready:
            return name, str(run["id"])
    begun = link.post(f"/networks/{name}/runs", **story["run"], paused=True)
    return name, str(begun["id"])


def _place(link: Link, story: dict[str, Any]) -> tuple[str, dict[str, Any] | None]:
    """Return the name of the network of *story*, and what is told of it; None if it is not there yet.

    One that has the name, and that somebody has made for another purpose, is left alone.
    """
    there = {row["name"]: row for row in link.items("/networks")}
    usual, number = story["network"]["name"], 1
    name = usual
    while (facts := there.get(name)) is not None and not (facts["up"] and facts["about"].get("story") == story["id"]):
        number += 1
        name = f"{usual}-{number}"
    return name, facts


def _is_as_told(plan: dict[str, Any], story: dict[str, Any]) -> bool:
    """Whether nobody has set the rate or the pace of a run that rests at its beginning."""
    wanted = story["run"]
    rates = [one["optimizer"]["learning_rate"] for one in (plan, wanted)]
    return bool(plan.get("pace") == wanted["pace"] and rates[0] == rates[1])


def _view(story: dict[str, Any], name: str) -> str:
    screen, _, rest = story["look"].partition("?")
    return f"#/{screen}?net={name}{'&' if rest else ''}{rest}"


def _told(facts: dict[str, Any], data_dir: Path | None) -> str:
    where = "" if data_dir is None else f" --data-dir {shlex.quote(str(data_dir))}"
    return (
        f"{facts['network']} rests before its first step: press Space there and it learns\n"
        f"{facts['url']}\n"
        f"the service goes on; it is stopped with: deepnet stop --service{where}"
    )
