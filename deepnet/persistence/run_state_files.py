"""The state of a run as two files: its tensors as safetensors, all else as JSON.

``state.json`` is ``{"format": "deepnet-checkpoint", "version": 2, "position": ..., "tallies": [...],
"history": [...], "seconds": ..., "best_epoch": ..., "slots": [2, 2], "setup": ...}``, with as many numbers in
``slots`` as the network has dense layers, and null for a setup that is as when the run began. ``state.safetensors``
has ``dense_0.rows`` (neurons, inputs + 1), ``dense_0.slot_0`` and so on of the same shape, ``best.dense_0.weights``
(neurons, inputs) and ``best.dense_0.bias`` (neurons,) if there is a best epoch, and the arrays of the tallies.

Files of version 1, from when nobody could change a run, are read too: they have no ``setup``.
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from deepnet.data.files import listed
from deepnet.errors import DataError, InputError
from deepnet.maths.arrays import DTYPES, require_shape
from deepnet.maths.checks import whole_number
from deepnet.maths.model import Chain
from deepnet.maths.parameters import LayerParameters
from deepnet.persistence.plain_json import to_json
from deepnet.persistence.tallies import from_tallies, to_tallies
from deepnet.training.history import record_from_dict
from deepnet.training.plain import setup_from_dict
from deepnet.training.position import position_from_dict
from deepnet.training.state import RunState

FORMAT = "deepnet-checkpoint"
VERSION = 2
FACTS = "state.json"
TENSORS = "state.safetensors"

Tensors = Mapping[str, NDArray[Any]]


def to_files(state: RunState) -> dict[str, bytes]:
    """Return what the files are to hold, by name.

    Raises:
        InputError: a tally, or a part of the plan in the setup, is of your own making.
    """
    tallies, tensors = from_tallies(state.position.tallies)
    for index, (rows, slots) in enumerate(zip(state.rows, state.slots, strict=True)):
        tensors[f"dense_{index}.rows"] = rows
        tensors |= {f"dense_{index}.slot_{slot}": array for slot, array in enumerate(slots)}
    if state.best is not None:
        for index, layer in enumerate(state.best[1]):
            tensors |= {f"best.dense_{index}.{name}": array for name, array in layer._asdict().items()}
    facts = {
        "format": FORMAT,
        "version": VERSION,
        "position": state.position.to_dict(),
        "tallies": tallies,
        "history": [record.to_dict() for record in state.history],
        "seconds": float(state.seconds),
        "best_epoch": None if state.best is None else state.best[0],
        "slots": [len(slots) for slots in state.slots],
        "setup": None if state.setup is None else state.setup.to_dict(),
    }
    # save() copies memory as it lies there, so a transposed view would come back scrambled.
    contiguous = {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}
    return {FACTS: to_json(facts), TENSORS: save(contiguous)}


def require_known_format(name: str, content: bytes) -> dict[str, Any]:
    """Return the facts of a checkpoint, if it is one, and not from the future.

    Args:
        name: of the checkpoint, for messages.
        content: of its `FACTS`.

    Raises:
        DataError: it is something else, or newer than this deepnet.
    """
    try:
        facts = json.loads(content)
        known, version = facts["format"] == FORMAT, facts["version"]
    except (KeyError, TypeError, ValueError, RecursionError):
        known, version = False, None
    if not known or type(version) is not int or version < 1:
        raise DataError(f"{name}: is no checkpoint of deepnet: give the folder of a run")
    if version > VERSION:
        reads = f"this deepnet reads up to {VERSION}"
        raise DataError(f"{name}: is a checkpoint of format version {version}, {reads}: upgrade it")
    return dict(facts)


def from_files(name: str, facts: Mapping[str, Any], tensors: bytes) -> RunState:
    """Return the state that `to_files` wrote, everything in it checked; its arrays are new.

    Args:
        name: of the checkpoint, for messages.
        facts: see `require_known_format`.
        tensors: the content of its `TENSORS`.

    Raises:
        DataError: something is missing, or does not fit the rest.
    """
    try:
        return _state(facts, {name: tensor.copy() for name, tensor in load(tensors).items()})
    except (SafetensorError, KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        reason = error if isinstance(error, InputError) else f"{type(error).__name__}: {error}"
        raise DataError(f"{name}: is a damaged checkpoint ({reason}): use an older one") from None


def _state(facts: Mapping[str, Any], tensors: Tensors) -> RunState:
    counts = [whole_number("slots", count, at_least=0) for count in facts["slots"]]
    best_epoch = facts["best_epoch"]
    rows = tuple(tensors[f"dense_{index}.rows"] for index in range(len(counts)))
    slots = tuple(
        tuple(tensors[f"dense_{index}.slot_{slot}"] for slot in range(count)) for index, count in enumerate(counts)
    )
    best = None if best_epoch is None else _best(best_epoch, tensors, len(counts))
    _check_layers(rows, slots, best)
    setup = facts["setup"] if facts["version"] > 1 else None
    tallies, arrays = facts["tallies"], {name for name in tensors if name.startswith("tallies.")}
    state = RunState(
        position=position_from_dict(facts["position"], to_tallies(tallies, tensors)),
        rows=rows,
        slots=slots,
        history=tuple(record_from_dict(record) for record in facts["history"]),
        best=best,
        seconds=float(facts["seconds"]),
        setup=None if setup is None else setup_from_dict(setup),
    )
    count = sum(1 + len(one) for one in slots) + (2 * len(rows) if best else 0)
    if surplus := len(tensors) - count - len(arrays):
        raise InputError(f"it holds {surplus} tensors that belong to nothing: {listed(sorted(tensors))}")
    if state.setup is not None:
        _check_setup(state.setup.model, rows)
    if [record.epoch for record in state.history] != list(range(1, len(state.history) + 1)):
        raise InputError("the epochs of its history are not 1, 2, 3 and so on")
    return state


def _best(epoch: object, tensors: Tensors, layers: int) -> tuple[int, tuple[LayerParameters, ...]]:
    names = [f"best.dense_{index}" for index in range(layers)]
    parameters = tuple(LayerParameters(tensors[f"{name}.weights"], tensors[f"{name}.bias"]) for name in names)
    return whole_number("the best epoch", epoch, at_least=1), parameters


def _check_layers(
    rows: tuple[NDArray[Any], ...],
    slots: tuple[tuple[NDArray[Any], ...], ...],
    best: tuple[int, tuple[LayerParameters, ...]] | None,
) -> None:
    """Raise InputError unless all are of one dtype, and of shapes that belong together."""
    if not rows or rows[0].dtype.name not in DTYPES:
        raise InputError(f"its rows are not of {' or '.join(DTYPES)}")
    kept = [(layer.weights, layer.bias) for layer in best[1]] if best else [()] * len(rows)
    for index, (layer, of_layer, pair) in enumerate(zip(rows, slots, kept, strict=True)):
        require_shape(f"dense_{index}.rows", layer, None, None)
        for slot in of_layer:
            require_shape(f"a slot of dense_{index}", slot, *layer.shape)
        for tensor, shape in zip(pair, ((len(layer), layer.shape[1] - 1), (len(layer),)), strict=False):
            require_shape(f"the best of dense_{index}", tensor, *shape)
        if strange := [tensor.dtype.name for tensor in (layer, *of_layer, *pair) if tensor.dtype != rows[0].dtype]:
            raise InputError(f"tensors of dense_{index} are {strange[0]}, others are {rows[0].dtype}")


def _check_setup(model: Chain, rows: tuple[NDArray[Any], ...]) -> None:
    """Raise InputError unless the model of its setup is that of its rows."""
    if len(model.dense) != len(rows):
        raise InputError(f"its setup is of {len(model.dense)} dense layers, it has {len(rows)}")
    for (name, layer), array in zip(model.named_dense().items(), rows, strict=True):
        require_shape(f"{name}.rows", array, layer.neurons, layer.inputs + 1)
