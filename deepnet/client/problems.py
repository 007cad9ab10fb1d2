"""What a service says went wrong, as the error that the same thing would raise in this process."""

import re
from typing import Any, Never

import httpx2

from deepnet import errors

_KINDS: dict[str, type[Exception]] = {
    "shape": errors.ShapeError,
    "data": errors.DataError,
    "invalid": errors.InputError,
    "not-found": errors.NotFoundError,
    "name-taken": errors.NameTakenError,
    "conflict": errors.ConflictError,
    "run": errors.RunError,
    "network-stopped": errors.NetworkStoppedError,
    "timeout": TimeoutError,
    "storage": errors.StorageError,
    "failed": errors.DeepnetError,
}
"""By the end of a problem's type; all others are a ServiceError."""

_UNKNOWN_NAME = re.compile(r"unknown (?P<kind>.+?) '(?P<name>.*)': use one of (?P<known>.*)", re.DOTALL)


def raise_for(response: httpx2.Response) -> None:
    """Do nothing if the answer says that it was done.

    Raises:
        DeepnetError, TimeoutError: it says something else; the class and the message are those of the service. Each
            has the attributes ``status``, of HTTP, and ``slug``, the end of the problem's type.
    """
    if response.status_code >= 300:
        raise_problem(_read(response), response.status_code)


def raise_problem(problem: dict[str, Any], status: int) -> Never:
    """Raise what a problem, as RFC 9457 has it, stands for."""
    raise error_of(problem, status)


def error_of(problem: dict[str, Any], status: int) -> Exception:
    """Return the error that a problem stands for."""
    slug = str(problem.get("type", "")).rpartition("/")[2]
    detail = " ".join(str(problem.get("detail") or problem.get("title") or f"it answered {status}").split())
    error = _unknown_name(detail) if slug == "unknown-name" else _KINDS.get(slug, errors.ServiceError)(detail)
    vars(error).update(status=status, slug=slug)
    return error


def _unknown_name(detail: str) -> errors.InputError:
    found = _UNKNOWN_NAME.fullmatch(detail)
    if found is not None:
        error = errors.UnknownNameError(found["kind"], found["name"], found["known"].split(", "))
        if str(error) == detail:
            return error
    return errors.InputError(detail)


def _read(response: httpx2.Response) -> dict[str, Any]:
    try:
        problem = response.json()
    except ValueError:  # not from our service, but from something in between
        problem = None
    if isinstance(problem, dict):
        return problem
    where = f"{response.request.method} {response.request.url.path}"
    return {"detail": f"{where} was answered with {response.status_code} {response.reason_phrase}: is this deepnet?"}
