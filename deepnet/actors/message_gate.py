"""A network that goes on by single messages: all of a step wait at a gate, and are let through one by one."""

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from deepnet.actors.courier import Courier, Rank, Verdict
from deepnet.actors.messages import Forward
from deepnet.actors.reading import Reader
from deepnet.errors import RunError
from supervisor import Mailbox
from supervisor.runtime.here import here

PASS_SECONDS = 10.0
"""How long a message may take by default to be handled, and those that it causes to arrive at the gate."""


class Passed(NamedTuple):
    """A message that was let through, and handled.

    Attributes:
        number: of the message among all that were let through, from 1.
        sender: the address of who told it.
        receiver: of whom it was told.
        kind: the name of its type.
        text: all that in a line, with its numbers.
    """

    number: int
    sender: str
    receiver: str
    kind: str
    text: str


class _Parked(NamedTuple):
    actor: Any
    address: str
    message: Any


class MessageGate:
    """Closed from the beginning: messages of a step are parked in the order in which they arrive, until `open`.

    A turn that is under way when it is made may end without it: best make it while the network is at rest. What is
    not of a step passes, so that actors go on being killed, restarted and told to stop.

    Args:
        courier: of the network.
    """

    def __init__(self, courier: Courier) -> None:
        self._courier = courier
        self._reader = Reader(courier.layers)
        self._parked: deque[_Parked] = deque()
        self._passing: _Parked | None = None  # in a mailbox, on its way to be handled
        self._parking = threading.Lock()
        self._letting = threading.Lock()  # one at a time lets messages through
        self._count = 0
        self.is_open = False
        self._remove: Callable[[], None] = courier.add(self._hook, rank=Rank.HOLD, let_go=self.open)

    def __len__(self) -> int:
        """Messages that wait at the gate."""
        return len(self._parked)

    def let_through(self, n: int = 1, timeout: float = PASS_SECONDS) -> tuple[Passed, ...]:
        """Hand over the next *n* messages, each when all that the one before has caused is parked.

        Returns:
            What was let through: fewer if no more messages come, as between two runs.

        Raises:
            RunError: the gate is open; or a watcher or handler has called this, who would wait for itself.
            TimeoutError: a message was not handled within *timeout* seconds.
        """
        if here.mailbox is not None:
            raise RunError("a watcher or handler holds up the messages it would step through: use another thread")
        passed: list[Passed] = []
        with self._letting:
            if self.is_open:
                raise RunError("the gate is open, so messages pass by themselves: make another MessageGate")
            self._settle(timeout)  # what was under way when the gate was made arrives
            while len(passed) < n:
                parked = self._next()
                if parked is None:
                    break
                # Read before it is handled: then it may say something else, and arrays be written anew.
                said = self._reader.read(*parked)
                self._hand_over(parked)
                self._settle(timeout, said.text)
                with self._parking:
                    died, self._passing = self._passing is not None, None
                if not died:
                    self._count += 1
                    passed.append(Passed(self._count, said.sender, said.receiver, said.kind, said.text))
        return tuple(passed)

    def forget(self) -> None:
        """Drop all messages that wait: the step that they are of has been given up."""
        with self._parking:
            self._drop()

    def _drop(self) -> None:
        self._courier.count_held(-len(self._parked))
        self._parked.clear()

    def open(self) -> None:
        """Let all messages go, in order, and hold up none any more; twice is no error."""
        with self._parking:
            if self.is_open:
                return
            self.is_open = True
            self._courier.count_held(-len(self._parked))
            for parked in self._parked:
                _mailbox(parked).post(parked.message)
            self._parked.clear()
        self._remove()

    def _hook(self, actor: Any, address: str, message: Any) -> Verdict:
        with self._parking:
            passing = self._passing
            if self.is_open:
                return Verdict.DELIVER
            if passing is not None and passing.message is message and passing.actor is actor:
                self._passing = None
                return Verdict.DELIVER
            if type(message) is Forward and address == self._courier.layers[0]:
                self._drop()  # another try begins: nobody would heed what is left of the one before
            self._parked.append(_Parked(actor, address, message))
            self._courier.count_held(1)
        return Verdict.SKIP

    def _next(self) -> _Parked | None:
        """Take out the oldest message whose receiver lives; what its dead receivers were told is dropped."""
        with self._parking:
            while self._parked:
                parked = self._parked.popleft()
                self._courier.count_held(-1)
                if not _mailbox(parked).stopped.is_set():
                    return parked
        return None

    def _hand_over(self, parked: _Parked) -> None:
        with self._parking:
            self._passing = parked
        _mailbox(parked).post(parked.message)

    def _settle(self, timeout: float, text: str = "a message under way") -> None:
        """Wait until nobody is at work: whatever is on its way then is parked."""
        scheduler = self._courier.scheduler
        if not scheduler.threaded:
            scheduler.run_until_idle()
        elif not scheduler.drain(timeout):
            raise TimeoutError(f"not handled within {timeout} s: {text}; wait longer, or open the gate")


def _mailbox(parked: _Parked) -> Mailbox:
    mailbox: Mailbox = parked.actor.actor_inbox
    return mailbox
