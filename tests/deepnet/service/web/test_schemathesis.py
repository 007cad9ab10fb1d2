"""Requests drawn from the OpenAPI, right ones and wrong ones: the service does not fail, and gives no answer unlisted.

``scripts/fuzz-api`` draws more of them.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from deepnet.service.web.app import make_api

EXAMPLES = int(os.environ.get("DEEPNET_API_EXAMPLES", "4"))
"""Requests for each operation."""
SEED = int(os.environ.get("DEEPNET_API_SEED", "0"))
DOCUMENT = make_api().openapi()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
ENDLESS = {"follow_events"}
NAMES = [operation["operationId"] for methods in DOCUMENT["paths"].values() for operation in methods.values()]
CHECKS: Any = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
    allow_header_conformance,
]
NETWORK = "fuzz"
KNOWN = {
    "network": NETWORK,
    "layer": "dense_0",
    "index": 1,
    "step": 0,
    "dataset": "fuzzed",
    "child": "checkpointer",
    "session": "nobody",
}
"""What there is: mostly it is that which is asked for."""
RUN: Any = {
    "inputs": [[0, 0], [0, 1], [1, 0], [1, 1]],
    "targets": [[0], [1], [1], [0]],
    "until": {"epochs": 1_000_000},
    "paused": True,
}


@schemathesis.serializer("application/x-npy", "application/x-npz", "text/csv")
def as_it_is(_context: Any, value: Any) -> Any:
    return value


@pytest.fixture(scope="module")
def session(served: Any) -> Iterator[requests.Session]:
    with requests.Session() as session, served.caller() as caller:
        session.headers.update(caller.headers)
        yield session
        caller.request("DELETE", f"/api/v1/networks/{NETWORK}")


def renewed(session: requests.Session, base: str) -> str:
    """See to it that there is a network with a run; return the run."""
    networks = f"{base}/api/v1/networks"
    session.post(networks, json={"name": NETWORK, "layers": "2-4-1:tanh"})
    session.post(f"{networks}/{NETWORK}/runs", json=RUN)
    session.put(f"{base}/api/v1/datasets/fuzzed", data=b"x,y\n1,2\n", headers={"Content-Type": "text/csv"})
    listed = session.get(f"{base}/api/v1/runs", params={"network": NETWORK}).json()
    run: str = listed["items"][0]["id"]
    return run


def tamed(case: Any) -> Any:
    """Make small what would be right, but take long."""
    body = case.body
    if not isinstance(body, dict):
        return case
    for name, most in (("neurons", 3), ("n", 3), ("timeout", 0.2)):
        if isinstance(body.get(name), int | float) and body[name] > most:
            body[name] = most
    if isinstance(body.get("layers"), str) and body["layers"][:1].isdecimal():
        body["layers"] = "2-3-1"
    model = body.get("model")
    for layer in model.get("layers", ()) if isinstance(model, dict) and isinstance(model.get("layers"), list) else ():
        for name in ("inputs", "neurons"):
            if isinstance(layer, dict) and isinstance(layer.get(name), int):
                layer[name] = min(layer[name], 9)
    return case


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ENDLESS])
def test_whatever_is_asked_the_answer_is_one_that_is_listed(served: Any, session: requests.Session, name: str) -> None:
    base, operation = f"http://127.0.0.1:{served.port}", SCHEMA.find_operation_by_id(name)
    there: Any = {**KNOWN, "run": renewed(session, base)}
    there = {part: value for part, value in there.items() if f"{{{part}}}" in operation.path}
    drawn = [operation.as_strategy(generation_mode=GenerationMode.POSITIVE)]
    if there:
        drawn += 4 * [operation.as_strategy(generation_mode=GenerationMode.POSITIVE, path_parameters=there)]
    drawn += 2 * [operation.as_strategy(generation_mode=GenerationMode.NEGATIVE, path_parameters=there or None)]

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(drawn))
    def ask(case: Any) -> None:
        answer = tamed(case).call(base_url=base, session=session, timeout=30)
        case.validate_response(answer, checks=CHECKS)

    ask()
