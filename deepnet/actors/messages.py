"""What the actors of a network say to each other.

The hot ones are plain slotted classes, made once and sent to a whole layer, and dispatched through a table:
a message costs more than the arithmetic it brings about. Whoever gets one does not change it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from deepnet.maths.arrays import Batch
from deepnet.maths.optimizers import Optimizer

Table: TypeAlias = dict[type, Callable[[Any, Any], None]]
"""From the type of a message to the method that handles it."""


@dataclass(slots=True, eq=False)
class Forward:
    """Activations on their way to the outputs.

    Attributes:
        step: which step this belongs to.
        attempt: which try at it; whatever belongs to an older one is dropped.
        bank: which of the vault's two banks is the committed one.
        activations: (rows, inputs + 1), ending in a column of ones.
        outputs: where the neurons of a layer write: each its own column of (rows, neurons + 1).
            The layer that is to prepare it gets an empty tuple.
    """

    step: int
    attempt: int
    bank: int
    activations: Batch
    outputs: Any = ()


@dataclass(slots=True, eq=False)
class Backward:
    """Errors on their way back.

    Attributes:
        step: as in Forward.
        attempt: as in Forward.
        optimizer: what turns gradients into changes.
        errors: dL/d(outputs) of the layer, (rows, neurons).
        deltas: where the neurons of a layer write: each its own column of (rows, neurons).
    """

    step: int
    attempt: int
    optimizer: Optimizer
    errors: Batch
    deltas: Any = ()


@dataclass(slots=True, eq=False)
class Activated:
    """A neuron has written its outputs."""

    step: int
    attempt: int
    index: int


@dataclass(slots=True, eq=False)
class Corrected:
    """A neuron has written its deltas, and its new row into the spare bank."""

    step: int
    attempt: int
    index: int


@dataclass(slots=True, eq=False)
class Predicted:
    """The last layer's outputs, (rows, neurons), for the trainer."""

    step: int
    attempt: int
    outputs: Batch


@dataclass(slots=True, eq=False)
class Learnt:
    """Every neuron of every layer has written its part of the step."""

    step: int
    attempt: int


class Assigned(NamedTuple):
    """There may be a run to do, or to go on with."""


class Healed(NamedTuple):
    """An actor is back: what was under way has to be played again."""

    address: str


class Poisoned(NamedTuple):
    """An actor has died too often at one step."""

    address: str


class StopAtSeal(NamedTuple):
    """End the run at the next seal."""
