"""The rules of security, one after the other, and what is tested of them where. Here: all routes, as the app has them.

====  ==================================  =============================================================================
rule  says                                tested in (below tests/deepnet/service, where no other place is named)
====  ==================================  =============================================================================
1     loopback and a private Unix socket  process/test_refusals.py, process/test_sockets.py, process/test_unix_socket.py
2     always a token, a file of one's own test_token.py, test_guard.py, here; insecure_no_auth: test_routes.py, process
3     tickets, cookies, sessions          test_tickets.py, test_sessions.py, test_routes.py
4     the Host is one of ours             test_guard.py, here
5     nothing from other sites            test_guard.py, here
6     roles, and who did what             test_roles.py, here; the event log: here and test_routes.py
7     limits                              test_bodies.py, test_rates.py, test_routes.py, here; WebSocket: web/streams
8     no pickle, no eval, no import       here: by what the service's code imports and calls
9     no file and no address by its name  here: by the names of what the OpenAPI takes; store/test_names.py
10    headers                             test_answers.py, here
11    no third party                      here: all pages, and what they load; test_routes.py: the login
12    metrics and OpenAPI for viewers     here
13    no proxy headers, no secret logged  test_guard.py, test_answers.py, test_redaction.py, test_secrets.py
14    looking does not disturb            here: reading changes nothing; of the inspected: deepnet/runs, web/streams
15    no cluster port                     here: nothing that speaks one is imported
====  ==================================  =============================================================================
"""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from fastapi.routing import APIRoute, APIWebSocketRoute, iter_route_contexts

import deepnet
from deepnet.service.web.security.roles import Role, role_of

READING = {"GET", "HEAD"}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
OPEN = {
    ("GET", "/healthz"),
    ("GET", "/login"),
    ("POST", "/login"),
    ("GET", "/static/login.js"),
    ("GET", "/static/door.css"),
    ("GET", "/static/{name}"),
}
"""All that is open to everybody."""
CHANGES_NOTHING = {"/predict", "/answers", "/activations", "/trace", "/dead-neurons", "/logout"}
"""The ends of paths that viewers may send something to."""
FOR_ADMINS = {
    ("DELETE", "/api/v1/datasets/{dataset}"),
    ("DELETE", "/api/v1/networks/{network}"),
    ("DELETE", "/api/v1/sessions/{session}"),
    ("GET", "/api/v1/sessions"),
    ("POST", "/api/v1/runs/{run}/checkpoints/{step}/restore"),
    ("POST", "/api/v1/service/children/{child}/kill"),
    ("POST", "/api/v1/service/shutdown"),
    ("POST", "/api/v1/sessions/tickets"),
}
LONG = {("PUT", "/api/v1/datasets/{dataset}")}
"""Where 4,000 bytes may be sent; elsewhere 2,000."""
PACKAGE = Path(deepnet.__file__).parent


class Known(NamedTuple):
    """A route of the app, with one of its methods."""

    method: str
    pattern: str
    role: Role | None

    @property
    def path(self) -> str:
        return re.sub(r"\{[^}]*\}", "1", self.pattern)

    def ask(self, whole: Any, *headers: str, body: bytes = b"") -> Any:
        if self.method == "WEBSOCKET":
            return whole.shake_hands(self.path, *headers)
        return whole.ask(self.method, self.path, *headers, body=body)


@pytest.fixture(scope="module")
def routes(whole: Any) -> list[Known]:
    """All there are: one that is new is tested without being named."""
    found = []
    for context in iter_route_contexts(whole.app.routes):
        route = context.original_route
        assert isinstance(route, APIRoute | APIWebSocketRoute), f"no role can be said of {route}"
        methods = route.methods or () if isinstance(route, APIRoute) else {"WEBSOCKET"}
        found += [Known(method, str(context.path), role_of(route)) for method in sorted(methods)]
    return found


@pytest.fixture(scope="module")
def guarded(routes: list[Known]) -> list[Known]:
    return [route for route in routes if route.role is not None]


@pytest.fixture(scope="module")
def asked(whole: Any) -> tuple[str, str]:
    return whole.host, whole.bearer


def test_the_app_is_all_there(routes: list[Known]) -> None:
    assert len(routes) > 50
    assert {"POST", "PUT", "PATCH", "DELETE", "GET", "WEBSOCKET"} == {route.method for route in routes}


def test_what_is_open_to_all_is_a_short_list(routes: list[Known]) -> None:
    assert {(route.method, route.pattern) for route in routes if route.role is None} == OPEN


def test_every_route_says_who_may(whole: Any) -> None:
    silent = [
        context.path
        for context in iter_route_contexts(whole.app.routes)
        if not any(
            type(child.call).__name__ in {"Needs", "OpenToAll"}
            for child in context.original_route.dependant.dependencies  # type: ignore[attr-defined]
        )
    ]

    assert not silent


