from typing import Any

import pytest

MIB = 1 << 20
VAST = "Content-Length: 99999999999999999999999999999999999999"


def chunked(size: int, piece: int = 1 << 16) -> bytes:
    """A body of *size* bytes that does not say how long it is."""
    pieces = [b"x" * min(piece, size - at) for at in range(0, size, piece)]
    return b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in [*pieces, b""])


def test_a_body_as_long_as_allowed_arrives(service: Any) -> None:
    for by in ("tcp", "socket"):
        said = service.ask("POST", "/things", service.host, service.bearer, body=b"x" * MIB, by=by)
        assert said.status == 200
        assert f'"bytes":{MIB}'.encode() in said.body


def test_one_byte_more_is_refused(service: Any) -> None:
    for by in ("tcp", "socket"):
        refused = service.ask("POST", "/things", service.host, service.bearer, body=b"x" * (MIB + 1), by=by)
        assert (refused.status, refused.problem["type"]) == (413, "/problems/too-large")
        assert "1,048,576 bytes" in refused.problem["detail"]


def test_what_does_not_say_its_length_is_counted(service: Any) -> None:
    asked = (service.host, service.bearer, "Transfer-Encoding: chunked")
    assert service.ask("POST", "/things", *asked, body=chunked(MIB)).status == 200
    assert service.ask("POST", "/things", *asked, body=chunked(MIB + 1)).status == 413
    assert service.ask("POST", "/guess", *asked, body=chunked(3 * MIB)).status == 413


def test_an_app_that_swallows_the_end_of_a_body_does_not_hide_it(service: Any) -> None:
    asked = (service.host, service.bearer, "Transfer-Encoding: chunked")

    refused = service.ask("POST", "/sorry", *asked, body=chunked(2 * MIB))

    assert refused.status == 413
    assert b"all is well" not in refused.body


def test_an_announced_length_is_refused_before_anything_is_read(service: Any) -> None:
    for length in (f"Content-Length: {MIB + 1}", "Content-Length: 999999999999"):
        assert service.ask("POST", "/things", service.host, service.bearer, length).status == 413
        assert service.ask("GET", "/things", service.host, service.bearer, length).status == 413


@pytest.mark.parametrize(
    "headers",
    [
        [VAST],
        ["Content-Length: -1"],
        ["Content-Length: 1e3"],
        ["Content-Length: 0x10"],
        ["Content-Length: 3", "Content-Length: 4"],
        ["Content-Length: 3", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: gzip, chunked, identity"],
    ],
)
def test_a_length_that_is_none_is_refused(service: Any, headers: list[str]) -> None:
    assert service.ask("POST", "/things", service.host, service.bearer, *headers).status in {400, 413}


def test_nobody_learns_of_limits_who_has_not_come_in(service: Any) -> None:
    assert service.ask("POST", "/things", service.host, f"Content-Length: {MIB + 1}").status == 401
    assert service.ask("PUT", "/api/v1/datasets/a", service.host, "Content-Length: 999999999").status == 401


def test_to_log_in_a_few_bytes_are_enough(service: Any) -> None:
    assert service.ask("POST", "/login", service.host, body=b'{"ticket": "%s"}' % (b"x" * 5000)).status == 413
    assert service.ask("POST", "/login", service.host, "Transfer-Encoding: chunked", body=chunked(5000)).status == 413


def test_data_sets_and_arrays_may_be_longer(small_limits: Any) -> None:
    """The limits of this server are 1000 and 3000 bytes."""
    asked, zipped = (small_limits.host, small_limits.bearer), "Content-Type: application/x-npz"
    for length, status in ((3000, 200), (3001, 413)):
        body = b"x" * length
        assert small_limits.ask("PUT", "/api/v1/datasets/iris", *asked, body=body).status == status
        assert small_limits.ask("POST", "/api/v1/networks/a/runs", *asked, zipped, body=body).status in {404, status}
    unsized = "Transfer-Encoding: chunked"
    for name in ("iris", "whatever"):
        refused = small_limits.ask("PUT", f"/api/v1/datasets/{name}", *asked, unsized, body=chunked(3001))
        assert (refused.status, "3,000 bytes" in refused.problem["detail"]) == (413, True)


@pytest.mark.parametrize(
    ("method", "path", "media"),
    [
        ("POST", "/api/v1/datasets/iris", "text/csv"),
        ("PUT", "/api/v1/datasets/iris/more", "text/csv"),
        ("PUT", "/api/v1/datasets/", "text/csv"),
        ("POST", "/api/v1/networks/a/runs", "application/json"),
        ("POST", "/api/v1/networks/a/runs/b", "application/x-npz"),
        ("POST", "/api/v1/networks/a/predict", "application/x-npz"),
        ("POST", "/things", "application/x-npz"),
    ],
)
def test_nothing_else_may_be_longer(small_limits: Any, method: str, path: str, media: str) -> None:
    asked = (small_limits.host, small_limits.bearer, f"Content-Type: {media}")

    assert small_limits.ask(method, path, *asked, body=b"x" * 1001).status == 413


def test_only_as_many_requests_as_allowed_run_at_one_time(small_limits: Any) -> None:
    """This server has room for two."""
    asked = (small_limits.host, small_limits.bearer)
    waiting = [small_limits.connect() for _ in range(2)]
    for connection in waiting:
        connection.sendall("\r\n".join(["GET /endless HTTP/1.1", *asked, "", ""]).encode())
        assert connection.recv(12) == b"HTTP/1.1 200"

    refused = small_limits.ask("GET", "/things", *asked)

    assert (refused.status, refused["retry-after"]) == (429, "1")
    assert small_limits.ask("GET", "/healthz", small_limits.host).status == 200  # who looks whether it is up is told
    assert small_limits.ask("GET", "/things", by="socket").status == 200  # and its owner gets in
    for connection in waiting:
        connection.close()
    while small_limits.ask("GET", "/things", *asked).status == 429:
        pass
    assert small_limits.ask("GET", "/things", *asked).status == 200


def test_strangers_do_not_hold_a_connection_by_a_body_that_does_not_come(small_limits: Any) -> None:
    """This server waits a moment only."""
    for length in ("Content-Length: 30", "Transfer-Encoding: chunked"):
        refused = small_limits.ask("POST", "/login", small_limits.host, length)
        assert (refused.status, "did not arrive in time" in refused.problem["detail"]) == (400, True)


def test_what_is_too_long_has_no_effect_although_nobody_reads_it(service: Any) -> None:
    came_in = service.log_in()
    unsized = "Transfer-Encoding: chunked"

    said = service.ask("POST", "/logout", service.host, service.origin, came_in, unsized, body=chunked(2 * MIB))

    assert said.status == 413
    assert service.ask("GET", "/things", service.host, came_in).status == 200
