"""Chromium in front of a service: when something is to be seen, how long drawing takes, what comes over the line."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any, NamedTuple, Self

import httpx2
from benches.service import Served

CHROMIUM = shutil.which("chromium")
_NOTE_FIRST = """
window.firstDrawing = 0;
new PerformanceObserver((list, observer) => {
  const first = list.getEntriesByName("deepnet.draw")[0];
  if (first === undefined) return;
  window.firstDrawing = first.startTime + first.duration;
  observer.disconnect();
}).observe({ type: "measure" });
"""
_FRAMES = """(seconds) => new Promise((resolve) => {
  const drawings = [];
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntriesByName("deepnet.draw")) drawings.push(entry.duration);
  });
  observer.observe({ type: "measure" });
  const frames = [];
  const began = performance.now();
  let last = began;
  const frame = () => {
    const now = performance.now();
    frames.push(now - last);
    last = now;
    if (now - began < 1000 * seconds) requestAnimationFrame(frame);
    else (observer.disconnect(), resolve({ frames, drawings }));
  };
  requestAnimationFrame(frame);
})"""
_BEGINNING = """() => ({
  first_paint: performance.getEntriesByName("first-contentful-paint")[0].startTime,
  first_drawing: window.firstDrawing,
})"""


class Beginning(NamedTuple):
    """Milliseconds after a page was asked for."""

    first_paint: float
    first_drawing: float


class Seen(NamedTuple):
    """Milliseconds: between frames of the browser, and spent on drawing the network in each that it was drawn in."""

    frames: list[float]
    drawings: list[float]


def missing() -> str:
    """Return what has to be installed first; "" if nothing."""
    if find_spec("playwright") is None:
        return "needs playwright: run 'scripts/environment browser'"
    return "" if CHROMIUM else "needs Chromium: run 'sudo apt install chromium'"


class Browser:
    """Chromium, logged in to a service."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self._open: list[Any] = []

    def __enter__(self) -> Self:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - `missing` tells whether it is there

        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        return self

    def __exit__(self, *_: object) -> None:
        self._browser.close()
        self._playwright.stop()

    @contextmanager
    def _context(self) -> Iterator[Any]:
        """Somebody new, with nothing in a cache, who is logged in."""
        context = self._browser.new_context(viewport={"width": 1280, "height": 900})
        context.add_init_script(_NOTE_FIRST)
        try:
            headers = {"Authorization": f"Bearer {self._served.token}"}
            wish = {"role": "operator", "label": "bench"}
            answer = httpx2.post(f"{self._served.url}/api/v1/sessions/tickets", headers=headers, json=wish)
            # Straight to the cookie: the page itself is loaded by whoever measures that.
            login = context.request.post(
                f"{self._served.url}/login",
                data={"ticket": answer.json()["ticket"]},
                headers={"Origin": self._served.url},
                max_redirects=0,
            )
            if login.status != 303:
                raise SystemExit(f"the browser could not log in: {login.status}")
            yield context
        finally:
            context.close()

    def _go(self, page: Any, network: str, rate: int | None = None) -> None:
        asked = "" if rate is None else f"&rate={rate}"
        page.goto(f"{self._served.url}/#/network?net={network}&by=output{asked}")
        while not page.evaluate("window.firstDrawing > 0"):  # waiting within the page is what its policy forbids
            page.wait_for_timeout(20)

    def files(self, network: str) -> set[str]:
        """Return the names of the built files that are loaded to show a network."""
        loaded: set[str] = set()
        with self._context() as context:
            page = context.new_page()
            page.on("request", lambda request: loaded.add(request.url.rpartition("/static/")[2]))
            self._go(page, network)
            page.wait_for_timeout(1000)
        return {name for name in loaded if name.endswith((".js", ".css"))} | {"index.html"}

    def begin(self, network: str) -> Beginning:
        """Open the dashboard for the first time, and close it."""
        with self._context() as context:
            page = context.new_page()
            self._go(page, network)
            return Beginning(**page.evaluate(_BEGINNING))

    def look(self, network: str, seconds: float, rate: int) -> Seen:
        """Look at the network for a while, and ask for *rate* pictures of it a second."""
        with self._context() as context:
            page = context.new_page()
            self._go(page, network, rate)
            page.wait_for_timeout(1000)
            return Seen(**page.evaluate(_FRAMES, seconds))

    def listen(self, network: str, seconds: float, rate: int) -> float:
        """Return the bytes a second that the live stream brings at *rate*, before they are compressed for the line."""
        received = 0

        def count(event: dict[str, Any]) -> None:
            nonlocal received
            frame = event["response"]
            size = len(frame["payloadData"])
            received += size if frame["opcode"] == 1 else size * 3 // 4  # what is no text comes as base64

        with self._context() as context:
            page = context.new_page()
            session = context.new_cdp_session(page)
            session.send("Network.enable")
            session.on("Network.webSocketFrameReceived", count)
            self._go(page, network, rate)
            page.wait_for_timeout(1000)
            before = received
            page.wait_for_timeout(1000 * seconds)
            return (received - before) / seconds

    def wishes(self, network: str) -> list[dict[str, Any]]:
        """Return what the page has subscribed to, once the network is drawn."""
        wishes: dict[int, dict[str, Any]] = {}

        def sent(payload: str | bytes) -> None:
            message = json.loads(payload)
            if message["op"] == "subscribe":
                wishes[message["id"]] = message
            elif message["op"] == "unsubscribe":
                wishes.pop(message["id"], None)

        with self._context() as context:
            page = context.new_page()
            page.on("websocket", lambda socket: socket.on("framesent", sent))
            self._go(page, network)
            page.wait_for_timeout(1000)
        return list(wishes.values())

    @contextmanager
    def dashboards(self, network: str, count: int) -> Iterator[None]:
        """Have the dashboard open so many times, each by somebody else."""
        if count == 0:
            yield
            return
        with self._context() as context, self.dashboards(network, count - 1):
            page = context.new_page()
            self._go(page, network)
            yield
