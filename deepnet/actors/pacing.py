"""Keeping a pace: how long a run is to wait before its next step."""

LATE_SECONDS = 0.02
"""Whoever comes so late to a step, or less, is in time for the next one; later than that nothing is made up for."""
LONGEST_SECONDS = 1.0
"""After so long a wait somebody looks anew: the run may be over by its rule."""


class Pace:
    """When the next step of one run is due. It outlives the trainer that keeps it.

    Attributes:
        began: when the last step was due, on the clock of those who play them; before the first one long ago.
        step: which one that was.
    """

    __slots__ = ("began", "step")

    def __init__(self) -> None:
        self.began = float("-inf")
        self.step = 0

    def wait(self, pace: float, step: int, now: float) -> float:
        """Return for how many seconds *step* is to wait at *now*, given steps a second; 0 has it begin.

        One that has begun, and is played again because somebody died over it, does not wait.
        """
        if step == self.step:
            return 0.0
        due = self.began + 1 / pace
        if now < due:
            return min(due - now, LONGEST_SECONDS)
        self.began, self.step = due if now - due <= LATE_SECONDS else now, step
        return 0.0
