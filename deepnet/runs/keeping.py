"""What outlives a network: its runs in their folders, and what it is like at rest."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from deepnet.actors.assignment import Assignment
from deepnet.actors.context import Context
from deepnet.actors.system import ActorSystem
from deepnet.data.fingerprint import data_fingerprint
from deepnet.maths.model import Chain
from deepnet.persistence.run_description import RunDescription
from deepnet.runs.durable import Checkpoints, Opened, first_state, keeper_of, open_run, read_plan
from deepnet.runs.hosting import Host
from deepnet.runs.intervening import Intervener, changed_layers
from deepnet.runs.rows import source_of
from deepnet.runs.run import Run
from deepnet.runs.start_options import StartOptions
from deepnet.training.interventions import require_loss_takes
from deepnet.training.setup import Setup
from deepnet.training.state import RunState


class Keeping:
    """The part of a `Network` that goes on with what others have kept."""

    seed: int
    dtype: str
    actors: ActorSystem
    _context: Context
    _given_model: Chain
    _host: Host
    _intervener: Intervener
    _options: StartOptions
    _run: Run | None
    _stopped: bool
    _beginning: threading.Lock

    def state(self) -> RunState:
        """Return copies of all that the network is at a sealed step; `take_up` takes them back.

        Also while it learns, and after it has been stopped.

        Raises:
            RunError: somebody else is changing the network.
            TimeoutError: as for `set`.
        """
        if self._stopped:
            return self._context.state_of(None)  # nobody plays any more
        with self._intervener.alone(), self._intervener.held() as under_way:
            return self._context.state_of(under_way)

    def take_up(self, state: RunState) -> None:
        """Be what a network of the same model was when somebody asked for its `state`.

        Raises:
            RunError: a run is under way.
        """
        with self._beginning, self._context.writing:
            self._require_idle()
            self._take_up(replace(state, setup=state.setup or self._context.setup), None)

    def recall(
        self,
        run_dir: str | Path,
        inputs: object,
        targets: object = None,
        *,
        validation: tuple[object, object] | float | None = None,
        ended: tuple[str, str],
    ) -> Run:
        """Remember a run that is over from its folder; the network becomes what it was at its last checkpoint.

        Args:
            run_dir: the folder of the run.
            inputs: (rows, model.inputs), those of the run.
            targets: (rows, model.outputs).
            validation: as it was given to `train`.
            ended: its state, such as ``finished``, and why it ended.

        Returns:
            The run, which is over: it can be looked at, rewound and branched.

        Raises:
            DataError: the folder cannot be used, or holds a run of another network.
            RunError: a run is under way.
        """
        plan = read_plan(run_dir)
        source, held_out = source_of(self._context.model, self.dtype, plan, inputs, targets, validation)
        run = Run(plan, self.dtype, source, held_out, (), host=self._host)
        with self._beginning, self._context.writing:
            self._require_idle()
            self._keep(run, run_dir, Checkpoints(), None, skip_batch=False)
            assignment = run.assignment
            assignment.keeper.finish()  # type: ignore[union-attr] # it has just been made
            state = self._context.restart_point.state
            assignment.end(*ended, state.position)
            self._context.restart_from(state, None)
            run.recalled()
            self._run = run
        return run

    def _keep(
        self,
        run: Run,
        path: str | Path,
        checkpoints: Checkpoints,
        origin: Mapping[str, Any] | None,
        *,
        skip_batch: bool,
    ) -> None:
        """Have *run* kept in a folder; if it is there already, go on with it."""
        assignment, plan = run.assignment, run.plan
        rows = assignment.source.all_rows()
        data = "a stream" if rows is None else data_fingerprint(*rows, assignment.held_out)
        at_rest = self._context.restart_point.state
        setup = self._context.setup
        # As the network was started: what it has been changed to since is kept with the first checkpoint.
        granularity, model = self._options.granularity, self._given_model
        description = RunDescription(plan, model, self.dtype, granularity, self.seed, data, dict(origin or {}))
        opened = open_run(
            path,
            description,
            lambda: first_state(at_rest.rows, len(plan.optimizer.slots), replace(setup, plan=plan)),
            skip_batch=skip_batch,
        )
        assignment.keeper = keeper_of(opened, checkpoints, assignment.clock)
        try:
            self._go_on_from(opened, run, replace(setup, plan=plan))
        except BaseException:
            assignment.keeper.finish()
            raise

    def _go_on_from(self, opened: Opened, run: Run, setup: Setup) -> None:
        """Have *run* go on with what its folder holds; *setup* is that of states that have none, being older."""
        assignment, state = run.assignment, opened.state
        state = replace(state, setup=state.setup or setup)
        assignment.take_up(state)
        assert state.setup is not None  # noqa: S101 - it has been seen to
        assignment.plan = state.setup.plan or assignment.plan  # somebody may have changed it since the run began
        require_loss_takes(assignment.plan.loss, state.setup)
        run.problems = opened.problems
        run.resumed_at = state.position.step or None
        if run.resumed_at is not None:
            first = opened.folder.first()
            assignment.start = None if first is None else replace(first, setup=first.setup or setup)
        self.actors.start_checkpointer()
        self._take_up(state, assignment)

    def _take_up(self, state: RunState, assignment: Assignment | None) -> None:
        """Be what the network was at *state* of a run that is to go on: somebody may have changed it since it began."""
        before, after = self._context.setup, state.setup
        assert after is not None  # noqa: S101 - whoever takes it up sees to it
        with self._intervener.held():
            self._context.commit(state, assignment)
            self._context.vault.run = None  # the trainer takes it up
            self.actors.rebuild(changed_layers(before, after))

    def _require_idle(self) -> None:
        raise NotImplementedError
