"""What went wrong, as RFC 9457 has it: one line that says what is the matter, and what to do.

Whoever cannot raise one of `deepnet.errors`, such as the guard, answers with `problem_response`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.responses import JSONResponse

from deepnet import errors
from deepnet.service.store.places import without_place

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem.

    Attributes:
        status: of HTTP.
        slug: the end of its type, ``/problems/<slug>``.
        title: what it is, whatever the case.
    """

    status: int
    slug: str
    title: str


KINDS: dict[type[BaseException], Kind] = {
    errors.UnknownNameError: Kind(422, "unknown-name", "A name is not one of those that are known"),
    errors.ShapeError: Kind(422, "shape", "Arrays or layers do not join"),
    errors.DataError: Kind(422, "data", "The data cannot be used"),
    errors.InputError: Kind(422, "invalid", "What was given cannot be used"),
    errors.NotFoundError: Kind(404, "not-found", "There is nothing of that name"),
    errors.NameTakenError: Kind(409, "name-taken", "Something has that name already"),
    errors.ConflictError: Kind(409, "conflict", "It cannot be done as things are"),
    errors.RunError: Kind(409, "run", "The run cannot do what it was asked to"),
    errors.NetworkStoppedError: Kind(409, "network-stopped", "The network is not up"),
    TimeoutError: Kind(409, "timeout", "It took longer than it may"),
    errors.StorageError: Kind(507, "storage", "The disk cannot be written"),
    errors.DeepnetError: Kind(409, "failed", "It could not be done"),
}
"""What the errors of deepnet are called; of a class that is not here, the nearest one above it counts."""

TITLES = {
    "bad-request": "The request cannot be understood",
    "bad-host": "The Host is not one of ours",
    "bad-path": "The path is not in its plain form",
    "not-authenticated": "Nobody knows who is asking",
    "forbidden": "This may not be done by whoever asks",
    "cross-site": "The request comes from another site",
    "method-not-allowed": "There is no such method here",
    "not-acceptable": "There is no answer in the form that was asked for",
    "too-large": "It is too large",
    "media-type": "The body is not of a type that is taken here",
    "idempotency": "That key was given with another body",
    "too-many": "Too much in a short time",
    "internal": "The service has failed at this",
    "not-ready": "The service is not ready",
} | {kind.slug: kind.title for kind in KINDS.values()}

SLUGS = {
    400: "bad-request",
    401: "not-authenticated",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    409: "conflict",
    413: "too-large",
    415: "media-type",
    422: "invalid",
    429: "too-many",
    500: "internal",
    503: "not-ready",
    507: "storage",
}
"""What a status is called where nobody says it better."""


def problem_response(
    status: int, slug: str, detail: str, title: str | None = None, *, instance: str | None = None, **headers: str
) -> JSONResponse:
    """Return the answer that says what is wrong.

    Args:
        status: of HTTP.
        slug: the end of the problem's type.
        detail: one line: what is wrong, and what to do.
        title: what it is, whatever the case; made of *slug* if None.
        instance: the path that was asked for.
        headers: that go with it; an underscore in a name stands for a hyphen.
    """
    content: dict[str, Any] = {
        "type": f"/problems/{slug}",
        "title": title or TITLES.get(slug) or slug.replace("-", " ").capitalize(),
        "status": status,
        "detail": " ".join(detail.split()).encode("utf-8", "backslashreplace").decode(),
    }
    if instance is not None:
        content["instance"] = instance
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return JSONResponse(content, status, headers=named, media_type=MEDIA_TYPE)


def kind_of(error: BaseException) -> Kind:
    """Return what *error*, one of deepnet's own or a timeout, is called."""
    for kind in type(error).__mro__:
        if kind in KINDS:
            return KINDS[kind]
    raise TypeError(f"{type(error).__name__} is no error of deepnet's own")


def error_response(error: BaseException, instance: str | None = None, folder: Path | None = None) -> JSONResponse:
    """Return the answer for one of deepnet's own errors, or a timeout; where *folder* lies is not told."""
    kind = kind_of(error)
    detail = str(error) if folder is None else without_place(str(error), folder)
    return problem_response(kind.status, kind.slug, detail, kind.title, instance=instance)
