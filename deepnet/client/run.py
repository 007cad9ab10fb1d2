"""A run of a service, with the methods of one in this process."""

from collections.abc import Mapping
from typing import Any, Never, Self
from urllib.parse import quote

from deepnet.actors.assignment import Failure
from deepnet.client.histories import History
from deepnet.client.link import Link
from deepnet.client.refusing import refuse
from deepnet.client.steering import RemoteSteering
from deepnet.client.waiting import OVER, await_state, look_at
from deepnet.errors import RunError
from deepnet.maths.arrays import Batch
from deepnet.training.history import EpochRecord
from deepnet.training.plan import Plan
from deepnet.training.position import Position
from deepnet.wire.arrays import arrays_from_bytes
from deepnet.wire.records import (
    failure_from_dict,
    plan_from_dict,
    position_from_dict,
)


class RemoteRun(RemoteSteering):
    """A run of a service; made by `RemoteNetwork.train`, `Service.run` and `Service.runs`.

    It has the methods of `deepnet.Run`, and they give the same records. Each property is asked of the service when it
    is read; of the history only the epochs that are new.

    Attributes:
        id: what the service calls it, such as ``cars-1``.
        network: the name of its network.
    """

    def __init__(self, link: Link, facts: Mapping[str, Any]) -> None:
        self.id = str(facts["id"])
        self.network = str(facts["network"])
        self._link = link
        self._path = f"/runs/{quote(self.id, safe='')}"
        self._history = History(link, self._path)

    def __repr__(self) -> str:
        return f"<RemoteRun {self.id} of {self._link.place.name}>"

    def facts(self) -> dict[str, Any]:
        """Return what the service tells of it: its state, its plan, where it stands."""
        return dict(self._link.ask("GET", self._path).json())

    @property
    def plan(self) -> Plan:
        """What it is to do, as it is now."""
        return plan_from_dict(self.facts()["plan"])

    @property
    def state(self) -> str:
        """running, paused, finished (the plan is done), stopped (somebody asked) or failed."""
        return str(self.facts()["state"])

    @property
    def is_over(self) -> bool:
        """Whether it has ended, whatever the end was."""
        return self.state in OVER

    @property
    def reason(self) -> str:
        """Why it ended; empty while it runs."""
        return str(self.facts()["reason"])

    @property
    def failure(self) -> Failure | None:
        """Who died over what, if the run failed because nobody could get past a step."""
        failure = self.facts()["failure"]
        return None if failure is None else failure_from_dict(failure)

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with checkpoints that it could not go on from, a line each."""
        return tuple(self.facts()["problems"])

    @property
    def resumed_at(self) -> int | None:
        """The step that it went on from; None if it has begun at its beginning."""
        step = self.facts()["resumed_at"]
        return None if step is None else int(step)

    @property
    def history(self) -> tuple[EpochRecord, ...]:
        """A record for each epoch that is over."""
        return self._history.all()

    def epochs(self, first: int, last: int) -> tuple[EpochRecord, ...]:
        """The records of the epochs numbered above *first* and up to *last*, as far as they are over."""
        return self._history.between(first, last)

    @property
    def last_epoch(self) -> EpochRecord | None:
        """The record of the last epoch that is over; None before that."""
        return self._history.last(int(self.facts()["epochs"]))

    @property
    def position(self) -> Position:
        """Epoch, batch and step of the last seal of this run.

        Raises:
            RunError: its network has begun another one since, or is not up: only its step and its epochs are kept.
        """
        facts = self.facts()
        if facts["position"] is None:
            kept = f"it came to step {facts['step']}, epoch {facts['epochs']}"
            raise RunError(f"nobody knows where {self.id} stands, for its network no longer has it: {kept}")
        return position_from_dict(facts["position"])

    @property
    def inputs(self) -> Batch:
        """What is learnt: (rows, model.inputs), not to be written to; fetched each time."""
        return self._rows("inputs")

    @property
    def targets(self) -> Batch:
        """What is to come out: (rows, model.outputs), not to be written to; fetched each time."""
        return self._rows("targets")

    def _rows(self, name: str) -> Batch:
        array: Batch = arrays_from_bytes(self._link.ask("GET", f"{self._path}/data").content)[0][name]
        array.setflags(write=False)
        return array

    @property
    def batches(self) -> int | None:
        """Steps in an epoch; None if its network no longer has it."""
        batches = self.facts()["batches"]
        return None if batches is None else int(batches)

    @property
    def dead_neurons(self) -> tuple[str, ...]:
        """Neurons that are dead on the training rows, as they are now: the service looks for them when it is asked."""
        return self.health().of("dead")

    @property
    def assignment(self) -> Never:
        """Refuse: it is in the process of the network.

        Raises:
            InputError: always.
        """
        refuse("the inside of a run", "look at plan, position, history and health()")

    # Waiting for it.

    def wait(self, timeout: float | None = None) -> Self:
        """Return when the run is over; see `deepnet.Run.wait`.

        Raises:
            TimeoutError: it is not over after *timeout* seconds; it goes on all the same.
            RunError: it failed; the message says why. Or it is paused when this is called.
            ServiceError: the service has gone and is not back within half a minute.
        """
        facts = look_at(self._link, self._path)
        if facts["state"] == "paused":
            raise RunError(f"the run rests at step {facts['step']} and does not go on alone: resume it first")
        end = await_state(self._link, self._path, OVER, timeout)
        if end is None:
            raise TimeoutError(f"the run is at step {self.facts()['step']} after {timeout} s and goes on: wait again")
        if end["state"] == "failed":
            raise RunError(end["reason"])
        return self

    def ended_within(self, seconds: float) -> bool:
        """Wait up to *seconds* for the end, whatever it is; tell whether it came."""
        return await_state(self._link, self._path, OVER, seconds) is not None

    def flush(self, timeout: float | None = None) -> None:
        """Return once the run is over: its service keeps its last step by itself.

        Raises:
            TimeoutError: it is not over after *timeout* seconds.
        """
        if await_state(self._link, self._path, OVER, timeout) is None:
            raise TimeoutError(f"the run is not over after {timeout} s: wait again")

    def recalled(self) -> Never:
        """Refuse: nobody in this process waits for it.

        Raises:
            InputError: always.
        """
        refuse("the recalling of runs", "service.run(id) has each that there was")
