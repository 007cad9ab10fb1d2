"""Setting the activation of a neuron or of a layer."""

from dataclasses import replace
from typing import Any

from deepnet.errors import InputError
from deepnet.maths.activations import COUPLED, activation_named
from deepnet.maths.losses import require_outputs
from deepnet.training.interventions.applied import Applied, setup_of
from deepnet.training.interventions.layers import with_dense
from deepnet.training.interventions.place import Place
from deepnet.training.interventions.treating import treated
from deepnet.training.setup import Setup
from deepnet.training.state import RunState


def set_activation(state: RunState, place: Place, value: Any) -> Applied:
    """Set the activation of a layer, dropping those of its neurons' own; or of a neuron.

    Raises:
        InputError: it couples the neurons of a layer, and they cannot have or keep others of their own; or the loss
            of the run cannot take such outputs. Undoing raises it too, where a run of another loss has begun since.
        UnknownNameError: there is no such activation.
    """
    return _of_layer(state, place, value) if place.is_layer else _of_neuron(state, place, value)


def _of_layer(state: RunState, place: Place, value: Any) -> Applied:
    setup, layer = setup_of(state), place.layer
    activation_named(value)
    own = [index for index, treatment in setup.treatments[layer].items() if treatment.activation is not None]
    if own and value in COUPLED:
        cleared = f"{place.address}/{own[0]} has an activation of its own: set that to None first"
        raise InputError(f"{value} couples the neurons of a layer, but {cleared}")
    _require_loss_takes(setup, layer, value)
    without = treated(state, layer, "activation", dict.fromkeys(own))
    old = setup.model.dense[layer].activation

    back = without.undo

    def undo(later: RunState) -> RunState:
        _require_loss_takes(setup_of(later), layer, old)  # a run may have begun since, of another loss
        return back(_with_activation(later, layer, old))

    return Applied(_with_activation(without.state, layer, value), old, value, undo)


def _of_neuron(state: RunState, place: Place, value: Any) -> Applied:
    setup, layer, index = setup_of(state), place.layer, place.indices[0]
    of_layer = setup.model.dense[layer].activation
    name = of_layer if value is None else value
    function = activation_named(name)
    if of_layer in COUPLED and name != of_layer:
        advice = f"set the activation of {place.layer_address} instead"
        raise InputError(f"{of_layer} couples the neurons of {place.layer_address}, one cannot have its own: {advice}")
    if name in COUPLED and name != of_layer:
        raise InputError(f"{name} couples the neurons of a layer: set it for {place.layer_address}, or use another")
    _require_loss_takes(setup, layer, name)
    own = None if function is activation_named(of_layer) else name
    applied = treated(state, layer, "activation", {index: own})
    old = applied.old[index] or of_layer

    back = applied.undo

    def undo(later: RunState) -> RunState:
        _require_loss_takes(setup_of(later), layer, old)
        return back(later)

    return Applied(applied.state, old, own or of_layer, undo)


def _require_loss_takes(setup: Setup, layer: int, name: str) -> None:
    """Raise InputError if the last layer would give outputs that the loss of the run cannot take."""
    if setup.plan is not None and layer == len(setup.granularities) - 1:
        require_outputs(setup.plan.loss, activation_named(name))


def _with_activation(state: RunState, layer: int, name: str) -> RunState:
    setup = setup_of(state)
    changed = replace(setup.model.dense[layer], activation=name)
    return replace(state, setup=replace(setup, model=with_dense(setup.model, {layer: changed})))
