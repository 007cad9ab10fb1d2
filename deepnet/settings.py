"""What the environment may set: a few names that begin with DEEPNET_."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from deepnet.errors import InputError

LOG_LEVELS = ("debug", "info", "warning", "error")
LOG_FORMATS = ("console", "json")


@dataclass(frozen=True, slots=True)
class Settings:
    """How the process behaves, whatever it is asked to do.

    Attributes:
        log_level: the least important events that are logged; None logs nothing. DEEPNET_LOG.
        log_format: console or json. DEEPNET_LOG_FORMAT.
    """

    log_level: str | None = None
    log_format: str = "console"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from *environment*, by default the process's own.

    Raises:
        InputError: a variable holds a word that it must not; the message says which it may.
    """
    values = os.environ if environment is None else environment
    level = values.get("DEEPNET_LOG", "").lower() or None
    log_format = values.get("DEEPNET_LOG_FORMAT", "").lower() or "console"
    if level is not None and level not in LOG_LEVELS:
        raise InputError(f"DEEPNET_LOG must be one of {', '.join(LOG_LEVELS)}, got {level!r}")
    if log_format not in LOG_FORMATS:
        raise InputError(f"DEEPNET_LOG_FORMAT must be one of {', '.join(LOG_FORMATS)}, got {log_format!r}")
    return Settings(level, log_format)
