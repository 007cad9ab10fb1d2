"""What the actors of a network say to each other.

The hot ones are plain slotted classes, made once and sent to a whole layer, and dispatched through a table:
a message costs more than the arithmetic it brings about. Whoever gets one does not change it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from deepnet.maths.arrays import Batch
from deepnet.maths.gradient_rules import GradientRules
from deepnet.maths.optimizers import Optimizer

Table: TypeAlias = dict[type, Callable[[Any, Any], None]]
"""From the type of a message to the method that handles it."""


@dataclass(slots=True, eq=False)
class Way:
    """What activations go through the network for: to learn from them, or to be looked at.

    Attributes:
        seed: what a Dropout leaves out follows from it; None leaves nothing out.
        end_sums: whether the last layer is to send its weighted sums along with its outputs.
        trace: where every dense layer puts its weighted sums and outputs, by address; None if nobody looks.
    """

    seed: int | None
    end_sums: bool = False
    trace: dict[str, tuple[Batch, Batch]] | None = None


@dataclass(slots=True, eq=False)
class Forward:
    """Activations on their way to the outputs.

    Attributes:
        step: which step this belongs to.
        attempt: which try at it; whatever belongs to an older one is dropped.
        bank: which of the vault's two banks is the committed one.
        way: what for.
        activations: (rows, inputs + 1), ending in a column of ones.
        outputs: where the neurons of a layer write: each its own column of (rows, neurons + 1).
            The layer that is to prepare it gets an empty tuple.
        sums: where they write their weighted sums, (rows, neurons), if these are asked for.
    """

    step: int
    attempt: int
    bank: int
    way: Way
    activations: Batch
    outputs: Any = ()
    sums: Any = None


@dataclass(slots=True, eq=False)
class Update:
    """What becomes of a gradient.

    Attributes:
        optimizer: what turns gradients into changes, at the learning rate of the step.
        rules: what is done to them first; None if nothing is.
        waits: whether the change waits for the norm of the whole gradient: then `Apply` follows.
    """

    optimizer: Optimizer
    rules: GradientRules | None = None
    waits: bool = False


@dataclass(slots=True, eq=False)
class Backward:
    """Errors on their way back.

    Attributes:
        step: as in Forward.
        attempt: as in Forward.
        update: what becomes of the gradients.
        errors: dL/d(outputs) of the layer, (rows, neurons) ...
        at_sums: ... or, if this is true, dL/d(weighted sums).
        squares: sums of squares of the gradients of the layers that come after, last layer first; if `Update.waits`.
        deltas: where the neurons of a layer write: each its own column of (rows, neurons).
        norms: where they write the sum of squares of their gradient, (neurons,), if the update waits.
    """

    step: int
    attempt: int
    update: Update
    errors: Batch
    at_sums: bool = False
    squares: tuple[float, ...] = ()
    deltas: Any = ()
    norms: Any = None


@dataclass(slots=True, eq=False)
class Activated:
    """A neuron has written its outputs."""

    step: int
    attempt: int
    index: int


@dataclass(slots=True, eq=False)
class Corrected:
    """A neuron has written its deltas, and its new row into the spare bank unless that waits for `Apply`."""

    step: int
    attempt: int
    index: int


@dataclass(slots=True, eq=False)
class Predicted:
    """The last layer's outputs, (rows, neurons), for the trainer; and its weighted sums, if they were asked for."""

    step: int
    attempt: int
    outputs: Batch
    sums: Batch | None


@dataclass(slots=True, eq=False)
class Learnt:
    """Every neuron of every layer has written its part of the step."""

    step: int
    attempt: int


@dataclass(slots=True, eq=False)
class Measured:
    """Every neuron of every layer has its gradient; here is how large they are, a sum of squares a layer."""

    step: int
    attempt: int
    squares: tuple[float, ...]


@dataclass(slots=True, eq=False)
class Apply:
    """Change by the gradient that is waiting, times *scale*."""

    step: int
    attempt: int
    optimizer: Optimizer
    scale: float


@dataclass(slots=True, eq=False)
class Applied:
    """A neuron has written its new row into the spare bank after all; or every neuron of a layer has."""

    step: int
    attempt: int
    index: int


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


class Asked(NamedTuple):
    """Somebody wants to see activations: the context holds the questions."""


class Waiting(NamedTuple):
    """A state of the run waits to be made safe: the keeper of the run holds it."""
