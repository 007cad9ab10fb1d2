"""What the actors of a network are to do: a run, or the answer to a question."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from deepnet.actors.keeper import Keeper
from deepnet.data.sources import Source
from deepnet.errors import DeepnetError
from deepnet.maths.arrays import Batch
from deepnet.maths.kernels.choice import Kernels
from deepnet.maths.parameters import LayerParameters
from deepnet.training.handlers import Handler
from deepnet.training.history import EpochRecord
from deepnet.training.plan import Plan
from deepnet.training.position import Position
from deepnet.training.state import RunState


@dataclass(frozen=True, slots=True)
class Failure:
    """A step that nobody could get past.

    Attributes:
        address: who died over it.
        step: which step.
        rows: the numbers of its rows among those that were given, from 0; None for a stream.
        error: what the actor died of the last time.
    """

    address: str
    step: int
    rows: tuple[int, ...] | None
    error: BaseException


@dataclass(eq=False, slots=True)
class Assignment:
    """A run as its actors see it: the data, the plan, and where to say how it went.

    Attributes:
        plan: what to do.
        dtype: of its numbers.
        source: gives the batches.
        held_out: inputs and targets for validation, or None.
        handlers: called at the events of the run.
        on_end: called once it has ended and the watchers know.
        clock: tells seconds.
        began: when it began, on this clock.
        history: a record an epoch.
        state: running, finished, stopped or failed.
        reason: why it ended.
        stop_asked: whether it is to end at the next seal.
        position: where it ended.
        best: the best epoch so far and its parameters, where the run is to end with them.
        keeper: says when its state is to be made safe; None if it is not.
        failure: what nobody could get past, if that ended it.
        dead: the addresses of the neurons that were dead at the end of the last epoch.
    """

    plan: Plan
    dtype: str
    source: Source
    held_out: tuple[Batch, Batch] | None
    handlers: Sequence[Handler]
    on_end: Callable[[], object]
    clock: Callable[[], float]
    began: float = 0.0
    history: list[EpochRecord] = field(default_factory=list)
    state: str = "running"
    reason: str = ""
    stop_asked: bool = False
    position: Position = field(default_factory=Position)
    best: tuple[int, tuple[LayerParameters, ...]] | None = None
    dead: tuple[str, ...] = ()
    keeper: Keeper | None = None
    failure: Failure | None = None
    _ending: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.began = self.clock()

    def take_up(self, state: RunState) -> None:
        """Go on from *state* instead of from the beginning."""
        self.history[:] = state.history
        self.best = state.best
        self.began = self.clock() - state.seconds

    def elapsed(self) -> float:
        """Seconds since it began."""
        return self.clock() - self.began

    def end(self, state: str, reason: str, position: Position) -> bool:
        """Record how it ended, once; False if it had ended already."""
        with self._ending:
            if self.state != "running":
                return False
            # A new vault begins again, and a loss that is no number takes a step back: records may be ahead.
            self.history[:] = [record for record in self.history if record.step <= position.step]
            self.position, self.reason = position, reason
            self.state = state
            return True


@dataclass(eq=False, slots=True)
class Question:
    """What do the neurons make of these inputs? It is answered between two steps, by the actors themselves.

    Attributes:
        inputs: (rows, inputs + 1), ending in a column of ones.
        kernels: what computes.
        trace: the weighted sums and outputs of each dense layer, by address, once it is answered.
        error: why there is no answer.
        answered: set when there is one, or an error.
    """

    inputs: Batch
    kernels: Kernels
    trace: dict[str, tuple[Batch, Batch]] = field(default_factory=dict)
    error: DeepnetError | None = None
    answered: threading.Event = field(default_factory=threading.Event)
