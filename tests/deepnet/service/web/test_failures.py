from typing import Any

import pytest


def test_what_does_not_exist_is_a_problem_that_says_what_does(api: Any) -> None:
    problem = api.problem("GET", "nonsense", 404)

    assert problem == {
        "type": "/problems/not-found",
        "title": "There is nothing of that name",
        "status": 404,
        "detail": "there is nothing at /api/v1/nonsense: /openapi.json lists what there is",
        "instance": "/api/v1/nonsense",
    }
    api.problem("GET", "networks/", 404)


def test_a_method_that_does_not_exist_is_a_problem_that_says_which_do(api: Any) -> None:
    answer = api.request("PUT", "/api/v1/networks")

    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "POST"}
    assert "use GET, POST" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("content", "kind", "status", "said"),
    [
        (b"{", "application/json", 422, "it is no JSON"),
        (b'{"\xff": 1}', "application/json", 400, "send JSON in UTF-8"),
        (b"[" * 100_000, "application/json", 400, "cannot be read"),
        (b'{"layers": ' + b"9" * 5000 + b"}", "application/json", 400, "cannot be read"),
        (b"{}", "text/plain", 415, "the body is of text/plain: send it as application/json"),
        (b"{}", None, 415, "the body is of no type"),
        (b"", "application/json", 422, "body: it is missing: give it"),
    ],
)
def test_a_body_that_cannot_be_read_says_why(api: Any, content: bytes, kind: str, status: int, said: str) -> None:
    headers = {"Content-Type": kind} if kind else {}

    assert said in api.problem("POST", "networks", status, content=content, headers=headers)["detail"]


def test_of_many_mistakes_the_first_are_told(api: Any) -> None:
    body = {"seed": -1, "dtype": "x", "granularity": "x", "kernels": "x", "layers": "x" * 1000}

    detail = api.problem("POST", "networks", 422, json=body)["detail"]

    assert "body, seed: input should be greater than or equal to 0; " in detail
    assert detail.endswith("; and 2 more")
    assert len(detail) < 1000


def test_a_name_of_any_length_and_letters_is_told_shortly(api: Any) -> None:
    detail = api.problem("POST", "networks", 422, json={"layers": "1-1", "x" * 5000: 1, "\n": 2})["detail"]

    assert len(detail) < 1000


def test_what_fails_for_no_good_reason_tells_nothing_of_the_inside(
    api: Any, served: Any, network: str, monkeypatch: Any
) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError("the secret of it")

    monkeypatch.setattr(type(served.engine), "row", fails)

    problem = api.problem("GET", f"networks/{network}", 500)

    assert problem["type"] == "/problems/internal"
    assert "secret" not in str(problem)


def test_who_may_not_is_told_which_role_it_takes(viewer: Any, operator: Any, network: str) -> None:
    for who, method, path in (
        (viewer, "POST", f"networks/{network}/kill"),
        (viewer, "GET", "sessions"),
        (operator, "DELETE", f"networks/{network}"),
    ):
        assert "needs the role" in who.problem(method, path, 403, json={})["detail"]
