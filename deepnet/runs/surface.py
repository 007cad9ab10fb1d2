"""What each neuron of a network of two inputs says at every point of a square: its surface of decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from deepnet.actors.context import Context
from deepnet.actors.vault import Sealed
from deepnet.errors import InputError
from deepnet.maths.arrays import Batch
from deepnet.maths.model import Chain
from deepnet.runs.copies import Copies
from deepnet.runs.run import Run
from deepnet.training.health.passing import passes

INPUTS = 2
SIZES = (48, 32, 24, 16, 12, 8)
"""Points along a side, from small networks to large ones."""
MOST_PRODUCTS = 40_000_000
"""Of a point and a parameter, in one look; but the smallest size is always reckoned."""
MOST_POINTS = 1 << 20
"""Of a neuron and a point."""
MARGIN = 0.1
"""What is seen around the rows, as a share of how far they spread."""
_LEVELS = 255


class Bounds(NamedTuple):
    """What of the plane is looked at: the first input from x0 to x1, the second one from y0 to y1."""

    x0: float
    x1: float
    y0: float
    y1: float


USUAL = Bounds(-1.0, 1.0, -1.0, 1.0)
"""Where there are no rows to go by."""


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """The outputs of all neurons over a square of points, at one sealed step.

    Attributes:
        step: the sealed step.
        epoch: its epoch.
        size: points along a side, both ends included.
        bounds: where they are.
        arrays: ``dense_0.outputs``, uint8 (neurons, size, size), with the second input rising from row to row and the
            first one from column to column; and ``dense_0.range``, float32 (neurons, 2): what 0 and 255 stand for.
    """

    step: int
    epoch: int
    size: int
    bounds: Bounds
    arrays: Mapping[str, NDArray[Any]]


class Surveyor:
    """Looks at a network again and again; what has not changed since is not reckoned again. One thread at a time."""

    def __init__(self) -> None:
        self._copies = Copies()
        self._of: Any = None
        self._bounds = USUAL
        self._grid: tuple[Bounds, int, str, Batch] | None = None
        self._last: tuple[Sealed, Bounds, Surface] | None = None

    def survey(self, context: Context, run: Run | None) -> Surface:
        """Return what there is now; the same record as the last time if nothing has changed.

        Raises:
            InputError: the network has not two inputs.
        """
        sealed = context.vault.sealed
        require_two_inputs(sealed.setup.model)
        bounds = self._bounds_of(run)
        if self._last is not None and self._last[0] is sealed and self._last[1] == bounds:
            return self._last[2]
        taken = self._copies.take(context.vault)
        setup, position = taken.sealed.setup, taken.sealed.position
        size = size_for(setup.model)
        grid = self._points(bounds, size, str(taken.parameters[0].bias.dtype))
        arrays: dict[str, NDArray[Any]] = {}
        for layer in passes(setup.model, taken.parameters, grid, setup.treatments, position.step):
            levels, ends = in_levels(layer.outputs)
            arrays[f"{layer.address}.outputs"] = levels.reshape(-1, size, size)
            arrays[f"{layer.address}.range"] = ends
        surface = Surface(position.step, position.epoch, size, bounds, arrays)
        self._last = taken.sealed, bounds, surface
        return surface

    def _bounds_of(self, run: Run | None) -> Bounds:
        """Return what to look at; it is found out once for the same rows."""
        pair = None if run is None else run.assignment.source.all_rows()
        if pair is None:
            return USUAL
        whole = pair[0] if pair[0].base is None else pair[0].base  # a source has it once, and makes views of it
        if whole is not self._of:
            self._of, self._bounds = whole, bounds_around(pair[0])
        return self._bounds

    def _points(self, bounds: Bounds, size: int, dtype: str) -> Batch:
        if self._grid is None or self._grid[:3] != (bounds, size, dtype):
            self._grid = (bounds, size, dtype, grid_of(bounds, size, dtype))
        return self._grid[3]


def require_two_inputs(model: Chain) -> None:
    """Raise InputError unless *model* has two inputs."""
    if model.inputs != INPUTS:
        raise InputError(f"only a network of {INPUTS} inputs has a surface, and this one has {model.inputs}")


def size_for(model: Chain) -> int:
    """Return how many points along a side are reckoned of a network of this size."""
    for size in SIZES:
        if size**2 * model.parameter_count <= MOST_PRODUCTS and size**2 * model.neuron_count <= MOST_POINTS:
            return size
    return SIZES[-1]


def bounds_around(inputs: Batch) -> Bounds:
    """Return what is seen of the plane where these rows, (rows, 2), are; one unit around them where all are equal."""
    low, high = inputs.min(axis=0).astype(np.float64), inputs.max(axis=0).astype(np.float64)
    margin = np.where(high > low, MARGIN * (high - low), 1.0)
    (x0, y0), (x1, y1) = (low - margin).tolist(), (high + margin).tolist()
    return Bounds(x0, x1, y0, y1)


def grid_of(bounds: Bounds, size: int, dtype: str) -> Batch:
    """Return the points, (size * size, 2): the first input changes fastest."""
    across = np.linspace(bounds.x0, bounds.x1, size)
    up = np.linspace(bounds.y0, bounds.y1, size)
    return np.column_stack((np.tile(across, size), np.repeat(up, size))).astype(dtype)


@np.errstate(all="ignore")
def in_levels(values: Batch) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Return (points, neurons) *values* as (neurons, points) of 0 to 255, and what those two stand for, (neurons, 2).

    What is not a number is 0; what is infinite, and a neuron whose outputs are all equal, is at an end.
    """
    axis = int(values.shape[0] >= values.shape[1])  # along the shorter side numpy begins anew too often
    scaled = np.array(values.T if axis else values, np.float32, order="C")
    low, high = scaled.min(axis=axis, keepdims=True), scaled.max(axis=axis, keepdims=True)
    if not (np.isfinite(low).all() and np.isfinite(high).all()):
        finite = np.isfinite(scaled)
        low = np.min(scaled, axis=axis, keepdims=True, where=finite, initial=np.inf)
        high = np.max(scaled, axis=axis, keepdims=True, where=finite, initial=-np.inf)
        low, high = np.where(low <= high, low, 0), np.where(low <= high, high, 0)
        scaled = np.clip(np.where(np.isnan(scaled), low, scaled), low, high)
    spread = high - low
    scaled -= low
    scaled *= np.where(spread > 0, _LEVELS / spread, 0).astype(np.float32)
    scaled += np.float32(0.5)
    levels = scaled.astype(np.uint8)
    ends = np.stack((low.reshape(-1), high.reshape(-1)), axis=1).astype(np.float32)
    return np.ascontiguousarray(levels if axis else levels.T), ends
