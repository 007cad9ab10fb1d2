import re
from typing import Any

import pytest

from deepnet.service.web.app import all_routes, make_api
from deepnet.service.web.openapi import ALWAYS, OPEN
from deepnet.service.web.security.roles import Role, role_of

APP = make_api()
DOCUMENT = APP.openapi()
OPERATIONS = {
    operation["operationId"]: (path, method, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_has_a_name_a_summary_and_all_its_problems(name: str) -> None:
    path, _, operation = OPERATIONS[name]

    assert re.fullmatch(r"[a-z_]+", name)
    assert 5 < len(operation["summary"]) < 110
    assert not operation["summary"].endswith(".")
    expected = set() if path in OPEN else {str(status) for status in ALWAYS}
    assert expected <= set(operation["responses"])
    for status, response in operation["responses"].items():
        if int(status) >= 400:
            assert list(response["content"]) == ["application/problem+json"], (name, status)


def test_every_reference_leads_somewhere() -> None:
    def references(node: Any) -> set[str]:
        if isinstance(node, dict):
            own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
            return own.union(*(references(part) for part in node.values()))
        return set().union(*(references(part) for part in node)) if isinstance(node, list) else set()

    known = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}

    assert references(DOCUMENT) <= known
    assert "HTTPValidationError" not in DOCUMENT["components"]["schemas"]


def test_what_may_be_missing_has_no_default_that_it_could_not_have() -> None:
    neuron = DOCUMENT["components"]["schemas"]["NeuronChange"]["properties"]

    assert all("default" not in prop for prop in neuron.values())


def test_every_route_says_who_may_and_every_change_is_for_more_than_viewers() -> None:
    looking = {"predict", "answer", "read_activations", "trace", "find_dead_neurons", "log_in", "log_out"}
    routes = all_routes()
    assert len(routes) >= len(OPERATIONS)
    for route in routes:
        role = role_of(route)
        assert role is not None or route.path in {"/healthz", "/login"} or route.path.startswith("/static/"), route.path
        if getattr(route, "methods", set()) - {"GET", "HEAD"} and route.name not in looking:
            assert role is not None
            assert role >= Role.OPERATOR, route.name


def test_the_document_is_for_those_who_may_come_in(viewer: Any) -> None:
    assert viewer.ask("GET", "/openapi.json")["info"]["title"] == "deepnet"
    for path in ("/docs", "/redoc"):
        viewer.problem("GET", path, 404)
