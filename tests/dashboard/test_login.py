"""Logging in with a link, as a browser does it."""

import re
from typing import Any

from playwright.sync_api import expect

REFUSED = r"the server responded with a status of 401"


def ticket_of(service: Any, role: str) -> str:
    answer = service.client().post("/api/v1/sessions/tickets", json={"role": role, "label": "a test"})
    assert answer.status_code == 201
    url: str = answer.json()["url"]
    return url


def test_the_link_leads_to_the_dashboard_and_the_ticket_leaves_the_address(visiting: Any, shared_service: Any) -> None:
    visit = visiting(shared_service, role=None)
    url = ticket_of(shared_service, "operator")
    ticket = url.rpartition("=")[2]

    visit.page.goto(url)
    visit.page.wait_for_url(re.compile(r"/(#.*)?$"))

    assert ticket not in visit.page.url
    assert not any(ticket in asked for asked in visit.watch.requests)
    expect(visit.page.get_by_role("heading", level=1)).to_be_visible()
    expect(visit.page.get_by_text("operator", exact=True)).to_be_visible()
    visit.page.go_back()
    assert ticket not in visit.page.url


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(visiting: Any, shared_service: Any) -> None:
    visit = visiting(shared_service, role="viewer")

    cookies = visit.page.context.cookies()

    assert [(cookie["httpOnly"], cookie["sameSite"], cookie["path"]) for cookie in cookies] == [(True, "Strict", "/")]
    assert visit.page.evaluate("document.cookie") == ""


def test_a_used_ticket_is_refused_in_words(visiting: Any, shared_service: Any) -> None:
    url = ticket_of(shared_service, "viewer")
    for used in (False, True):
        visit = visiting(shared_service, role=None)
        if used:
            visit.watch.allowed.append(REFUSED)
        visit.page.goto(url)
        if not used:
            visit.page.wait_for_url(re.compile(r"/(#.*)?$"))

    expect(visit.page.get_by_role("status")).to_contain_text("Run “deepnet open” for a new one")
    assert visit.page.url.endswith("/login")


def test_who_is_not_logged_in_is_told_how_to(visiting: Any, shared_service: Any) -> None:
    visit = visiting(shared_service, role=None)
    visit.watch.allowed.append(REFUSED)

    answer = visit.page.goto(shared_service.url)

    assert answer is not None
    assert answer.status == 401
    expect(visit.page.get_by_text("deepnet open --control").first).to_be_visible()


def test_a_viewer_is_told_that_they_are_one(visiting: Any, shared_service: Any) -> None:
    visit = visiting(shared_service, role="viewer")

    expect(visit.page.get_by_text("viewer", exact=True)).to_be_visible()
