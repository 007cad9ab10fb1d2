"""A network of a service, with the methods of one in this process."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Never, Self
from urllib.parse import quote

from deepnet.actors.system import STOP_SECONDS
from deepnet.client.changing import RemoteChanging
from deepnet.client.link import Link
from deepnet.client.looking import RemoteLooking
from deepnet.client.refusing import refuse, refuse_given
from deepnet.client.run import RemoteRun
from deepnet.client.sending import Body, body_of, how_to_learn, rows_to_learn
from deepnet.errors import InputError
from deepnet.maths.gradient_rules import GradientRules
from deepnet.maths.losses import Loss, loss_named
from deepnet.maths.model import Chain
from deepnet.maths.optimizers import Optimizer, optimizer_named
from deepnet.maths.schedules import Schedule, schedule_named
from deepnet.runs.durable import Checkpoints
from deepnet.training.handlers import Handler
from deepnet.training.plan import Plan
from deepnet.training.rules import StopRule
from deepnet.training.state import RunState

_USUAL: dict[str, Any] = {"handlers": (), "run_dir": None, "checkpoints": None, "skip_batch": False, "origin": None}
_INSTEAD = {
    "handlers": "look at run.history, or iterate over service.events(follow=True)",
    "run_dir": "the service keeps every run by itself",
    "checkpoints": "the service makes them every few seconds; run.save() makes one now",
    "skip_batch": "run.restore(step) goes back to a step that was kept",
    "origin": "facts to keep are given to service.start(about=...)",
}

_RULES = ("clip_value", "clip_norm", "l1", "l2")
_HOW = ("until", "loss", "optimizer", "schedule", *_RULES, "batch_size", "drop_last", "shuffle", "metrics", "pace")


class RemoteNetwork(RemoteLooking, RemoteChanging):
    """A network of a service; made by `Service.start` and `Service.network`.

    It has the methods of `deepnet.Network`, and they give the same records. What differs: it lives in the service and
    not in this process, so leaving a ``with`` block ends nothing, `stop` ends its run, and `delete` makes an end of it.
    Each property is asked of the service when it is read. What needs the process of the network raises InputError:
    handlers, streams of batches, watchers, actors and kernels.
    """

    def __init__(self, link: Link, facts: Mapping[str, Any]) -> None:
        self.name = str(facts["name"])
        self.seed = int(facts["seed"])
        self.dtype = str(facts["dtype"])
        self.kernels = str(facts["kernels"])
        self._given_model = Chain.from_dict(facts["model"])
        self._link = link
        self._path = f"/networks/{quote(self.name, safe='')}"
        # Whatever becomes of the layers between.
        self._inputs, self._outputs = self._given_model.inputs, self._given_model.outputs
        self._run: RemoteRun | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        """Leave it as it is: it lives in the service."""

    def __repr__(self) -> str:
        return f"<RemoteNetwork {self.name} of {self._link.place.name}>"

    @property
    def run(self) -> RemoteRun | None:
        """The run under way, or the last one; None before the first."""
        facts = self.facts()["run"]
        if facts is None:
            return None
        if self._run is None or self._run.id != facts["id"]:
            self._run = RemoteRun(self._link, facts)
        return self._run

    def train(
        self,
        inputs: object,
        targets: object = None,
        *,
        until: StopRule,
        loss: str | Loss = "mean_squared_error",
        optimizer: str | Optimizer = "sgd",
        schedule: str | Schedule = "constant",
        clip_value: float | None = None,
        clip_norm: float | None = None,
        l1: float = 0.0,
        l2: float = 0.0,
        batch_size: int = 1,
        drop_last: bool = False,
        shuffle: bool = True,
        validation: float | tuple[object, object] | None = None,
        metrics: Sequence[str] = (),
        handlers: Sequence[Handler] = (),
        run_dir: str | Path | None = None,
        checkpoints: Checkpoints | None = None,
        skip_batch: bool = False,
        origin: Mapping[str, Any] | None = None,
        pace: float | None = None,
        paused: bool = False,
    ) -> RemoteRun:
        """Begin to learn, in the service, and return at once; see `deepnet.Network.train`.

        The service keeps the run: it goes on after a restart of the service, whatever was the cause of that.

        Raises:
            InputError: the plan or the data cannot be used; or handlers, run_dir, checkpoints, skip_batch or origin are
                given, which are for a network in this process; or the rows are a stream.
            RunError: a run is under way.
        """
        given = {"handlers": tuple(handlers), "run_dir": run_dir, "checkpoints": checkpoints}
        refuse_given({**given, "skip_batch": skip_batch, "origin": origin}, _USUAL, _INSTEAD)
        how: dict[str, Any] = {"loss": loss, "optimizer": optimizer, "schedule": schedule}
        how |= {"clip_value": clip_value, "clip_norm": clip_norm, "l1": l1, "l2": l2, "metrics": metrics}
        how |= {"batch_size": batch_size, "drop_last": drop_last, "shuffle": shuffle, "pace": pace}
        plan = self._plan(until=until, **how)
        rows = rows_to_learn(self._given_model, self.dtype, plan, inputs, targets, validation)
        return self._begin(body_of(rows, {**how_to_learn(plan), "paused": bool(paused)}))

    def train_on(
        self,
        dataset: str,
        *,
        target: str | None = None,
        ignore: Sequence[str] = (),
        missing: str | None = None,
        until: StopRule,
        validation: float | None = None,
        paused: bool = False,
        **how: Any,
    ) -> RemoteRun:
        """Begin to learn a data set of the service, one that was uploaded or is built in.

        Args:
            dataset: its name.
            target: the column to learn, where it is a table; None for the one that was said when it was uploaded.
            ignore: columns of a table to leave out.
            missing: what to do about missing values in a table, as `deepnet.load_dataset` says; None to refuse them.
            until: when to stop.
            validation: a share of the rows to measure and not learn.
            paused: whether it rests before its first step.
            how: loss, optimizer, schedule, batch_size and so on, as for `train`.

        Raises:
            NotFoundError: there is no such data set.
            InputError: it does not fit the network, or the plan cannot be used.
            RunError: a run is under way.
        """
        plan = self._plan(until=until, **how)
        said: dict[str, Any] = {"dataset": dataset, "target": target, "validation": validation}
        said |= {"ignore": list(ignore) or None, "missing": missing}
        given = {name: value for name, value in said.items() if value is not None}
        return self._begin(Body({**how_to_learn(plan), **given, "paused": bool(paused)}))

    def _plan(self, **how: Any) -> Plan:
        """Return the plan that the service will make of these options of `train`."""
        strange = sorted(set(how) - set(_HOW))
        if strange:
            raise InputError(f"there is no option {strange[0]!r}: use some of {', '.join(_HOW)}")
        usual: dict[str, Any] = {"loss": "mean_squared_error", "optimizer": "sgd", "schedule": "constant"}
        given = {**usual, **how}
        rules = {name: given.pop(name) for name in _RULES if name in given}
        return Plan(
            loss=loss_named(given.pop("loss")),
            optimizer=optimizer_named(given.pop("optimizer")),
            schedule=schedule_named(given.pop("schedule")),
            rules=GradientRules(**rules),
            seed=self.seed,
            kernels=self.kernels,
            **given,
        )

    def _begin(self, body: Body) -> RemoteRun:
        facts = self._link.ask(
            "POST", f"{self._path}/runs", data=body.data, content=body.content, headers=body.headers, creates=True
        ).json()
        self._run = RemoteRun(self._link, facts)
        return self._run

    # Ending.

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """End the run under way at the next seal. The network stays in the service, and can be trained again.

        Whoever wants it gone has it `delete`.
        """
        run = self.run
        if run is not None and not run.is_over:
            run.stop(seconds)

    def delete(self) -> None:
        """Stop the network and forget it, with all its runs and their checkpoints."""
        self._link.ask("DELETE", self._path)

    # What needs the process.

    def state(self) -> Never:
        """Refuse: what a network is goes from place to place as a checkpoint.

        Raises:
            InputError: always.
        """
        refuse("the whole state", "run.save() keeps it there, run.branch() goes on from it; cut() has the parameters")

    def take_up(self, state: RunState) -> Never:  # noqa: ARG002 - its parameters are those of the other one
        """Refuse, as for `state`.

        Raises:
            InputError: always.
        """
        refuse("the taking up", "run.restore(step) puts it back to a step that was kept")

    def recall(
        self,
        run_dir: str | Path,  # noqa: ARG002 - as above
        inputs: object,  # noqa: ARG002
        targets: object = None,  # noqa: ARG002
        *,
        validation: tuple[object, object] | float | None = None,  # noqa: ARG002
        ended: tuple[str, str],  # noqa: ARG002
    ) -> Never:
        """Refuse: the service remembers its runs by itself.

        Raises:
            InputError: always.
        """
        refuse("the recalling of runs", "service.run(id) has each that there was")
