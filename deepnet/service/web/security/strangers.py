"""The page for people who are not logged in: their browser gets a page to read, and programs the problem."""

from pathlib import Path

from starlette.responses import HTMLResponse, Response
from starlette.types import Scope

from deepnet.service.web.security.headers import values
from deepnet.service.web.security.roles import READING

_PAGE = (Path(__file__).parent / "pages" / "door.html").read_text(encoding="utf-8")


def wants_page(scope: Scope) -> bool:
    """Whether this is a browser that is to show the dashboard to somebody."""
    if scope["type"] != "http" or scope["method"] not in READING or scope["path"] != "/":
        return False
    ranges = (
        each.partition(";")[0].strip().lower() for header in values(scope, "accept") for each in header.split(",")
    )
    return "text/html" in ranges


def door(status: int, headers: dict[str, str]) -> Response:
    """Return the page that says how to come in."""
    return HTMLResponse(_PAGE, status, headers | {"Vary": "Accept"})
