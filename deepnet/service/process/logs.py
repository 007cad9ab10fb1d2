"""What a service says of itself: structlog on stderr, and what uvicorn and warnings say in the same form."""

import asyncio
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import structlog

from deepnet.errors import InputError
from deepnet.settings import LOG_LEVELS

LEVEL_FILE = "service.log-level"
"""The file of the data directory that says the log level, if it is there; SIGHUP has it read again."""
_FOREIGN = ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi", "asyncio", "py.warnings")


def configure_logs(level: str, log_format: str, redact: Any) -> None:
    """Have everything logged on stderr, one record a line.

    Args:
        level: the least important records that are logged.
        log_format: json or console.
        redact: a structlog processor that removes what nobody must read.
    """
    as_json = log_format == "json"
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        _without_colours,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    rendering = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, redact, rendering],
        )
    )
    handler.addFilter(_worth_saying)
    root = logging.getLogger()
    _replace_handlers(root, [handler])
    for name in _FOREIGN:
        foreign = logging.getLogger(name)
        _replace_handlers(foreign, [])
        foreign.propagate = True
    logging.captureWarnings(capture=True)
    set_level(level)


def set_level(level: str) -> None:
    """Log records from *level* on; of what uvicorn says only what is wrong.

    Its other records tell every header and frame, which nobody needs and some must not see.
    """
    number = logging.getLevelNamesMapping()[level.upper()]
    logging.getLogger().setLevel(number)
    for name in _FOREIGN:
        logging.getLogger(name).setLevel(max(number, logging.WARNING))


def read_level(data_dir: Path, otherwise: str) -> str:
    """Return the log level that the data directory says, else *otherwise*.

    Raises:
        InputError: the file holds something else.
    """
    try:
        level = (data_dir / LEVEL_FILE).read_text(encoding="utf-8").strip().lower()
    except (OSError, UnicodeDecodeError):
        return otherwise
    if level not in LOG_LEVELS:
        raise InputError(f"{data_dir / LEVEL_FILE} must be one of {', '.join(LOG_LEVELS)}, got {level[:40]!r}")
    return level


def _replace_handlers(logger: logging.Logger, handlers: Sequence[logging.Handler]) -> None:
    for old in list(logger.handlers):
        logger.removeHandler(old)
    for new in handlers:
        logger.addHandler(new)


def _without_colours(_logger: Any, _method: str, event: Any) -> Any:
    event.pop("color_message", None)
    return event


def _worth_saying(record: logging.LogRecord) -> bool:
    """Leave out that a request was cut off because we stop: that is how we stop."""
    reason = record.exc_info[1] if record.exc_info else None
    return not (record.name.startswith("uvicorn") and isinstance(reason, asyncio.CancelledError))
