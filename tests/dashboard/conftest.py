"""The dashboard in a real browser, in front of a real service; whatever the browser complains of fails the test."""

import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn
from urllib.parse import urlencode, urlsplit

import httpx2
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request

WITHIN = 30.0
"""Seconds after which what should be on the page long since is not."""
CHROMIUM = shutil.which("chromium")
HEIGHT = 900
_TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`forbidden by the policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""
Role = Literal["viewer", "operator", "admin"]


def _missing() -> str:
    """Return the command that makes these tests possible, as the reason of a skip; "" if nothing is missing."""
    if find_spec("playwright") is None or find_spec("PIL") is None:
        return "needs playwright and pillow: run 'scripts/environment test browser'"
    return "" if CHROMIUM else "needs Chromium: run 'sudo apt install chromium fonts-dejavu fonts-noto-cjk'"


class _Skipped(pytest.Module):
    """A module of tests that is not even imported."""

    def collect(self) -> NoReturn:
        pytest.skip(_missing(), allow_module_level=True)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    return _Skipped.from_parent(parent, path=module_path) if _missing() else None


@dataclass
class Watch:
    """What a browser complains of, and whom it talks to.

    Attributes:
        host: the only one that may be asked for anything.
        allowed: complaints that belong to what is tested, as regular expressions.
        complaints: all others.
        requests: the addresses of all that was asked for.
    """

    host: str
    allowed: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def over(self, page: "Page") -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._complain(f"error: {error}"))
        page.on("request", self._request)
        page.on("websocket", lambda socket: self._asked(socket.url))

    def _console(self, message: "ConsoleMessage") -> None:
        if message.type in {"warning", "error", "assert"}:
            self._complain(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def _complain(self, text: str) -> None:
        if not any(re.search(pattern, text) for pattern in self.allowed):
            self.complaints.append(text)

    def _request(self, request: "Request") -> None:
        self._asked(request.url)

    def _asked(self, url: str) -> None:
        self.requests.append(url)
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob"} and parts.netloc != self.host:
            self.complaints.append(f"another host was asked: {url}")


@dataclass
class Visit:
    """Somebody who looks at the dashboard of a service.

    Attributes:
        page: what they see.
        service: whose dashboard it is.
        api: asks the service itself, with all rights.
        watch: what the browser complains of.
    """

    page: "Page"
    service: Any
    api: httpx2.Client
    watch: Watch

    def open(self, screen: str, **params: str) -> None:
        """Go to a screen, and wait until it is there."""
        query = urlencode({name: value for name, value in params.items() if value})
        self.page.goto(f"{self.service.url}/#/{screen}{'?' if query else ''}{query}")
        self.page.locator("h1.screen-title").wait_for()

    def button(self, name: str) -> "Locator":
        """Return the button of this name, whatever sign stands before it."""
        pattern = re.escape(name).replace("/", r"\/")  # as JavaScript writes it
        return self.page.get_by_role("button", name=re.compile(rf"^\W*{pattern}$"))

    def card(self, name: str) -> "Locator":
        """Return the part of the screen that has this heading."""
        return self.page.get_by_role("region", name=name, exact=True)

    def fact(self, card: str, name: str) -> "Locator":
        """Return the value that stands under *name* in a part of the screen."""
        return self.card(card).locator(f".fact:has(dt:text-is('{name}')) dd")

    def number(self, shown: "Locator") -> float:
        """Return a number as it stands on the page."""
        return float(shown.inner_text().replace("\N{MINUS SIGN}", "-").replace(",", ""))

    def confirm(self, answer: str) -> None:
        """Say yes to what the page has asked."""
        self.page.get_by_role("dialog").get_by_role("button", name=answer, exact=True).click()

    def get(self, path: str, **params: str | int) -> Any:
        """Return what the service itself says."""
        answer = self.api.get(f"/api/v1{path}", params=params or None)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, **body: Any) -> Any:
        """Have the service do something, past the dashboard."""
        answer = self.api.post(f"/api/v1{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def settle(self) -> None:
        """Wait until the page looks the same twice in a row."""
        end, before = time.monotonic() + WITHIN, b""
        while (now := self.page.screenshot()) != before:
            assert time.monotonic() < end, "the page never comes to rest"
            before = now
            self.page.wait_for_timeout(250)

    def until(self, path: str, holds: Callable[[Any], bool]) -> Any:
        """Ask the service again and again; return its answer as soon as it *holds*."""
        end = time.monotonic() + WITHIN
        while not holds(said := self.get(path)):
            assert time.monotonic() < end, said
            self.page.wait_for_timeout(50)
        return said

    def log_in(self, role: Role) -> None:
        """Use a ticket up, as the link of `deepnet open` does."""
        ticket = self.post("/sessions/tickets", role=role, label="a test")
        self.page.goto(ticket["url"])
        self.page.wait_for_url(re.compile(r"/(#.*)?$"))


Visiting = Callable[..., Visit]


@pytest.fixture(scope="module")
def chromium() -> Iterator["Browser"]:
    """A browser; one for each module, for while it is there no other test of this process could run asyncio."""
    from playwright.sync_api import expect, sync_playwright  # noqa: PLC0415 - where it is missing the tests are skipped

    expect.set_options(timeout=1000 * WITHIN)
    with sync_playwright() as playwright:
        # Chromium's own sandbox needs rights that a container has not; no page but ours is opened.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visiting(chromium: "Browser") -> Iterator[Visiting]:
    """Open a dashboard as somebody; at the end nothing may have been complained of.

    Ask for the service first: one that is gone before the page is, is complained of.
    """
    visits: list[tuple[Visit, BrowserContext]] = []

    def visit(service: Any, role: Role | None = "operator", **options: Any) -> Visit:
        """Visit a service.

        Args:
            service: a `ServiceProcess`.
            role: to log in as; None for not at all.
            options: of the browser's context, such as ``viewport`` or ``color_scheme``.
        """
        wanted = {"viewport": {"width": 1280, "height": HEIGHT}, "locale": "en-GB", "timezone_id": "UTC", **options}
        context = chromium.new_context(**wanted)
        context.set_default_timeout(1000 * WITHIN)
        context.add_init_script(_TELL_VIOLATIONS)
        page = context.new_page()
        watch = Watch(urlsplit(service.url).netloc)
        watch.over(page)
        made = Visit(page, service, service.client(), watch)
        visits.append((made, context))
        if role is not None:
            made.log_in(role)
        return made

    yield visit
    complaints = []
    for made, context in visits:
        context.close()
        complaints += made.watch.complaints
    assert complaints == []
