"""The rows of a run: checked, copied, and some of them held out; or the stream that they come from."""

from collections.abc import Iterable
from numbers import Real
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from deepnet.data.sources import ArraySource, Source, StreamSource
from deepnet.data.split import split
from deepnet.errors import InputError, ShapeError
from deepnet.maths.arrays import Batch, as_batch
from deepnet.maths.model import Chain
from deepnet.training.plan import Plan


class Pairs(NamedTuple):
    """Inputs (rows, model.inputs) and the targets (rows, model.outputs) that belong to them."""

    inputs: Batch
    targets: Batch


def checked_pairs(model: Chain, dtype: str, inputs: object, targets: object, prefix: str = "") -> Pairs:
    """Return copies that fit *model*: what their owner does to his own later does not reach the run.

    Args:
        model: the layers that are to learn them.
        dtype: float32 or float64.
        inputs: (rows, model.inputs).
        targets: (rows, model.outputs); of a single output (rows,) will do.
        prefix: what messages put before their names.

    Raises:
        InputError: a value is no number or not finite.
        ShapeError: the rows do not fit the model or one another, or there are none.
    """
    if model.outputs == 1:
        targets = _as_column(targets)
    pairs = Pairs(
        as_batch(f"{prefix}inputs", inputs, dtype, model.inputs).copy(),
        as_batch(f"{prefix}targets", targets, dtype, model.outputs).copy(),
    )
    if len(pairs.inputs) != len(pairs.targets) or not len(pairs.inputs):
        raise ShapeError(
            f"{len(pairs.inputs)} rows of {prefix}inputs need as many of {prefix}targets, one or more: "
            f"{len(pairs.targets)}"
        )
    return pairs


def _as_column(targets: object) -> object:
    """Return flat *targets*, of a single output, as a column; others as they are."""
    if isinstance(targets, (list, tuple)) and all(isinstance(target, Real) for target in targets):
        return [[target] for target in targets]
    if getattr(targets, "ndim", None) == 1:
        return np.asarray(targets).reshape(-1, 1)
    return targets


class Sides(NamedTuple):
    """The rows to learn, those to measure and not learn, and which rows the first are of those that were given."""

    learnt: Pairs
    held_out: Pairs | None
    numbers: NDArray[np.intp] | None = None


def hold_out(model: Chain, dtype: str, pairs: Pairs, validation: object, seed: int) -> Sides:
    """Return the rows to learn, and those to measure and not learn.

    Args:
        model: the layers that are to learn them.
        dtype: float32 or float64.
        pairs: the rows there are.
        validation: None, or a share of them, or a pair of other inputs and targets.
        seed: where the choice comes from, if it is a share.

    Raises:
        InputError: *validation* is none of these, or leaves too few rows on one side.
    """
    if validation is None:
        return Sides(pairs, None)
    if isinstance(validation, (tuple, list)) and len(validation) == 2:
        return Sides(pairs, _other_rows(model, dtype, validation))
    if isinstance(validation, bool) or not isinstance(validation, Real) or not 0 < float(validation) < 1:
        raise InputError(
            f"validation must be a share of the rows, above 0 and below 1, or a pair of inputs and targets, "
            f"got {' '.join(repr(validation).split())}"
        )
    parts = split(len(pairs.inputs), test_fraction=float(validation), seed=seed)
    return Sides(
        Pairs(pairs.inputs[parts.train], pairs.targets[parts.train]),
        Pairs(pairs.inputs[parts.test], pairs.targets[parts.test]),
        parts.train,
    )


def source_of(
    model: Chain, dtype: str, plan: Plan, inputs: object, targets: object, validation: object
) -> tuple[Source, Pairs | None]:
    """Return where the batches of a run come from, and the rows that are held out of it.

    Args:
        model: the layers that are to learn them.
        dtype: float32 or float64.
        plan: how they are cut and shuffled.
        inputs: (rows, model.inputs); or, without *targets*, a stream of batches.
        targets: (rows, model.outputs), or None.
        validation: see `hold_out`; of a stream no share can be held out.

    Raises:
        InputError: a value is no number or not finite, no target of the loss, or *validation* cannot be done.
        ShapeError: the rows do not fit the model or one another, or there are none.
    """

    def check(rows: Batch) -> None:
        plan.loss.check_targets(rows[:])  # a view: whatever a check of the user's own makes of it, the rows stay so

    if targets is None:
        is_data = isinstance(inputs, str) or hasattr(inputs, "shape")
        if is_data or not (isinstance(inputs, Iterable) or callable(inputs)):
            raise InputError("targets are missing: give as many rows of them as of inputs, or a stream of batches")
        if validation is not None and not isinstance(validation, (tuple, list)):
            raise InputError("of a stream no share can be held out: give validation=(inputs, targets)")
        held_out = None if validation is None else _other_rows(model, dtype, validation)
        if held_out is not None:
            check(held_out.targets)
        stream = StreamSource(inputs, inputs=model.inputs, outputs=model.outputs, dtype=dtype, check_targets=check)
        return stream, held_out
    pairs = checked_pairs(model, dtype, inputs, targets)
    check(pairs.targets)
    learnt, held_out, numbers = hold_out(model, dtype, pairs, validation, plan.seed)
    if held_out is not None:
        check(held_out.targets)
    source = ArraySource(
        learnt.inputs,
        learnt.targets,
        batch_size=plan.batch_size,
        shuffle=plan.shuffle,
        seed=plan.seed,
        drop_last=plan.drop_last,
        numbers=numbers,
    )
    return source, held_out


def _other_rows(model: Chain, dtype: str, validation: object) -> Pairs:
    """Return the rows to measure that *validation*, inputs and targets, holds."""
    if not isinstance(validation, (tuple, list)) or len(validation) != 2:
        raise InputError("validation must be a pair of inputs and targets: give validation=(inputs, targets)")
    return checked_pairs(model, dtype, validation[0], validation[1], "validation ")
