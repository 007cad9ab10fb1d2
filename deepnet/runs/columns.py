"""Many neurons at once: a figure of each, as columns of numbers."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from deepnet.actors.context import Context
from deepnet.actors.vault import Sealed
from deepnet.errors import UnknownNameError
from deepnet.maths.arrays import Array
from deepnet.runs.looking import Looking

Column = NDArray[Any]

AT_REST = ("bias", "norm", "restarts", "deaths", "frozen", "lesioned", "rate")
"""Fields that can always be read."""
WATCHED = ("output", "delta", "sum")
"""Fields that are known of neurons that somebody watches: the mean over the rows of the last such step."""
FIELDS = AT_REST + WATCHED


class Columns(NamedTuple):
    """Figures of all neurons at one sealed step."""

    step: int
    epoch: int
    arrays: Mapping[str, Column]
    """``dense_0.bias`` and so on: (neurons,) each.

    ``bias`` and ``norm`` (of the weights) are of the network's dtype, ``restarts`` and ``deaths`` int32 (deaths are
    those remembered, 20 at most), ``frozen`` bool, ``rate`` float32; ``lesioned`` is float32, what the output is held
    at and nan where it is not; what is known of watched neurons is float32, and nan of all others.
    """


def read_columns(network: Looking, fields: Sequence[str]) -> Columns:
    """Read *fields* of all neurons of *network*, without a message to those who learn.

    Raises:
        UnknownNameError: there is no such field.
    """
    for field in fields:
        if field not in FIELDS:
            raise UnknownNameError("field", field, FIELDS)
    context = network._context  # noqa: SLF001 - it is of this package, and has no other way to many at once

    def read(blocks: tuple[Array, ...], sealed: Sealed) -> Columns:
        arrays: dict[str, Column] = {}
        for layer, address in enumerate(sealed.setup.model.named_dense()):
            of_layer = _Layer(context, sealed, layer, address, blocks[layer][0])
            with np.errstate(all="ignore"):  # what is looked at may be half written: then it is looked at again
                arrays |= {f"{address}.{field}": _READERS[field](of_layer) for field in fields}
        return Columns(sealed.position.step, sealed.position.epoch, arrays)

    return context.vault.look(read)


class _Layer(NamedTuple):
    context: Context
    sealed: Sealed
    number: int
    address: str
    rows: Array
    """(neurons, inputs + 1): committed, not to be kept."""

    def counted(self, count: Callable[[str], int]) -> Column:
        """Count those who have been restarted; nobody else can have died and be here."""
        column = np.zeros(len(self.rows), np.int32)
        for address in dict(self.context.restarts):
            layer, _, index = address.partition("/")
            if layer == self.address and index.isdecimal() and int(index) < len(column):
                column[int(index)] = count(address)
        return column

    def treated(self, name: str, usual: float | bool, dtype: Any) -> Column:
        column = np.full(len(self.rows), usual, dtype)
        for index, treatment in self.sealed.setup.treatments[self.number].items():
            value = getattr(treatment, name)
            column[index] = usual if value is None else value
        return column

    def watched(self, name: str) -> Column:
        column = np.full(len(self.rows), np.nan, np.float32)
        watching = self.context.watching
        seen = [(index, watching.last(f"{self.address}/{index}")) for index in watching.layers.get(self.address, ())]
        known = [(index, getattr(one, name)) for index, one in seen if one is not None and index < len(column)]
        # All at once, as far as they were shown as many rows: a mean for each takes a hundred times as long.
        for rows in {len(values) for _, values in known}:
            indices = [index for index, values in known if len(values) == rows]
            column[indices] = np.stack([values for _, values in known if len(values) == rows]).mean(axis=1)
        return column


def _norm(layer: _Layer) -> Column:
    weights = layer.rows[:, :-1]
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", weights, weights)))


_READERS: Mapping[str, Callable[[_Layer], Column]] = {
    "bias": lambda layer: layer.rows[:, -1].copy(),
    "norm": _norm,
    "restarts": lambda layer: layer.counted(lambda address: layer.context.restarts.get(address, 0)),
    "deaths": lambda layer: layer.counted(lambda address: len(layer.context.deaths(address))),
    "frozen": lambda layer: layer.treated("frozen", usual=False, dtype=np.bool_),
    "lesioned": lambda layer: layer.treated("lesioned", np.nan, np.float32),
    "rate": lambda layer: layer.treated("rate", 1.0, np.float32),
    **{name: lambda layer, name=name: layer.watched(name) for name in WATCHED},  # type: ignore[misc] # mypy sees no default of a lambda
}


class LayerFigures(NamedTuple):
    """Counts by the address of a layer; what belongs to no layer goes by its own name, such as ``trainer``."""

    restarts: Mapping[str, int]
    """Of all actors, since the network is up."""
    waiting: Mapping[str, int]
    """Messages that wait for an actor."""
    alive: Mapping[str, int]
    """Neurons that there is an actor of, or whose layer computes them and is there."""


def layer_figures(network: Looking) -> LayerFigures:
    """Count by layer. It looks at every actor, without a message: for now and then, not for every step."""
    context, actors = network._context, network.actors  # noqa: SLF001 - as above
    restarts, waiting, alive = (Counter[str]() for _ in range(3))
    for address, count in dict(context.restarts).items():
        restarts[_layer_of(address)] += count
    names = [str(name) for name in context.directory.names()]
    for name in names:
        layer = _layer_of(name)
        waiting[layer] += actors.mailbox_length(name) or 0
        alive[layer] += "/" in name
    setup = context.setup
    for (address, dense), granularity in zip(setup.model.named_dense().items(), setup.granularities, strict=True):
        if granularity == "layer":
            alive[address] = dense.neurons if address in names else 0
    return LayerFigures(restarts, waiting, alive)


def _layer_of(address: str) -> str:
    return address.partition("/")[0].partition(" ")[0]
