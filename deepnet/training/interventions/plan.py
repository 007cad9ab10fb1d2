"""Setting what a run is to do from here on."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar

from deepnet.errors import InputError, RunError
from deepnet.maths.activations import activation_named
from deepnet.maths.checks import positive_number
from deepnet.maths.losses import Loss, loss_named, require_outputs
from deepnet.maths.optimizers import Optimizer, optimizer_named
from deepnet.maths.schedules import Schedule, schedule_named
from deepnet.training.interventions.applied import NOT_GIVEN, Applied, BestBefore, setup_of
from deepnet.training.interventions.recutting import recut_for
from deepnet.training.interventions.slots import Kept, slots_of, with_slots
from deepnet.training.plan import Plan
from deepnet.training.rules import StopRule
from deepnet.training.setup import Setup
from deepnet.training.state import RunState


@dataclass(frozen=True, slots=True, eq=False)
class SetPlan:
    """Change the plan of the run; what is given together is one change.

    Args:
        learning_rate: of the optimizer.
        optimizer: of the kind that there is, with other hyper-parameters; slots of the same name are kept.
        until: when to stop.
        batch_size: from the next batch on; each row of the epoch under way is still learnt once.
        loss: a name, or a Loss, that takes what the network gives.
        schedule: a name, or a Schedule.
        pace: steps a second at most; None for as many as it can.

    Raises:
        InputError: nothing is given.
    """

    kind: ClassVar[str] = "set"
    address: ClassVar[str] = "run"

    learning_rate: Any = NOT_GIVEN
    optimizer: Any = NOT_GIVEN
    until: Any = NOT_GIVEN
    batch_size: Any = NOT_GIVEN
    loss: Any = NOT_GIVEN
    schedule: Any = NOT_GIVEN
    pace: Any = NOT_GIVEN

    def __post_init__(self) -> None:
        if not self._given:
            raise InputError(f"nothing is to be set: give one of {', '.join(field.name for field in fields(self))}")

    @property
    def _given(self) -> dict[str, Any]:
        """What is to be set, by name."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not NOT_GIVEN}

    def applied(self, state: RunState) -> Applied:
        """Return what becomes of *state*; old and new are plain values by the names of the options.

        Raises:
            InputError: a value cannot be part of the plan; the message says why.
            RunError: there is no run yet, or an epoch of a stream is under way that a new metric would have to see.
        """
        setup = setup_of(state)
        plan = setup.plan
        if plan is None:
            raise RunError("there is no run that anything could be set of: begin one")
        changes = self._changes(plan)
        new = replace(plan, **changes)
        _require_same_kind(plan.optimizer, new.optimizer)
        _require_tallies(state, plan, new)
        if "loss" in changes:
            require_loss_takes(new.loss, setup)
        kept = slots_of(state, plan.optimizer) if new.optimizer.slots != plan.optimizer.slots else {}
        changed = _with_plan(state, new, {})
        if new.until.best_kept != plan.until.best_kept:
            changed = replace(changed, best=None)  # what was the best by another figure
        old = {name: getattr(plan, name) for name in changes} | {"metrics": plan.metrics}
        before, had_best, batch, recut = (
            BestBefore.of(state),
            changed.best is state.best,
            state.position[:2],
            setup.recut,
        )

        def undo(later: RunState) -> RunState:
            now = setup_of(later).plan
            assert now is not None  # noqa: S101 - there was one when it was changed
            back = _with_plan(later, replace(now, **old), kept)
            if back.position[:2] == batch:  # the same one: not one was learnt in between
                back = replace(back, setup=replace(setup_of(back), recut=recut))
            return back if had_best else replace(back, best=before.again(later))

        return Applied(changed, self._shown(plan), self._shown(new), undo)

    def _changes(self, plan: Plan) -> dict[str, Any]:
        """Return the fields of the plan that change."""
        changes = dict(self._given)
        if isinstance(changes.get("optimizer"), type):
            raise InputError(f"optimizer must be a value: write {changes['optimizer'].__name__}()")
        if "optimizer" in changes:
            changes["optimizer"] = optimizer_named(changes["optimizer"])
        if "learning_rate" in changes:
            positive_number("learning_rate", changes["learning_rate"])
            optimizer = changes.get("optimizer", plan.optimizer)
            changes["optimizer"] = optimizer_named(optimizer, changes.pop("learning_rate"))
        if "loss" in changes:
            changes["loss"] = loss_named(changes["loss"])
        if "schedule" in changes:
            changes["schedule"] = schedule_named(changes["schedule"])
        return changes

    def _shown(self, plan: Plan) -> dict[str, Any]:
        """Return what *plan* has of what is to be set, as plain values."""
        values = {"learning_rate": plan.optimizer.learning_rate}
        return {name: values[name] if name in values else _plain(getattr(plan, name)) for name in self._given}


def _plain(value: Any) -> Any:
    """Return a part of a plan as plain data; one of the user's own making as text."""
    if isinstance(value, Loss):
        return value.name
    if isinstance(value, Optimizer | Schedule | StopRule):
        try:
            return value.to_dict()
        except InputError:
            return repr(value)
    return value


def _require_same_kind(old: Optimizer, new: Optimizer) -> None:
    if type(new) is not type(old):
        advice = f"another kind could not use what {old.name} remembers: begin another run with it"
        raise InputError(f"the optimizer of a run stays of its kind, {old.name}, got {new.name}: {advice}")


def _require_tallies(state: RunState, old: Plan, new: Plan) -> None:
    """Raise RunError if a metric that is new would have to be measured on rows of a stream that have passed."""
    missing = [name for name in new.metrics if name not in old.metrics]
    if state.position.tallies and missing:
        advice = f"look at {' or '.join(('loss', *old.metrics))}, or wait for the first batch of an epoch"
        raise RunError(f"{missing[0]} cannot be measured on the rows of the stream that have passed: {advice}")


def require_loss_takes(loss: Loss, setup: Setup) -> None:
    """Raise InputError if the last layer, or a neuron of it, gives outputs that *loss* cannot take."""
    own = (treatment.activation for treatment in setup.treatments[-1].values())
    for name in dict.fromkeys((setup.model.dense[-1].activation, *filter(None, own))):
        require_outputs(loss, activation_named(name))


def _with_plan(state: RunState, plan: Plan, kept: Mapping[str, Kept]) -> RunState:
    """Return *state* with another plan, and all that has to fit it: slots, tallies and the cut into batches."""
    setup = setup_of(state)
    assert setup.plan is not None  # noqa: S101 - it takes its place
    old, position = setup.plan, state.position
    tallies = dict(zip(old.metrics, position.tallies, strict=False))
    recut = setup.recut if plan.batch_size == old.batch_size else recut_for(position, old.batch_size, setup.recut)
    return replace(
        with_slots(state, old.optimizer, plan.optimizer, kept),
        position=position._replace(tallies=tuple(tallies[name] for name in plan.metrics if name in tallies)),
        setup=replace(setup, plan=plan, recut=recut),
    )
