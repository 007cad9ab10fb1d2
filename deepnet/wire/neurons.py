"""The record of a neuron as plain data: `neuron_to_dict`, `neuron_from_dict` and those of its parts."""

from collections.abc import Mapping
from typing import Any

from deepnet.actors.context import Death
from deepnet.actors.watching import Activity
from deepnet.maths.value_fault import ValueFault, fault_from_dict
from deepnet.runs.states import NeuronState
from deepnet.wire.numbers import (
    array_to_list,
    list_to_array,
    maybe_from_plain,
    maybe_to_plain,
    number_from_plain,
    number_to_plain,
)

_OF_ACTIVITY = ("row", "inputs", "sum", "output", "delta", "gradient", "numbers")


def neuron_to_dict(state: NeuronState, *, history: int | None = None) -> dict[str, Any]:
    """Return a neuron as plain data that `neuron_from_dict` takes back.

    Args:
        state: the neuron.
        history: of so many of its last steps what it did is told; None for all that it remembers, up to 100. One is
            enough for whoever is told again and again.
    """
    told = state.history if history is None else state.history[max(0, len(state.history) - history) :]
    return {
        "address": state.address,
        "layer": state.layer,
        "index": state.index,
        "dtype": str(state.weights.dtype),
        "weights": array_to_list(state.weights),
        "bias": number_to_plain(state.bias),
        "slots": {name: array_to_list(slot) for name, slot in state.slots.items()},
        "activation": state.activation,
        "rate": number_to_plain(state.rate),
        "frozen": state.frozen,
        "lesioned": maybe_to_plain(state.lesioned),
        "faults": [fault_to_dict(fault) for fault in state.faults],
        "step": state.step,
        "restarts": state.restarts,
        "deaths": [death_to_dict(death) for death in state.deaths],
        "mailbox": state.mailbox,
        "messages": state.messages,
        "history": [activity_to_dict(activity) for activity in told],
    }


def neuron_from_dict(data: Mapping[str, Any]) -> NeuronState:
    """Return the neuron that `neuron_to_dict` described; its arrays are new.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: the data describe no neuron.
    """
    dtype = data["dtype"]
    return NeuronState(
        address=str(data["address"]),
        layer=int(data["layer"]),
        index=int(data["index"]),
        weights=list_to_array(data["weights"], dtype),
        bias=number_from_plain(data["bias"]),
        slots={str(name): list_to_array(slot, dtype) for name, slot in data["slots"].items()},
        activation=str(data["activation"]),
        rate=number_from_plain(data["rate"]),
        frozen=bool(data["frozen"]),
        lesioned=maybe_from_plain(data["lesioned"]),
        faults=tuple(fault_from_dict(fault) for fault in data["faults"]),
        step=int(data["step"]),
        restarts=int(data["restarts"]),
        deaths=tuple(death_from_dict(death) for death in data["deaths"]),
        mailbox=data["mailbox"],
        messages=data["messages"],
        history=tuple(activity_from_dict(activity) for activity in data["history"]),
    )


def activity_to_dict(activity: Activity) -> dict[str, Any]:
    """Return what a neuron did at a step as plain data; see `deepnet.actors.watching.Activity` for the shapes."""
    arrays = {name: array_to_list(getattr(activity, name)) for name in _OF_ACTIVITY}
    return {"step": activity.step, "dtype": str(activity.row.dtype), **arrays}


def activity_from_dict(data: Mapping[str, Any]) -> Activity:
    """Return what `activity_to_dict` described."""
    return Activity(int(data["step"]), *(list_to_array(data[name], data["dtype"]) for name in _OF_ACTIVITY))


def death_to_dict(death: Death) -> dict[str, Any]:
    """Return a death as plain data."""
    return {"reason": death.reason, "at": death.at, "step": death.step}


def death_from_dict(data: Mapping[str, Any]) -> Death:
    """Return the death that `death_to_dict` described."""
    return Death(str(data["reason"]), float(data["at"]), int(data["step"]))


def fault_to_dict(fault: ValueFault) -> dict[str, Any]:
    """Return a fault of value as plain data that `deepnet.maths.value_fault.fault_from_dict` takes back."""
    return fault.to_dict()
