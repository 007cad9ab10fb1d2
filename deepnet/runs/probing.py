"""What the neurons make of rows of the run: reckoned beside the learning, by whoever asks.

Nobody who learns is asked or watched. Each look costs a few milliseconds, however large the network is: of a large one
fewer rows are reckoned. Neurons that are treated do what they do, and a Dropout leaves nothing out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from deepnet.actors.context import Context
from deepnet.actors.vault import Sealed
from deepnet.errors import InputError
from deepnet.maths.arrays import Array, Batch
from deepnet.maths.checks import whole_number
from deepnet.maths.model import Chain
from deepnet.runs.copies import Copies, Rows
from deepnet.runs.run import Run
from deepnet.training.health.passing import LayerPass, passes
from deepnet.training.health.returning import deltas

Column = NDArray[np.float32]

FIELDS = ("output", "delta", "sum", "gradient", "weights", "bias")
USUAL = ("output", "delta", "sum", "gradient", "bias")
"""Those that are read if nobody says which."""
MOST_ROWS = 32
MOST_PRODUCTS = 4_000_000
"""Of a row and a parameter, in one look; but one row is always reckoned."""
MOST_WEIGHTS = 65_536
"""So many weights of a network are given at once, at most."""
_FORWARD, _BACK = {"output", "sum", "delta", "gradient"}, {"delta", "gradient"}


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """What the neurons made of rows of the run, at one sealed step.

    Attributes:
        step: the sealed step.
        epoch: its epoch.
        rows: how many rows of the run it is of; 0 without a run, or with one whose rows come from a stream.
        row: which row; None if it is the mean over the first *rows* of them.
        arrays: float32. ``dense_0.output``, ``dense_0.sum`` and ``dense_0.delta`` (dL/dz of a row's own loss), all
            (neurons,), are means over the rows; ``dense_0.gradient`` (neurons,) is the norm of dL/d(weights, bias) of
            each neuron, with the mean loss over the rows, of a frozen neuron too; ``dense_0.bias`` (neurons,),
            ``dense_0.weights`` (neurons, inputs); and the means of the rows, ``input`` (inputs,) and ``target``
            (outputs,). Without rows there are only bias and weights.
    """

    step: int
    epoch: int
    rows: int
    row: int | None
    arrays: Mapping[str, Column]


class _Shown(NamedTuple):
    """Rows that a network is shown, and where they come from.

    Attributes:
        of: the array of all inputs: as long as it is there, they are of the same rows.
        inputs: (rows, inputs).
        targets: (rows, outputs).
    """

    of: Any
    inputs: Batch
    targets: Batch


class Prober:
    """Looks at a network again and again; what has not changed since is not reckoned again. One thread at a time.

    Args:
        row: which row of the run; None for the mean over its first ones.
        fields: some of `FIELDS`.

    Raises:
        InputError: there is no such field, or this is no number of a row.
    """

    def __init__(self, row: int | None = None, fields: Sequence[str] = USUAL) -> None:
        self._row = checked_row(row)
        self._fields = checked_fields(fields)
        self._copies = Copies()
        self._shown: _Shown | None = None
        self._seen: tuple[Sealed, Run | None, _Shown | None] | None = None
        self._last: Probe | None = None

    def probe(self, context: Context, run: Run | None) -> Probe:
        """Return what there is now; the same record as the last time if nothing has changed.

        Raises:
            InputError: the run has no such row, or the network has more weights than are given at once.
        """
        sealed = context.vault.sealed
        shown = self._rows_of(run, sealed.setup.model)
        if self._last is not None and self._seen is not None:
            before, run_before, shown_before = self._seen
            if before is sealed and run_before is run and shown_before is shown:
                return self._last
        self.require_few_weights(sealed.setup.model)
        taken = self._copies.take(context.vault)
        self._last = self._reckoned(taken, run, shown)
        self._seen = taken.sealed, run, shown
        return self._last

    def require_few_weights(self, model: Chain) -> None:
        """Raise InputError if the weights are asked for, and there are more of them than are given at once."""
        weights = model.parameter_count - model.neuron_count
        if "weights" in self._fields and weights > MOST_WEIGHTS:
            raise InputError(
                f"the network has {weights:,} weights, more than the {MOST_WEIGHTS:,} that are given at once: "
                f"leave out the field weights, and look at tiles of them"
            )

    def _rows_of(self, run: Run | None, model: Chain) -> _Shown | None:
        """Return what to show the network, or None without rows; the same as before as long as the rows are."""
        pair = None if run is None else run.assignment.source.all_rows()
        if pair is None:
            return None
        inputs, targets = pair
        count = min(rows_for(model), len(inputs)) if self._row is None else 1
        known = self._shown
        whole = inputs if inputs.base is None else inputs.base  # a source has it once, and makes views of it
        if known is not None and known.of is whole and len(known.inputs) == count:
            return known
        first = self._row or 0
        if first >= len(inputs):
            raise InputError(f"the run has no row {first}: it has {len(inputs)}, so take one of 0 to {len(inputs) - 1}")
        part = slice(first, first + count)
        self._shown = _Shown(whole, inputs[part].copy(), targets[part].copy())
        return self._shown

    @np.errstate(all="ignore")  # where training diverges numbers grow beyond any dtype
    def _reckoned(self, taken: Rows, run: Run | None, shown: _Shown | None) -> Probe:
        parameters, sealed = taken
        arrays: dict[str, Column] = {}
        if shown is not None and run is not None and _FORWARD & {*self._fields}:
            setup, step = sealed.setup, sealed.position.step
            passed = tuple(passes(setup.model, parameters, shown.inputs, setup.treatments, step))
            for layer in passed:
                self._put(arrays, layer.address, "output", layer.outputs)
                self._put(arrays, layer.address, "sum", layer.sums)
            if _BACK & {*self._fields}:
                _, found = deltas(passed, shown.targets, (setup.plan or run.plan).loss, step)
                for layer, delta in zip(passed, found, strict=True):
                    self._put(arrays, layer.address, "delta", delta * len(delta))
                    if "gradient" in self._fields:
                        arrays[f"{layer.address}.gradient"] = gradient_norms(layer, delta)
        for address, (weights, bias) in zip(sealed.setup.model.named_dense(), parameters, strict=True):
            if "bias" in self._fields:
                arrays[f"{address}.bias"] = bias.astype(np.float32)
            if "weights" in self._fields:
                arrays[f"{address}.weights"] = weights.astype(np.float32)
        if shown is not None:
            arrays |= {"input": _mean(shown.inputs), "target": _mean(shown.targets)}
        rows = 0 if shown is None else len(shown.inputs)
        return Probe(sealed.position.step, sealed.position.epoch, rows, self._row, arrays)

    def _put(self, arrays: dict[str, Column], address: str, field: str, values: Batch) -> None:
        if field in self._fields:
            arrays[f"{address}.{field}"] = _mean(values)


def checked_fields(fields: Sequence[str]) -> tuple[str, ...]:
    """Return *fields*, each once.

    Raises:
        InputError: there is no such field.
    """
    for field in fields:
        if field not in FIELDS:
            raise InputError(f"there is no field {field!r}: use some of {', '.join(FIELDS)}")
    return tuple(dict.fromkeys(fields))


def checked_row(row: int | None) -> int | None:
    """Return the number of a row, or None for none; InputError if it is neither."""
    return None if row is None else whole_number("row", row, at_least=0)


def rows_for(model: Chain) -> int:
    """Return over how many rows a look at a network of this size takes the mean, at most."""
    return max(1, min(MOST_ROWS, MOST_PRODUCTS // model.parameter_count))


def gradient_norms(passed: LayerPass, delta: Batch) -> Column:
    """Return the norm of dL/d(weights, bias) of each neuron, (neurons,), without the gradients themselves.

    Of a neuron with deltas d, one a row, the gradient is the sum of d_r (x_r, 1): so the square of its norm is d' G d
    with G_rs = x_r . x_s + 1. G has as many numbers as pairs of rows, and those are few.
    """
    inputs, wide = passed.inputs.astype(np.float64), delta.astype(np.float64)
    gram = inputs @ inputs.T + 1
    squares = np.einsum("rj,rj->j", wide, gram @ wide)
    return np.asarray(np.sqrt(np.maximum(squares, 0)), np.float32)


def _mean(values: Array) -> Column:
    return np.asarray(values.mean(axis=0, dtype=np.float64), dtype=np.float32)
