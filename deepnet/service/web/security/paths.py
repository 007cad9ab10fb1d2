"""What the guard knows about paths: which are open, which take long bodies, and which are no plain paths."""

import re

from starlette.types import Scope

from deepnet.service.web.security.headers import values
from deepnet.service.web.security.refusals import bad_path
from deepnet.service.web.security.roles import READING
from deepnet.service.web.security.settings import SecuritySettings

LOGIN_BYTES = 4096
"""The longest body that is taken from somebody who has not said who they are."""
_OPEN_TO_READ = frozenset({"/healthz", "/login"})
_LONG_BODIES = (
    ("PUT", re.compile(r"/api/v1/datasets/[^/]+"), None),
    ("POST", re.compile(r"/api/v1/networks/[^/]+/runs"), "application/x-npz"),
)
"""Method, path, and media type if it matters: data sets, and the arrays to learn from."""


def refuse_crooked(scope: Scope) -> None:
    """Raise Refusal 400 for a path that one reader might take for another than the next one does."""
    path = scope["path"]
    plain = path.startswith("/") and "\\" not in path and "//" not in path and path.isprintable()
    if not plain or {".", ".."} & set(path.split("/")) or b"%2f" in scope.get("raw_path", b"").lower():
        raise bad_path()


def is_open(scope: Scope) -> bool:
    """Whether anybody may have this: the health check, the login and what its page needs."""
    if scope["type"] != "http":
        return False
    method, path = scope["method"], scope["path"]
    if method in READING:
        return path in _OPEN_TO_READ or bool(path.startswith("/static/"))
    return bool(method == "POST" and path == "/login")


def body_limit(scope: Scope, settings: SecuritySettings) -> int:
    """Return how many bytes the body of this request may have."""
    method, path = scope["method"], scope["path"]
    if is_open(scope):
        return min(LOGIN_BYTES, settings.body_bytes)
    media = [value.partition(";")[0].strip().lower() for value in values(scope, "content-type")]
    for of, pattern, of_media in _LONG_BODIES:
        if method == of and pattern.fullmatch(path) and of_media in {None, *media}:
            return settings.upload_bytes
    return settings.body_bytes
