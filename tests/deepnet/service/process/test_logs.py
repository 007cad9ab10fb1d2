import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from deepnet.errors import InputError
from deepnet.service.process.logs import LEVEL_FILE, read_level

SAY = """
import asyncio, logging, sys, warnings
import structlog
from deepnet.service.process.logs import configure_logs, set_level

def redact(_logger, _method, event):
    event.pop("secret", None)
    return event

logging.getLogger("uvicorn.error").addHandler(logging.StreamHandler(sys.stdout))
configure_logs(sys.argv[1], sys.argv[2], redact)
log = structlog.get_logger("deepnet.service")
log.debug("too_small")
log.info("own", network="cars", secret="key")
logging.getLogger("uvicorn.error").error("not %s", "well", extra={"color_message": "x"})
logging.getLogger("uvicorn.error").info("chatter")
warnings.warn("deprecated")
try:
    raise ValueError("broken")
except ValueError:
    log.exception("failed")
try:
    raise asyncio.CancelledError
except asyncio.CancelledError:
    logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
set_level("debug")
log.debug("now")
"""


def say(level: str, log_format: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", SAY, level, log_format], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    return done.stderr.splitlines()


@pytest.fixture(scope="module")
def records() -> list[dict[str, Any]]:
    return [json.loads(line) for line in say("info", "json")]


def test_all_that_is_said_is_of_one_form(records: list[dict[str, Any]]) -> None:
    said = [(record["logger"], record["level"], record["event"].splitlines()[0]) for record in records]

    assert [each[:2] for each in said] == [
        ("deepnet.service", "info"),
        ("uvicorn.error", "error"),
        ("py.warnings", "warning"),
        ("deepnet.service", "error"),
        ("deepnet.service", "debug"),
    ]
    assert all("timestamp" in record for record in records)
    assert [said[0][2], said[1][2], said[4][2]] == ["own", "not well", "now"]
    assert "deprecated" in said[2][2]


def test_what_goes_with_it_is_there_and_secrets_are_not(records: list[dict[str, Any]]) -> None:
    assert records[0]["network"] == "cars"
    assert "secret" not in records[0]
    assert "color_message" not in records[1]


def test_an_exception_is_in_its_record(records: list[dict[str, Any]]) -> None:
    assert "ValueError: broken" in records[3]["exception"]


def test_only_what_is_important_enough_is_said() -> None:
    lines = say("error", "console")

    assert not [line for line in lines if "own" in line]
    assert [line for line in lines if "not well" in line]


def test_the_level_is_what_the_data_directory_says(tmp_path: Path) -> None:
    assert read_level(tmp_path, "info") == "info"
    (tmp_path / LEVEL_FILE).write_text("Debug\n")
    assert read_level(tmp_path, "info") == "debug"


def test_a_level_that_there_is_not_is_refused(tmp_path: Path) -> None:
    (tmp_path / LEVEL_FILE).write_text("chatty")

    with pytest.raises(InputError, match="must be one of debug, info, warning, error"):
        read_level(tmp_path, "info")
