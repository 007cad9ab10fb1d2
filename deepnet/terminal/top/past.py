"""What a neuron has done since somebody looks at it: a few numbers of each step that has been told."""

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from deepnet.actors.watching import Activity
from deepnet.runs.states import NeuronState

STEPS = 400
"""Steps that are remembered: more than a terminal has columns."""


class Moment(NamedTuple):
    """What a neuron did at a step: of its last row, as the formula shows it."""

    step: int
    output: float
    delta: float
    gradient: float
    """The norm of its gradient, of all rows."""
    bias: float

    @classmethod
    def of(cls, activity: Activity) -> "Moment":
        """Sum up an activity."""
        return cls(
            activity.step,
            float(activity.output[-1]),
            float(activity.delta[-1]),
            float(np.linalg.norm(activity.gradient)),
            float(activity.row[-1]),
        )


class Past:
    """The moments of one neuron, oldest first."""

    def __init__(self) -> None:
        self.address: str | None = None
        self.moments: deque[Moment] = deque(maxlen=STEPS)

    def take(self, state: NeuronState) -> None:
        """Take in the steps that a state tells and that are not known yet; another neuron begins anew."""
        if state.address != self.address:
            self.address = state.address
            self.moments.clear()
        if state.last is not None and self.moments and state.last.step < self.moments[-1].step:
            self.moments.clear()  # the run went back
        self.moments.extend(Moment.of(one) for one in _after(state.history, self._last))

    @property
    def _last(self) -> int:
        return self.moments[-1].step if self.moments else -1


def _after(history: Iterable[Activity], step: int) -> Iterable[Activity]:
    return (one for one in history if one.step > step)
