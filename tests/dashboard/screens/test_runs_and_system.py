"""Runs: kept, put back, branched off, compared; and the service itself."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect


@pytest.fixture
def at_runs(learner: Any, visiting: Any, shared_service: Any) -> tuple[Any, str, str]:
    name, run = learner
    visit = visiting(shared_service, role="admin")
    visit.until(f"/runs/{run}", lambda said: said["epochs"] > 2)
    visit.open("runs", net=name)
    expect(visit.button("Rewind to the beginning")).to_be_visible()
    return visit, name, run


def test_a_run_is_put_back_to_its_beginning(at_runs: Any) -> None:
    visit, _, run = at_runs
    visit.post(f"/runs/{run}/pause")
    expect(visit.card(run).get_by_text("paused", exact=True)).to_be_visible()
    visit.button("Rewind to the beginning").click()
    visit.confirm("Rewind to the beginning")

    visit.until(f"/runs/{run}", lambda said: said["epochs"] == 0)


def test_a_checkpoint_is_saved_and_restored(at_runs: Any) -> None:
    visit, _, run = at_runs
    visit.post(f"/runs/{run}/pause")
    visit.button("Save a checkpoint").click()
    expect(visit.page.get_by_role("log").get_by_text(re.compile("Checkpoint of step"))).to_be_visible()
    saved = visit.get(f"/runs/{run}")["step"]
    visit.post(f"/runs/{run}/step", unit="epoch", n=2)

    row = visit.card("Checkpoints").get_by_role("row").filter(has_text=re.compile(rf"^{saved:,}"))
    row.get_by_role("button", name="Restore").click()
    visit.confirm("Restore")

    visit.until(f"/runs/{run}", lambda said: said["step"] == saved)


def test_a_branch_is_another_network_that_goes_on_from_here(at_runs: Any) -> None:
    visit, name, _ = at_runs
    visit.page.get_by_role("button", name="Branch", exact=True).first.click()
    dialog = visit.page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(f"{name[:30]}-b")
    dialog.get_by_role("button", name="Branch", exact=True).click()

    expect(visit.page).to_have_url(re.compile(f"net={name[:30]}-b"))
    branched = visit.until(f"/networks/{name[:30]}-b", lambda said: said["run"] is not None)
    assert branched["state"] == "paused"
    assert branched["step"] > 0


def test_the_same_seed_gives_the_same_curve(visiting: Any, shared_service: Any, begin: Any) -> None:
    first = begin(shared_service, "twice", until={"epochs": 5}, pace=None)
    visit = visiting(shared_service)
    visit.until(f"/runs/{first}", lambda said: said["state"] == "finished")
    visit.open("runs", net="twice")

    visit.button("Run again with the same seed").click()

    runs = visit.until("/runs?network=twice", lambda said: len(said["items"]) == 2)["items"]
    for run in runs:
        visit.until(f"/runs/{run['id']}", lambda said: said["state"] == "finished")
    ours, theirs = ([each["loss"] for each in visit.get(f"/runs/{run['id']}/history")["items"]] for run in runs)
    assert len(ours) == 5
    assert ours == theirs


def test_the_system_tells_of_itself(visiting: Any, shared_service: Any, learner: Any) -> None:
    visit = visiting(shared_service, role="admin")
    visit.open("system")
    expect(visit.card("The service").get_by_text("Memory")).to_be_visible()
    expect(visit.page.get_by_role("link", name=learner[0])).to_be_visible()
    expect(visit.page.get_by_role("table").filter(has_text="you")).to_have_count(1)

    for page in ("metrics", "openapi.json"):
        href = visit.page.get_by_role("link", name=re.compile(page)).get_attribute("href")
        assert visit.page.request.get(f"{shared_service.url}{href}").status == 200


def test_a_network_is_deleted_after_one_question(visiting: Any, shared_service: Any, begin: Any) -> None:
    begin(shared_service, "short-lived")
    visit = visiting(shared_service, role="admin")
    visit.open("system")
    row = visit.page.get_by_role("row").filter(has_text="short-lived")
    row.get_by_role("button", name="Delete").click()
    visit.confirm("Delete")

    expect(visit.page.get_by_text("short-lived is deleted")).to_be_visible()
    expect(row).to_have_count(0)
    assert visit.api.get("/api/v1/networks/short-lived").status_code == 404


def test_who_logs_out_is_out(visiting: Any, shared_service: Any) -> None:
    visit = visiting(shared_service, role="viewer")
    visit.watch.allowed += ["status of 401", "WebSocket connection to"]
    visit.open("system")

    visit.button("Log out").click()

    expect(visit.page.get_by_text("You are logged out")).to_be_visible()
    assert visit.page.request.get(f"{shared_service.url}/api/v1/service").status == 401


def test_a_service_that_is_shut_down_from_its_page_is_said_to_be_so(start_service: Any, visiting: Any) -> None:
    service = start_service()
    visit = visiting(service, role="admin")
    visit.watch.allowed += ["WebSocket connection to", "net::ERR_"]
    visit.open("system")
    visit.button("Shut the service down").click()
    visit.page.get_by_role("dialog").get_by_role("button").last.click()

    assert service.wait() == 0
    expect(visit.page.get_by_text(re.compile("shut down|has ended|is down", re.IGNORECASE)).first).to_be_visible()
