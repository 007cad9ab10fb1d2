"""How a run went, epoch by epoch."""

from collections.abc import Sequence
from typing import Any

from deepnet.errors import InputError
from deepnet.maths.checks import look_up
from deepnet.maths.metrics import ALIASES
from deepnet.plots.figures import Lines, Panel, Series, finite, needs_logarithm
from deepnet.plots.spec import specification
from deepnet.training.history import VALIDATION, EpochRecord

TRAINING, HELD_OUT = "training", "validation"
LOSS = "loss"
SHORT_NAMES = {"r2": "R2", "f1": "F1"}


def history_chart(records: Sequence[EpochRecord], metrics: Sequence[str] | None = None) -> dict[str, Any]:
    """Return the specification of `history_figure`."""
    return specification(history_figure(records, metrics))


def history_figure(records: Sequence[EpochRecord], metrics: Sequence[str] | None = None) -> Lines:
    """Show the loss of each epoch, below it each metric, and the learning rate if it changes.

    Every metric has a panel of its own, because metrics differ in scale. Numbers that are not finite leave a gap.

    Args:
        records: the epochs, as in `Run.history`.
        metrics: which metrics to show, in this order; None for all that were measured.

    Raises:
        InputError: there is no epoch, or nothing finite to show.
        UnknownNameError: a metric, or its alias such as ``mae``, was not measured; the message lists those that were.
    """
    if not records:
        raise InputError("the history has no epoch: train for one epoch or more")
    measured = dict.fromkeys(name for record in records for name in (*record.metrics, *record.validation))
    measured.pop(LOSS, None)
    chosen = tuple(measured) if metrics is None else _chosen(metrics, tuple(measured))
    panels = [_panel(records, name) for name in (LOSS, *chosen)]
    rates = finite((record.epoch, record.learning_rate) for record in records)
    if len({rate for _, rate in rates}) > 1:
        rate = (Series(TRAINING, rates),)
        panels.append(Panel("learning rate", rate, logarithmic=needs_logarithm(rate)))
    drawn = tuple(panel for panel in panels if panel.series)
    if not drawn:
        raise InputError("the history has no finite number to show: the run diverged from its first epoch on")
    epochs = f"{len(records):,} epochs" if len(records) > 1 else "1 epoch"
    return Lines("Training history", f"{epochs}, {records[-1].step:,} steps", "epoch", drawn, whole=True)


def _panel(records: Sequence[EpochRecord], name: str) -> Panel:
    """Return what training and validation rows say of *name*; without a series if there is nothing finite."""
    lines = {
        rows: finite((record.epoch, record.figure(prefix + name)) for record in records)
        for rows, prefix in ((TRAINING, ""), (HELD_OUT, VALIDATION))
    }
    series = tuple(Series(rows, points) for rows, points in lines.items() if points)
    return Panel(SHORT_NAMES.get(name, name.replace("_", " ")), series, logarithmic=needs_logarithm(series))


def _chosen(metrics: Sequence[str], measured: tuple[str, ...]) -> tuple[str, ...]:
    if not measured:
        raise InputError("the history has no metric but the loss: train with --metrics, or ask for none")
    known = {name: name for name in measured}
    return tuple(dict.fromkeys(look_up("metric", ALIASES.get(name, name), known) for name in metrics))
