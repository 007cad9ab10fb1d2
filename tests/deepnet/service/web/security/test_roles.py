import asyncio
from typing import Any

import pytest
from fastapi import HTTPException
from starlette.requests import HTTPConnection

from deepnet.service.web.security.rates import Rates
from deepnet.service.web.security.roles import Principal, Role, needs


def asked(who: Principal | None, method: str = "POST", changes: Rates | None = None) -> HTTPConnection:
    return HTTPConnection(
        {"type": "http", "method": method, "headers": [], "state": {"principal": who, "changes": changes}}
    )


def pass_with(role: Role, connection: HTTPConnection) -> int:
    """Return 200, or the status of the refusal."""
    try:
        asyncio.run(needs(role)(connection))
    except HTTPException as refusal:
        return refusal.status_code
    return 200


@pytest.mark.parametrize("needed", Role)
@pytest.mark.parametrize("have", Role)
def test_each_role_may_what_those_before_it_may(have: Role, needed: Role) -> None:
    who = Principal("x@session:1", have, "session", "1")

    assert pass_with(needed, asked(who)) == (200 if have >= needed else 403)


@pytest.mark.parametrize("role", Role)
def test_nobody_may_nothing(role: Role) -> None:
    assert pass_with(role, asked(None)) == 401
    assert pass_with(role, HTTPConnection({"type": "http", "method": "GET", "headers": []})) == 401


def test_what_says_nothing_is_for_admins(service: Any) -> None:
    said = {role: service.ask("GET", "/unsaid", service.host, service.log_in(role)) for role in Role}

    assert {role: answer.status for role, answer in said.items()} == {
        Role.VIEWER: 403,
        Role.OPERATOR: 403,
        Role.ADMIN: 200,
    }
    assert service.ask("GET", "/unsaid", service.host).status == 401


def test_what_only_looks_is_not_counted_and_what_comes_by_the_socket_is_not_either() -> None:
    changes = Rates(0.001, 1)
    session, owner = Principal("o@session:1", Role.OPERATOR, "session", "1"), Principal("a", Role.ADMIN, "socket")

    assert [pass_with(Role.OPERATOR, asked(session, "GET", changes)) for _ in range(3)] == [200] * 3
    assert [pass_with(Role.VIEWER, asked(session, "POST", changes)) for _ in range(3)] == [200] * 3
    assert [pass_with(Role.OPERATOR, asked(owner, "POST", changes)) for _ in range(3)] == [200] * 3
    assert [pass_with(Role.OPERATOR, asked(session, "DELETE", changes)) for _ in range(3)] == [200, 429, 429]


def test_a_refusal_of_a_role_says_which_it_takes_and_who_asks() -> None:
    with pytest.raises(HTTPException) as refusal:
        asyncio.run(needs(Role.ADMIN)(asked(Principal("viewer@session:1", Role.VIEWER, "session", "1"))))

    assert refusal.value.detail == "this needs the role admin, and viewer@session:1 is viewer"
