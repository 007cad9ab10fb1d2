"""Having a run rest, and playing it on in pieces."""

import math
import time
from collections.abc import Callable

from deepnet.actors.assignment import Assignment, Rest
from deepnet.actors.context import Context
from deepnet.actors.message_gate import PASS_SECONDS, Passed
from deepnet.actors.messages import GoOn
from deepnet.actors.system import ActorSystem
from deepnet.errors import InputError, RunError, UnknownNameError
from deepnet.maths.checks import non_negative_number, whole_number
from deepnet.runs.intervening import SAFE_SECONDS, Intervener, require_under_way
from deepnet.runs.states import Change
from deepnet.training.position import Position

PLURALS = {"message": "messages", "sample": "samples", "batch": "batches", "epoch": "epochs"}
UNITS = tuple(PLURALS)
MOST_MESSAGES = 100_000
"""So many are let through at a time, for each is kept to be returned."""
_AT_ONCE = 100
"""So many are let through before somebody looks at the clock."""


class Controls:
    """Lets one run rest and go on.

    Args:
        context: what the actors of the network share.
        actors: they themselves.
        intervener: who else changes the network.
    """

    def __init__(self, context: Context, actors: ActorSystem, intervener: Intervener) -> None:
        self._context = context
        self._actors = actors
        self._intervener = intervener

    def pause(self, run: Assignment, timeout: float | None) -> Change:
        """Have the run rest before its next step; see `deepnet.runs.run.Run.pause`."""
        _check_seconds(timeout)
        with self._intervener.alone():
            _require_controllable(run)
            old = run.shown_state
            rest = run.rest
            if old == "running":
                rest = self._rest(run, lambda _position, _rows: True)
        if rest is not None and not run.is_paused:
            self._actors.await_event(rest.reached, timeout)
        await_safe(run)
        return self._told(Change("pause", "run", self._step(run), old, run.shown_state))

    def resume(self, run: Assignment) -> Change:
        """Have the run go on; see `deepnet.runs.run.Run.resume`."""
        with self._intervener.alone():
            _require_controllable(run)
            change = Change("resume", "run", self._step(run), run.shown_state, "running")
            rest, run.rest = run.rest, None
            if rest is not None:
                rest.reached.set()  # whoever waits for it waits no longer
            self._actors.open_gate()
            self._actors.tell("trainer", GoOn())
        return self._told(change)

    def step(self, run: Assignment, unit: str, n: int, timeout: float | None) -> Change:
        """Play so much of the run and have it rest again; see `deepnet.runs.run.Run.step`."""
        if unit not in UNITS:
            raise UnknownNameError("unit", str(unit), UNITS)
        n = whole_number("n", n, at_least=1)
        if unit == "message" and n > MOST_MESSAGES:
            raise InputError(f"n must be {MOST_MESSAGES} messages or fewer at a time, got {n}")
        _check_seconds(timeout)
        if run.shown_state == "running":
            self.pause(run, timeout)
        before = self._step(run)
        if unit == "message":
            with self._intervener.alone():
                _require_controllable(run)
                messages = self._pass(run, n, timeout)
        else:
            messages = ()
            with self._intervener.alone():
                _require_controllable(run)
                rest = self._rest(run, _due(unit, self._context.position_of(run), n), counts=unit == "sample")
                self._actors.open_gate()
            try:
                self._actors.await_event(rest.reached, timeout)
            except TimeoutError:
                done = f"{n} {unit} is" if n == 1 else f"{n} {PLURALS[unit]} are"
                late = f"{done} not done after {timeout:g} s, it is at step {self._step(run)}"
                raise TimeoutError(
                    f"{late}: it goes on to there, and then rests; pause it to end that sooner"
                ) from None
        if run.state == "failed":
            raise RunError(run.reason)
        await_safe(run)
        after = self._step(run)
        return self._told(Change("step", "run", after, before, after, messages))

    def _pass(self, run: Assignment, n: int, timeout: float | None) -> tuple[Passed, ...]:
        """Let so many messages be handled, one after the other; return them. A run that ends meanwhile gives fewer.

        Raises:
            TimeoutError: they were not handled within *timeout* seconds.
        """
        passed: list[Passed] = []
        end = math.inf if timeout is None else time.monotonic() + timeout
        while len(passed) < n and run.state == "running" and not run.stop_asked:
            if time.monotonic() > end:
                done = f"{len(passed)} of {n} messages were handled within {timeout:g} s"
                raise TimeoutError(f"{done}: the run rests where it is, go on with fewer")
            gate = self._actors.gate
            if gate is None:
                with self._intervener.held():  # so that no question is under way
                    gate = self._actors.close_gate()
                self._rest(run, _due("batch", self._context.position_of(run), 1), by_message=True)
            try:
                some = gate.let_through(min(n - len(passed), _AT_ONCE), PASS_SECONDS if timeout is None else timeout)
            except RunError:
                if gate.is_open:  # somebody has the run resume or end, or stops the network
                    break
                raise
            passed += some
            if run.rest is None or run.rest.reached.is_set():
                self._actors.open_gate()  # the step is sealed
            if not some:
                time.sleep(0.0005)  # the whole network may be coming up again
        return tuple(passed)

    def _rest(
        self, run: Assignment, due: Callable[[Position, int], bool], *, by_message: bool = False, counts: bool = False
    ) -> Rest:
        """Have the run rest where *due* says so, and nowhere before; *counts* says whether rows are counted for it."""
        before, rest = run.rest, Rest(due, by_message=by_message, rows={} if counts else None)
        run.rest = rest
        if before is not None:
            before.reached.set()  # whoever waits for it waits no longer
        if run.state != "running":
            rest.reached.set()  # it ended this moment
        self._actors.tell("trainer", GoOn())
        return rest

    def _step(self, run: Assignment) -> int:
        return self._context.position_of(run).step

    def _told(self, change: Change) -> Change:
        self._intervener.tell(change)
        return change


def _due(unit: str, now: Position, n: int) -> Callable[[Position, int], bool]:
    """Say where to rest after *n* units, given where the run stands now."""
    match unit:
        case "epoch":
            return lambda position, _rows: position.complete_epochs >= now.complete_epochs + n
        case "sample":
            return lambda _position, rows: rows >= n
        case _:
            return lambda position, _rows: position.step >= now.step + n


def await_safe(run: Assignment) -> None:
    """Return once what *run* rests at is on the disk, where it is to be, or could not be written, which is told."""
    if run.keeper is not None:
        run.keeper.await_written(SAFE_SECONDS)


def _check_seconds(timeout: object) -> None:
    """Raise InputError unless it is a time to wait for, or None for ever."""
    if timeout is not None:
        non_negative_number("timeout", timeout)


def _require_controllable(run: Assignment) -> None:
    """Raise RunError if the run is over."""
    require_under_way(run, run if run.state == "running" else None)
