"""What the OpenAPI says of problems: every answer that a route may give is listed with it."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from deepnet.service.web.problems import MEDIA_TYPE
from deepnet.service.web.schemas.problem import Problem

ALWAYS = (400, 401, 403, 413, 429, 507)
"""What the guard may answer, whatever is asked; the last one where the store, which knows the sessions, fails."""
OPEN = frozenset({"/healthz", "/login"})
_REF = {"$ref": "#/components/schemas/Problem"}
_STATUSES = {413: "Content Too Large"}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what a route says of the problems that it may answer with: ``responses=problems(404, 409)``."""
    return {status: _problem(status) for status in statuses}


def _problem(status: int) -> dict[str, Any]:
    phrase = _STATUSES.get(status) or HTTPStatus(status).phrase
    return {"description": phrase, "content": {MEDIA_TYPE: {"schema": _REF}}}


def binary(description: str, *media_types: str) -> dict[str, Any]:
    """Return what a route says of an answer that is bytes."""
    content = {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in media_types}
    return {"description": description, "content": content}


def reads(schemas: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return what a route says of a body that it reads by itself: a schema for each media type."""
    content = {media_type: {"schema": schema} for media_type, schema in schemas.items()}
    return {"requestBody": {"required": True, "content": content}}


BINARY = {"type": "string", "format": "binary"}


def describe(app: FastAPI) -> None:
    """Have the OpenAPI of *app* say what the guard and the handlers of errors may answer, on every route."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign] # as its documentation says


def _described(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(_bodies(app))
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for path, operations in document["paths"].items():
        for operation in operations.values():
            responses = operation["responses"]
            for status in () if path in OPEN else ALWAYS:
                responses.setdefault(str(status), _problem(status))
            if "422" in responses:  # FastAPI's own form of it is never sent
                responses["422"] = _problem(422)
            if "requestBody" in operation:
                responses.setdefault("415", _problem(415))
            _summarize(operation)
    return document


def _summarize(operation: dict[str, Any]) -> None:
    """Have the first line of what is said of a route be its summary."""
    first, _, rest = operation.pop("description", "").partition("\n")
    if first:
        operation["summary"] = first.strip().removesuffix(".")
    if rest.strip():
        operation["description"] = rest.strip()


def _bodies(app: FastAPI) -> dict[str, Any]:
    """Return the schemas of bodies that routes read by themselves."""
    schemas: dict[str, Any] = {}
    for model in getattr(app.state, "bodies", ()):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= schema.pop("$defs", {})
        schemas[model.__name__] = schema
    return schemas
