"""Turns logging on: structlog, one event a fact, on stderr. Until this is called the packages say nothing."""

import sys

import structlog

from deepnet.settings import LOG_LEVELS, Settings


def configure(settings: Settings) -> None:
    """Have events at or above the level that *settings* name logged; with no level, nothing is."""
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
