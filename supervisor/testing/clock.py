"""A clock that a test moves."""


class FakeClock:
    """Tells the time it was given; `advance` moves it.

    Args:
        now: monotonic seconds to begin with.
    """

    def __init__(self, now: float = 0.0) -> None:
        self._now = now

    def now(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        """Let *seconds* pass.

        Raises:
            ValueError: time does not go back.
        """
        if seconds < 0:
            raise ValueError(f"time does not go back: {seconds}")
        self._now += seconds
