"""A child as its supervisor knows it."""

from dataclasses import dataclass
from typing import Any

from supervisor.core.lifecycle import Life, Signal, next_life
from supervisor.core.reasons import ExitReason, is_clean
from supervisor.core.spec import ChildSpec


@dataclass(slots=True, eq=False)
class Child:
    """A spec and the life it leads at present."""

    spec: ChildSpec
    life: Life = Life.DOWN
    process: Any = None
    restarts: int = 0
    failures: int = 0
    """Restarts, and attempts at them, since it last ran long enough for its back-off to begin anew."""
    up_since: float = 0.0
    ticket: int = 0
    """Which delayed restart is the one that counts: those of older tickets are void."""

    def signal(self, signal: Signal) -> None:
        self.life = next_life(self.life, signal)

    def wants_restart(self, reason: ExitReason) -> bool:
        """Whether it is to be restarted after an end for *reason*."""
        restart = self.spec.restart
        return restart == "permanent" or (restart == "transient" and not is_clean(reason))


def obeyed(spec: ChildSpec, reason: ExitReason) -> bool:
    """Tell whether a child that was to stop ended as it should; a permanent one is not to end normally by itself."""
    if spec.shutdown == "brutal_kill":
        return reason == "killed"
    return reason == "shutdown" or (spec.restart != "permanent" and is_clean(reason))
