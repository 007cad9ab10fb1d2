from typing import Any

import pytest

from deepnet.service.web.security.credentials import came_by_socket
from deepnet.service.web.security.roles import Role

OWN_HOSTS = {
    "with our port": "127.0.0.1:{port}",
    "without a port": "127.0.0.1",
    "with another port": "127.0.0.1:1",
    "as a name": "localhost:{port}",
    "in capitals": "LOCALHOST",
    "as an address of IPv6": "[::1]:{port}",
}
FOREIGN_HOSTS = {
    "another name": "evil.example",
    "one that ends like ours": "evil-localhost",
    "one that begins like ours": "localhost.evil.example",
    "a trailing dot": "localhost.",
    "an address that is a number": "2130706433",
    "a short address": "127.1",
    "the address of all": "0.0.0.0",  # noqa: S104 - nobody listens there
    "an IPv4 address as IPv6": "[::ffff:127.0.0.1]",
    "IPv6 without brackets": "::1",
    "a user before it": "localhost@evil.example",
    "us as the user": "127.0.0.1:80@evil.example",
    "a path after it": "localhost/evil",
    "two of them": "localhost, evil.example",
    "a port that is none": "localhost:80x",
    "a port and a half": "localhost:80:80",
    "nothing": "",
    "something invisible": "localhost\xad",
}
CROSS_SITE = {
    "another site": ["Sec-Fetch-Site: cross-site"],
    "another port of this machine": ["Sec-Fetch-Site: same-site"],
    "a word that nobody knows": ["Sec-Fetch-Site: same-origin-ish"],
    "said twice": ["Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: cross-site"],
    "nothing in it": ["Sec-Fetch-Site: "],
    "a foreign origin": ["Origin: http://evil.example"],
    "an opaque origin": ["Origin: null"],
    "our address with another port": ["Origin: http://127.0.0.1:1"],
    "our address with another scheme": ["Origin: https://127.0.0.1:{port}"],
    "another name of ours": ["Origin: http://localhost:{port}"],
    "a name that begins like ours": ["Origin: http://127.0.0.1:{port}.evil.example"],
    "a user before it": ["Origin: http://127.0.0.1:{port}@evil.example"],
    "a path after it": ["Origin: http://127.0.0.1:{port}/"],
    "two origins": ["Origin: http://127.0.0.1:{port}", "Origin: http://evil.example"],
    "two origins in one": ["Origin: http://127.0.0.1:{port}, http://evil.example"],
    "our origin from another site": ["Origin: http://127.0.0.1:{port}", "Sec-Fetch-Site: cross-site"],
    "a foreign origin that says it is ours": ["Origin: http://evil.example", "Sec-Fetch-Site: same-origin"],
}
WRONG_TOKENS = {
    "another token": "Authorization: Bearer " + "0" * 64,
    "the beginning of ours": "Authorization: Bearer {half}",
    "ours and more": "Authorization: Bearer {token}0",
    "nothing after the word": "Authorization: Bearer ",
    "without the word": "Authorization: {token}",
    "as a password": "Authorization: Basic {token}",
    "in another header": "X-Token: {token}",
    "in a cookie": "Cookie: deepnet-session-{port}={token}",
    "letters that are none": "Authorization: Bearer \xff\xfe",
}
CROOKED_PATHS = [
    "/static/../things",
    "/static/%2e%2e/things",
    "/static/%2E./things",
    "/static/..%2fthings",
    "/static/..%5cthings",
    "/static/..\\things",
    "//things",
    "/static//../things",
    "/./things",
    "/healthz/../things",
    "/things/.",
    "/things%00",
    "/things%0d%0aX: y",
    "/static%2f..%2fthings",
    "/static%2Fthings",
    "/things%2f",
]
STRAIGHT_PATHS_THAT_NEED_A_TOKEN = [
    "/things",
    "/%74hings",
    "/things?/static/",
    "/things;/static/x",
    "/healthz/",
    "/healthz/x",
    "/HEALTHZ",
    "/healthz%20",
    "/static",
    "/%2574hings",
    "/login/",
    "/nothing/of/that/name",
    "/openapi.json",
    "/metrics",
    "/docs",
    "/favicon.ico",
    "http://evil.example/things",
    "http://127.0.0.1/things",
]


@pytest.mark.parametrize("host", OWN_HOSTS.values(), ids=OWN_HOSTS)
def test_a_host_of_ours_is_taken(service: Any, host: str) -> None:
    assert service.ask("GET", "/things", f"Host: {host.format(port=service.port)}", service.bearer).status == 200