def test_without_a_token_nobody_gets_anything(whole: Any, guarded: list[Known]) -> None:
    let_in = [route for route in guarded if route.ask(whole, whole.host).status != 401]

    assert not let_in


def test_by_no_method_does_anybody_learn_what_there_is(whole: Any, guarded: list[Known]) -> None:
    paths = {route.path for route in guarded} | {"/nothing", "/api/v1", "/api/v2/networks"}
    said = {(method, path): whole.ask(method, path, whole.host) for path in paths for method in METHODS}

    assert not [asked for asked, answer in said.items() if answer.status != 401]
    bodies = {re.sub(r'"instance":"[^"]*"', "", answer.body.decode()) for answer in said.values() if answer.body}
    assert len(bodies) == 1


def test_viewers_change_nothing(whole: Any, guarded: list[Known]) -> None:
    viewer = (whole.host, whole.origin, whole.log_in(Role.VIEWER))
    changing = [
        route
        for route in guarded
        if route.method not in {*READING, "WEBSOCKET"}
        and not any(route.pattern.endswith(end) for end in CHANGES_NOTHING)
    ]

    may = [route for route in changing if route.ask(whole, *viewer, body=b"{}").status != 403]

    assert len(changing) >= 25
    assert not may


def test_what_only_admins_may(whole: Any, guarded: list[Known]) -> None:
    operator = (whole.host, whole.origin, whole.log_in(Role.OPERATOR))

    assert {(route.method, route.pattern) for route in guarded if route.role == Role.ADMIN} == FOR_ADMINS
    may = [
        route
        for route in guarded
        if (route.method, route.pattern) in FOR_ADMINS and route.ask(whole, *operator, body=b"{}").status != 403
    ]
    assert not may


def test_viewers_may_look_at_everything_but_the_sessions(whole: Any, guarded: list[Known]) -> None:
    viewer = (whole.host, whole.log_in(Role.VIEWER))
    reading = [route for route in guarded if route.method in READING and not route.path.endswith("/stream")]

    kept = {route.pattern for route in reading if route.ask(whole, *viewer).status in {401, 403}}

    assert kept == {"/api/v1/sessions"}
    assert {"/metrics", "/openapi.json", "/"} <= {route.pattern for route in reading}


def test_under_a_foreign_host_there_is_nothing_open_or_not(whole: Any, routes: list[Known]) -> None:
    answered = [route for route in routes if route.ask(whole, "Host: evil.example", whole.bearer).status != 400]

    assert not answered


