import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from deepnet.service.web.idempotency import KeyLocks

BODY = {"layers": "2-1"}


def test_what_is_asked_again_with_a_key_is_not_done_again(api: Any, served: Any) -> None:
    headers = {"Idempotency-Key": "make-it-once"}

    first = api.post("/api/v1/networks", json=BODY, headers=headers)
    again = api.post("/api/v1/networks", json=BODY, headers=headers)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    api.ask("DELETE", f"networks/{first.json()['name']}", 204)


def test_a_key_with_another_body_is_a_mistake(api: Any) -> None:
    how = {"headers": {"Idempotency-Key": "two-bodies"}}
    name = api.ask("POST", "networks", 201, json=BODY, **how)["name"]

    problem = api.problem("POST", "networks", 422, json={"layers": "3-1"}, **how)

    assert (problem["type"], "give another key" in problem["detail"]) == ("/problems/idempotency", True)
    api.ask("DELETE", f"networks/{name}", 204)


def test_a_key_is_of_one_who_asks_and_of_one_path(api: Any, operator: Any) -> None:
    how = {"json": BODY, "headers": {"Idempotency-Key": "same-key"}}

    names = {who.ask("POST", "networks", 201, **how)["name"] for who in (api, operator)}

    assert len(names) == 2
    for name in names:
        run = {"inputs": [[0, 0]], "targets": [[0]], "until": {"epochs": 1}}
        api.ask("POST", f"networks/{name}/runs", 201, json=run, headers=how["headers"])
        api.ask("DELETE", f"networks/{name}", 204)


def test_what_was_refused_may_be_asked_again(api: Any) -> None:
    how = {"headers": {"Idempotency-Key": "refused"}}
    api.problem("POST", "networks/later/runs", 422, json={}, **how)

    api.problem("POST", "networks/later/runs", 404, json={"dataset": "xor", "until": {"epochs": 1}}, **how)


def test_what_was_deleted_meanwhile_is_made_anew(api: Any) -> None:
    how = {"headers": {"Idempotency-Key": "made-twice"}}
    run = {"inputs": [[0, 0]], "targets": [[0]], "until": {"epochs": 1}}
    answers, runs, branches = [], [], []
    for _ in range(2):
        answers.append(api.ask("POST", "networks", 201, json={**BODY, "name": "gone"}, **how))
        runs.append(api.ask("POST", "networks/gone/runs", 201, json=run, **how))
        branches.append(api.ask("POST", f"runs/{runs[-1]['id']}/branch", 201, json={"name": "bough"}, **how))
        for name in ("gone", "bough"):
            assert api.ask("GET", f"networks/{name}")["name"] == name
            api.ask("DELETE", f"networks/{name}", 204)

    for first, second in (answers, runs, branches):
        assert first["created"] < second["created"]


def test_many_at_once_with_one_key_create_one_thing(api: Any, served: Any) -> None:
    before = set(served.engine.names())
    how = {"json": BODY, "headers": {"Idempotency-Key": "all-at-once"}}

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: api.ask("POST", "networks", 201, **how), range(6)))

    made = set(served.engine.names()) - before
    assert made == {answers[0]["name"]}
    assert all(answer == answers[0] for answer in answers)
    api.ask("DELETE", f"networks/{made.pop()}", 204)


@pytest.mark.parametrize("key", ["", "a" * 129, "with space", "\xe4"])
def test_a_key_that_cannot_be_kept_is_refused(api: Any, key: str) -> None:
    how = {"json": BODY, "headers": {"Idempotency-Key": key.encode("latin-1")}}

    assert "idempotency-key" in api.problem("POST", "networks", 422, **how)["detail"].lower()


def test_checkpoints_and_branches_are_made_once_too(api: Any, network: str, begin: Any) -> None:
    run = begin(paused=True)
    how = {"headers": {"Idempotency-Key": "one"}}

    branches = [api.ask("POST", f"runs/{run}/branch", 201, **how) for _ in range(2)]
    saved = [api.ask("POST", f"runs/{run}/checkpoints", 201, **how) for _ in range(2)]

    assert branches[0] == branches[1]
    assert saved[0] == saved[1]
    api.ask("DELETE", f"networks/{branches[0]['name']}", 204)


def test_locks_of_keys_are_let_go_of_when_nobody_waits() -> None:
    locks, inside, order = KeyLocks(), threading.Event(), []

    def second() -> None:
        inside.set()
        with locks.held("who", "key"):
            order.append("second")

    thread = threading.Thread(target=second)
    with locks.held("who", "key"), locks.held("who", "other"):
        thread.start()
        inside.wait()
        order.append("first")
    thread.join()

    assert order == ["first", "second"]
    assert locks._held == {}
