"""What the actors of a network are to do: a run, the answer to a question, or nothing for a while."""

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from deepnet.actors.keeper import Keeper
from deepnet.actors.pacing import Pace
from deepnet.data.sources import Source
from deepnet.errors import DeepnetError
from deepnet.maths.arrays import Batch
from deepnet.maths.kernels.choice import Kernels
from deepnet.maths.losses import Loss
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
class Rest:
    """Where a run is to rest: before the next step once *due* holds.

    Attributes:
        due: given where the run stands, and the rows learnt since, says whether it is to rest there.
        by_message: whether the messages of the step under way are let through one by one.
        reached: set when it rests, and when it never will.
        rows: how many have been learnt since somebody asked for it, by step: steps may be lost, and played again.
            None if nobody counts them.
    """

    due: Callable[[Position, int], bool]
    by_message: bool = False
    reached: threading.Event = field(default_factory=threading.Event)
    rows: dict[int, int] | None = None

    def holds(self, position: Position) -> bool:
        """Whether it is to rest here; one that has been reached holds wherever the run is put."""
        return self.reached.is_set() or self.due(position, self.rows.get(position.step, 0) if self.rows else 0)

    def count(self, step: int, rows: int) -> None:
        """Note that *step* has been sealed, which learnt so many rows."""
        if self.rows is not None:
            self.rows[step] = self.rows.get(step - 1, 0) + rows


@dataclass(eq=False, slots=True)
class Assignment:
    """A run as its actors see it: the data, the plan, and where to say how it went.

    Attributes:
        plan: what to do, as it is now.
        dtype: of its numbers.
        source: gives the batches, as they are cut now.
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
        rest: where it is to rest; None if it is to go on.
        start: what the network was like when it began.
        pace: when its next step is due, where the plan says how many a second.
        rested_since: when it lay down, on the clock; None while it goes on.
        best_lost: whether there was one, and the network has been changed since so that nobody knows how good it is.
        dead: the addresses of the neurons that were dead at the end of the last epoch.
        unwell: address and condition of those that were unwell when that was last looked at ...
        judged_at: ... which was then, on the clock.
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
    best_lost: bool = False
    dead: tuple[str, ...] = ()
    unwell: tuple[tuple[str, str], ...] = ()
    judged_at: float = -math.inf
    keeper: Keeper | None = None
    failure: Failure | None = None
    rest: Rest | None = None
    start: RunState | None = None
    pace: Pace = field(default_factory=Pace)
    rested_since: float | None = None
    _ending: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.began = self.clock()

    def take_up(self, state: RunState) -> None:
        """Go on from *state* instead of from the beginning."""
        self.history[:] = state.history
        self.best = state.best
        self.began = (self.clock() if self.rested_since is None else self.rested_since) - state.seconds

    def elapsed(self) -> float:
        """Seconds since it began, without those that it rested."""
        return (self.clock() if self.rested_since is None else self.rested_since) - self.began

    @property
    def is_paused(self) -> bool:
        """Whether no step goes on by itself."""
        rest = self.rest
        return rest is not None and (rest.by_message or rest.reached.is_set())

    @property
    def shown_state(self) -> str:
        """The state as people see it: a run that is paused is not running."""
        return "paused" if self.state == "running" and self.is_paused else self.state

    def lie_down(self, rest: Rest) -> None:
        """Rest from now on, where *rest* said; by now there may be another one. Twice is no error."""
        if self.rested_since is None:
            self.rested_since = self.clock()
        rest.reached.set()

    def get_up(self) -> None:
        """Rest no longer. Twice is no error."""
        if self.rested_since is not None:
            self.began += self.clock() - self.rested_since
            self.rested_since = None

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
        targets: (rows, outputs), if errors are to go back as well; nothing is learnt from them.
        loss: how wrong the outputs are, if so.
        trace: the weighted sums and outputs of each dense layer, by address, once it is answered.
        error: why there is no answer.
        answered: set when there is one, or an error.
    """

    inputs: Batch
    kernels: Kernels
    targets: Batch | None = None
    loss: Loss | None = None
    trace: dict[str, tuple[Batch, Batch]] = field(default_factory=dict)
    error: DeepnetError | None = None
    answered: threading.Event = field(default_factory=threading.Event)


@dataclass(eq=False, slots=True)
class Hold:
    """Somebody is about to change the network: until he is done no step is played and no question answered.

    Attributes:
        reached: set when the network is at rest.
    """

    reached: threading.Event = field(default_factory=threading.Event)
