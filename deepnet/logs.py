"""Turns logging on: structlog, one event a fact, on stderr. Until this is called the packages say nothing."""

import re
import sys
from typing import NamedTuple

import structlog

from deepnet import events
from deepnet.settings import LOG_LEVELS, Settings

_LEVELS = {"EpochEnded": "debug", "NeuronDied": "warning", "NeuronsDead": "debug", "StepReplayed": "debug"}
_log = structlog.get_logger("deepnet")
_settings: Settings | None = None


def configure(settings: Settings) -> None:
    """Have events at or above the level that *settings* name logged; with no level, nothing is."""
    global _settings  # noqa: PLW0603 - as structlog's own configuration is
    _settings = settings
    if settings.log_level is None:
        return
    as_json = settings.log_format == "json"
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.dict_tracebacks if as_json else structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False),
        ],
        # structlog counts levels as the standard library does: debug is 10, each next one 10 more.
        wrapper_class=structlog.make_filtering_bound_logger(10 * (1 + LOG_LEVELS.index(settings.log_level))),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def unlogged() -> tuple[type[events.Event], ...]:
    """The kinds of events that nobody would see, so that they need not be made."""
    level = _settings.log_level if _settings is not None and are_on() else "debug"
    return tuple(getattr(events, kind) for kind, at in _LEVELS.items() if at == "debug" != level)


def are_on() -> bool:
    """Whether the process has configured structlog, here or by itself."""
    return structlog.is_configured()


def log_event(event: NamedTuple) -> None:
    """Log one of `deepnet.events`: a watcher. A NeuronDied is logged as neuron_died."""
    kind = type(event).__name__
    level = "error" if getattr(event, "state", "") == "failed" else _LEVELS.get(kind, "info")
    getattr(_log, level)(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind).lower(), **event._asdict())
