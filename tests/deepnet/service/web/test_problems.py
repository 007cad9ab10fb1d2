import inspect

import pytest

from deepnet import errors
from deepnet.service.web.problems import KINDS, error_response, kind_of, problem_response

ERRORS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.DeepnetError)]


@pytest.mark.parametrize("kind", ERRORS)
def test_every_error_of_deepnet_has_a_status_and_says_its_line(kind: type[errors.DeepnetError]) -> None:
    error = errors.UnknownNameError("kind", "x", ["a"]) if kind is errors.UnknownNameError else kind("do this instead")

    response = error_response(error, "/there")

    assert 400 <= response.status_code < 600
    assert response.headers["content-type"] == "application/problem+json"
    assert str(error).encode() in response.body
    assert b'"instance":"/there"' in response.body


def test_the_nearest_class_above_counts() -> None:
    class OurError(errors.NameTakenError):
        pass

    assert kind_of(OurError("x")) is KINDS[errors.NameTakenError]
    assert kind_of(TimeoutError("x")).slug == "timeout"
    with pytest.raises(TypeError, match="KeyError"):
        kind_of(KeyError("x"))


def test_a_detail_is_one_line_of_text_that_can_be_sent() -> None:
    response = problem_response(400, "bad-request", "two\n  lines\x00 and \ud800", Retry_After="3")

    assert b'"detail":"two lines' in response.body
    assert b"\\\\ud800" in response.body
    assert response.headers["retry-after"] == "3"


def test_a_title_is_that_of_the_kind_or_of_its_words() -> None:
    assert b'"title":"It is too large"' in problem_response(413, "too-large", "x").body
    assert b'"title":"Quite new"' in problem_response(418, "quite-new", "x").body
    assert b'"title":"Ours"' in problem_response(418, "quite-new", "x", "Ours").body
