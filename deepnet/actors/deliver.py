"""Sending to someone who may just have died."""

from contextlib import suppress
from typing import Any

import pykka


def deliver(ref: pykka.ActorRef[Any], message: Any) -> None:
    """Tell *ref*; if it has died, let it be: its successor will report, and the step will be played again."""
    with suppress(pykka.ActorDeadError):
        ref.tell(message)
