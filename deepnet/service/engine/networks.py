"""Networks of the service: created, brought up again as they were, changed so that it lasts, deleted."""

import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, cast

from deepnet import events
from deepnet.actors.system import STOP_SECONDS
from deepnet.errors import (
    DeepnetError,
    InputError,
    NameTakenError,
    NetworkStoppedError,
    NotFoundError,
    StorageError,
)
from deepnet.maths.arrays import Batch
from deepnet.maths.model import Chain
from deepnet.persistence.checkpoints import newest_whole
from deepnet.runs.durable import Checkpoints, read_plan
from deepnet.runs.network import Network, start
from deepnet.runs.states import Change
from deepnet.service.engine.keeping import OVER, Keeping, there_are
from deepnet.service.engine.living import Living
from deepnet.service.engine.run_rows import read_rows
from deepnet.service.engine.specs import LONGEST_NAME, NetworkSpec
from deepnet.service.store.names import check_name
from deepnet.service.store.rows import NetworkRow, RunRow
from deepnet.training.plan import Plan

GOODBYE_SECONDS = 2.0
"""How long a run may take to its last seal when the service ends: else its last checkpoint must do."""
_UNTOLD = (events.NeuronsDead,)
"""What nobody is told: it would be reckoned at the end of each epoch, and HealthChanged says it too."""


