"""Who looks at the messages of a network on their way, and may hold them back: hooks, called one after the other."""

import threading
from collections.abc import Callable, Sequence
from enum import Enum, IntEnum
from typing import Any, NamedTuple, TypeAlias

from deepnet.actors.link import LayerLink
from deepnet.actors.messages import (
    Activate,
    Answer,
    Applied,
    Apply,
    Backward,
    Change,
    Correct,
    Forward,
    Learnt,
    Measured,
    Predicted,
)
from deepnet.actors.neuron import Neuron
from deepnet.actors.trainer import Trainer
from supervisor import SKIP, Scheduler

STEP_MESSAGES: frozenset[type] = frozenset(
    {Forward, Backward, Activate, Correct, Change, Answer, Predicted, Learnt, Measured, Apply, Applied}
)
"""What a step is made of. All else controls: it always passes."""


class Verdict(Enum):
    """What becomes of a message."""

    DELIVER = "deliver"
    SKIP = "skip"


class Rank(IntEnum):
    """When a hook is called: whoever skips a message keeps it from those of higher rank.

    So a message that is held back is struck, and counted, only when it is let through.
    """

    HOLD = 0
    STRIKE = 1
    LOOK = 2


Hook: TypeAlias = Callable[[Any, str, Any], Verdict]
"""Given the actor that is about to handle a message, its address, and the message. What it raises the actor dies of."""


class _Entry(NamedTuple):
    rank: Rank
    hook: Hook
    sees_control: bool
    let_go: Callable[[], object]


class Courier:
    """Calls hooks before a neuron, a layer or the trainer handles a message; without any hook it costs nothing.

    Args:
        scheduler: of the network; this is the one who sets its interceptor.
        layers: the addresses of the layers, first one first.
    """

    def __init__(self, scheduler: Scheduler, layers: Sequence[str]) -> None:
        self.scheduler = scheduler
        self.layers = tuple(layers)
        self._changing = threading.Lock()
        self._entries: tuple[_Entry, ...] = ()
        self._held = 0

    def add(
        self,
        hook: Hook,
        *,
        rank: Rank = Rank.LOOK,
        sees_control: bool = False,
        let_go: Callable[[], object] = lambda: None,
    ) -> Callable[[], None]:
        """Have *hook* called from now on, after those of the same rank; return what ends that, twice is no error.

        A turn that is under way may end without it: a network that is to be seen whole has to be at rest.

        Args:
            hook: see `Hook`.
            rank: see `Rank`.
            sees_control: whether it is called for messages that are not of a step, too; they pass whatever it says.
            let_go: called by `close`: it removes the hook, and ends whatever the hook holds up.
        """
        entry = _Entry(rank, hook, sees_control, let_go)
        with self._changing:
            self._set(tuple(sorted((*self._entries, entry), key=lambda each: each.rank)))

        def remove() -> None:
            with self._changing:
                self._set(tuple(each for each in self._entries if each is not entry))

        return remove

    def close(self) -> None:
        """Let go what is held up, and call no hook any more: the network is about to stop."""
        for entry in self._entries:
            entry.let_go()
        with self._changing:
            self._set(())

    def count_held(self, change: int) -> None:
        """Note that so many messages more, or fewer, are held back by a hook."""
        with self._changing:
            self._held += change

    @property
    def is_quiet(self) -> bool:
        """Whether nothing moves, and nothing will by itself: nobody has mail or is at work, and no hook holds any."""
        return self._held == 0 and self.scheduler.going and self.scheduler.at_rest

    def _set(self, entries: tuple[_Entry, ...]) -> None:
        self._entries = entries
        self.scheduler.interceptor = self._intercept if entries else None

    def _intercept(self, actor: Any, message: Any) -> object:
        if isinstance(actor, (Neuron, LayerLink)):
            address = actor.address
        elif isinstance(actor, Trainer):
            address = "trainer"
        else:
            return None
        is_control = type(message) not in STEP_MESSAGES
        for entry in self._entries:
            if is_control:
                if entry.sees_control:
                    entry.hook(actor, address, message)
            elif entry.hook(actor, address, message) is Verdict.SKIP:
                return SKIP
        return None
