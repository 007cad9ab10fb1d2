"""Runs of the service: begun, steered, looked at, kept, put back and branched."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from deepnet.errors import ConflictError, DataError, NotFoundError
from deepnet.persistence.checkpoints import Kept, kept, newest_whole, of_step, read_checkpoint
from deepnet.persistence.run_folder import CHECKPOINTS, RunFolder
from deepnet.persistence.run_state_files import TENSORS
from deepnet.runs.durable import read_plan
from deepnet.runs.run import Run
from deepnet.runs.states import Change
from deepnet.service.engine.datasets import Datasets
from deepnet.service.engine.keeping import OVER
from deepnet.service.engine.living import Living
from deepnet.service.engine.networks import Networks, discard, how_of
from deepnet.service.engine.run_rows import Rows, read_rows, write_rows
from deepnet.service.engine.specs import RunSpec
from deepnet.service.store.rows import NetworkRow, RunRow
from deepnet.training.history import EpochRecord
from deepnet.training.state import RunState

_RUN = "run"


class Runs(Networks, Datasets):
    """The part of the `Engine` that has the runs."""

    def train(self, name: str, spec: RunSpec) -> RunRow:
        """Begin a run of a network; it goes on in the background.

        Raises:
            NotFoundError: there is no such network, or no such data set.
            InputError: the plan or the data cannot be used; the message says why.
            RunError: a run is under way.
        """
        self._alive(name)  # before the rows are read, which may take long
        return self._train(name, self._rows_of(spec), spec.how(), spec.dataset, paused=spec.paused)

    def again(self, run_id: str) -> RunRow:
        """Begin the run of a network that is over once more: from the same weights, of the same rows, by the same plan.

        The plan is the one that it began with, and what somebody changed meanwhile is not done again: a run that
        nobody disturbed comes to the same bits.

        Raises:
            NotFoundError: there is none of that name.
            ConflictError: it is under way, or its network has begun another one since.
            NetworkStoppedError: its network is not up.
            DataError: its rows cannot be read.
        """
        row = self._run(run_id)
        self._require_over(run_id)
        rows, plan = self.rows_of(run_id), read_plan(self.folder.run_folder(run_id) / _RUN)

        def back_to_its_beginning() -> None:
            self._require_over(run_id)  # somebody else may have been quicker
            self.change_run(run_id, Run.rewind)

        return self._train(row.network, rows, how_of(plan), row.dataset, first=back_to_its_beginning)

    def _require_over(self, run_id: str) -> None:
        if not self.live_run(run_id).is_over:
            raise ConflictError(f"{run_id} is under way: rewind it, and it begins again, or stop it first")

    def _train(
        self,
        name: str,
        rows: Rows,
        how: dict[str, Any],
        dataset: str | None,
        *,
        paused: bool = False,
        first: Callable[[], None] = lambda: None,
    ) -> RunRow:
        """Begin a run; *first* is called before, and nobody changes the network, or has it learn, in between."""
        living = self._alive(name)
        with living.changing(), living.keeping:
            network = living.up()
            first()
            self.settle(name)  # the run before may have ended this moment, and nobody looks at it afterwards
            before = self.row(name)
            run_id = self.store.runs.new_id(name)
            folder = self.folder.run_folder(run_id)
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.log.follow_run(name, run_id)
            try:
                write_rows(folder, rows)
                run = network.train(
                    rows.inputs,
                    rows.targets,
                    validation=rows.validation,
                    run_dir=folder / _RUN,
                    checkpoints=self.checkpoints,
                    paused=True,
                    **how,
                )
            except BaseException:
                discard(folder)
                self.log.follow_run(name, before.current_run)
                raise
            row = RunRow(
                id=run_id,
                network=name,
                created=self._clock(),
                ended=None,
                state="paused",
                reason="",
                resumed_at=None,
                dataset=dataset,
                plan=run.plan.to_dict(),
                epochs=0,
                step=0,
                loss=None,
            )
            try:
                self.store.runs.begin(row)
            except BaseException:
                run.stop()
                discard(folder)
                self.log.follow_run(name, before.current_run)
                raise
            living.run_id = run_id
            self.log.note("run_begun", network=name, run=run_id, rows=len(rows.inputs), dataset=dataset)
            if not paused:
                self.store.runs.update(run_id, state="running")
                run.resume()
        return self.run_row(run_id)

    def live_run(self, run_id: str) -> Run:
        """Return the run of that name, which its network still has.

        Raises:
            NotFoundError: there is none of that name.
            ConflictError: its network has begun another one since.
            NetworkStoppedError: its network is not up.
        """
        row = self._run(run_id)
        living = self._alive(row.network)
        network = living.up()
        if living.run_id != run_id or network.run is None:
            raise ConflictError(f"{run_id} is over, and {row.network} has begun {living.run_id} since: take that one")
        return network.run

    def change_run(self, run_id: str, do: Callable[[Run], Any]) -> Any:
        """Have *do* steer a run, and return what it did once that is on the disk.

        Raises:
            NotFoundError, ConflictError, NetworkStoppedError: as for `live_run`.
            DeepnetError: what *do* raises.
        """
        run = self.live_run(run_id)
        living = self._alive(self._run(run_id).network)
        with living.alone_if_over(run):
            result = do(run)
        with living.keeping, self._done_at_least(living.name):
            if run.is_over:
                self.settle(living.name)
                self._keep_at_rest(living)
            elif living.run_id == run_id:
                self.store.runs.update(run_id, state=run.state, plan=run.plan.to_dict())
                self._require_kept(run)
        return result

    # Looking.

    def run_row(self, run_id: str) -> RunRow:
        """Return what is known of a run, as it is now.

        Raises:
            NotFoundError: there is none of that name.
        """
        return self._fresh(self._run(run_id))

    def run_rows(self, network: str | None = None, after: str | None = None, limit: int = 100) -> list[RunRow]:
        """Return what is known of runs, newest first; those of one network, or of all."""
        return [self._fresh(row) for row in self.store.runs.page(network=network, after=after, limit=limit)]

    def _fresh(self, row: RunRow) -> RunRow:
        living = self._living.get(row.network)
        network = None if living is None else living.network
        if row.state in OVER or living is None or living.run_id != row.id or network is None or network.run is None:
            return row
        run = network.run
        last = run.last_epoch
        return replace(
            row,
            state=run.state if not living.leaving else row.state,
            reason=run.reason if not living.leaving else row.reason,
            epochs=0 if last is None else last.epoch,
            step=run.position.step,
            loss=None if last is None else last.loss,
            plan=run.plan.to_dict(),
        )

    def history(self, run_id: str, after: int = 0, limit: int = 1000) -> tuple[EpochRecord, ...]:
        """Return the records of epochs numbered above *after*, oldest first, at most *limit*.

        Raises:
            NotFoundError: there is none of that name.
        """
        row = self._run(run_id)
        living = self._living.get(row.network)
        network = None if living is None else living.network
        if living is not None and living.run_id == run_id and network is not None and network.run is not None:
            return network.run.epochs(after, after + limit)
        state = newest_whole(self._checkpoints(run_id)).state
        return () if state is None else state.history[after : after + limit]

    def rows_of(self, run_id: str) -> Rows:
        """Return what a run learns.

        Raises:
            NotFoundError: there is none of that name.
            DataError: its rows cannot be read.
        """
        self._run(run_id)
        return read_rows(self.folder.run_folder(run_id))

    # Checkpoints.

    def kept(self, run_id: str) -> tuple[Kept, ...]:
        """Return the checkpoints of a run, oldest first.

        Raises:
            NotFoundError: there is none of that name.
        """
        self._run(run_id)
        return kept(self._checkpoints(run_id))

    def save(self, run_id: str) -> Kept:
        """Make a checkpoint of a run now.

        Raises:
            NotFoundError, ConflictError, NetworkStoppedError: as for `live_run`.
            RunError: the run is over, or it could not be written.
        """
        step = self.live_run(run_id).save()
        for one in reversed(self.kept(run_id)):
            if one.step == step:
                return one
        raise ConflictError(f"the checkpoint of step {step} was made, and newer ones have replaced it: list them")

    def checkpoint_file(self, run_id: str, step: int) -> bytes:
        """Return the newest checkpoint of a step as a safetensors file.

        Raises:
            NotFoundError: there is no such run, or no such checkpoint; the message says which there are.
        """
        for one in reversed(self.kept(run_id)):
            if one.step == step:
                with suppress(OSError):
                    return (one.path / TENSORS).read_bytes()
        steps = ", ".join(str(one.step) for one in self.kept(run_id))
        raise NotFoundError(f"{run_id} has no checkpoint of step {step}: there are those of {steps or 'none'}")

    def read_checkpoint(self, run_id: str, step: int) -> RunState:
        """Return all that the run was at a step that was kept.

        Raises:
            NotFoundError: there is no such run, or no such checkpoint; the message says which there are.
        """
        self._run(run_id)
        try:
            return of_step(self._checkpoints(run_id), step)
        except DataError:
            steps = ", ".join(str(one.step) for one in self.kept(run_id))
            raise NotFoundError(
                f"{run_id} has no checkpoint of step {step}: there are those of {steps or 'none'}"
            ) from None

    def restore(self, run_id: str, step: int) -> Change:
        """Put the network of a run back to a step that was kept.

        Raises:
            NotFoundError: there is no such run, or no such checkpoint.
            ConflictError, NetworkStoppedError: as for `live_run`.
        """
        self.read_checkpoint(run_id, step)
        change: Change = self.change_run(run_id, lambda run: run.restore(step))
        return change

    def branch(self, run_id: str, step: int | None = None, name: str | None = None) -> NetworkRow:
        """Create a second network that goes on with a run, from here or from a step that was kept, and is paused.

        Raises:
            NotFoundError: there is no such run, or no such checkpoint.
            ConflictError, NetworkStoppedError: as for `live_run`, without a step.
            NameTakenError: there is a network of that name.
        """
        row = self._run(run_id)
        state = self._state_now(row) if step is None else self.read_checkpoint(run_id, step)
        step = state.position.step
        parent = self.row(row.network)
        with self._creating:
            name = self._free_name(name)
            branch = self.store.runs.new_id(name)
            self._copy_run(run_id, branch, state)  # before the network, so that one that is there has its run
            self._add_branch(
                replace(
                    parent,
                    name=name,
                    created=self._clock(),
                    current_run=branch,
                    at_rest=False,
                    state="up",
                    reason="",
                ),
                replace(
                    row,
                    id=branch,
                    network=name,
                    created=self._clock(),
                    ended=None,
                    state="paused",
                    reason="",
                    epochs=state.position.complete_epochs,
                    step=step,
                    resumed_at=step,
                ),
            )
        self.log.note("network_created", network=name, run=branch, step=step, branched_from=run_id)
        return self.row(name)

    def _state_now(self, row: RunRow) -> RunState:
        """Return what a run is this moment; of one that is over, what its network has become since."""
        run, now = self.live_run(row.id), self.network(row.network).state()
        if not run.is_over:
            return now
        last = self.read_checkpoint(row.id, self.kept(row.id)[-1].step)
        count = len(run.plan.optimizer.slots)
        slots = tuple(
            kept if len(kept) == count else tuple(np.zeros_like(rows) for _ in range(count))
            for rows, kept in zip(now.rows, now.slots, strict=True)
        )
        return replace(now, slots=slots, history=last.history, best=last.best, seconds=last.seconds)

    def _add_branch(self, network: NetworkRow, run: RunRow) -> None:
        """Write down a branch whose run lies in its folder, and bring it up; if that fails nothing is left of it."""
        try:
            self.store.networks.add(network)
            self.store.runs.begin(run)
            self._bring_up(Living(network.name))
        except BaseException:
            self._forget(network.name)
            discard(self.folder.run_folder(run.id))
            raise

    def _copy_run(self, run_id: str, branch: str, state: RunState) -> None:
        """Make the folder of a run that goes on with *state*, and can be rewound to where the first one began."""
        source, folder = self.folder.run_folder(run_id), self.folder.run_folder(branch)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            write_rows(folder, read_rows(source))
            with RunFolder.create(folder / _RUN, RunFolder.describe(source / _RUN)) as copy:
                beginning = self.kept(run_id)[0]
                if not beginning.step and state.position.step:
                    copy.write(read_checkpoint(beginning.path))
                copy.write(state)
        except BaseException:
            discard(folder)
            raise

    def _run(self, run_id: str) -> RunRow:
        row = self.store.runs.get(run_id)
        if row is None:
            newest = [run.id for run in self.store.runs.page(limit=5)]
            there = f"the newest are {', '.join(newest)}" if newest else "none was begun yet"
            raise NotFoundError(f"there is no run {run_id!r}: {there}")
        return row

    def _checkpoints(self, run_id: str) -> Any:
        return self.folder.run_folder(run_id) / _RUN / CHECKPOINTS

    def _rows_of(self, spec: RunSpec) -> Rows:
        validation = spec.validation
        if spec.dataset is not None:
            read = self.read_dataset(spec.dataset, spec.target, ignore=spec.ignore, missing=spec.missing)
            inputs, targets = read.rows
        else:
            inputs, targets = np.asarray(spec.inputs), np.asarray(spec.targets)
        if isinstance(validation, (tuple, list)):
            validation = np.asarray(validation[0]), np.asarray(validation[1])
        return Rows(inputs, targets, validation)
