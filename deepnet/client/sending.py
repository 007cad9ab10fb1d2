"""What is sent to begin a run: the plan as plain data, and the rows as JSON or, if there are many, as npz."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from deepnet.errors import InputError
from deepnet.maths.model import Chain
from deepnet.runs.rows import checked_pairs, hold_out
from deepnet.training.plan import Plan
from deepnet.wire.arrays import NPZ, arrays_to_npz
from deepnet.wire.records import plan_to_dict

FEW_NUMBERS = 5000
"""So many are sent as JSON, which people can read in a log; more as npz."""


class Body(NamedTuple):
    """What a request carries: plain data, or bytes of a media type."""

    data: Any = None
    content: bytes | None = None
    headers: Mapping[str, str] = MappingProxyType({})


def how_to_learn(plan: Plan) -> dict[str, Any]:
    """Return a plan as what the service takes, but for what is the network's own: its seed and its kernels.

    Raises:
        InputError: a part of it is of your own making.
    """
    said = plan_to_dict(plan)
    rules = {name: value for name, value in said.pop("rules").items() if value is not None}
    del said["seed"], said["kernels"]
    if said["pace"] is None:  # a service that is older does not know the word
        del said["pace"]
    return {**said, **rules}


def rows_to_learn(
    model: Chain, dtype: str, plan: Plan, inputs: object, targets: object, validation: object
) -> dict[str, NDArray[Any] | float]:
    """Return the rows of a run, with their shapes checked: what does not fit the network is found before it travels.

    Returns:
        ``inputs`` and ``targets``, and perhaps ``validation``, a share, or ``validation_inputs`` and
        ``validation_targets``; arrays of the network's dtype.

    Raises:
        InputError, ShapeError: as for `deepnet.Network.train`; or the rows are a stream.
    """
    if targets is None:
        if isinstance(inputs, str):
            raise InputError("targets are missing; a data set of the service is learnt with train_on(name)")
        if hasattr(inputs, "shape"):
            raise InputError("targets are missing: give as many rows of them as of inputs")
        raise InputError("a stream cannot be learnt from outside: give inputs and targets, or upload a data set")
    pairs = checked_pairs(model, dtype, inputs, targets)
    sides = hold_out(model, dtype, pairs, validation, plan.seed)
    rows: dict[str, NDArray[Any] | float] = {"inputs": pairs.inputs, "targets": pairs.targets}
    if sides.held_out is None:
        return rows
    if sides.numbers is not None:
        rows["validation"] = float(validation)  # type: ignore[arg-type] # it is a share
    else:
        rows["validation_inputs"], rows["validation_targets"] = sides.held_out
    return rows


def body_of(rows: Mapping[str, NDArray[Any] | float], how: Mapping[str, Any]) -> Body:
    """Return what begins a run that learns *rows*, as `rows_to_learn` returns them."""
    arrays = {name: value for name, value in rows.items() if isinstance(value, np.ndarray)}
    others = {name: value for name, value in rows.items() if not isinstance(value, np.ndarray)}
    if sum(array.size for array in arrays.values()) > FEW_NUMBERS:
        options = np.frombuffer(json.dumps({**how, **others}).encode(), np.uint8)
        return Body(content=arrays_to_npz({**arrays, "options": options}), headers={"Content-Type": NPZ})
    plain = {name: array.tolist() for name, array in arrays.items()}
    held_out = {
        name.removeprefix("validation_"): plain.pop(name) for name in [*plain] if name.startswith("validation_")
    }
    return Body({**how, **others, **plain, **({"validation": held_out} if held_out else {})})


def plain_value(value: Any) -> Any:
    """Return a value of a change as JSON has it: arrays as lists, numbers as Python's, all else as it is."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {str(name): plain_value(part) for name, part in value.items()}
    return [plain_value(part) for part in value] if isinstance(value, list | tuple) else value
