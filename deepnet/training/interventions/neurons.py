"""Setting what a neuron, or every neuron of a layer, is like."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, ClassVar, TypeAlias

from deepnet.errors import InputError
from deepnet.training.interventions.activation import set_activation
from deepnet.training.interventions.applied import NOT_GIVEN, Applied, setup_of
from deepnet.training.interventions.manner import (
    set_faults,
    set_frozen,
    set_granularity,
    set_learning_rate,
    set_lesioned,
    set_rate,
)
from deepnet.training.interventions.numbers import set_bias, set_weights
from deepnet.training.interventions.place import Place, place_in
from deepnet.training.state import RunState

_Part: TypeAlias = Callable[[RunState, Place, Any], Applied]

_PARTS: dict[str, _Part] = {
    "weights": set_weights,
    "bias": set_bias,
    "activation": set_activation,
    "learning_rate": set_learning_rate,
    "rate": set_rate,
    "frozen": set_frozen,
    "lesioned": set_lesioned,
    "faults": set_faults,
    "granularity": set_granularity,
}


@dataclass(frozen=True, slots=True, eq=False)
class SetNeurons:
    """Set one thing or several; together they are one change. Slots of the optimizer stay what they are.

    Args:
        address: of a neuron or a layer.
        network: its name, for messages.
        weights: of a neuron (inputs,), or some of them by the number of the input; of a layer (neurons, inputs).
        bias: a number; of a layer also (neurons,).
        activation: a name. A layer's takes the place of those that neurons of it have of their own; None, or the
            name of its layer's, takes a neuron's own away.
        learning_rate: kept as a multiple of that of the run ...
        rate: ... or that multiple itself, 0 or more.
        frozen: whether weights, bias and slots stay what they are.
        lesioned: what the output is held at, True being 0; False or None heals.
        faults: None takes away those of value that were injected.
        granularity: of a layer, ``neuron`` or ``layer``.

    Raises:
        InputError: nothing is given, or both learning_rate and rate.
    """

    kind: ClassVar[str] = "set"

    address: str
    network: str
    weights: Any = NOT_GIVEN
    bias: Any = NOT_GIVEN
    activation: Any = NOT_GIVEN
    learning_rate: Any = NOT_GIVEN
    rate: Any = NOT_GIVEN
    frozen: Any = NOT_GIVEN
    lesioned: Any = NOT_GIVEN
    faults: Any = NOT_GIVEN
    granularity: Any = NOT_GIVEN

    def __post_init__(self) -> None:
        if not self._given:
            raise InputError(f"nothing is to be set at {self.address}: give one of {', '.join(_PARTS)}")
        if "learning_rate" in self._given and "rate" in self._given:
            raise InputError("learning_rate and rate say the same in two ways: give one of them")

    @property
    def _given(self) -> dict[str, Any]:
        """What is to be set, by name."""
        values = {field.name: getattr(self, field.name) for field in fields(self) if field.name in _PARTS}
        return {name: value for name, value in values.items() if value is not NOT_GIVEN}

    def applied(self, state: RunState) -> Applied:
        """Return what becomes of *state*; old and new are the values by the names of the options.

        A neuron's are plain values. A layer's weights (neurons, inputs) and bias (neurons,) are copies; its
        activation and granularity are names; all else of it is a tuple, an entry a neuron.

        Raises:
            InputError: a value cannot be set there, or there is no such place.
            RunError: a learning rate is given before there is a run.
        """
        place = place_in(setup_of(state).model, self.address, self.network)
        parts: dict[str, Applied] = {}
        now = state
        for name, value in self._given.items():
            parts[name] = _PARTS[name](now, place, value)
            now = parts[name].state

        undos = [part.undo for part in reversed(parts.values())]  # not the parts: they hold copies of the network

        def undo(later: RunState) -> RunState:
            for back in undos:
                later = back(later)
            return later

        old, new = ({name: part[side] for name, part in parts.items()} for side in (1, 2))
        return Applied(now, old, new, undo)
