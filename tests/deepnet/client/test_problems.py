import json
import pickle

import httpx2
import pytest

from deepnet import errors
from deepnet.client.problems import error_of, raise_for
from deepnet.service.web.problems import KINDS, error_response

MADE: list[Exception] = [
    errors.UnknownNameError("optimizer", "adm", ("sgd", "adam")),
    *(kind("one line, such as 'this': do that") for kind in KINDS if kind is not errors.UnknownNameError),  # type: ignore[list-item]
]


@pytest.mark.parametrize("error", MADE, ids=lambda error: type(error).__name__)
def test_each_error_comes_back_as_what_it_is_with_its_words(error: Exception) -> None:
    problem = error_response(error)

    back = error_of(json.loads(bytes(problem.body)), problem.status_code)

    assert (type(back), str(back)) == (type(error), str(error))
    assert back.status == problem.status_code  # type: ignore[attr-defined]
    assert str(pickle.loads(pickle.dumps(back))) == str(error)


def test_a_name_that_is_not_known_comes_with_those_that_are() -> None:
    back = error_of({"type": "/problems/unknown-name", "detail": str(MADE[0])}, 422)

    assert isinstance(back, errors.UnknownNameError)
    assert (back.kind, back.name, back.known) == ("optimizer", "adm", ("sgd", "adam"))
    other = error_of({"type": "/problems/unknown-name", "detail": "said in another way"}, 422)
    assert (type(other), str(other)) == (errors.InputError, "said in another way")


@pytest.mark.parametrize("slug", ["not-authenticated", "forbidden", "too-many", "internal", "never-heard-of"])
def test_all_else_is_an_error_of_the_service(slug: str) -> None:
    error = error_of({"type": f"/problems/{slug}", "detail": "first\nsecond"}, 400)

    assert type(error) is errors.ServiceError
    assert str(error) == "first second"


def test_what_is_not_from_a_service_is_told_as_such() -> None:
    request = httpx2.Request("GET", "http://x/api/v1/networks")

    with pytest.raises(errors.ServiceError, match=r"^GET /api/v1/networks was answered with 502 Bad Gateway: is this"):
        raise_for(httpx2.Response(502, text="<html>", request=request))
    with pytest.raises(errors.ServiceError, match="302 Found"):  # nowhere else is to see the token
        raise_for(httpx2.Response(302, headers={"Location": "http://elsewhere"}, request=request))
    raise_for(httpx2.Response(204, request=request))
