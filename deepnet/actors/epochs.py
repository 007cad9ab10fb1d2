"""What the trainer does at the end of an epoch and of a run: it measures, records, and keeps the best."""

from deepnet import events
from deepnet.actors.assignment import Assignment
from deepnet.actors.context import Context
from deepnet.actors.vault import Cut
from deepnet.maths.arrays import Batch
from deepnet.maths.parameters import LayerParameters
from deepnet.training.evaluation import measure
from deepnet.training.health import dead_neurons, findings
from deepnet.training.history import EpochRecord
from deepnet.training.patience import best_epoch
from deepnet.training.position import Position

JUDGE_SECONDS = 0.25
"""How often it is looked who is unwell: in a small network that takes longer than an epoch."""


def close_epoch(context: Context, assignment: Assignment, position: Position, learning_rate: float) -> None:
    """Measure the epoch that ends at *position*, record it, and tell those who watch."""
    plan, cut = assignment.plan, context.vault.read()
    model, parameters, treatments, step = cut.setup.model, cut.parameters, cut.setup.treatments, cut.position.step
    metrics = tuple(plan.metrics)
    rows = assignment.source.all_rows()
    if rows is None:
        trained = {name: tally.value() for name, tally in zip(metrics, position.tallies, strict=False)}
    else:
        trained = measure(model, parameters, rows, metrics, treatments=treatments, step=step)
    held_out = assignment.held_out
    validation = (
        {}
        if held_out is None
        else measure(model, parameters, held_out, metrics, plan.loss, treatments=treatments, step=step)
    )
    record = EpochRecord(
        position.epoch,
        position.step,
        position.mean_loss,
        trained,
        validation,
        learning_rate,
        assignment.elapsed(),
    )
    if len(assignment.history) >= record.epoch:  # measuring took so long that another trainer has done it
        return
    _keep_best(assignment, record, parameters)
    assignment.history.append(record)  # last of all: a trainer that dies before does all of it again
    context.watchers.tell(
        events.EpochEnded(context.name, record.epoch, record.step, record.loss, record.metrics, record.validation)
    )
    if context.watchers.want(events.NeuronsDead):
        _tell_dead_neurons(context, assignment, cut, rows or held_out)
    if context.watchers and assignment.clock() - assignment.judged_at > JUDGE_SECONDS:
        tell_health(context, assignment)


def _keep_best(assignment: Assignment, record: EpochRecord, parameters: tuple[LayerParameters, ...]) -> None:
    """Remember *parameters* if no epoch has been better, and the plan wants to end with those of the best."""
    kept = assignment.plan.until.best_kept
    if kept is not None:
        monitor, highest, min_delta = kept
        figures = [before.figure(monitor) for before in assignment.history[: record.epoch - 1]]
        if best_epoch([*figures, record.figure(monitor)], highest=highest, min_delta=min_delta) == record.epoch:
            assignment.best = record.epoch, parameters


def _tell_dead_neurons(context: Context, assignment: Assignment, cut: Cut, rows: tuple[Batch, Batch] | None) -> None:
    """Tell which neurons are dead, when that has changed since the last epoch."""
    if rows is None:
        return
    dead = dead_neurons(cut.setup.model, cut.parameters, rows[0], cut.setup.treatments, cut.position.step)
    if dead != assignment.dead:
        assignment.dead = dead
        context.watchers.tell(events.NeuronsDead(context.name, len(assignment.history), dead))


def tell_health(context: Context, assignment: Assignment) -> None:
    """Tell who is unwell on some of the training rows, when it has changed who or how."""
    assignment.judged_at = assignment.clock()
    rows = assignment.source.all_rows()
    if rows is None or not context.watchers.want(events.HealthChanged):
        return
    cut = context.vault.read()
    found = findings(
        cut.setup.model,
        cut.parameters,
        rows[0],
        cut.setup.treatments,
        cut.position.step,
        loss=assignment.plan.loss,
    )
    unwell = tuple((finding.address, finding.condition) for finding in found)
    if unwell != assignment.unwell:
        assignment.unwell = unwell
        told = tuple((finding.address, finding.condition, finding.evidence) for finding in found)
        context.watchers.tell(events.HealthChanged(context.name, len(assignment.history), told))


def restore_best(context: Context, assignment: Assignment) -> str:
    """Commit the parameters of the best epoch, if the run is to end with them; say so."""
    best, position = assignment.best, context.vault.sealed.position
    if best is None and assignment.best_lost and assignment.plan.until.best_kept is not None:
        return "; the network has been changed since its best epoch, so the last weights stay"
    if best is None or best[0] > position.complete_epochs:
        return ""
    epoch, parameters = best
    if assignment.history[epoch - 1].step == position.step:
        return ""
    context.vault.put_back(parameters)
    return f"; the weights of epoch {epoch} are restored"
