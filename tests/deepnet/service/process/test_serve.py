"""The whole process: begun, used, told to stop, killed, and begun again."""

import signal
import socket
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import psutil

RUNS = "/api/v1/runs"
WITHIN = 5.0
"""Seconds that ending may take, whatever clients do."""
LONG = 30.0


def begin_run(client: httpx2.Client, name: str) -> str:
    """Have a network learn for as long as anybody lets it; return the id of its run."""
    made = client.post("/api/v1/networks", json={"name": name, "layers": "2-4-1", "granularity": "layer"})
    assert made.status_code == 201, made.text
    rows = {"inputs": [[0, 1], [1, 0]], "targets": [[1], [0]], "until": {"epochs": 10**9}}
    run = client.post(f"/api/v1/networks/{name}/runs", json=rows)
    assert run.status_code == 201, run.text
    run_id: str = run.json()["id"]
    return run_id


def await_run(client: httpx2.Client, run_id: str, is_there: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Return a run as soon as it has got that far."""
    end = time.monotonic() + LONG
    while True:
        run: dict[str, Any] = client.get(f"{RUNS}/{run_id}").json()
        if is_there(run):
            return run
        assert time.monotonic() < end, run
        time.sleep(0.02)


def await_logged(service: Any, text: str) -> None:
    end = time.monotonic() + LONG
    while text not in service.logged:
        assert time.monotonic() < end, service.logged
        time.sleep(0.02)


@contextmanager
def hung_clients(service: Any) -> Iterator[list[socket.socket]]:
    """Clients that never read what they asked for, or never ask to the end."""
    auth = f"Host: 127.0.0.1\r\nAuthorization: Bearer {service.token}\r\n"
    key = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    upgrade = f"GET /api/v1/live HTTP/1.1\r\n{auth}{key}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    said = [
        f"GET /api/v1/events/stream HTTP/1.1\r\n{auth}\r\n",
        f"GET /api/v1/events/stream?after=0 HTTP/1.1\r\n{auth}\r\n",
        f"POST /api/v1/networks HTTP/1.1\r\n{auth}Content-Type: application/json\r\nContent-Length: 99\r\n\r\n" + "{",
        "GET / HT",
        upgrade,
    ]
    clients = []
    try:
        for request in said:
            clients.append(socket.create_connection(("127.0.0.1", service.port), timeout=LONG))
            clients[-1].sendall(request.encode())
        for at in (0, 1, 4):
            assert clients[at].recv(12) in {b"HTTP/1.1 200", b"HTTP/1.1 101"}
        yield clients
    finally:
        for client in clients:
            client.close()


def test_it_says_where_it_is_and_lets_only_its_owner_in(shared_service: Any) -> None:
    service = shared_service
    where = f"http://127.0.0.1:{service.port} and unix:{service.socket}"

    assert service.printed == [
        f"deepnet serves {service.data_dir} on {where} (pid {service.pid})",
        "open it: deepnet open",
    ]
    for path, mode in ((service.data_dir, 0o700), (service.socket, 0o600), (service.data_dir / "service.json", 0o600)):
        assert stat.S_IMODE(path.stat().st_mode) == mode
    assert httpx2.get(f"{service.url}/healthz").status_code == 200
    assert httpx2.get(f"{service.url}/api/v1/service").status_code == 401
    assert service.client().get("/api/v1/service").json()["pid"] == service.pid
    assert service.client(over_socket=True).get("/api/v1/service").status_code == 200


def test_only_the_loopback_is_listened_on(shared_service: Any) -> None:
    listening = {
        each.laddr for each in psutil.Process(shared_service.pid).net_connections("tcp") if each.status == "LISTEN"
    }

    assert {each.ip for each in listening} <= {"127.0.0.1", "::1"}
    assert {each.port for each in listening} == {shared_service.port}


def test_a_web_server_that_died_is_back_on_its_port_and_runs_have_not_noticed(shared_service: Any) -> None:
    client = shared_service.client(over_socket=True)
    run_id = begin_run(client, "steady")
    before = await_run(client, run_id, lambda run: run["step"] > 0)
    with hung_clients(shared_service) as clients:
        clients[2].close()  # for one that asks half is waited for
        assert client.post("/api/v1/service/children/http/kill").is_success
        await_logged(shared_service, "restart_count=1")

    after = shared_service.client(over_socket=True).get(f"{RUNS}/{run_id}").json()
    assert after["state"] == "running"
    assert after["step"] > before["step"]
    assert after["resumed_at"] is None
    assert httpx2.get(f"{shared_service.url}/healthz").status_code == 200
    client.post(f"{RUNS}/{run_id}/stop")


def test_its_log_level_can_be_changed_while_it_runs(shared_service: Any) -> None:
    for level in ("debug", "info"):
        (shared_service.data_dir / "service.log-level").write_text(level)
        shared_service.send(signal.SIGHUP)
        await_logged(shared_service, f"now={level}")


def test_it_tells_the_service_manager_how_it_goes_and_stops_in_time_whatever_clients_do(
    start_service: Any, tmp_path: Path
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.settimeout(LONG)
        manager.bind(str(tmp_path / "notify"))
        service = start_service(NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="60000000")
        assert manager.recv(4096).startswith(b"READY=1\n")
        assert manager.recv(4096).startswith(b"WATCHDOG=1\nSTATUS=0 of 0 networks up")
        run_id = begin_run(service.client(), "long")
        await_run(service.client(), run_id, lambda run: run["step"] > 0)
        with hung_clients(service) as clients:
            began = time.monotonic()
            assert service.end(signal.SIGTERM) == 0
            assert time.monotonic() - began < WITHIN
            assert b'"bye"' in clients[4].recv(1 << 20)
        manager.settimeout(0)
        told: list[bytes] = []
        while b"STOPPING=1" not in (told[-1] if told else b""):
            told.append(manager.recv(4096))
    assert not service.socket.exists()
    assert not (service.data_dir / "service.json").exists()

    # What was under way goes on from the very step, also after ends that were less kind.
    service = start_service(data_dir=service.data_dir)
    run = await_run(service.client(), run_id, lambda run: run["state"] == "running")
    assert run["resumed_at"] > 0
    assert service.end(signal.SIGKILL) == -signal.SIGKILL
    assert service.socket.exists()
    assert (service.data_dir / "service.json").exists()

    service = start_service(data_dir=service.data_dir)
    await_run(service.client(), run_id, lambda again: again["step"] > run["resumed_at"] <= again["resumed_at"])
    with hung_clients(service):
        assert service.client().post("/api/v1/service/shutdown").is_success  # as somebody who may
        await_logged(service, "service_stops")
        service.send(signal.SIGINT)
        while service.process.poll() is None:  # it has heard the first one when the second one ends it
            service.send(signal.SIGINT)
            time.sleep(0.01)
        assert service.wait() == 128 + signal.SIGINT


def test_nothing_secret_is_logged(shared_service: Any) -> None:
    httpx2.get(f"{shared_service.url}/api/v1/service", params={"token": shared_service.token})
    shared_service.client().get("/api/v1/service")

    assert shared_service.token not in shared_service.logged
