"""`deepnet open`: a browser gets a link that works once, for a minute; no secret of the service is in it."""

import html
import os
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import click

from deepnet.cli.attach import Link, attached

_PREFIX, _SUFFIX = "deepnet-open-", ".html"
_OLD_SECONDS = 60.0
"""After so long no link works any more."""


@click.command("open")
@click.option("--control", "role", flag_value="operator", help="Let it steer too: pause, step, set, kill.")
@click.option("--admin", "role", flag_value="admin", help="Let it do everything, also delete and shut down.")
@click.option("--label", default="", help="What to call the session in the list of sessions.")
@click.option("--print", "only_print", is_flag=True, help="Print the link, and open no browser.")
@attached
def command(link: Link, role: str | None, label: str, only_print: bool) -> int:
    """Let a browser in: by default it may look, and change nothing.

    \b
    deepnet open
    deepnet open --control
    deepnet open --print      the link only, for a browser elsewhere
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    ticket = link.post("/sessions/tickets", role=role or "viewer", label=label)
    url = str(ticket["url"])
    if not only_print and not link.as_json:
        open_browser(url)
    return link.say(ticket, url)


def open_browser(url: str) -> None:
    """Show *url*, a link that works once, in the browser of the user; without a screen nothing is shown."""
    if _has_screen():
        click.launch(leading_to(url, Path(tempfile.gettempdir())).as_uri())


def leading_to(url: str, folder: Path) -> Path:
    """Return a new page in *folder* that leads to *url*, for nobody else to read; old ones are removed.

    The arguments of a browser can be seen by everybody on the machine, and whoever is first uses the link up.
    """
    for old in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        with suppress(OSError):  # another user's, for one
            if time.time() - old.stat().st_mtime > _OLD_SECONDS:
                old.unlink()
    handle, name = tempfile.mkstemp(_SUFFIX, _PREFIX, folder)  # mode 0600
    with os.fdopen(handle, "w") as page:
        page.write(f'<!doctype html><meta http-equiv="refresh" content="0; url={html.escape(url)}">\n')
    return Path(name)


def _has_screen() -> bool:
    """Whether there can be a browser with a window; one in text would take the terminal."""
    return sys.platform in {"darwin", "win32"} or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
