"""A service that goes away, and comes back: the page says so, and goes on by itself."""

import signal
from typing import Any

from playwright.sync_api import expect

GONE = (
    r"ERR_CONNECTION_REFUSED|WebSocket connection to|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_SOCKET_NOT_CONNECTED"
)
ROWS = {"inputs": [[0, 1], [1, 0]], "targets": [[1], [0]], "until": {"epochs": 10**9}, "pace": 40}


def test_the_page_says_that_the_service_is_gone_and_is_live_again_when_it_is_back(
    start_service: Any, visiting: Any
) -> None:
    service = start_service("--checkpoint-seconds", "0.2")
    visit = visiting(service)
    visit.watch.allowed.append(GONE)
    visit.post("/networks", name="lasting", layers="2-3-1")
    run = visit.post("/networks/lasting/runs", **ROWS)["id"]
    visit.open("overview", net="lasting")
    status = visit.page.get_by_role("status")
    expect(status.get_by_text("live", exact=True)).to_be_visible()
    visit.until(f"/runs/{run}/checkpoints", lambda said: len(said["items"]) > 1)

    port, folder = service.port, service.data_dir
    service.end(signal.SIGKILL)

    expect(visit.page.get_by_text("reconnecting", exact=True)).to_be_visible()
    expect(visit.page.get_by_role("heading", level=1, name="Overview")).to_be_visible()

    again = start_service("--port", str(port), data_dir=folder)

    expect(visit.page.get_by_text("live", exact=True)).to_be_visible()
    before = again.client().get(f"/api/v1/runs/{run}").json()["epochs"]
    epoch = visit.page.get_by_role("group", name="State").get_by_text("Epoch").locator("..").locator("b")
    shown = epoch.inner_text()
    expect(epoch).not_to_have_text(shown)
    assert before >= 0
    expect(visit.button("Pause")).to_be_visible()


def test_a_session_that_is_revoked_is_told_in_words(start_service: Any, visiting: Any) -> None:
    service = start_service()
    visit = visiting(service)
    visit.watch.allowed += [GONE, "status of 401", "status of 403"]
    visit.open("system")
    session = visit.get("/sessions")["items"][0]["id"]

    assert visit.api.delete(f"/api/v1/sessions/{session}").is_success

    expect(visit.page.get_by_text("You are logged out")).to_be_visible()
    expect(visit.page.get_by_text("deepnet open --control").first).to_be_visible()
