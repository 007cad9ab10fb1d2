import time
from typing import Any


def test_the_service_tells_how_it_is(viewer: Any, served: Any, network: str) -> None:
    served.engine.log.write()

    status = viewer.ask("GET", "service")

    assert status["networks"] >= status["networks_up"] >= 1
    assert status["free_bytes"] > 0
    assert status["last_event"] > 0
    assert status["memory_bytes"] > 1_000_000
    assert status["cpu_percent"] >= 0
    assert {"version", "python", "pid", "uptime", "loop_lag", "clients"} <= set(status)


def test_the_tree_of_the_service_has_its_parts_and_its_networks(viewer: Any, network: str) -> None:
    tree = viewer.ask("GET", "service/tree")

    parts = {child["name"]: child for child in tree["children"]}
    assert {"store", "event_log", "checkpointer", "networks"} <= set(parts)
    assert f"network:{network}" in [child["name"] for child in parts["networks"]["children"]]


def test_a_part_that_is_killed_heals(api: Any, network: str) -> None:
    def restarts() -> int:
        children = api.ask("GET", "service/tree")["children"]
        return sum(child["restarts"] for child in children if child["name"] == "checkpointer")

    before = restarts()

    assert api.ask("POST", "service/children/checkpointer/kill", 202) == {"killed": "checkpointer"}

    end = time.monotonic() + 5
    while restarts() == before:
        assert time.monotonic() < end
        time.sleep(0.01)
    assert api.ask("GET", f"networks/{network}")["up"]
    assert "there are" in api.problem("POST", "service/children/nobody/kill", 404)["detail"]


def test_only_an_admin_ends_the_service(api: Any, operator: Any, served: Any) -> None:
    assert operator.problem("POST", "service/shutdown", 403)["type"] == "/problems/forbidden"
    assert served.endings == []

    assert api.ask("POST", "service/shutdown", 202) == {"ending": True}

    end = time.monotonic() + 5
    while not served.endings:
        assert time.monotonic() < end
        time.sleep(0.01)
    served.endings.clear()
