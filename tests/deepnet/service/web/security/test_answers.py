from typing import Any

import pytest

from deepnet.service.web.security.headers import add_to

HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/things", 200),
        ("GET", "/login", 200),
        ("GET", "/nothing", 404),
        ("PATCH", "/things", 405),
        ("POST", "/login", 422),
        ("GET", "/broken", 500),
        ("GET", "/./things", 400),
    ],
)
def test_every_answer_has_the_headers_errors_too(service: Any, method: str, path: str, status: int) -> None:
    said = service.ask(method, path, service.host, service.bearer)

    assert said.status == status
    assert {name: said[name] for name in HEADERS} == HEADERS
    assert said["server"] is None


def test_refusals_have_them_and_so_has_what_is_said_to_a_websocket(service: Any) -> None:
    asked = (service.host, service.bearer)
    for said, status in [
        (service.ask("GET", "/things", service.host), 401),
        (service.ask("GET", "/things", "Host: evil.example"), 400),
        (service.ask("POST", "/things", *asked, "Content-Length: 9999999"), 413),
        (service.shake_hands("/live", service.host), 401),
        (service.shake_hands("/live", "Host: evil.example"), 400),
        (service.shake_hands("/control", service.host, service.origin, service.log_in()), 403),
        (service.shake_hands("/nothing", *asked), 403),
        (service.shake_hands("/shy", *asked), 403),
        (service.shake_hands("/live", *asked), 101),
    ]:
        assert said.status == status
        assert {name: said[name] for name in HEADERS} == HEADERS


def test_a_refused_websocket_gets_a_problem_that_says_what_to_do(
    service: Any, caplog: pytest.LogCaptureFixture
) -> None:
    refused = service.shake_hands("/live", service.host)
    while service.opened[-1].recv(4096):  # until the server has closed it
        pass

    assert not caplog.text  # whoever is refused cannot fill the log

    assert refused["www-authenticate"] == 'Bearer realm="deepnet"'
    assert refused.problem == {
        "type": "/problems/not-authenticated",
        "title": "Nobody knows who is asking",
        "status": 401,
        "detail": "this needs a token or a session: send 'Authorization: Bearer TOKEN', or run 'deepnet open'",
        "instance": "/live",
    }


def test_a_failure_tells_the_client_nothing_of_what_is_inside(service: Any) -> None:
    said = service.ask("GET", "/broken", service.host, service.bearer)

    assert said.status == 500
    assert service.token.encode() not in said.body
    assert b"Traceback" not in said.body


def test_the_head_of_an_open_page_has_no_body(service: Any) -> None:
    said = service.ask("HEAD", "/nothing", service.host)

    assert (said.status, said.body) == (401, b"")


def test_an_app_cannot_weaken_the_headers() -> None:
    message = {"headers": [(b"Content-Security-Policy", b"default-src *"), (b"Cache-Control", b"max-age=9")]}
    add_to(message)

    said = [(name.lower().decode(), value.decode()) for name, value in message["headers"]]
    assert sorted(said) == sorted((HEADERS | {"cache-control": "max-age=9"}).items())
