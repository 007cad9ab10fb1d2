"""All that a run is at a sealed step: who has this goes on from there, to the last bit."""

from collections.abc import Sequence
from dataclasses import dataclass

from deepnet.maths.arrays import Array
from deepnet.maths.kernels.rows import pack
from deepnet.maths.parameters import LayerParameters
from deepnet.training.history import EpochRecord
from deepnet.training.position import Position
from deepnet.training.setup import Setup


@dataclass(frozen=True, slots=True, eq=False)
class RunState:
    """A run at a sealed step; the arrays are copies.

    Attributes:
        position: where it stands.
        rows: for each dense layer (neurons, inputs + 1): each neuron's weights, then its bias.
        slots: for each dense layer arrays of the same shape, one a slot of the optimizer.
        history: a record of each complete epoch.
        best: the best epoch so far and its parameters, where the run is to end with them.
        seconds: that it has taken so far, on its clock.
        setup: what is settled besides; None where that is as it was when the run began.
    """

    position: Position
    rows: tuple[Array, ...]
    slots: tuple[tuple[Array, ...], ...]
    history: tuple[EpochRecord, ...] = ()
    best: tuple[int, tuple[LayerParameters, ...]] | None = None
    seconds: float = 0.0
    setup: Setup | None = None

    @classmethod
    def at_rest(
        cls, parameters: Sequence[LayerParameters], position: Position | None = None, setup: Setup | None = None
    ) -> "RunState":
        """Return the state of a network of these parameters that no run has begun on, or that none goes on with."""
        rows = tuple(pack(layer) for layer in parameters)
        return cls(position or Position(), rows, tuple(() for _ in rows), setup=setup)


def changes_of(state: RunState) -> int:
    """How often somebody had changed the network when it was like this."""
    return 0 if state.setup is None else state.setup.number
