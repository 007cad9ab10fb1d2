import logging
from typing import Any

import pytest
import structlog

from deepnet.service.process.logs import configure_logs
from deepnet.service.web.security.redaction import keep_secret, redact, redact_text
from deepnet.service.web.security.sessions import KEY_MARK
from deepnet.service.web.security.tickets import TICKET_MARK

SECRET = "s3cr3t-Value_0123456789"  # noqa: S105 - what must not be seen

LINES = {
    "a header": f"Authorization: Bearer {SECRET}",
    "a header in small letters": f"authorization=bearer {SECRET}",
    "a header as a pair": f"(b'authorization', b'Bearer {SECRET}')",
    "a header in a dictionary": f'{{"Authorization": "Bearer {SECRET}"}}',
    "a password": f"Basic {SECRET}",
    "cookies": f"Cookie: theme=dark; deepnet-session-7077={SECRET}",
    "cookies as a pair": f"(b'cookie', b'theme=dark; other={SECRET}')",
    "a cookie that is set": f"set-cookie: x={SECRET}; HttpOnly",
    "a ticket in a body": f'{{"ticket": "{SECRET}"}}',
    "a ticket in an address": f"/login#ticket={SECRET}",
    "a token in an address": f'127.0.0.1:5 - "WebSocket /api/v1/live?token={SECRET}&x=1" 403',
    "anything in an address": f"GET /api/v1/events?after=1&q={SECRET} HTTP/1.1",
    "text within text": f'repr: "{{\\"token\\": \\"{SECRET}\\"}}"',
    "a ticket anywhere": f"what is {TICKET_MARK}{SECRET}?",
    "a session anywhere": f"[{KEY_MARK}{SECRET}]",
}


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_what_looks_like_a_secret_is_left_out_wherever_it_stands(line: str) -> None:
    assert SECRET not in redact_text(line)
    assert "[redacted]" in redact_text(line)
    for event in ({"event": line}, {"event": "x", "rows": [{"text": (line,)}]}, {"event": "x", "raw": line.encode()}):
        assert SECRET not in str(redact(None, "info", event))


@pytest.mark.parametrize(
    "name", ["authorization", "Cookie", "set-cookie", "token", "ticket", "DEEPNET_TOKEN", "password", "key_hash"]
)
def test_what_is_called_a_secret_is_left_out(name: str) -> None:
    event = {"event": "x", name: SECRET, "locals": {name: SECRET, "headers": [(name, f"Bearer {SECRET}")]}}

    assert SECRET not in str(redact(None, "info", event))


@pytest.mark.parametrize(
    "line",
    [
        "login_failed",
        "the token is not this service's: see 'deepnet open'",
        "neuron dense_0/3 died: ValueError('x = 3')",
        "/api/v1/networks/ticket-office/neurons",
        "session_opened",
        "GET /api/v1/events?after&limit",
    ],
)
def test_what_is_none_is_left_as_it_is(line: str) -> None:
    assert redact(None, "info", {"event": line, "count": 3, "ok": None}) == {"event": line, "count": 3, "ok": None}


def test_the_token_of_the_service_is_left_out_whatever_it_looks_like() -> None:
    keep_secret("a-token-of-somebodys-own-making-42")

    event = {"event": "said a-token-of-somebodys-own-making-42 aloud", "of": ["a-token-of-somebodys-own-making-42"]}

    assert "somebody" not in str(redact(None, "info", event))


def test_what_goes_round_in_circles_ends() -> None:
    circle: dict[str, Any] = {"text": f"Bearer {SECRET}"}
    circle["again"] = circle

    assert SECRET not in str(redact(None, "info", {"event": "x", "circle": circle}))


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_neither_our_own_logs_nor_others_nor_tracebacks_tell(
    capsys: pytest.CaptureFixture[str], log_format: str
) -> None:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    configure_logs("debug", log_format, redact)
    try:
        structlog.get_logger("deepnet.service").info("asked", headers={"Authorization": f"Bearer {SECRET}"})
        logging.getLogger("uvicorn.error").info('%s - "WebSocket %s" 403', "1.2.3.4:5", f"/live?key={SECRET}")
        try:
            int(f"ticket={SECRET} of { {'cookie': SECRET} }")
        except ValueError:
            structlog.get_logger("deepnet.service").exception("failed")
            logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        logging.captureWarnings(capture=False)
    said = capsys.readouterr().err

    assert said.count("ValueError") >= 2
    assert said.count("[redacted]") >= 4
    assert SECRET not in said
