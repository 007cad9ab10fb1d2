"""Turns whatever is raised while a request is answered into a problem."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from deepnet.errors import DeepnetError
from deepnet.service.web.answers import TooMuchError, too_much
from deepnet.service.web.problems import SLUGS, error_response, problem_response

MOST_NAMED = 3
LONGEST = 200


def answer_failures(app: FastAPI) -> None:
    """Have *app* answer with problems."""
    for kind in (DeepnetError, TimeoutError):
        app.add_exception_handler(kind, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(ValidationError, _invalid_body)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unknown)


async def _known(request: Request, error: Exception) -> Response:
    if isinstance(error, TooMuchError):
        return too_much(error, request.url.path)
    engine = getattr(request.app.state, "engine", None)
    return error_response(error, request.url.path, None if engine is None else engine.folder.path)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - it is registered for nothing else
    whole_body = any(tuple(each["loc"]) == ("body",) for each in error.errors())
    if whole_body and not is_json(request) and error.body:
        return wrong_media(request, "application/json")
    return _told(request, error.errors())


async def _invalid_body(request: Request, error: Exception) -> Response:
    """A body that a route has read by itself."""
    assert isinstance(error, ValidationError)  # noqa: S101 - it is registered for nothing else
    return _told(request, [{**each, "loc": ("body", *each["loc"])} for each in error.errors(include_url=False)])


def _told(request: Request, errors: Sequence[Any]) -> Response:
    shown = "; ".join(f"{_place(each['loc'])}: {_reason(each)}" for each in errors[:MOST_NAMED])
    if len(errors) > MOST_NAMED:
        shown += f"; and {len(errors) - MOST_NAMED} more"
    return problem_response(422, "invalid", shown, instance=request.url.path)


def _place(parts: Sequence[object]) -> str:
    """Return where in a request something is: ``body, until.epochs`` or ``query, limit``."""
    where, *path = map(str, parts)
    return _short(f"{where}, {'.'.join(path)}" if path else where)


def _reason(error: Any) -> str:
    if error["type"] == "json_invalid":
        return f"it is no JSON ({_short(str(error.get('ctx', {}).get('error', '')))}): send JSON"
    if error["type"] == "missing":
        return "it is missing: give it"
    if error["type"] == "extra_forbidden":
        return "there is no such thing here: leave it out"
    text = str(error["msg"]).removeprefix("Value error, ")
    return _short(text[:1].lower() + text[1:])


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


async def _http(request: Request, error: Exception) -> Response:
    """What routers, and dependencies of roles, raise."""
    assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for nothing else
    status, detail, path, headers = error.status_code, str(error.detail), request.url.path, dict(error.headers or {})
    if status == 404 and detail == "Not Found":
        detail = f"there is nothing at {_short(path)}: /openapi.json lists what there is"
    elif status == 405:
        headers["Allow"] = ", ".join(_allowed(request))
        detail = f"there is no {request.method} at {_short(path)}: use {headers['Allow']}"
    elif status == 413:
        detail = "the body is too long: send less at a time, or a data set"
    elif status == 400 and detail == "There was an error parsing the body":
        detail = "the body cannot be read: send JSON in UTF-8"
    slug = SLUGS.get(status, "failed")
    return problem_response(status, slug, detail, instance=path, **headers)


def _allowed(request: Request) -> list[str]:
    """Return the methods of all routes that have this path; the router knows those of the first one only."""
    scope = {name: value for name, value in request.scope.items() if name != "path_params"}
    routes = [route for route in request.app.state.routes if route.matches(scope)[0] is Match.PARTIAL]
    return sorted({method for route in routes for method in getattr(route, "methods", None) or ()})


async def _unknown(request: Request, _error: Exception) -> Response:
    """Tell nothing of what is inside. It is raised again after this, and the guard writes it into the log."""
    return problem_response(
        500, "internal", "the service has failed at this: its log says how", instance=request.url.path
    )


def is_json(request: Request) -> bool:
    """Whether the body says that it is JSON."""
    kind = media_type(request)
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def media_type(request: Request) -> str:
    """Return the media type of the body, without its parameters; empty if it says none."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def wrong_media(request: Request, *taken: str) -> Response:
    """Return the answer to a body of a type that is not taken."""
    said = media_type(request) or "no type"
    detail = f"the body is of {_short(said)}: send it as {' or '.join(taken)}, and say so in Content-Type"
    return problem_response(415, "media-type", detail, instance=request.url.path)
