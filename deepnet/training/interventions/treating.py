"""Changing a field of the treatments of some neurons of a layer."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from deepnet.training.interventions.applied import Applied, setup_of
from deepnet.training.state import RunState


def treated(state: RunState, layer: int, field: str, values: Mapping[int, Any]) -> Applied:
    """Set *field* of the treatments of the neurons that *values* has the indices of.

    Old and new are the values of the field by index.

    Raises:
        InputError: a value is not one that the field can have.
    """
    setup = setup_of(state)
    now = {index: setup.treatment(layer, index) for index in values}
    old = {index: getattr(treatment, field) for index, treatment in now.items()}
    # One that treats nothing leaves the mapping.
    changed = {index: replace(now[index], **{field: value}) for index, value in values.items()}

    def undo(later: RunState) -> RunState:
        return treated(later, layer, field, old).state

    return Applied(replace(state, setup=setup.with_treatments(layer, changed)), old, dict(values), undo)