def test_other_sites_can_send_nothing(whole: Any, routes: list[Known], asked: tuple[str, str]) -> None:
    admin = whole.log_in(Role.ADMIN)
    sending = [route for route in routes if route.method not in READING]

    for foreign in ("Origin: http://evil.example", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site"):
        assert not [route for route in sending if route.ask(whole, *asked, foreign).status != 403]
        assert not [route for route in sending if route.ask(whole, whole.host, admin, foreign).status != 403]


def test_a_cookie_that_no_browser_vouches_for_sends_nothing(whole: Any, guarded: list[Known]) -> None:
    admin = (whole.host, whole.log_in(Role.ADMIN))

    assert not [route for route in guarded if route.method not in READING and route.ask(whole, *admin).status != 403]


def test_no_route_takes_a_body_that_is_too_long(whole: Any, routes: list[Known], asked: tuple[str, str]) -> None:
    for route in routes:
        if route.method == "WEBSOCKET":
            continue
        is_long = (route.method, route.pattern) in LONG
        body = b" " * (5000 if route.role is None or is_long else 2001)
        assert route.ask(whole, *asked, body=body).status == 413, route
        pieces = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        said = route.ask(whole, *asked, "Transfer-Encoding: chunked", "Content-Type: text/csv", body=pieces)
        assert said.status == 413, route


def test_every_answer_has_the_headers(whole: Any, routes: list[Known], asked: tuple[str, str]) -> None:
    for route in routes:
        if route.path.endswith("/stream"):
            continue
        said = route.ask(whole, *asked) if route.method in READING else route.ask(whole, whole.host)
        assert said["content-security-policy"].startswith("default-src 'none'; script-src 'self';"), route
        assert (said["x-content-type-options"], said["referrer-policy"]) == ("nosniff", "no-referrer"), route
        assert (said["server"], said["access-control-allow-origin"]) == (None, None), route


def test_reading_changes_nothing(whole: Any, guarded: list[Known], asked: tuple[str, str]) -> None:
    def everything() -> tuple[Any, ...]:
        whole.log.write()
        store = whole.store
        return (
            [row.id for row in store.events.page(limit=1000)],
            store.networks.page(None, 1000),
            store.runs.page(limit=1000),
            store.datasets.page(None, 1000),
            [row.id for row in store.sessions.page(None, 1000)],
        )

    before = everything()
    for route in guarded:
        if route.method in READING and not route.path.endswith("/stream"):
            assert route.ask(whole, *asked).status < 500, route

    assert everything() == before


def test_changes_are_written_down_with_who(whole: Any) -> None:
    operator = (whole.host, whole.origin, whole.log_in(Role.OPERATOR))
    body = json.dumps({"name": "told", "layers": "2-2-1"}).encode()
    made = whole.ask("POST", "/api/v1/networks", *operator, body=body)
    edit = json.dumps({"bias": 0.5}).encode()
    edited = whole.ask("PATCH", "/api/v1/networks/told/neurons/dense_0/1", *operator, body=edit)
    gone = whole.ask("DELETE", "/api/v1/networks/told", *(whole.host, whole.bearer))

    assert (made.status, edited.status, gone.status) == (201, 200, 204)
    who = whole.security.sessions.page(None, 1000)
    names = {f"operator@session:{row.id}" for row in who}
    assert {row.who for row in whole.noted("network_created") if row.network == "told"} <= names
    (change,) = [row for row in whole.noted("intervened") if row.network == "told"]
    assert change.who in names
    assert (change.address, change.data["new"]["bias"]) == ("dense_0/1", 0.5)
    assert "bias" in change.data["old"]
    assert [row.who for row in whole.noted("network_deleted") if row.network == "told"] == ["admin@token"]


def test_pages_load_nothing_from_elsewhere_and_nothing_that_is_not_there(whole: Any, asked: tuple[str, str]) -> None:
    waiting, seen = ["/", "/login"], set()
    while waiting:
        path = waiting.pop()
        seen.add(path)
        said = whole.ask("GET", path, *asked)
        text = said.body.decode()
        assert said.status == 200, path
        names = r"http://www\.w3\.org/(?:2000/svg|1999/xhtml|1998/Math/MathML)"  # of kinds of elements: nobody is asked
        assert not re.search(r"(?:https?|wss?):", re.sub(names, "", text)), path
        assert not re.search(r"@import|url\(", text), path
        if "html" in said["content-type"]:
            assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|javascript:", text), path
            loaded = re.findall(r"""<(?:script|link|img)[^>]+(?:src|href)=["']([^"']+)""", text)
            waiting += [each for each in loaded if each not in seen and each != "data:,"]
    assert {"/static/login.js", "/static/door.css", "/static/icon.svg"} <= seen
    assert [path for path in seen if path.startswith("/static/app.")]


def test_nothing_takes_the_name_of_a_file_or_an_address(whole: Any, asked: tuple[str, str]) -> None:
    document = json.loads(whole.ask("GET", "/openapi.json", *asked).body)

    names = set(_taken(document["components"]["schemas"]))
    for operations in document["paths"].values():
        for operation in operations.values():
            names |= {parameter["name"] for parameter in operation.get("parameters", ())}
    assert {"layers", "dataset", "after"} <= names
    answers = {"url", "path", "socket"}  # that the service says itself
    assert not {name for name in names - answers if re.search(r"url|uri|file|path|folder|directory|host$", name)}


def _taken(schemas: dict[str, Any]) -> Iterator[str]:
    for schema in schemas.values():
        yield from schema.get("properties", ())


def _imports_and_calls(package: str) -> Iterator[tuple[Path, str]]:
    for file in sorted((PACKAGE / package).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((file, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((file, f"{node.module}.{alias.name}") for alias in node.names)
            elif isinstance(node, ast.Call):
                yield file, f"{ast.unparse(node.func)}()"


_RUNS_WHAT_IT_READS = re.compile(
    r"(c?pickle|cloudpickle|dill|marshal|shelve|joblib|yaml|imp)(\.|$)|(eval|exec|compile|__import__)\(\)|"
    r"(ray|xoscar|dask|distributed)(\.|$)"
)
_IMPORTS_BY_NAME = re.compile(r"(importlib\.)?import_module\(\)")


@pytest.mark.parametrize("package", ["service", "wire", "client", "persistence"])
def test_nothing_that_is_read_is_run(package: str) -> None:
    used = list(_imports_and_calls(package))

    assert len(used) > 20
    assert not [f"{file.name}: {name}" for file, name in used if _RUNS_WHAT_IT_READS.match(name)]
    # The client loads modules of its own when they are first used; nobody tells it which.
    assert package == "client" or not [file for file, name in used if _IMPORTS_BY_NAME.match(name)]


def test_arrays_are_read_without_objects_in_them() -> None:
    loads = [
        (file, node)
        for package in ("service", "wire", "client", "persistence")
        for file in sorted((PACKAGE / package).rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("np.load", "read_array", "numpy.load"))
    ]

    assert loads
    for file, node in loads:
        given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
        assert given.get("allow_pickle") == "False", file
