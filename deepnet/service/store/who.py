"""Who is behind what is done just now: set where somebody comes in, read where it is written down."""

from contextvars import ContextVar

SERVICE = "service"
"""Whoever does what nobody has asked for."""

current_who: ContextVar[str | None] = ContextVar("current_who", default=None)
"""A name such as ``admin@socket``; None where the service acts by itself. A new thread begins with None."""


def who_acts() -> str:
    """Return the name of whoever is behind this call."""
    return current_who.get() or SERVICE
