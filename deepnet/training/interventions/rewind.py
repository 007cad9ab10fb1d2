"""Beginning again."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from deepnet.errors import RunError
from deepnet.training.interventions.applied import Applied, setup_of
from deepnet.training.state import RunState


@dataclass(frozen=True, slots=True, eq=False)
class Rewind:
    """Go back to where the run began, or to a step that was kept, with the plan as it is now.

    Args:
        start: the state that the run began with, or was kept.
    """

    kind: ClassVar[str] = "rewind"
    address: ClassVar[str] = "run"

    start: RunState

    def applied(self, state: RunState) -> Applied:
        """Return what becomes of *state*; old and new are the sealed steps. The clock goes on.

        Raises:
            RunError: nobody knows what the network was like.
        """
        setup, start = setup_of(state), self.start
        if start.setup is None:
            raise RunError("the run cannot be rewound: its beginning has no setup; begin another run")
        slots = 0 if setup.plan is None else len(setup.plan.optimizer.slots)
        began = replace(
            state,
            position=start.position,
            rows=start.rows,
            slots=tuple(
                kept if start.position.step and len(kept) == slots else tuple(np.zeros_like(rows) for _ in range(slots))
                for rows, kept in zip(start.rows, start.slots, strict=True)
            ),
            history=start.history,
            best=start.best,
            setup=replace(
                setup,
                model=start.setup.model,
                granularities=start.setup.granularities,
                treatments=start.setup.treatments,
                recut=None,
            ),
        )

        def undo(later: RunState) -> RunState:
            now = setup_of(later)
            return replace(state, seconds=later.seconds, setup=replace(setup, number=now.number))

        return Applied(began, {"step": state.position.step}, {"step": start.position.step}, undo)