@pytest.mark.parametrize("host", FOREIGN_HOSTS.values(), ids=FOREIGN_HOSTS)
def test_a_foreign_host_is_refused_even_with_the_token_and_where_all_is_open(service: Any, host: str) -> None:
    refused = service.ask("GET", "/things", f"Host: {host}", service.bearer)

    assert (refused.status, refused.problem["type"]) == (400, "/problems/bad-host")
    assert service.ask("GET", "/healthz", f"Host: {host}").status == 400
    assert service.shake_hands("/live", f"Host: {host}", service.bearer).status == 400


def test_a_host_is_said_once(service: Any) -> None:
    assert service.ask("GET", "/things", service.bearer).status == 400
    assert service.ask("GET", "/things", service.host, service.host, service.bearer).status == 400
    assert service.ask("GET", "/things", service.host, "Host: evil.example", service.bearer).status == 400
    assert service.send(b"GET /healthz HTTP/1.0\r\n\r\n").status == 400


@pytest.mark.parametrize("headers", CROSS_SITE.values(), ids=CROSS_SITE)
def test_what_another_site_sends_is_refused_whatever_it_shows(service: Any, headers: list[str]) -> None:
    foreign = [header.format(port=service.port) for header in headers]

    for proof in (service.bearer, service.log_in()):
        refused = service.ask("POST", "/guess", service.host, *foreign, proof, body=b"{}")
        assert (refused.status, refused.problem["type"]) == (403, "/problems/cross-site")
        opening = service.shake_hands("/live", service.host, *foreign, proof)
        assert opening.status == 403 or b"multiple values" in opening.body  # which the parser does not take


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "post"])
def test_of_every_method_but_reading_another_site_is_refused(service: Any, method: str) -> None:
    refused = service.ask(method, "/things", service.host, "Origin: http://evil.example", service.bearer)

    assert refused.status in {400, 403}  # 400 is the parser's, for a method that there is none of
    assert service.ask(method, "/things", service.host).status in {400, 401}


def test_our_own_pages_may_with_a_cookie(service: Any) -> None:
    cookie = service.log_in()

    for vouched in (["Sec-Fetch-Site: same-origin"], ["Sec-Fetch-Site: none"], [service.origin]):
        assert service.ask("POST", "/guess", service.host, *vouched, cookie, body=b"{}").status == 200
        assert service.shake_hands("/live", service.host, *vouched, cookie).status == 101


def test_a_cookie_without_a_browser_that_vouches_for_the_page_changes_nothing_and_opens_no_stream(service: Any) -> None:
    cookie = service.log_in()

    assert service.ask("GET", "/things", service.host, cookie).status == 200
    assert service.ask("POST", "/guess", service.host, cookie, body=b"{}").status == 403
    assert service.shake_hands("/live", service.host, cookie).status == 403
    assert service.ask("POST", "/guess", service.host, cookie, service.bearer, body=b"{}").status == 200


def test_another_site_may_link_to_us_but_not_fetch_from_us(service: Any) -> None:
    foreign = "Sec-Fetch-Site: cross-site"

    assert service.ask("GET", "/login", service.host, foreign, "Sec-Fetch-Mode: navigate").status == 200
    assert service.ask("GET", "/login", service.host, foreign, "Sec-Fetch-Mode: no-cors").status == 403
    assert service.ask("GET", "/things", service.host, foreign, service.log_in()).status == 403


def test_there_are_no_cors_headers(service: Any) -> None:
    preflight = service.ask(
        "OPTIONS", "/guess", service.host, service.origin, "Access-Control-Request-Method: POST", service.bearer
    )
    answer = service.ask("GET", "/things", service.host, service.origin, service.bearer)

    assert (preflight.status, answer.status) == (405, 200)
    assert not [name for said in (preflight, answer) for name, _ in said.headers if name.startswith("access-control")]


@pytest.mark.parametrize("header", WRONG_TOKENS.values(), ids=WRONG_TOKENS)
def test_what_is_not_the_token_gets_nobody_in(patient: Any, header: str) -> None:
    half = patient.token[:32]
    wrong = header.format(token=patient.token, half=half, port=patient.port)

    refused = patient.ask("GET", "/things", patient.host, wrong)

    assert (refused.status, refused.problem["type"]) == (401, "/problems/not-authenticated")
    assert refused["www-authenticate"] == 'Bearer realm="deepnet"'
    assert patient.shake_hands("/live", patient.host, wrong).status == 401


def test_the_token_is_shown_once(patient: Any) -> None:
    bearer = patient.bearer
    assert patient.ask("GET", "/things", patient.host, bearer, bearer).status == 401
    assert patient.ask("GET", "/things", patient.host, bearer, "Authorization: Bearer x").status == 401
    assert patient.ask("GET", "/things", patient.host, bearer.replace("Bearer", "bEARER")).status == 200


