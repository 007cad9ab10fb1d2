"""Measuring a network with given parameters on given rows."""

from collections.abc import Iterator, Sequence

from deepnet.maths.arrays import Batch
from deepnet.maths.local import forward_to_sums
from deepnet.maths.losses import Loss, fused
from deepnet.maths.metrics import Tally, metric_named
from deepnet.maths.model import Chain
from deepnet.maths.parameters import LayerParameters
from deepnet.maths.treatment import Treatments, output_is_treated

ROWS_AT_ONCE = 8192
"""More rows are measured in pieces, so that no layer's outputs for all of them need to fit into memory."""


def measure(
    model: Chain,
    parameters: Sequence[LayerParameters],
    rows: tuple[Batch, Batch],
    metrics: Sequence[str],
    loss: Loss | None = None,
    treatments: Sequence[Treatments] | None = None,
    step: int = 0,
) -> dict[str, float]:
    """Return *metrics* of the network on *rows*, by name, after the ``loss`` if one is given.

    Args:
        model: the layers.
        parameters: of its dense layers.
        rows: inputs (rows, model.inputs) and targets (rows, model.outputs), one row or more.
        metrics: names from `deepnet.maths.metrics`.
        loss: what to measure beside them.
        treatments: of the neurons of each dense layer; None if nobody is treated.
        step: the last one that was learnt; what faults do follows from it.
    """
    if not metrics and loss is None:
        return {}
    tallies: tuple[Tally, ...] = ()
    loss_sum = 0.0
    is_treated = treatments is not None and output_is_treated(treatments[-1])
    joint = None if loss is None or is_treated else fused(model.dense[-1].activation, loss)
    for first, inputs, targets in _pieces(rows):
        sums, outputs = forward_to_sums(model, parameters, inputs, treatments, step, first_row=first)
        tallies = merged(tallies, tally_of(outputs, targets, metrics))
        if loss is not None:
            value = loss.value(outputs, targets) if joint is None else joint.value(sums, targets)
            loss_sum += value * len(targets)
    figures = {name: tally.value() for name, tally in zip(metrics, tallies, strict=True)}
    return figures if loss is None else {"loss": loss_sum / len(rows[1]), **figures}


def tally_of(outputs: Batch, targets: Batch, metrics: Sequence[str]) -> tuple[Tally, ...]:
    """Return what has to be kept of these rows to grade them by *metrics*."""
    return tuple(metric_named(name).tally(outputs, targets) for name in metrics)


def merged(tallies: tuple[Tally, ...], others: tuple[Tally, ...]) -> tuple[Tally, ...]:
    """Return the tallies of the rows of both; the first may be of none."""
    return tuple(one.merge(other) for one, other in zip(tallies, others, strict=True)) if tallies else others


def _pieces(rows: tuple[Batch, Batch]) -> Iterator[tuple[int, Batch, Batch]]:
    inputs, targets = rows
    for start in range(0, len(targets), ROWS_AT_ONCE):
        piece = slice(start, start + ROWS_AT_ONCE)
        yield start, inputs[piece], targets[piece]
