"""How long to wait before a restart: Akka's exponential back-off. OTP has none, so nobody gets it unasked."""

import math
import random
from dataclasses import dataclass, field

from supervisor.errors import BadSpecError


@dataclass(frozen=True, slots=True)
class Backoff:
    """Delays that double with each restart of a child, up to a cap, with jitter on top.

    delay = min(max_seconds, min_seconds * 2^n) * (1 + U[0, 1) * random_factor), where n is how often the child has
    been restarted since it last ran for *reset_seconds*. The jitter is applied after the cap, so it may exceed it.
    Source: akka.pattern.RetrySupport.calculateExponentialBackoffDelay.

    Args:
        min_seconds: the first delay.
        max_seconds: the cap.
        random_factor: how much jitter there may be; 0 is none.
        reset_seconds: who runs this long begins anew; None means (min_seconds + max_seconds) / 2, as Akka does.
        chance: where the jitter comes from; hand in a seeded one for delays that can be repeated.

    Raises:
        BadSpecError: a number is out of its range.
    """

    min_seconds: float
    max_seconds: float
    random_factor: float = 0.2
    reset_seconds: float | None = None
    chance: random.Random = field(default_factory=random.Random, compare=False, repr=False)

    def __post_init__(self) -> None:
        for name in ("min_seconds", "max_seconds", "random_factor", "reset_seconds"):
            value: object = getattr(self, name)
            if not (isinstance(value, int | float) or (value is None and name == "reset_seconds")):
                raise BadSpecError(f"{name} of a back-off must be a number, got {value!r}")
        if not 0 < self.min_seconds <= self.max_seconds < math.inf:
            raise BadSpecError(
                f"a back-off needs 0 < min_seconds <= max_seconds, got {self.min_seconds!r} and {self.max_seconds!r}"
            )
        if not 0 <= self.random_factor < math.inf:
            raise BadSpecError(f"random_factor must be 0 or more, got {self.random_factor!r}")
        if self.reset_seconds is not None and not 0 <= self.reset_seconds < math.inf:
            raise BadSpecError(f"reset_seconds must be 0 or more, got {self.reset_seconds!r}")

    def delay(self, restarts: int) -> float:
        """Seconds to wait before the next start of a child that has been restarted *restarts* times."""
        doublings = min(restarts, 1000)  # beyond that a float overflows, and the cap has long been reached
        return min(self.max_seconds, self.min_seconds * 2.0**doublings) * (
            1 + self.chance.random() * self.random_factor
        )

    def forgives(self, uptime: float) -> bool:
        """Whether a child that ran for *uptime* seconds begins anew."""
        reset = (self.min_seconds + self.max_seconds) / 2 if self.reset_seconds is None else self.reset_seconds
        return uptime >= reset
