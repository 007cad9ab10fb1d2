"""What an optimizer remembers, when its hyper-parameters change."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from deepnet.maths.arrays import Array
from deepnet.maths.optimizers import Optimizer
from deepnet.training.state import RunState

Kept: TypeAlias = tuple[Array, ...]
"""A slot: an array for each dense layer."""


def slots_of(state: RunState, optimizer: Optimizer) -> dict[str, Kept]:
    """Return the slots of *state* by name; none where the state has none."""
    names = optimizer.slots
    if any(len(of_layer) != len(names) for of_layer in state.slots):  # a network at rest remembers nothing
        return {}
    return {name: tuple(of_layer[number] for of_layer in state.slots) for number, name in enumerate(names)}


def with_slots(state: RunState, old: Optimizer, new: Optimizer, kept: Mapping[str, Kept]) -> RunState:
    """Return *state* with the slots of *new* in place of those of *old*.

    Those of one name stay; else they are what is *kept* of them; else zeros.
    """
    if new.slots == old.slots:
        return state
    present = {**kept, **slots_of(state, old)}
    slots = tuple(
        tuple(present[name][layer] if name in present else np.zeros_like(rows) for name in new.slots)
        for layer, rows in enumerate(state.rows)
    )
    return replace(state, slots=slots)
