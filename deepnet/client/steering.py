"""Steering a run of a service: paused, played on in pieces, changed, put back, branched, ended."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from deepnet.client.link import ANSWER_SECONDS, Link
from deepnet.client.sending import plain_value
from deepnet.client.waiting import OVER, await_state
from deepnet.errors import DataError, InputError, NotFoundError, RunError, UnknownNameError
from deepnet.maths.checks import non_negative_number, whole_number
from deepnet.maths.losses import Loss, loss_named
from deepnet.maths.optimizers import Optimizer, optimizer_named
from deepnet.maths.schedules import Schedule, schedule_named
from deepnet.runs.controlling import MOST_MESSAGES, UNITS
from deepnet.runs.intervening import CHANGE_SECONDS, SAFE_SECONDS
from deepnet.runs.states import Change
from deepnet.training.health import HealthReport
from deepnet.training.interventions import NOT_GIVEN, NotGiven
from deepnet.training.plan import Plan
from deepnet.training.rules import StopRule
from deepnet.training.until import Until
from deepnet.wire.records import change_from_dict, health_from_dict, plan_to_dict

if TYPE_CHECKING:
    from deepnet.client.network import RemoteNetwork

_PAUSE_SECONDS = 30.0
"""How long the service waits for a seal before it says that none came."""
_STEP_SECONDS = 60.0
"""The longest that it waits for steps; longer waits are ours."""
_SLACK_SECONDS = 5.0
_AS_THEY_ARE = ("learning_rate", "batch_size")
_NAMED: dict[str, Callable[[Any], Any]] = {
    "optimizer": optimizer_named,
    "schedule": schedule_named,
    "loss": loss_named,
}


class RemoteSteering:
    """The part of a `RemoteRun` that changes what it does; see `deepnet.Run`."""

    id: str
    _link: Link
    _path: str

    @property
    def state(self) -> str:
        raise NotImplementedError

    def _post(self, path: str, data: Any = None, seconds: float | None = ANSWER_SECONDS) -> Change:
        return change_from_dict(self._link.ask("POST", f"{self._path}/{path}", data=data, seconds=seconds).json())

    def stop(self, timeout: float | None = 30.0) -> Self:
        """End the run at the next seal; return when it is over. A run that is over is left as it is.

        Raises:
            TimeoutError: no seal came within *timeout* seconds.
        """
        if self.state in OVER:
            return self
        self._patiently("stop", timeout, OVER)
        return self

    def pause(self, timeout: float | None = CHANGE_SECONDS) -> Change:
        """Have it rest before its next step; return when it does. See `deepnet.Run.pause`.

        Raises:
            RunError: it is over, or somebody else is changing the network.
            TimeoutError: no step was sealed within *timeout* seconds; it rests after that one.
        """
        return self._patiently("pause", timeout, ("paused", *OVER))

    def _patiently(self, verb: str, timeout: float | None, states: tuple[str, ...]) -> Change:
        """Have the run come to one of *states*; the service itself waits no longer than half a minute for that."""
        if timeout is not None:
            non_negative_number("timeout", timeout)
        began, before = time.monotonic(), self.state
        try:
            return self._post(verb, None, _seconds(timeout, _PAUSE_SECONDS))
        except TimeoutError:
            left = None if timeout is None else timeout - (time.monotonic() - began)
            if (left is not None and left <= 0) or await_state(self._link, self._path, states, left) is None:
                raise TimeoutError(f"no step was sealed within {timeout:g} s: it happens after that one") from None
        change = self._post(verb)
        return replace(change, old=before)

    def resume(self) -> Change:
        """Have it go on.

        Raises:
            RunError: it is over, or somebody else is changing the network.
        """
        return self._post("resume")

    def step(self, unit: str = "batch", n: int = 1, timeout: float | None = CHANGE_SECONDS) -> Change:
        """Play on by *n* units, message, sample, batch or epoch, and rest again; see `deepnet.Run.step`.

        Of messages the service handles as many as it can in a minute.

        Raises:
            RunError: the run is over, or it failed over this; or somebody else is changing the network.
            TimeoutError: it took longer; the run goes on to there, and then rests.
            InputError: a number is out of its range; 100,000 messages are the most at a time.
            UnknownNameError: there is no such unit.
        """
        if unit not in UNITS:
            raise UnknownNameError("unit", str(unit), UNITS)
        n = whole_number("n", n, at_least=1)
        if unit == "message" and n > MOST_MESSAGES:
            raise InputError(f"n must be {MOST_MESSAGES} messages or fewer at a time, got {n}")
        if timeout is not None:
            non_negative_number("timeout", timeout)
        there = _STEP_SECONDS if timeout is None else min(_STEP_SECONDS, max(timeout, 0.001))
        began, before = time.monotonic(), int(self._facts()["step"])
        try:
            return self._post("step", {"unit": unit, "n": n, "timeout": there}, there + 2 * _SLACK_SECONDS)
        except TimeoutError:
            left = None if timeout is None else timeout - (time.monotonic() - began)
            if unit == "message" or (left is not None and left <= 0):
                raise
            end = await_state(self._link, self._path, ("paused", *OVER), left)
            if end is None:
                raise
        if end["state"] == "failed":
            raise RunError(end["reason"])
        return Change("step", "run", int(end["step"]), before, int(end["step"]))

    def _facts(self) -> Mapping[str, Any]:
        return dict(self._link.ask("GET", self._path).json())

    def set(
        self,
        *,
        learning_rate: float | NotGiven = NOT_GIVEN,
        optimizer: str | Optimizer | NotGiven = NOT_GIVEN,
        schedule: str | Schedule | NotGiven = NOT_GIVEN,
        until: StopRule | NotGiven = NOT_GIVEN,
        batch_size: int | NotGiven = NOT_GIVEN,
        loss: str | Loss | NotGiven = NOT_GIVEN,
        pace: float | NotGiven | None = NOT_GIVEN,
        data: tuple[object, object] | None = None,
    ) -> Change:
        """Change what it is to do, from the next step on; see `deepnet.Run.set`.

        Raises:
            InputError: it cannot be done; the message says why, and nothing has changed. Other *data* cannot be given.
            RunError: the run is over, or somebody else is changing the network.
        """
        if data is not None:
            raise InputError("the rows of a run of a service stay what they are: begin another run with network.train")
        wanted: dict[str, Any] = {
            "learning_rate": learning_rate,
            "optimizer": optimizer,
            "schedule": schedule,
            "until": until,
            "batch_size": batch_size,
            "loss": loss,
            "pace": pace,
        }
        given = {name: value for name, value in wanted.items() if value is not NOT_GIVEN}
        if not given:
            raise InputError(f"nothing is to be set: give one of {', '.join(wanted)}")
        return change_from_dict(self._link.ask("PATCH", self._path, data=_plain(given)).json())

    def rewind(self) -> Change:
        """Put the network back to how this run began, with the same initial weights; its plan stays as it is now.

        Raises:
            RunError: somebody else is changing the network.
        """
        return self._post("rewind")

    def branch(self, step: int | None = None, *, name: str | None = None) -> "RemoteNetwork":
        """Begin a second network in the service that goes on from here, or from a step that was kept, and is paused.

        Raises:
            InputError: no such step was kept.
            NameTakenError: there is a network of that name.
        """
        from deepnet.client.network import RemoteNetwork  # noqa: PLC0415 - a network has runs, and a run networks

        wanted = {"step": plain_value(step), "name": name}
        given = {key: value for key, value in wanted.items() if value is not None}
        try:
            facts = self._link.ask("POST", f"{self._path}/branch", data=given, creates=True).json()
        except NotFoundError as error:
            self._facts()  # says so, if it is the run that is not there
            raise InputError(str(error)) from None
        return RemoteNetwork(self._link, facts)

    def save(self, timeout: float = SAFE_SECONDS) -> int:
        """Make a checkpoint now; return the step of which it is.

        Raises:
            RunError: it is over; or it could not be written, and the message says why.
            TimeoutError: it was not written within *timeout* seconds.
        """
        path = f"{self._path}/checkpoints"
        return int(self._link.ask("POST", path, creates=True, seconds=timeout).json()["step"])

    def checkpoints(self) -> tuple[dict[str, Any], ...]:
        """Return what is known of the checkpoints that are kept, oldest first: step, change, time and bytes."""
        return tuple(self._link.ask("GET", f"{self._path}/checkpoints").json()["items"])

    def restore(self, step: int) -> Change:
        """Put the network back to a step that was kept; a run under way goes on from there. Its plan stays.

        Raises:
            RunError: somebody else is changing the network.
            DataError: no such step was kept; the message says which were.
        """
        number = whole_number("step", step, at_least=0)
        try:
            return self._post(f"checkpoints/{number}/restore")
        except NotFoundError as error:
            self._facts()  # says so, if it is the run that is not there
            raise DataError(str(error)) from None

    def health(self) -> HealthReport:
        """Say which neurons are dead, saturated, exploding or stuck on the training rows, and how each layer is."""
        return health_from_dict(self._link.ask("GET", f"{self._path}/health").json())


def _seconds(timeout: float | None, there: float) -> float:
    """Return how long to wait for an answer of a service that waits so long itself."""
    return there + _SLACK_SECONDS if timeout is None or timeout >= there else max(timeout, 0.001)


def _plain(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return parts of a plan as plain data, checked as parts of a plan are."""
    parts = {name: value for name, value in given.items() if name not in _AS_THEY_ARE}
    said = plan_to_dict(Plan(**{"until": Until(epochs=1), **_named(parts)}))
    return {name: said[name] if name in parts else plain_value(value) for name, value in given.items()}


def _named(parts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _NAMED[name](value) if isinstance(value, str) and name in _NAMED else value
        for name, value in parts.items()
    }
