"""Nothing secret in the log: a structlog processor, to stand right before the renderer.

It has to come after what turns exceptions into text or data, and into the chain for the standard library's records
too: a request's query is in what uvicorn says of a WebSocket, and its headers are in the locals of a traceback.
"""

import re
from collections.abc import MutableMapping
from typing import Any

from deepnet.service.web.security.sessions import KEY_MARK
from deepnet.service.web.security.tickets import TICKET_MARK

REDACTED = "[redacted]"
_DEEPEST = 12
_SECRET_NAMES = re.compile(r"authorization|cookie|ticket|token|secret|password|key_hash", re.IGNORECASE)
_QUOTE = r"\\*['\"]"
_PATTERNS = (
    (rf"({TICKET_MARK}|{KEY_MARK})[\w-]+", REDACTED),
    (r"\b(bearer|basic)(\s+)[^\s'\"\\,;]+", rf"\1\2{REDACTED}"),
    (rf"(authorization|cookie|ticket|token)({_QUOTE}\s*[:=,]\s*b?{_QUOTE})[^'\"\\]+", rf"\1\2{REDACTED}"),
    (r"(authorization|cookie)(\s*[:=]\s*)[^\r\n'\"\\]+", rf"\1\2{REDACTED}"),
    (r"(ticket|token)(\s*[:=]\s*)[^\s'\"\\&,;)]+", rf"\1\2{REDACTED}"),
    (r"([?&][\w.~-]+=)[^&#\s'\"\\]+", rf"\1{REDACTED}"),
)
"""What looks like one: our own tickets and sessions; headers; values after a name; values of a query."""
_SECRETS = tuple((re.compile(pattern, re.IGNORECASE), instead) for pattern, instead in _PATTERNS)

_known: set[str] = set()


def keep_secret(word: str) -> None:
    """Leave *word* out of every log of this process from now on: a secret that does not look like one."""
    _known.add(word)


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Leave out of *event* whatever is or looks like a secret: a processor."""
    for name, value in event.items():
        event[name] = _redacted(name, value, _DEEPEST)
    return event


def redact_text(text: str) -> str:
    """Return *text* without what is or looks like a secret."""
    for word in tuple(_known):
        text = text.replace(word, REDACTED)
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


def _redacted(name: str, value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if _SECRET_NAMES.search(name):
        return REDACTED
    if isinstance(value, dict) and depth:
        return {key: _redacted(str(key), each, depth - 1) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset) and depth:
        return [_redacted("", each, depth - 1) for each in value]
    if isinstance(value, str):
        return redact_text(value)
    # The renderer would show it as its repr: if that tells something, it is shown without.
    shown = repr(value)
    redacted = redact_text(shown)
    return value if redacted == shown else redacted
