"""The actors of one network as a whole: started, reached by address, killed, stopped."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence, Sized
from contextlib import suppress
from typing import Any

import numpy as np
import pykka

from deepnet.actors.assignment import Hold, Question
from deepnet.actors.checkpointer import Checkpointer
from deepnet.actors.context import Context
from deepnet.actors.courier import Courier, Hook, Rank
from deepnet.actors.faults import DeliveryFaults
from deepnet.actors.message_gate import MessageGate
from deepnet.actors.messages import Asked, Assigned, GoOn, Healed, Interrupt
from deepnet.actors.neuron import Neuron
from deepnet.actors.rebuilding import rebuild
from deepnet.actors.strikes import counting_neurons, crashing_anybody, crashing_neurons, striking
from deepnet.actors.tracing import Recorder, TracedMessage
from deepnet.actors.tree import TreeNode, read_tree, start_tree
from deepnet.errors import NetworkStoppedError, RunError
from deepnet.maths.arrays import Batch
from supervisor import (
    AlreadyStarted,
    ChildSpec,
    Crash,
    ExitReason,
    HungError,
    Scheduler,
    WouldBlockError,
    start_child,
)
from supervisor import exit as send_exit
from supervisor import stop as stop_supervisor
from supervisor.runtime.here import here
from supervisor.runtime.mailbox import Mailbox
from supervisor.runtime.scheduler import TURN_BUDGET
from supervisor.runtime.watch import Down, Up, watch
from supervisor.testing import FakeClock

STOP_SECONDS = 10.0
MOST_REVIVALS = 1000
"""How often a network that was killed as a whole comes back; one that keeps dying by itself does not."""
LOOK_SECONDS = 0.2
"""How often someone who waits for an answer looks whether there is still somebody to give it."""


class ActorSystem:
    """A scheduler of its own, and on it the supervision tree of one network.

    Args:
        context: what the actors share.
        workers: threads of the scheduler.
        max_restarts: restarts that each supervisor allows ...
        max_seconds: ... within so many seconds.
        turn_seconds: how long an actor may take for one message before it is given up as hung; None for ever.
        order: without workers, whose turn is next: given how many wait, the index of one.
        on_down: told why, should the whole tree end by itself.

    Raises:
        BadSpecError: a restart limit is out of its range.
    """

    def __init__(
        self,
        context: Context,
        *,
        workers: int,
        max_restarts: int,
        max_seconds: int,
        turn_seconds: float | None,
        order: Callable[[int], int] | None,
        on_down: Callable[[str], object],
    ) -> None:
        self.context = context
        self._on_down = on_down
        self._limits = {"max_restarts": max_restarts, "max_seconds": max_seconds}
        self._ending = threading.Lock()  # held while the tree is put up, or taken down for good
        self._stopping = False
        self._revivals = 0
        self._down = threading.Event()
        self._time = FakeClock() if not workers else None  # turns taken by hand: so is the time, see `skip_wait`
        self._scheduler = Scheduler(
            workers,
            name=f"network:{context.name}",
            on_worker_start=_quiet_numpy,
            long_turn_seconds=turn_seconds if workers else None,
            on_long_turn=self._give_up,
            turn_budget=1 if order is not None else TURN_BUDGET,
            pick=order,
            clock=self._time,
        )
        self.gate: MessageGate | None = None
        self.courier = Courier(self._scheduler, tuple(context.model.named_layers()))
        self.delivery_faults = DeliveryFaults(self.courier, lambda: self.tell("trainer", Healed("")))
        self._remove_hook: Callable[[], None] = lambda: None
        try:
            self._put_up()
        except BaseException:
            self._scheduler.close()
            raise

    def _put_up(self) -> None:
        self._root = start_tree(self.context, self._scheduler, **self._limits)
        self.context.is_up = True
        watch(self._root, self._hear)

    def _give_up(self, ref: pykka.ActorRef[Any], seconds: float) -> None:
        """Have an actor that hangs declared dead: what it may still do is kept away from what counts."""
        reason = Crash(HungError(self.context.address_of(ref), seconds))
        self._scheduler.abandon(ref, reason, first=self.context.vault.fence)

    def _hear(self, news: Up | Down) -> None:
        """Put the whole tree up again if somebody killed it; one that gave up by itself has had its chances."""
        if not isinstance(news, Down):
            return
        if self._stopping:
            self._down.set()
        elif news.reason == "killed" and self._revivals < MOST_REVIVALS:
            # In a thread of its own: this is a turn, and has to end before anybody else can come up.
            threading.Thread(target=self._revive, name=f"network:{self.context.name}-revival", daemon=True).start()
        else:
            self._down.set()
            self._on_down(_why_down(news.reason))

    def _revive(self) -> None:
        with self._ending:
            if self._stopping:
                return
            self._revivals += 1
            self.context.is_up = False
            try:
                self._await_deaths()
                self._put_up()
                self.context.revived()
                if self.context.assignment is not None and self.context.assignment.keeper is not None:
                    self.start_checkpointer()
            except Exception as error:  # noqa: BLE001 - whoever waits has to know
                self._down.set()
                self._on_down(f"the network could not be brought up again: {error}")
                return
        self.tell("trainer", Assigned())

    def _await_deaths(self) -> None:
        """Wait until nobody of the tree that was killed is left: what they say must not be taken for the new ones'."""
        end = time.monotonic() + STOP_SECONDS
        checkpointer = self.context.directory.whereis("checkpointer")
        if checkpointer is not None:  # it has a thread of its own, and that cannot be killed
            with suppress(pykka.ActorDeadError):
                checkpointer.stop(block=True, timeout=STOP_SECONDS)
        while self.context.directory.whereis("checkpointer") is not None or any(
            self._lives_here(ref) for ref in pykka.ActorRegistry.get_all()
        ):
            if time.monotonic() > end:
                raise NetworkStoppedError("an actor of it does not end")
            time.sleep(0.001)

    def _lives_here(self, ref: pykka.ActorRef[Any]) -> bool:
        inbox = ref.actor_inbox
        return isinstance(inbox, Mailbox) and inbox.scheduler is self._scheduler

    @property
    def messages_handled(self) -> int:
        return self._scheduler.messages_handled

    def start_checkpointer(self) -> None:
        """Have the actor that writes checkpoints among the others, unless it is there."""
        spec = ChildSpec("checkpointer", (Checkpointer, (self.context,), {}))
        with suppress(AlreadyStarted):
            start_child(self._root, spec)

    def tell(self, address: str, message: Any) -> None:
        """Send to whoever goes by *address*; if nobody does at present, nothing happens."""
        self.context.send(address, message)

    def mailbox_length(self, address: str) -> int | None:
        """Messages that wait for the actor, or None while there is no actor of that address."""
        ref = self.context.directory.whereis(address)
        return len(ref.actor_inbox) if ref is not None and isinstance(ref.actor_inbox, Sized) else None

    def messages_of(self, address: str) -> int | None:
        """Messages that the neuron of that address has handled, or None while there is no actor of it."""
        ref = self.context.directory.whereis(address)
        actor = getattr(ref.actor_inbox, "actor", None) if ref is not None else None
        return actor.handled if isinstance(actor, Neuron) else None

    def kill(self, address: str) -> bool:
        """End the actor of that address before its next message; False if it is dead at the moment."""
        ref = self._root if address == "network" else self.context.directory.whereis(address)
        if ref is not None:
            send_exit(ref, "kill")
        return ref is not None

    def tree(self) -> TreeNode:
        """Who supervises whom, asked of the supervisors themselves.

        Raises:
            NetworkStoppedError: the tree has ended.
        """
        try:
            return read_tree(self._root, self.context)
        except pykka.ActorDeadError:
            raise NetworkStoppedError(f"the actors of {self.context.name} have ended: start a new network") from None

    def ask(self, question: Question, timeout: float | None) -> dict[str, tuple[Batch, Batch]]:
        """Return the weighted sums and outputs of each dense layer for the inputs of *question*.

        Raises:
            RunError: an actor died again and again over it, or this is called within a turn.
            TimeoutError: no answer came within *timeout* seconds.
            NetworkStoppedError: the tree has ended.
        """
        self.wait_for(question, question.answered, timeout)
        if question.error is not None:
            raise question.error
        return question.trace

    def wait_for(self, item: Question | Hold, reached: threading.Event, timeout: float | None) -> None:
        """Put *item* on the agenda, and return when the trainer has got to it.

        Raises:
            RunError: this is called within a turn.
            TimeoutError: that took longer than *timeout* seconds; the item is off the agenda again.
            NetworkStoppedError: the tree has ended.
        """
        require_no_turn()
        self.context.agenda.append(item)
        gate = self.gate
        if gate is None or isinstance(item, Question):
            self.tell("trainer", Asked())
        else:  # in the middle of a step that goes on by single messages: it will be begun anew
            self.tell("trainer", Interrupt())
            gate.forget()
        try:
            self.await_event(reached, timeout)
        except BaseException:
            with suppress(ValueError):
                self.context.agenda.remove(item)
            self.tell("trainer", GoOn())
            raise

    def await_event(self, event: threading.Event, timeout: float | None) -> None:
        """Return when an actor has set *event*; without workers, take turns until then.

        Raises:
            TimeoutError: that took longer than *timeout* seconds.
            NetworkStoppedError: the tree has ended.
            RunError: there are no workers, and everybody waits for somebody.
        """
        end = None if timeout is None else time.monotonic() + timeout
        look = 0.0 if not self._scheduler.threaded else LOOK_SECONDS if timeout is None else min(LOOK_SECONDS, timeout)
        while not event.wait(look):
            if self._down.is_set() or self._scheduler.closed:
                raise NetworkStoppedError(f"the actors of {self.context.name} have ended: start a new network")
            if end is not None and time.monotonic() > end:
                raise TimeoutError(f"no answer came within {timeout} s: ask again")
            if not self._scheduler.threaded and not (self._scheduler.run_one_turn() or self.skip_wait()):
                raise RunError(f"everybody in {self.context.name} waits for somebody: nobody has any mail")

    def trace(self, question: Question, timeout: float | None) -> tuple[TracedMessage, ...]:
        """Return every message that answering *question* takes, in order; it may raise what `ask` raises."""
        with Recorder(self.courier) as recorder:
            self.ask(question, timeout)
        return recorder.messages

    def close_gate(self) -> MessageGate:
        """Have the messages of a step pass one by one from now on; the network is held."""
        self.context.by_message = True
        self.gate = MessageGate(self.courier)
        return self.gate

    def open_gate(self) -> None:
        """Let messages pass by themselves again."""
        gate, self.gate = self.gate, None
        if gate is not None:
            gate.open()
            self.context.by_message = False

    def rebuild(self, layers: Sequence[str]) -> None:
        """Put these layers up anew, as the setup says by now; the network is held.

        Raises:
            NetworkStoppedError: they cannot be brought up.
        """
        rebuild(self.context, self._scheduler, lambda: self._root, lambda: self._stopping, layers)

    def crash_at(self, ordinals: frozenset[int]) -> None:
        """Have neurons crash: at the message of these numbers, counting from 1 what neurons are told from now on."""
        self._hook_up(crashing_neurons(ordinals) if ordinals else None)

    def strike(self, faults: Mapping[int, str]) -> None:
        """Let *faults* happen at messages of these numbers, counting what neurons, layers and trainer are told from 1.

        A fault is an address, which is killed, or ``crash``: whoever is about to handle the message raises.
        """
        self._hook_up(striking(faults, lambda address: self.kill(self.body_of(address))) if faults else None)

    def _hook_up(self, hook: Hook | None) -> None:
        """Have *hook* called, in place of the one that was there for these purposes."""
        self._remove_hook()
        if hook is not None:
            self._remove_hook = self.courier.add(hook, rank=Rank.STRIKE, sees_control=True)

    def body_of(self, address: str) -> str:
        """Who computes for *address*: where layers do, a neuron's is its layer."""
        layer = address.partition("/")[0]
        setup = self.context.setup
        numbers = {name: number for number, name in enumerate(setup.model.named_dense())}
        return layer if layer in numbers and setup.granularities[numbers[layer]] == "layer" else address

    def run_until_idle(self) -> int:
        """Where there are no workers: take turns in this thread until nobody has mail; return how many."""
        return self._scheduler.run_until_idle()

    def skip_wait(self) -> bool:
        """Where there are no workers, and nobody has mail: let it be the time of what is due next; False if nothing is.

        Only by this does time pass there.
        """
        due = self._scheduler.timers.next_due()
        if due is None or self._time is None:
            return False
        self._time.advance(max(0.0, due - self._time.now()))
        return True

    def crash_at_messages(self, ordinals: Iterator[int]) -> None:
        """Have whoever is about to handle a message of these numbers crash: neurons, layers, the trainer.

        Args:
            ordinals: rising numbers, counting from 1 what these are told from now on; without one, nobody crashes.
        """
        first = next(ordinals, None)
        self._hook_up(None if first is None else crashing_anybody(first, ordinals))

    @property
    def heals(self) -> list[float]:
        """Seconds from a death to the next sealed step, of every time since the network is up."""
        return self.context.heals

    def neuron_messages(self) -> Callable[[], int]:
        """Start to count what neurons are told; the function returned says how many it is so far."""
        hook, count = counting_neurons()
        self._hook_up(hook)
        return count

    def stop(self) -> None:
        """Stop all actors, last started first, and the scheduler's threads. Twice is no error.

        Raises:
            WouldBlockError: called inside a turn, for instance by a watcher; nothing has been stopped.
        """
        if in_a_turn():
            raise WouldBlockError(threading.current_thread().name, str(self._root))
        with self._ending:
            self._stopping = True
        self.courier.close()
        if not self._scheduler.closed:
            try:
                if self._scheduler.threaded:
                    stop_supervisor(self._root, "shutdown", timeout=STOP_SECONDS)
                else:
                    send_exit(self._root, "shutdown")
                    self._scheduler.run_until_idle()
            except (pykka.ActorDeadError, pykka.Timeout):
                pass  # it had ended by itself, or a handler hangs: the threads are daemons and hold nobody up
            finally:
                self._scheduler.close()


def in_a_turn() -> bool:
    """Whether this thread runs an actor at the moment, so that it must not wait for others."""
    return here.mailbox is not None


def require_no_turn() -> None:
    """Raise RunError if this thread runs an actor at the moment."""
    if in_a_turn():
        raise RunError("a watcher or handler cannot wait for the actors that wait for it: do it in another thread")


def _quiet_numpy() -> None:
    """Let numbers overflow in silence in this thread: the loss shows it, and the run stops for it."""
    np.seterr(all="ignore")


def _why_down(reason: ExitReason) -> str:
    if isinstance(reason, Crash):
        return f"the network's supervisor crashed: {reason}"
    return f"the network's supervisor gave up ({reason}): its actors died faster than its restart limit allows"
