from typing import Any

import httpx2


def test_anybody_may_ask_whether_there_is_somebody(served: Any) -> None:
    answer = httpx2.get(f"http://127.0.0.1:{served.port}/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_a_service_with_all_networks_up_is_ready(viewer: Any, network: str) -> None:
    assert viewer.ask("GET", "/readyz") == {
        "ready": True,
        "checks": {"store": "ok", "event_log": "ok", "networks": "ok"},
    }


def test_a_service_with_a_network_down_is_not(viewer: Any, served: Any, network: str) -> None:
    living = served.engine._living[network]
    up, run = living.network, living.run_id
    living.is_down("it gave up")

    problem = viewer.problem("GET", "/readyz", 503)
    listed = {row["name"]: row for row in viewer.ask("GET", "networks")["items"]}

    assert network in problem["detail"]
    assert (listed[network]["up"], listed[network]["state"]) == (False, "down")
    assert "it gave up" in listed[network]["reason"]
    assert "it gave up" in viewer.problem("GET", f"networks/{network}/neurons/dense_0/0", 409)["detail"]
    living.is_up_with(up, run)


def test_a_service_whose_store_is_closed_is_not_ready(api: Any, viewer: Any, served: Any) -> None:
    served.engine.store.close()
    try:
        problem = api.problem("GET", "/readyz", 503)
        refused = api.problem("GET", "networks", 507)
    finally:
        served.engine.store.reopen()

    assert "store: " in problem["detail"]
    assert refused["type"] == "/problems/storage"