class Networks(Keeping):
    """The part of the `Engine` that has the networks."""

    checkpoints: Checkpoints
    _creating: threading.Lock

    # Those there are.

    def row(self, name: str) -> NetworkRow:
        """Return what is kept of a network.

        Raises:
            NotFoundError: there is none of that name; the message says which there are.
        """
        row = self.store.networks.get(name)
        if row is None:
            raise NotFoundError(f"there is no network {name!r}: {there_are(self.names())}")
        return row

    def rows(self, after: str | None = None, limit: int = 100) -> list[NetworkRow]:
        """Return what is kept of networks, by name, those after the name *after*."""
        return self.store.networks.page(after, limit)

    def network(self, name: str) -> Network:
        """Return the network of that name, once it is up.

        Raises:
            NotFoundError: there is none of that name; the message says which there are.
            NetworkStoppedError: it is not up; the message says why.
        """
        return self._alive(name).up()

    def at_hand(self, name: str) -> tuple[Network, str | None]:
        """Return the network of that name and the id of its run, without waiting for one that is coming up.

        Raises:
            NotFoundError, NetworkStoppedError: as for `network`.
        """
        living = self._alive(name)
        network = living.network
        if network is None:
            raise NetworkStoppedError(f"{name} is not up: {living.reason or 'it is coming up'}")
        return network, living.run_id

    def predict(self, name: str, inputs: object) -> tuple[Batch, int]:
        """Return the outputs (rows, model.outputs) of a network, and the sealed step about which they are of.

        Raises:
            NotFoundError, NetworkStoppedError: as for `network`.
            InputError, ShapeError: the inputs do not fit.
        """
        network = self.network(name)
        step = network.step
        return network.predict(inputs), step

    # Coming and going.

    def create(self, spec: NetworkSpec) -> NetworkRow:
        """Create a network; it is up when this returns.

        Raises:
            InputError: it cannot be made so; the message says why, and nothing is left of it.
            NameTakenError: there is one of that name.
        """
        with self._creating:
            name = self._free_name(spec.name)
            living = Living(name)
            living.prepared = network = _start(spec.model, name, spec)  # whatever is wrong with it is found here
            try:
                self.store.networks.add(
                    NetworkRow(
                        name=name,
                        created=self._clock(),
                        seed=spec.seed,
                        granularity=spec.granularity,
                        dtype=network.dtype,
                        kernels=network.kernels,
                        model=spec.model.to_dict(),
                        about=dict(spec.about),
                        at_rest=spec.parameters is not None,
                    )
                )
                try:
                    if spec.parameters is not None:
                        self._write_at_rest(self._rest_folder(name, None), network)
                    self._bring_up(living)
                except BaseException:
                    self._forget(name)
                    raise
            except BaseException:
                network.stop()
                raise
        self.log.note("network_created", network=name, neurons=spec.model.neuron_count)
        return self.row(name)

    def _bring_up(self, living: Living) -> None:
        self._living[living.name] = living
        self.hands.bring_up(living.name)

    def bring_up_all(self, going: Callable[[], bool] = lambda: True) -> None:
        """Bring up every network that is kept, while *going* says so.

        One that cannot come up is down, and the others are not concerned.
        """
        after: str | None = None
        while rows := self.store.networks.page(after, 100):
            for row in rows:
                if not going():
                    return
                with suppress(DeepnetError):  # its row says so
                    self._bring_up(self._living.get(row.name) or Living(row.name))
            after = rows[-1].name

    def delete(self, name: str) -> None:
        """Stop a network, and forget it with its runs; what happened to it stays in the event log.

        Raises:
            NotFoundError: there is none of that name; the message says which there are.
        """
        living = self._alive(name)
        with self._creating:
            living.gone = True
            self.hands.take_down(name)
            self._forget(name)
        self.log.note("network_deleted", network=name)

    def _forget(self, name: str) -> None:
        self._living.pop(name, None)
        for run in self.store.runs.page(network=name, limit=1_000_000):
            discard(self.folder.run_folder(run.id))
        self.log.follow_run(name, None)
        self.store.networks.remove(name)
        discard(self.folder.network_folder(name))

    # As it was.

    def revive(self, name: str) -> Network:
        """Bring up a network as it was, and have its run go on; for whoever keeps it up.

        Raises:
            DeepnetError: it cannot be; the message says why.
        """
        row, living = self.row(name), self._living[name]
        self.let_go(name)  # what an earlier keeper may have left behind, or is taking down just now
        living.leaving = False
        prepared, living.prepared = living.prepared, None  # one that is being created is there already
        network = _start(Chain.from_dict(row.model), name, row) if prepared is None else prepared
        try:
            network.watchers.add(partial(self._hear, living, network), but=_UNTOLD)
            self.log.follow_run(name, row.current_run)
            if row.current_run is not None:
                run = self.store.runs.get(row.current_run)
                if run is not None:
                    self._revive_run(network, run)
            if row.at_rest and (network.run is None or network.run.is_over):
                rest = newest_whole(self._rest_folder(name, row.current_run))
                if rest.state is not None:
                    network.take_up(rest.state)
        except BaseException:
            network.stop()
            raise
        if row.state != "up":
            self.store.networks.update(name, state="up", reason="")
        if living.gone or self._living.get(name) is not living:
            network.stop()
            raise NotFoundError(f"{name} has been deleted")
        living.is_up_with(network, row.current_run)
        self.hands.see_to(name)  # its run may have ended before anybody knew the network
        return network

    def _revive_run(self, network: Network, row: RunRow) -> None:
        folder = self.folder.run_folder(row.id)
        rows = read_rows(folder)
        if row.state in OVER:
            network.recall(
                folder / "run", rows.inputs, rows.targets, validation=rows.validation, ended=(row.state, row.reason)
            )
            return
        run = network.train(
            rows.inputs,
            rows.targets,
            validation=rows.validation,
            run_dir=folder / "run",
            checkpoints=self.checkpoints,
            paused=row.state == "paused",
            **how_of(read_plan(folder / "run")),
        )
        self.store.runs.update(row.id, resumed_at=run.resumed_at)
        self.log.note(
            "run_resumed", network=row.network, run=row.id, step=run.resumed_at or 0, problems=list(run.problems)
        )

    def let_go(self, name: str) -> None:
        """Have a network end; its run goes on where it is next brought up. For whoever keeps it up."""
        living = self._living.get(name)
        if living is None:
            return
        with living.ending:
            network = living.network
            if network is not None:
                living.leaving = True
                living.is_down()
                network.stop(GOODBYE_SECONDS if self._closing else STOP_SECONDS)

    def gave_up(self, name: str, reason: str) -> None:
        """Note that a network does not come up, and why; for whoever keeps it up."""
        living = self._living.get(name)
        if living is not None:
            living.is_down(reason)
        with suppress(StorageError):
            self.store.networks.update(name, state="down", reason=reason)
        self.log.note("network_down", network=name, reason=reason)

    # Changes.

    def change(self, name: str, do: Callable[[Network], Change]) -> Change:
        """Have *do* change a network, and return what it did once that is on the disk.

        Raises:
            NotFoundError, NetworkStoppedError: as for `network`.
            DeepnetError: what *do* raises.
        """
        living = self._alive(name)
        with living.changing():
            network = living.up()
            with living.alone_if_over(network.run):
                change = do(network)
            if change.kind != "kill":
                with self._done_at_least(name):
                    self._keep_at_rest(living)
                    if network.run is not None and not network.run.is_over:
                        self._require_kept(network.run)
        return change

    def _hear(self, living: Living, network: Network, event: events.Event) -> None:
        """Take in what a network tells; called by those who learn, so it only notes it down."""
        ours = self._closing or (living.leaving and living.network is not network)
        if ours and isinstance(event, events.RunEnded | events.Intervened):
            return  # we have it end, and the run goes on where it is next brought up
        self.log.hear(living.name, event)
        if isinstance(event, events.RunEnded):
            self.hands.see_to(living.name)

    def _free_name(self, name: str | None) -> str:
        if name is not None:
            check_name(name, "the name of a network")
            if len(name) > LONGEST_NAME:
                raise InputError(f"the name of a network has at most {LONGEST_NAME} characters, not {len(name)}")
            if name in self._living or self.store.networks.get(name) is not None:
                raise NameTakenError(f"there is a network {name!r} already: take another name, or delete it first")
            return name
        number = 1
        while f"network-{number}" in self._living or self.store.networks.get(f"network-{number}") is not None:
            number += 1
        return f"network-{number}"


def _start(model: Chain, name: str, like: NetworkSpec | NetworkRow) -> Network:
    return start(
        model,
        name=name,
        seed=like.seed,
        granularity=like.granularity,
        dtype=like.dtype,
        kernels=like.kernels,
        parameters=like.parameters if isinstance(like, NetworkSpec) else None,
    )


def discard(folder: Path) -> None:
    """Remove a folder that nobody needs any more, as far as that can be done."""
    shutil.rmtree(folder, ignore_errors=True)


def how_of(plan: Plan) -> dict[str, Any]:
    """Return the keyword arguments of `Network.train` that make this plan."""
    rules = plan.rules
    names = ("until", "loss", "optimizer", "schedule", "batch_size", "drop_last", "shuffle", "metrics", "pace")
    how = {name: getattr(plan, name) for name in names}
    return cast("dict[str, Any]", how | rules.to_dict())
