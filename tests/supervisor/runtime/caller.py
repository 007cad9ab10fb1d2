"""An actor that calls what it is sent."""

from typing import Any

from supervisor import ScheduledActor


class Caller(ScheduledActor):
    """Calls what it is sent; keeps what it cannot call."""

    def __init__(self) -> None:
        super().__init__()
        self.kept = list[Any]()

    def on_receive(self, message: Any) -> Any:
        if callable(message):
            return message()
        self.kept.append(message)
        return self.kept


def kept(ref: Any) -> Any:
    return ref._actor_weakref().kept
