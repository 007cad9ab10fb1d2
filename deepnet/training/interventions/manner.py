"""Setting the manner of neurons: how fast they learn, if at all, what they are lesioned to, and who computes them."""

from dataclasses import replace
from typing import Any

from deepnet.errors import InputError, RunError, UnknownNameError
from deepnet.maths.checks import non_negative_number, yes_or_no
from deepnet.training.interventions.applied import Applied, setup_of
from deepnet.training.interventions.layers import with_entries
from deepnet.training.interventions.numbers import finite
from deepnet.training.interventions.place import Place, require_layer
from deepnet.training.interventions.treating import treated
from deepnet.training.setup import GRANULARITIES
from deepnet.training.state import RunState


def set_rate(state: RunState, place: Place, value: Any) -> Applied:
    """Set what the learning rate of the run is multiplied by.

    Raises:
        InputError: it is not a finite number of 0 or more.
    """
    return _set_all(state, place, "rate", non_negative_number("rate", value))


def set_learning_rate(state: RunState, place: Place, value: Any) -> Applied:
    """Set the learning rate, as it is before the schedule of the run.

    Raises:
        InputError: it is not a finite number of 0 or more.
        RunError: there is no run yet, and so nothing that it is a multiple of.
    """
    wanted, plan = non_negative_number("learning_rate", value), setup_of(state).plan
    if plan is None:
        raise RunError(f"{place.address} can have no learning rate before there is a run: give rate=... instead")
    of_run = plan.optimizer.learning_rate
    applied = set_rate(state, place, wanted / of_run)
    old = tuple(rate * of_run for rate in applied.old) if place.is_layer else applied.old * of_run
    return applied._replace(old=old, new=(wanted,) * len(place.indices) if place.is_layer else wanted)


def set_frozen(state: RunState, place: Place, value: Any) -> Applied:
    """Freeze or thaw.

    Raises:
        InputError: it is neither True nor False.
    """
    return _set_all(state, place, "frozen", yes_or_no("frozen", value))


def set_lesioned(state: RunState, place: Place, value: Any) -> Applied:
    """Hold outputs at a number, True being 0; or heal, with False or None.

    Raises:
        InputError: it is something else, or not finite in the dtype of the network.
    """
    if value is None or isinstance(value, bool):
        held = 0.0 if value else None
    else:
        held = float(finite("lesioned", value, state.rows[place.layer].dtype))
    return _set_all(state, place, "lesioned", held)


def set_faults(state: RunState, place: Place, value: Any) -> Applied:
    """Take away what goes wrong with numbers, whoever had it go wrong and whenever; old is what it was, by kinds.

    Raises:
        InputError: it is not None.
    """
    if value is not None:
        raise InputError("faults can only be taken away here: give None; to have something go wrong, inject it")
    applied = _set_all(state, place, "faults", ())
    old = applied.old if place.is_layer else (applied.old,)
    kinds = tuple(tuple(fault.kind for fault in faults) for faults in old)
    return applied._replace(old=kinds if place.is_layer else kinds[0], new=((),) * len(kinds) if place.is_layer else ())


def set_granularity(state: RunState, place: Place, value: Any) -> Applied:
    """Set what the actors of a layer are.

    Raises:
        InputError: a neuron was named.
        UnknownNameError: there is no such granularity.
    """
    require_layer(place, "granularity")
    if value not in GRANULARITIES:
        raise UnknownNameError("granularity", str(value), GRANULARITIES)
    setup = setup_of(state)
    old = setup.granularities[place.layer]

    def undo(later: RunState) -> RunState:
        return set_granularity(later, place, old).state

    granularities = with_entries(setup.granularities, {place.layer: value})
    return Applied(replace(state, setup=replace(setup, granularities=granularities)), old, value, undo)


def _set_all(state: RunState, place: Place, field: str, value: Any) -> Applied:
    """Set a field of the treatments of all neurons of *place*; old and new are a tuple if it is a layer."""
    applied = treated(state, place.layer, field, dict.fromkeys(place.indices, value))
    old, new = tuple(applied.old.values()), tuple(applied.new.values())
    return applied._replace(old=old, new=new) if place.is_layer else applied._replace(old=old[0], new=new[0])
