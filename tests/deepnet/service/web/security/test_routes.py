import json
import threading
from typing import Any

import pytest

from deepnet.service.web.security.roles import Role
from deepnet.service.web.security.tickets import MOST_TICKETS


def ticket(service: Any, **wish: Any) -> dict[str, Any]:
    said = service.ask("POST", "/api/v1/sessions/tickets", service.host, service.bearer, body=json.dumps(wish).encode())
    assert said.status == 201, said.body
    answer: dict[str, Any] = json.loads(said.body)
    return answer


def log_in(service: Any, given: str, *headers: str) -> Any:
    return service.ask("POST", "/login", service.host, *headers, body=json.dumps({"ticket": given}).encode())


def cookie(said: Any) -> str:
    return f"Cookie: {said['set-cookie'].partition(';')[0]}"


def test_a_ticket_becomes_a_cookie_that_scripts_and_other_sites_do_not_get(service: Any) -> None:
    given = ticket(service, label="desk")

    said = log_in(service, given["ticket"], service.origin)

    assert (said.status, said["location"]) == (303, "/")
    pair, *attributes = said["set-cookie"].split("; ")
    assert pair.startswith(f"deepnet-session-{service.port}=dnsession_")
    assert sorted(attributes) == ["HttpOnly", "Max-Age=43200", "Path=/", "SameSite=strict"]
    assert service.token not in str(said.headers)
    who = json.loads(service.ask("GET", "/things", service.host, cookie(said)).body)["who"]
    assert who.startswith("viewer@session:")


def test_the_address_to_open_has_the_ticket_where_no_server_sees_it(service: Any) -> None:
    given = ticket(service)
    assert given["url"] == f"http://127.0.0.1:{service.port}/login#ticket={given['ticket']}"
    assert given["expires"] == service.clock.now + 60

    named = service.ask("POST", "/api/v1/sessions/tickets", "Host: LocalHost", service.bearer, body=b"{}")
    assert json.loads(named.body)["url"].startswith("http://localhost:80/login#ticket=")
    local = service.ask("POST", "/api/v1/sessions/tickets", "Host: whatever", body=b"{}", by="socket")
    assert json.loads(local.body)["url"].startswith(f"http://127.0.0.1:{service.port}/login#ticket=")


def test_a_ticket_cannot_be_used_twice(service: Any) -> None:
    given = ticket(service)["ticket"]

    assert log_in(service, given).status == 303
    again = log_in(service, given)
    assert (again.status, again["set-cookie"]) == (401, None)
    assert "unknown, used or too old: see 'deepnet open'" in again.problem["detail"]


def test_a_ticket_cannot_be_used_after_a_minute(patient: Any) -> None:
    early, late = ticket(patient)["ticket"], ticket(patient)["ticket"]

    patient.clock.now += 59
    assert log_in(patient, early).status == 303
    patient.clock.now += 1
    assert log_in(patient, late).status == 401


def test_another_site_cannot_log_a_browser_in(service: Any) -> None:
    given = ticket(service)["ticket"]

    assert log_in(service, given, "Origin: http://evil.example").status == 403
    assert log_in(service, given, "Sec-Fetch-Site: same-site").status == 403
    assert log_in(service, given, "Content-Type: text/plain").status == 422
    assert log_in(service, given).status == 303  # none of them has used it up


@pytest.mark.parametrize("role", ["viewer", "operator", "admin"])
def test_a_session_has_the_role_of_its_ticket(service: Any, role: str) -> None:
    came_in = cookie(log_in(service, ticket(service, role=role)["ticket"]))

    changed = service.ask("POST", "/things", service.host, service.origin, came_in, body=b"{}").status
    listed = service.ask("GET", "/api/v1/sessions", service.host, came_in).status
    assert (changed, listed) == {"viewer": (403, 403), "operator": (200, 403), "admin": (200, 200)}[role]


