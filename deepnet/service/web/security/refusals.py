"""A no of the guard: which status, why, and what to do; said over HTTP and to a WebSocket alike."""

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from deepnet.service.web.problems import problem_response
from deepnet.service.web.security.strangers import door, wants_page

_NOBODY = "not-authenticated"
_HOW_TO_COME_IN = "this needs a token or a session: send 'Authorization: Bearer TOKEN', or run 'deepnet open'"


class Refusal(Exception):  # noqa: N818 - an answer, not a failure
    """Ends the handling of a request with a problem.

    Attributes:
        status: of HTTP.
        slug: of the problem's type.
        detail: one line: what is wrong, and what to do.
        headers: that go with it.
    """

    def __init__(self, status: int, slug: str, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(status, slug, detail, headers)
        self.status = status
        self.slug = slug
        self.detail = detail
        self.headers = headers or {}

    def response(self, path: str) -> Response:
        """Return the answer to a request for *path*."""
        return problem_response(self.status, self.slug, self.detail, instance=path, **self.headers)


def bad_host(detail: str) -> Refusal:
    """Return the no to a Host header that is missing, or not ours."""
    return Refusal(400, "bad-host", detail)


def bad_path() -> Refusal:
    """Return the no to a path that could be read in more than one way."""
    return Refusal(400, "bad-path", "the path is not in its plain form: leave out '.', '..', '//' and backslashes")


def cross_site(detail: str) -> Refusal:
    """Return the no to what a page has sent that is not ours, or may not be."""
    return Refusal(403, "cross-site", detail)


def nobody(detail: str = _HOW_TO_COME_IN) -> Refusal:
    """Return the no to somebody who has not shown who they are."""
    return Refusal(401, _NOBODY, detail, {"WWW-Authenticate": 'Bearer realm="deepnet"'})


def too_large(limit: int) -> Refusal:
    """Return the no to a body of more than *limit* bytes."""
    return Refusal(413, "too-large", f"the body is longer than the {limit:,} bytes that are allowed here")


def too_slow() -> Refusal:
    """Return the no to a body that does not arrive."""
    return Refusal(400, "bad-request", "the body did not arrive in time: send it at once")


def too_many(detail: str, seconds: int) -> Refusal:
    """Return the no to more than is allowed at this moment; *seconds* says when to come back."""
    return Refusal(429, "too-many", f"{detail}: wait {seconds} s", {"Retry-After": str(seconds)})


async def say(refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with *refusal*. A WebSocket is not opened: its client gets the same answer as any other.

    People who open the dashboard without being logged in get a page that says how.
    """
    is_door = refusal.slug == _NOBODY and wants_page(scope)
    response = door(refusal.status, refusal.headers) if is_door else refusal.response(scope["path"])
    await response(scope, receive, send)
