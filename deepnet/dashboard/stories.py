"""The stories that somebody who has no network yet can begin with one click."""

import json
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "stories.json"


def stories() -> list[dict[str, Any]]:
    """Return them in the order in which they are shown: each is what a service is asked, one after the other.

    ``id``: what the story is called. ``network``: the body of ``POST /networks``; its ``about`` says which story it is
    of. ``run``: the body of ``POST /networks/{name}/runs``. ``look``: where the dashboard goes then.
    """
    items: list[dict[str, Any]] = json.loads(_FILE.read_text(encoding="utf-8"))["items"]
    return items
