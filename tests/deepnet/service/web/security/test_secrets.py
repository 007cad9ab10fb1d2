"""What a service that runs as people run it says of secrets: nothing, in none of its logs and files."""

import json
import os
import re
import stat
from pathlib import Path
from typing import Any

import httpx2
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

GUESS = "guessed-0123456789abcdefghijklmnopqrstuv"
"""What somebody tries who does not know; it could be the token of something else."""


def test_the_log_of_a_whole_visit_tells_no_secret(start_service: Any) -> None:
    service = start_service(DEEPNET_LOG="debug")
    with httpx2.Client(base_url=service.url) as browser:
        token = service.token
        known = {"Authorization": f"Bearer {token}"}
        origin = {"Origin": service.url}
        given = browser.post("/api/v1/sessions/tickets", json={"role": "admin"}, headers=known).json()["ticket"]
        assert browser.post("/login", json={"ticket": GUESS}).status_code == 401
        assert browser.get(f"/login?ticket={given}").status_code == 200
        assert browser.post("/login", json={"ticket": given}, headers=origin).status_code == 303
        key = next(iter(browser.cookies.values()))
        assert browser.get(f"/api/v1/networks?token={token}&ticket={GUESS}").status_code in {200, 422}
        assert browser.get("/api/v1/nothing", headers={"Authorization": f"Bearer {GUESS}"}).status_code == 401
        assert browser.post("/api/v1/networks", content=b'{"token": "%s"}' % GUESS.encode()).status_code == 403
        made = browser.post("/api/v1/networks", json={"layers": "2-2-1", "name": "seen"}, headers=origin)
        assert made.status_code == 201
        cookie = {"Cookie": f"{next(iter(browser.cookies))}={key}"}
        address = f"{service.url.replace('http', 'ws')}/api/v1/live"
        with connect(f"{address}?key={GUESS}", additional_headers={**cookie, **origin}) as live:
            live.send(json.dumps({"op": "ping"}))
            live.recv(10)
        with pytest.raises(InvalidStatus):
            connect(f"{address}?token={token}")
        assert browser.get("/nothing%0Aforged").status_code == 400
        assert browser.post("/logout", headers=origin).status_code == 204

    logged = service.logged
    events = b"".join(each.read_bytes() for each in service.data_dir.glob("service.sqlite3*"))

    assert "/nothing%0Aforged" in logged  # and not a line of its own
    assert len(re.findall("request", logged)) >= 10
    assert "/api/v1/live" in logged
    assert "admin@session:" in logged
    for secret in (token, given, key, GUESS):
        assert secret not in logged
        assert secret.encode() not in events
        assert secret not in "".join(service.printed)


def test_no_secret_is_in_a_file_that_others_can_read_nor_in_the_command_line(shared_service: Any) -> None:
    for file in [
        shared_service.data_dir,
        *shared_service.data_dir.rglob("*"),
        shared_service.socket,
        shared_service.socket.parent,
    ]:
        private = not stat.S_IMODE(file.stat().st_mode) & 0o077
        assert private or (file.is_file() and shared_service.token.encode() not in file.read_bytes()), file
    for name in ("token", shared_service.socket):
        assert stat.S_IMODE((shared_service.data_dir / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(shared_service.socket.parent.stat().st_mode) == 0o700
    assert shared_service.token.encode() not in Path(f"/proc/{shared_service.pid}/cmdline").read_bytes()


def test_the_socket_needs_no_token_and_the_port_does(shared_service: Any) -> None:
    with httpx2.Client(transport=httpx2.HTTPTransport(uds=str(shared_service.socket)), base_url="http://any") as local:
        assert local.get("/api/v1/sessions").status_code == 200
    with httpx2.Client(base_url=shared_service.url) as anybody:
        assert anybody.get("/api/v1/sessions").status_code == 401
        assert anybody.get("/healthz").status_code == 200
    assert (shared_service.data_dir / "token").stat().st_uid == os.geteuid()
