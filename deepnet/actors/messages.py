"""What the actors of a network say to each other.

The hot ones are plain slotted classes, made once and sent to a whole layer, and dispatched through a table:
a message costs more than the arithmetic it brings about. Whoever gets one does not change it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from deepnet.maths.arrays import Array, Batch
from deepnet.maths.gradient_rules import GradientRules
from deepnet.maths.kernels.choice import Kernels
from deepnet.maths.optimizers import Optimizer
from deepnet.training.setup import Setup
from supervisor import Mailbox


@dataclass(slots=True, eq=False)
class Way:
    """What activations go through the network for: to learn from them, or to be looked at.

    Attributes:
        kernels: what computes.
        setup: what the network is like: whoever finds that it is another one than before takes it over.
        seed: what a Dropout leaves out follows from it; None leaves nothing out.
        end_sums: whether the last layer is to send its weighted sums along with its outputs.
        trace: where every dense layer puts its weighted sums and outputs, by address; None if nobody looks.
    """

    kernels: Kernels
    setup: Setup
    seed: int | None
    end_sums: bool = False
    trace: dict[str, tuple[Batch, Batch]] | None = None


@dataclass(slots=True, eq=False)
class Forward:
    """Activations on their way to the outputs: from the trainer to the first layer, and from each to the next.

    Attributes:
        step: which step this belongs to.
        attempt: which try at it, below 0 for a question; whatever belongs to an older one is dropped.
        bank: which of the vault's two banks is the committed one.
        way: what for.
        activations: (rows, inputs + 1), ending in a column of ones.
    """

    step: int
    attempt: int
    bank: int
    way: Way
    activations: Batch


@dataclass(slots=True, eq=False)
class Update:
    """What becomes of a gradient.

    Attributes:
        optimizer: what turns gradients into changes, at the learning rate of the step.
        rules: what is done to them first; None if nothing is.
        waits: whether the change waits for the norm of the whole gradient: then `Apply` follows.
        rule: which optimizer it is for the kernels, if they can turn gradients into changes at once; else None.
        factors: what that takes of the step.
    """

    optimizer: Optimizer
    rules: GradientRules | None
    waits: bool
    rule: int | None
    factors: Array


@dataclass(slots=True, eq=False)
class Backward:
    """Errors on their way back: from the trainer to the last layer, and from each to the one before.

    Attributes:
        step: as in Forward.
        attempt: as in Forward.
        update: what becomes of the gradients.
        errors: dL/d(outputs) of the layer, (rows, neurons) ...
        at_sums: ... or, if this is true, dL/d(weighted sums).
        squares: sums of squares of the gradients of the layers that come after, last layer first; if `Update.waits`.
    """

    step: int
    attempt: int
    update: Update
    errors: Batch
    at_sums: bool = False
    squares: tuple[float, ...] = ()


@dataclass(slots=True, eq=False)
class Activate:
    """A layer to all its neurons: these are your inputs; each writes its own column of *sums* and *outputs*.

    Attributes:
        step: as in Forward.
        attempt: as in Forward.
        answers: where `Answer`s go: the mailbox of the layer.
        setup: as in Way.
        compute: `Kernels.forward_neuron`.
        inputs: (rows, inputs + 1), ending in a column of ones.
        committed: the layer's part of the committed bank, (1 + slots, neurons, inputs + 1).
        spare: the same of the spare bank.
        sums: (rows, neurons).
        outputs: (rows, neurons + 1), ending in a column of ones.
    """

    step: int
    attempt: int
    answers: Mailbox
    setup: Setup
    compute: Callable[..., None]
    inputs: Batch
    committed: Array
    spare: Array
    sums: Batch
    outputs: Batch


@dataclass(slots=True, eq=False)
class Correct:
    """A layer to all its neurons: these are your errors; each writes its own column of *deltas*, and its new row.

    Attributes:
        step: as in Forward.
        attempt: as in Forward.
        answers: as in Activate.
        activated: what it follows; a neuron that has not done that one has nothing to correct.
        kernels: what computes.
        errors: dL/d(outputs), (rows, neurons) ...
        at_sums: ... or, if this is true, dL/d(weighted sums).
        update: what becomes of the gradients.
        deltas: dL/d(weighted sums), (rows, neurons).
        norms: where each writes the sum of squares of its gradient, (neurons,), if the update waits.
    """

    step: int
    attempt: int
    answers: Mailbox
    activated: Activate
    kernels: Kernels
    errors: Batch
    at_sums: bool
    update: Update
    deltas: Batch
    norms: Array | None


@dataclass(slots=True, eq=False)
class Answer:
    """A neuron to its layer: what you told me last is done, my part of it is written.

    A neuron has one for all its life: to make one each time would cost as much as to compute. So it is true of
    the *latest* question whenever it is read, and of no other.

    Attributes:
        index: of the neuron.
        question: what it has done.
    """

    index: int
    question: Any = None

    @property
    def step(self) -> int:
        return int(self.question.step)

    @property
    def attempt(self) -> int:
        return int(self.question.attempt)


@dataclass(slots=True, eq=False)
class Predicted:
    """What the last layer says to the trainer.

    Attributes:
        step: as in Forward.
        attempt: as in Forward.
        outputs: (rows, neurons + 1), ending in a column of ones.
        sums: its weighted sums, (rows, neurons), if they were asked for.
    """

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
    """The trainer to all layers: change by the gradient that is waiting, times *scale*."""

    step: int
    attempt: int
    optimizer: Optimizer
    scale: float


@dataclass(slots=True, eq=False)
class Change:
    """A layer to all its neurons: change by the gradient of *corrected* that is waiting, times *scale*.

    Attributes:
        step: as in Forward.
        attempt: as in Forward.
        answers: as in Activate.
        corrected: what it follows.
        optimizer: what turns gradients into changes.
        scale: 1, or less if the gradient of the whole network is to be clipped.
    """

    step: int
    attempt: int
    answers: Mailbox
    corrected: Correct
    optimizer: Optimizer
    scale: float


@dataclass(slots=True, eq=False)
class Applied:
    """Every neuron of a layer has written its new row into the spare bank after all."""

    step: int
    attempt: int
    layer: int


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
    """Somebody wants the next moment between two steps for himself: it is on the agenda of the context."""


class GoOn(NamedTuple):
    """What the trainer rested for is over, or it need not rest any more."""

    owes_step: bool = False
    """Whether a step is to be played before the next one gets his moment: who asks on and on must not stop the run."""


class Due(NamedTuple):
    """It may be time for the next step: the trainer to itself, where the plan has a pace."""


class Interrupt(NamedTuple):
    """As Asked; and the step under way, which somebody plays message by message, is given up and begun anew later."""


class Waiting(NamedTuple):
    """A state of the run waits to be made safe: the keeper of the run holds it."""
