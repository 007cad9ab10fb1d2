"""Headers: reading those of a request strictly, and those that every answer gets."""

from collections.abc import Iterable

from starlette.types import Message, Scope

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
ALWAYS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
"""What every answer has, whatever the app says."""
UNLESS_SAID = {"cache-control": "no-store"}
"""What an answer has if the app says nothing."""


def values(scope: Scope, name: str) -> list[str]:
    """Return every value of header *name* (lower case): a WebSocket's names come as the client wrote them."""
    wanted = name.encode("ascii")
    return [value.decode("latin-1").strip() for key, value in scope["headers"] if key.lower() == wanted]


def add_to(message: Message) -> None:
    """Put the headers into *message*, the beginning of an answer; what the app said of `ALWAYS` gives way."""
    said = [(name, value) for name, value in message.get("headers", ()) if name.lower().decode("latin-1") not in ALWAYS]
    names = {name.lower().decode("latin-1") for name, _ in said}
    missing = {name: value for name, value in UNLESS_SAID.items() if name not in names}
    message["headers"] = [*said, *_encoded(ALWAYS.items()), *_encoded(missing.items())]


def _encoded(pairs: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs]
