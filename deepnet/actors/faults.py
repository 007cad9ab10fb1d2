"""Faults of delivery: messages of a step that crash or hang who gets them, come late, twice or never.

None of them changes the result: what is lost is played again, and what comes twice counts once.
"""

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from deepnet.actors.context import InjectedCrashError
from deepnet.actors.courier import STEP_MESSAGES, Courier, Rank, Verdict
from deepnet.actors.lost import LostFinder
from deepnet.actors.messages import Assigned, Forward, Healed
from deepnet.actors.redelivery import Arrival, Redelivery
from deepnet.errors import InputError
from deepnet.maths.checks import finite_number, look_up, positive_number, whole_number
from deepnet.maths.random import stream
from supervisor import Mailbox

DELIVERY_FAULTS = {
    "crash": "whoever is about to handle the message dies",
    "hang": "whoever is about to handle it waits for so many seconds first",
    "delay": "it comes so many seconds later",
    "drop": "it never comes",
    "duplicate": "it comes once more, after all that wait for the same receiver",
}
"""The kinds, and what each does."""

_LOSING = ("drop", "delay")
"""Those of which a message may never come: one that is late may come when its try is over."""

_BEGINNINGS = (Assigned, Healed)
"""What has the trainer begin another try."""


@dataclass(frozen=True, slots=True)
class DeliveryFault:
    """What befalls messages of a step on their way.

    Args:
        kind: one of `DELIVERY_FAULTS`.
        rate: the probability that it strikes a message, above 0 and up to 1.
        seconds: how long a ``hang`` or a ``delay`` takes.
        first: the first step whose messages it may strike, from 1 ...
        last: ... and the last one; None for no last one.
        seed: where its chance begins, 0 or more. Faults of the same seed draw the same numbers: of several, give each
            its own.

    Raises:
        InputError: one of these is out of its range.
    """

    kind: str
    rate: float = 0.01
    seconds: float = 0.01
    first: int = 1
    last: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        look_up("fault of delivery", self.kind, DELIVERY_FAULTS)
        if not 0 < finite_number("rate", self.rate) <= 1:
            raise InputError(f"rate must be a probability above 0 and up to 1, got {self.rate!r}")
        positive_number("seconds", self.seconds)
        whole_number("first", self.first, at_least=1)
        if self.last is not None:
            whole_number("last", self.last, at_least=self.first)
        whole_number("seed", self.seed, at_least=0)

    def strikes_at(self, step: int) -> bool:
        """Whether messages of *step* may be struck."""
        return self.first <= step and (self.last is None or step <= self.last)


class _Active:
    """A fault that is on."""

    def __init__(self, fault: DeliveryFault, addresses: Collection[str] | None) -> None:
        self.fault = fault
        self.removed = threading.Event()
        self._addresses = None if addresses is None else frozenset(addresses)
        self._chance = stream(fault.seed, "delivery faults")
        self._drawing = threading.Lock()

    def strikes(self, address: str, step: int) -> bool:
        """Draw whether it strikes a message of *step* to *address*, if it is about these."""
        if (self._addresses is not None and address not in self._addresses) or not self.fault.strikes_at(step):
            return False
        with self._drawing:
            return bool(self._chance.random() < self.fault.rate)


class DeliveryFaults:
    """The faults of delivery of one network.

    They strike messages of the try under way. One that comes late or twice is not struck again.

    Args:
        courier: of the network.
        play_again: has the trainer play again what is under way: a message of it is missing.
    """

    def __init__(self, courier: Courier, play_again: Callable[[], object]) -> None:
        self._courier = courier
        self._redelivery = Redelivery(courier)
        self._finder = LostFinder(courier, play_again)
        self._changing = threading.RLock()
        self._active: tuple[_Active, ...] = ()
        self._unhook: Callable[[], None] = lambda: None

    @property
    def faults(self) -> tuple[DeliveryFault, ...]:
        """Those that are on."""
        return tuple(active.fault for active in self._active)

    def inject(self, fault: DeliveryFault, addresses: Collection[str] | None = None) -> Callable[[], None]:
        """Let *fault* strike from now on; return what ends it, twice is no error.

        Args:
            fault: what is to happen.
            addresses: of the actors whose messages it may strike; None for those of all.
        """
        active = _Active(fault, addresses)
        with self._changing:
            if not self._active:
                self._unhook = self._courier.add(self._hook, rank=Rank.STRIKE, sees_control=True, let_go=self.clear)
            self._set((*self._active, active))
        return lambda: self._remove(active)

    def clear(self) -> None:
        """End all faults: who hangs goes on, what is late comes at once, and what was lost is played again."""
        for active in self._active:
            self._remove(active)

    def catch_up(self) -> bool:
        """Let time pass for a network without workers, where nobody has mail any more.

        What is late comes; or else, if a message was lost, the step is played again. False if there is neither.
        """
        return self._redelivery.hand_over() > 0 or self._finder.find()

    def _remove(self, active: _Active) -> None:
        with self._changing:
            if active not in self._active:
                return
            active.removed.set()
            if len(self._active) == 1:
                self._redelivery.hand_over()
                self._unhook()
                self._redelivery.forget()
            self._set(tuple(each for each in self._active if each is not active))

    def _set(self, active: tuple[_Active, ...]) -> None:
        """Have these on, and look for lost messages while there may be any."""
        before, after = self._loses(self._active), self._loses(active)
        self._active = active
        if after and not before:
            self._finder.turn_on()
        if before and not after:
            self._finder.turn_off()

    @staticmethod
    def _loses(active: tuple[_Active, ...]) -> bool:
        return any(each.fault.kind in _LOSING for each in active)

    def _hook(self, actor: Any, address: str, message: Any) -> Verdict:
        if type(message) not in STEP_MESSAGES:
            if type(message) in _BEGINNINGS:
                self._redelivery.end_try()
            return Verdict.DELIVER
        mailbox = actor.actor_inbox
        arrival = self._redelivery.look_at(mailbox, message)
        if arrival is Arrival.TOO_LATE:
            self._finder.lose()
            return Verdict.SKIP
        if arrival is Arrival.AGAIN:
            return Verdict.DELIVER
        if type(message) is Forward and address == self._courier.layers[0]:
            self._redelivery.begin_try(message.step, message.attempt)
        elif arrival is Arrival.STRAY:
            return Verdict.DELIVER
        struck = [active for active in self._active if active.strikes(address, message.step)]
        return self._strike(struck[0], mailbox, message) if struck else Verdict.DELIVER

    def _strike(self, active: _Active, mailbox: Mailbox, message: Any) -> Verdict:
        fault = active.fault
        if fault.kind == "crash":
            raise InjectedCrashError(f"crashed on purpose at a message of step {message.step}")
        if fault.kind == "hang":
            active.removed.wait(fault.seconds)
            return Verdict.DELIVER
        with self._changing:
            if active.removed.is_set():  # nobody would find out
                return Verdict.DELIVER
            if fault.kind == "duplicate":
                self._redelivery.repeat(mailbox, message)
                return Verdict.DELIVER
            if fault.kind == "delay":
                self._redelivery.delay(mailbox, message, fault.seconds)
            else:
                self._finder.lose()
            return Verdict.SKIP