def test_a_token_in_the_address_gets_nobody_in(service: Any) -> None:
    for name in ("token", "access_token", "ticket"):
        assert service.ask("GET", f"/things?{name}={service.token}", service.host).status == 401
        assert service.shake_hands(f"/live?{name}={service.token}", service.host).status == 401


def test_two_cookies_of_our_name_are_none(service: Any) -> None:
    cookie, name = service.log_in(), f"deepnet-session-{service.port}"

    assert service.ask("GET", "/things", service.host, cookie, f"Cookie: {name}=other").status == 401
    assert service.ask("GET", "/things", service.host, f"{cookie}; {name}=other").status == 401
    assert service.ask("GET", "/things", service.host, f"{cookie}; other=1").status == 200


def test_the_cookie_of_another_service_on_this_machine_is_not_ours(service: Any) -> None:
    other = service.log_in().replace(f"session-{service.port}", "session-1")

    assert service.ask("GET", "/things", service.host, other).status == 401


@pytest.mark.parametrize("path", CROOKED_PATHS)
def test_a_path_that_could_be_read_in_two_ways_is_refused(service: Any, path: str) -> None:
    refused = service.ask("GET", path, service.host, service.bearer)

    assert refused.status == 400
    assert service.ask("GET", path, service.host).status == 400


@pytest.mark.parametrize("path", STRAIGHT_PATHS_THAT_NEED_A_TOKEN)
def test_what_is_not_on_the_short_list_needs_a_token_whether_it_is_there_or_not(service: Any, path: str) -> None:
    for method in ("GET", "HEAD", "POST", "OPTIONS"):
        assert service.ask(method, path, service.host).status == 401


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/healthz", 200),
        ("GET", "/login", 200),
        ("GET", "/static/login.js", 200),
        ("GET", "/static/door.css", 200),
        ("GET", "/static/nothing", 404),
        ("POST", "/login", 422),
        ("POST", "/healthz", 401),
        ("PUT", "/login", 401),
        ("DELETE", "/static/login.js", 401),
        ("OPTIONS", "/login", 401),
    ],
)
def test_what_is_open_is_a_short_list(service: Any, method: str, path: str, status: int) -> None:
    assert service.ask(method, path, service.host).status == status


def test_a_header_does_not_make_another_method_of_it(service: Any) -> None:
    viewer, vouched = service.log_in(), "Sec-Fetch-Site: same-origin"
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        assert service.ask("GET", "/things", service.host, f"{name}: POST", viewer).status == 200
        assert service.ask("POST", "/things", service.host, f"{name}: GET", viewer, vouched).status == 403
    for name in ("X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix"):
        assert service.ask("GET", "/things", service.host, f"{name}: /healthz").status == 401
    for name in ("X-Forwarded-For: 127.0.0.1", "X-Forwarded-Host: localhost", "Forwarded: host=localhost"):
        assert service.ask("GET", "/healthz", "Host: evil.example", name).status == 400


def test_what_comes_by_the_unix_socket_is_the_owners_but_no_browsers(service: Any) -> None:
    assert service.ask("GET", "/things", "Host: anything", by="socket").body == b'{"who":"admin@socket"}'
    assert service.ask("GET", "/things", by="socket").status == 200
    assert service.ask("GET", "/unsaid", by="socket").status == 200
    assert service.shake_hands("/control", "Host: anything", by="socket").status == 101
    for browser in ("Origin: null", "Origin: http://localhost", "Sec-Fetch-Site: none", "Sec-Fetch-Site: same-origin"):
        assert service.ask("GET", "/things", browser, by="socket").status == 403
        assert service.shake_hands("/live", "Host: anything", browser, by="socket").status == 403


def test_a_proxy_in_front_of_the_unix_socket_does_not_make_everybody_admin(service: Any) -> None:
    for told in ("X-Forwarded-For: 1.2.3.4", "X-Real-IP: 1.2.3.4", "Forwarded: for=1.2.3.4", "Via: 1.1 proxy"):
        refused = service.ask("GET", "/things", "Host: any", told, by="socket")
        assert (refused.status, "send it to the port" in refused.problem["detail"]) == (403, True)
        assert service.ask("GET", "/things", service.host, told, service.bearer).status == 200


@pytest.mark.parametrize("server", [("127.0.0.1", 7077), ("::1", 7077), None])
def test_a_client_without_an_address_is_not_taken_for_the_unix_socket(server: Any) -> None:
    assert not came_by_socket({"type": "http", "client": None, "server": server})


def test_who_asks_is_known_to_whatever_the_request_does(service: Any) -> None:
    operator = service.log_in(Role.OPERATOR)

    said = service.ask("POST", "/things", service.host, service.origin, operator, body=b"{}").body.decode()
    assert '"who":"operator@session:' in said
    assert service.ask("GET", "/things", service.host, service.bearer).body == b'{"who":"admin@token"}'
