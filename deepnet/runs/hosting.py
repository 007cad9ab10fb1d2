"""What a network does for its run: holding it, changing it, branching it, judging it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from deepnet.actors.assignment import Assignment
from deepnet.actors.context import Context
from deepnet.actors.messages import Waiting
from deepnet.actors.system import ActorSystem
from deepnet.data.sources import Source, StreamSource
from deepnet.errors import InputError, RunError
from deepnet.maths.arrays import Batch
from deepnet.maths.kernels.rows import unpack
from deepnet.runs.controlling import Controls
from deepnet.runs.intervening import Intervener, require_under_way
from deepnet.runs.rows import checked_pairs, source_of
from deepnet.runs.states import Change
from deepnet.training.course import Course
from deepnet.training.health import HealthReport, health_report
from deepnet.training.interventions import Applied, Rewind, SetPlan
from deepnet.training.plan import Plan
from deepnet.training.setup import Setup
from deepnet.training.state import RunState


@dataclass(frozen=True, slots=True, eq=False)
class Host:
    """What runs are given of the network that they are runs of.

    Attributes:
        context: what its actors share.
        actors: they themselves.
        intervener: who changes it.
        controls: what lets a run rest and go on.
        dtype: of its numbers.
        spawn: brings up another network like this one that goes on with a run, given its state and name.
    """

    context: Context
    actors: ActorSystem
    intervener: Intervener
    controls: Controls
    dtype: str
    spawn: Callable[[Assignment, RunState, str | None], Any]

    def set_plan(self, run: Assignment, given: Mapping[str, Any], data: object | None) -> Change:
        """Change the plan of a run, or what it learns; see `deepnet.runs.run.Run.set`."""
        if data is not None:
            return self._set_data(run, given, data)

        def check(state: RunState) -> None:
            plan = _plan(state)
            if run.keeper is not None:
                _setup(state).to_dict()  # refuses what could not be kept in the folder
            if plan.needs_validation and run.held_out is None:
                raise InputError("the stop rule or the schedule looks at rows held out, and this run has none")
            if "loss" in given:
                self._check_targets(run, plan)
            run.source.cut(plan.batch_size, _setup(state).recut)  # a stream refuses; the trainer does it again

        return self.intervener.carry_out(SetPlan(**given), run=run, settle=check)

    def _set_data(self, run: Assignment, given: Mapping[str, Any], data: object) -> Change:
        if not isinstance(data, (tuple, list)) or len(data) != 2:
            raise InputError("data must be a pair of inputs and targets: give data=(inputs, targets)")
        if run.keeper is not None:
            raise RunError("a run that is kept in a folder is of its data: begin another one")

        model = self.context.model
        pairs = checked_pairs(model, self.dtype, data[0], data[1])

        def make(state: RunState) -> Source:
            return source_of(model, self.dtype, _plan(state), *pairs, None)[0]

        intervention = _OtherRows(SetPlan(**given) if given else None, run.source.rows, len(pairs.inputs))
        return self.intervener.carry_out(intervention, run=run, settle=make)

    def _check_targets(self, run: Assignment, plan: Plan) -> None:
        """Raise InputError unless the loss can take the targets."""
        rows = run.source.all_rows()
        if rows is None:
            raise InputError("the rows of a stream cannot be checked for another loss: begin another run")
        plan.loss.check_targets(rows[1][:])
        if run.held_out is not None:
            plan.loss.check_targets(run.held_out[1][:])

    def rewind(self, run: Assignment) -> Change:
        """Put the network back to where *run* began; see `deepnet.runs.run.Run.rewind`."""
        if run.start is None:
            raise RunError("nobody knows how this run began: begin another one")

        return self._put_back(run, run.start)

    def restore(self, run: Assignment, step: int) -> Change:
        """Put the network back to a step that was kept; see `deepnet.runs.run.Run.restore`."""
        return self._put_back(run, self._kept(run, step))

    def _put_back(self, run: Assignment, state: RunState) -> Change:
        def check(_state: RunState) -> None:
            other = self.context.assignment
            if other is not run and other is not None and other.state == "running":
                raise RunError("another run is under way: rewind that one, or stop it")

        return self.intervener.carry_out(Rewind(state), settle=check)

    def _kept(self, run: Assignment, step: int) -> RunState:
        """Return the state of a step that was kept, with its setup."""
        if run.keeper is None:
            raise RunError("no steps of this run are kept, for it has no folder")
        state = run.keeper.read(step)
        if state.setup is None:
            began = self.context.setup if run.start is None else _setup(run.start)
            state = replace(state, setup=replace(began, plan=run.plan))
        return state

    def save(self, run: Assignment, timeout: float) -> int:
        """Make a checkpoint of *run* now; see `deepnet.runs.run.Run.save`."""
        keeper = run.keeper
        if keeper is None:
            raise RunError("the run has no folder to keep a checkpoint in: begin it with run_dir=")
        with self.intervener.alone(), self.intervener.held() as under_way:
            require_under_way(run, under_way)
            state = self.context.state_of(run)
            keeper.waiting = state, False
            self.actors.tell("checkpointer", Waiting())
        if not keeper.await_state(state, timeout):
            raise TimeoutError(f"the checkpoint was not written within {timeout:g} s: look at the disk")
        if keeper.problem is not None:
            raise RunError(keeper.problem)
        return state.position.step

    def branch(self, run: Assignment, step: int | None, name: str | None) -> Any:
        """Bring up a second network that goes on with *run*; see `deepnet.runs.run.Run.branch`."""
        if isinstance(run.source, StreamSource):
            raise InputError("the rows come from a stream, which two networks cannot read: begin another run")
        if step is None:
            with self.intervener.alone(), self.intervener.held() as under_way:
                if under_way is not run:
                    raise RunError("the run is over: give the step of a checkpoint, or begin another one")
                state = self.context.state_of(run)
        elif run.keeper is None:
            raise InputError("no steps of this run are kept, for it has no folder: branch it where it stands")
        else:
            state = self._kept(run, step)
        return self.spawn(run, state, name)

    def health(self, run: Assignment, inputs: Batch, targets: Batch) -> HealthReport:
        """Judge the network by these rows; see `deepnet.runs.run.Run.health`."""
        blocks, sealed = self.context.vault.copy_blocks()
        plan = sealed.setup.plan or run.plan
        position = sealed.position
        rate = Course(plan, run.source, (), tuple(run.history)).optimizer(position).learning_rate
        return health_report(
            sealed.setup.model,
            [unpack(block[0]) for block in blocks],
            (inputs, targets),
            plan,
            slots=[tuple(block[1:]) for block in blocks],
            treatments=sealed.setup.treatments,
            step=position.step,
            rate_factor=rate / plan.optimizer.learning_rate,
        )


@dataclass(frozen=True, slots=True, eq=False)
class _OtherRows:
    """Learn other rows from here on, by the same plan or by another one; whoever carries it out has the rows.

    Attributes:
        plan: what else is to be changed.
        before: how many rows there were.
        after: how many there are to be.
    """

    plan: SetPlan | None
    before: int | None
    after: int
    kind: str = "set"
    address: str = "run"

    def applied(self, state: RunState) -> Applied:
        old: dict[str, Any] = {}
        new: dict[str, Any] = {}
        undo_plan: Callable[[RunState], RunState] | None = None
        batch, recut = state.position[:2], _setup(state).recut
        if self.plan is not None:
            state, old, new, undo_plan = self.plan.applied(state)

        def undo(later: RunState) -> RunState:
            later = _uncut(later if undo_plan is None else undo_plan(later))
            if later.position[:2] == batch:  # the same one: not one was learnt in between
                later = replace(later, setup=replace(_setup(later), recut=recut))
            return later

        return Applied(_uncut(state), {**old, "rows": self.before}, {**new, "rows": self.after}, undo)


def _uncut(state: RunState) -> RunState:
    """Return *state* with batches that are all of one size: the rows are others, so no old cut fits them."""
    return replace(state, setup=replace(_setup(state), recut=None))


def _setup(state: RunState) -> Setup:
    assert state.setup is not None  # noqa: S101 - what is committed has one
    return state.setup


def _plan(state: RunState) -> Plan:
    plan = _setup(state).plan
    assert plan is not None  # noqa: S101 - a run under way has one
    return plan
