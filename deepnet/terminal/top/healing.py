"""Who died, and how it came back: told from the events of a network, for people who have just killed somebody."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

SHOWN_SECONDS = 10.0
"""How long a death that has healed stays on the screen."""
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Wound:
    """A death, and what came of it.

    Attributes:
        address: who died.
        step: the step that was under way.
        reason: of what.
        died: when, in seconds since 1970.
        back: when it was there again; None while it is not.
        restarts: how often it has been restarted by then.
        replayed: whether the step was played again.
    """

    address: str
    step: int | None
    reason: str
    died: float
    back: float | None = None
    restarts: int | None = None
    replayed: bool = False

    def __str__(self) -> str:
        text = f"{self.address} died"
        text += f" at step {self.step:,}" if self.step is not None else ""
        text += f" ({self.reason})" if self.reason else ""
        if self.back is None:
            return f"{text} -> coming up again ..."
        took = max(0.0, self.back - self.died) * 1000
        text += f" -> back after {took:.0f} ms" if took >= 1 else " -> back within 1 ms"
        text += f", restart {self.restarts}" if self.restarts else ""
        return text + (f", step {self.step:,} played again" if self.replayed else "")


class Healing:
    """Deaths of one network that are not healed, and the latest that are.

    Attributes:
        began: when somebody began to look, in seconds since 1970: who died and was back before that is not shown.
    """

    def __init__(self) -> None:
        self.began = -math.inf
        self._wounds: dict[str, Wound] = {}

    def hear(self, row: Mapping[str, Any]) -> None:
        """Take in a row of the event log."""
        kind, address, data = row.get("kind"), row.get("address"), row.get("data") or {}
        time = float(row.get("time") or 0.0)
        if kind == "neuron_died" and address:
            self._wounds.pop(address, None)  # so that it becomes the latest
            self._wounds[address] = Wound(address, row.get("step"), str(data.get("reason", "")), time)
            while len(self._wounds) > _MOST:
                self._wounds.pop(next(iter(self._wounds)))
        elif kind == "neuron_restarted" and address in self._wounds:
            back = replace(self._wounds[address], back=time, restarts=data.get("restarts"))
            self._wounds[address] = back
        elif kind == "step_replayed":
            for name, wound in self._wounds.items():
                if wound.step == row.get("step"):
                    self._wounds[name] = replace(wound, replayed=True)

    def sealed(self, step: int, now: float) -> None:
        """Note that *step* is sealed: nobody who died at a step up to it can still be down.

        That closes wounds whose end the log has left out because too many died at once.
        """
        for name, wound in self._wounds.items():
            if wound.back is None and wound.step is not None and wound.step <= step:
                self._wounds[name] = replace(wound, back=max(now, wound.died))

    @property
    def down(self) -> tuple[str, ...]:
        """Addresses of those who are not back yet."""
        return tuple(wound.address for wound in self._wounds.values() if wound.back is None)

    def latest(self, now: float, address: str | None = None) -> Wound | None:
        """Return the latest death that is not healed or healed lately; of *address* if that is given."""
        for wound in reversed(self._wounds.values()):
            if address is not None and wound.address != address:
                continue
            if wound.back is None or (wound.back > self.began and now - wound.back < SHOWN_SECONDS):
                return wound
        return None