@pytest.mark.parametrize(
    "wish",
    [
        {"role": "root"},
        {"role": 3},
        {"role": None},
        {"label": "x" * 101},
        {"label": "\x1b[2J"},
        {"label": "\u202edrow"},
        {"label": 1},
        {"admin": True},
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(service: Any, wish: dict[str, Any]) -> None:
    body = json.dumps(wish).encode()
    assert service.ask("POST", "/api/v1/sessions/tickets", service.host, service.bearer, body=body).status == 422


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
def test_only_admins_say_who_else_may(service: Any, role: Role) -> None:
    asked = (service.host, service.origin, service.log_in(role))

    for method, path in (("POST", "/tickets"), ("GET", ""), ("DELETE", "/x")):
        said = service.ask(method, f"/api/v1/sessions{path}", *asked, body=b"{}")
        assert (said.status, "needs the role admin" in said.body.decode()) == (403, True)


def test_logging_out_ends_the_session_everywhere(service: Any) -> None:
    came_in = cookie(log_in(service, ticket(service)["ticket"]))
    assert service.ask("POST", "/logout", service.host, came_in).status == 403  # nobody vouches that the user wants it
    assert service.ask("GET", "/things", service.host, came_in).status == 200

    said = service.ask("POST", "/logout", service.host, service.origin, came_in)

    assert said.status == 204
    assert said["set-cookie"].startswith(f'deepnet-session-{service.port}="";')
    assert "Max-Age=0" in said["set-cookie"]
    assert service.ask("GET", "/things", service.host, came_in).status == 401
    assert service.ask("POST", "/logout", service.host, service.bearer).status == 204  # a token has nothing to end


def test_logging_in_again_ends_the_session_before(service: Any) -> None:
    before = cookie(log_in(service, ticket(service)["ticket"]))
    after = cookie(log_in(service, ticket(service)["ticket"], service.origin, before))

    assert service.ask("GET", "/things", service.host, before).status == 401
    assert service.ask("GET", "/things", service.host, after).status == 200


def test_sessions_are_listed_without_their_secrets(serve: Any) -> None:
    service = serve()
    labels = ["a", "b", "c"]
    came_in = [cookie(log_in(service, ticket(service, label=label, role="admin")["ticket"])) for label in labels]
    keys = [one.partition("=")[2] for one in came_in]

    first = service.ask("GET", "/api/v1/sessions?limit=2", service.host, came_in[0])
    page = json.loads(first.body)
    rest = json.loads(service.ask("GET", f"/api/v1/sessions?after={page['next']}", service.host, came_in[0]).body)

    items = [*page["items"], *rest["items"]]
    assert (len(page["items"]), rest["next"]) == (2, None)
    assert sorted(item["label"] for item in items) == labels
    assert [item["label"] for item in items if item["current"]] == ["a"]
    assert {item["expires"] - item["created"] for item in items} == {12 * 3600}
    assert not [key for key in keys if key in first.body.decode()]
    database = b"".join(each.read_bytes() for each in service.store.path.parent.glob("service.sqlite3*"))
    assert b"admin" in database
    assert not [key for key in keys if key.encode() in database]


def test_a_revoked_session_is_over_at_once(service: Any) -> None:
    came_in = cookie(log_in(service, ticket(service)["ticket"]))
    who = json.loads(service.ask("GET", "/things", service.host, came_in).body)["who"]
    session = who.partition(":")[2]

    revoked = service.ask("DELETE", f"/api/v1/sessions/{session}", service.host, service.bearer)

    assert revoked.status == 204
    assert service.ask("GET", "/things", service.host, came_in).status == 401
    assert service.shake_hands("/live", service.host, service.origin, came_in).status == 401


def test_a_session_ends_with_its_time(patient: Any) -> None:
    came_in = cookie(log_in(patient, ticket(patient)["ticket"]))

    patient.clock.now += 12 * 3600 - 1
    assert patient.ask("GET", "/things", patient.host, came_in).status == 200
    patient.clock.now += 1
    assert patient.ask("GET", "/things", patient.host, came_in).status == 401


def test_streams_end_with_their_session(service: Any) -> None:
    came_in = cookie(log_in(service, ticket(service)["ticket"]))
    session = json.loads(service.ask("GET", "/things", service.host, came_in).body)["who"].partition(":")[2]
    opened = service.shake_hands("/live", service.host, service.origin, came_in)
    live = service.opened[-1]
    stream = service.connect()
    stream.sendall(f"GET /endless HTTP/1.1\r\n{service.host}\r\n{came_in}\r\n\r\n".encode())
    began = stream.recv(12)

    service.ask("DELETE", f"/api/v1/sessions/{session}", service.host, service.bearer)

    said = opened.body
    while b"\x03\xf0the session is over" not in said:  # 1008: policy
        more = live.recv(4096)
        assert more, said
        said += more
    while b"0\r\n\r\n" not in stream.recv(65536):  # the last chunk
        pass
    stream.close()
    assert (opened.status, began) == (101, b"HTTP/1.1 200")
    assert f"viewer@session:{session}".encode() in said


def test_what_happens_with_sessions_is_written_down_with_who(serve: Any) -> None:
    service = serve()
    came_in = cookie(log_in(service, ticket(service, role="operator", label="desk")["ticket"]))
    log_in(service, "dnticket_guessed")
    service.ask("GET", "/things", service.host, "Authorization: Bearer guessed")
    (opened,) = service.noted("session_opened")
    service.ask("DELETE", f"/api/v1/sessions/{opened.data['session']}", by="socket")
    service.ask("POST", "/logout", service.host, service.origin, came_in)

    (issued,), (revoked,) = service.noted("ticket_issued"), service.noted("session_revoked")
    assert (issued.who, issued.data) == ("admin@token", {"role": "operator", "label": "desk"})
    assert opened.who == f"operator@session:{opened.data['session']}"
    assert (opened.data["role"], opened.data["label"]) == ("operator", "desk")
    assert (revoked.who, revoked.data["session"]) == ("admin@socket", opened.data["session"])
    assert [(row.who, row.data["reason"]) for row in service.noted("login_failed")] == [
        ("unknown@127.0.0.1", "the ticket is unknown, used or too old"),
        ("unknown@127.0.0.1", "the token is not this service's"),
    ]
    service.log.write()
    assert not [row for row in service.store.events.page(limit=1000) if "dnticket_" in str(row) + str(row.data)]


def test_who_fails_too_often_has_to_wait_and_whoever_is_right_gets_in_all_the_same(serve: Any) -> None:
    service = serve(failures_per_minute=3)
    statuses = [log_in(service, f"dnticket_{n}").status for n in range(3)]
    statuses.append(service.ask("GET", "/things", service.host, "Authorization: Bearer x").status)
    refused = log_in(service, "dnticket_4")

    assert [*statuses, refused.status] == [401, 401, 401, 429, 429]
    assert 1 <= int(refused["retry-after"]) <= 20
    assert len(service.noted("login_failed")) == 3
    assert service.ask("GET", "/things", service.host, service.bearer).status == 200
    assert log_in(service, ticket(service)["ticket"]).status == 303


def test_who_changes_too_often_has_to_wait_and_others_do_not(serve: Any) -> None:
    service = serve(changes_per_second=0.01, changes_at_once=2)
    mine, yours = service.log_in(Role.OPERATOR), service.log_in(Role.OPERATOR)

    def change(who: str, method: str = "POST", path: str = "/things") -> Any:
        return service.ask(method, path, service.host, service.origin, who, body=b"{}")

    assert [change(mine).status for _ in range(3)] == [200, 200, 429]
    assert 1 <= int(change(mine)["retry-after"]) <= 100
    assert change(yours).status == 200
    assert [change(mine, "GET").status, change(mine, "POST", "/guess").status] == [200, 200]  # that changes nothing
    assert [service.ask("POST", "/things", body=b"{}", by="socket").status for _ in range(5)] == [200] * 5


def test_tickets_do_not_pile_up(serve: Any) -> None:
    service = serve()
    for _ in range(MOST_TICKETS):
        service.security.tickets.issue(Role.VIEWER, "")

    said = service.ask("POST", "/api/v1/sessions/tickets", service.host, service.bearer, body=b"{}")

    assert said.status in {409, 500}  # 409 by the handlers of the whole app, which this small one lacks


def test_a_ticket_used_by_two_browsers_at_once_lets_one_in(service: Any) -> None:
    given, statuses = ticket(service)["ticket"], []
    threads = [threading.Thread(target=lambda: statuses.append(log_in(service, given).status)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert min(statuses) == 303
    assert statuses.count(303) == 1


def test_the_login_page_has_nothing_that_its_policy_forbids(service: Any) -> None:
    page = service.ask("GET", "/login", service.host).body.decode()
    script = service.ask("GET", "/static/login.js", service.host)

    assert script["content-type"] == "text/javascript; charset=utf-8"
    assert "http:" not in page + script.body.decode()
    assert "https:" not in page + script.body.decode()
    assert "<style" not in page
    assert " style=" not in page
    assert page.count("<script") == page.count('<script src="/static/') == 1
    assert " on" not in "".join(tag.partition(">")[0] for tag in page.split("<"))
    assert "innerHTML" not in script.body.decode()


def test_with_tls_the_cookie_goes_nowhere_else(serve: Any) -> None:
    """Here a proxy speaks it, and keeps the Host that it was asked for."""
    service = serve(behind_proxy=True, allowed_hosts=("nets.example", "127.0.0.1"))
    given = json.loads(
        service.ask("POST", "/api/v1/sessions/tickets", "Host: nets.example", service.bearer, body=b"{}").body
    )

    body = json.dumps({"ticket": given["ticket"]}).encode()
    plain = service.ask("POST", "/login", "Host: nets.example", "Origin: http://nets.example", body=body)
    said = service.ask("POST", "/login", "Host: nets.example", "Origin: https://nets.example", body=body)

    assert given["url"].startswith("https://nets.example:443/login#ticket=")
    assert (plain.status, said.status) == (403, 303)
    assert said["set-cookie"].startswith(f"__Host-deepnet-session-{service.port}=")
    assert "; Secure" in said["set-cookie"]
    assert "Domain" not in said["set-cookie"]
    came_in = cookie(said)
    assert service.ask("GET", "/things", "Host: nets.example", came_in).status == 200
    assert service.ask("GET", "/things", service.host, came_in).status == 401


def test_without_authentication_everybody_is_admin_but_foreign_pages_are_not(serve: Any) -> None:
    service = serve(token=None, insecure_no_auth=True)

    assert service.ask("GET", "/things", service.host).body == b'{"who":"admin@open"}'
    assert service.ask("GET", "/unsaid", service.host).status == 200
    assert service.ask("GET", "/things", "Host: evil.example").status == 400
    assert service.ask("POST", "/things", service.host, "Origin: http://evil.example", body=b"{}").status == 403
    assert service.shake_hands("/live", service.host, "Origin: http://evil.example").status == 403
