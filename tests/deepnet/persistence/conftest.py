from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from deepnet.maths.model import Chain, Dense, Dropout
from deepnet.maths.optimizers import Adam
from deepnet.maths.parameters import LayerParameters
from deepnet.maths.treatment import Treatment, ValueFault
from deepnet.training.history import EpochRecord
from deepnet.training.plan import Plan
from deepnet.training.position import Position
from deepnet.training.setup import Recut, Setup
from deepnet.training.state import RunState
from deepnet.training.until import Until


def _state(step: int) -> RunState:
    """A run of 2-3-1 with two slots; every number follows from the step."""
    rng = np.random.default_rng(step)
    shapes = ((3, 3), (1, 4))
    rows = tuple(rng.normal(size=shape).astype("float32") for shape in shapes)
    slots = tuple(tuple(rng.normal(size=shape).astype("float32") for _ in range(2)) for shape in shapes)
    return RunState(
        position=Position(epoch=2, batch=3, step=step, loss_sum=float(rng.random()), rows_seen=12),
        rows=rows,
        slots=slots,
        history=(EpochRecord(1, step, 0.5, {"r2": float(rng.random())}, {"loss": float("nan")}, 0.01, 1.5),),
        best=(1, tuple(LayerParameters(layer[:, :-1], layer[:, -1]) for layer in rows)),
        seconds=step / 7,
    )


def _bits(value: Any) -> Any:
    """Anything, in such a form that it equals only what has the same bits."""
    if isinstance(value, float):
        return float(value).hex()
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, dict):
        return [(name, _bits(part)) for name, part in value.items()]
    if isinstance(value, tuple | list):
        return [_bits(part) for part in value]
    if hasattr(value, "__dataclass_fields__"):
        return type(value).__name__, [_bits(getattr(value, name)) for name in value.__dataclass_fields__]
    return value


def _changed(state: RunState) -> RunState:
    """The same run, once its network and its plan have been changed."""
    model = Chain(Dense(2, 3, "tanh"), Dropout(0.25), Dense(3, 1))
    noisy = Treatment(rate=0.1, faults=(ValueFault(kind="noise", amount=1 / 3, last=9),))
    setup = Setup(
        model,
        ("neuron", "layer"),
        ({2: noisy}, {0: Treatment(frozen=True)}),
        Plan(until=Until(epochs=3), optimizer=Adam(0.1), batch_size=5),
        Recut(2, 3, 12),
        number=4,
    )
    return replace(state, setup=setup)


@pytest.fixture(scope="session")
def changed() -> Callable[[RunState], RunState]:
    """Return a function that gives a state of `state_at` a setup."""
    return _changed


@pytest.fixture(scope="session")
def state_at() -> Callable[[int], RunState]:
    """Return a function that gives the state of a run at a step."""
    return _state


@pytest.fixture(scope="session")
def bits() -> Callable[[Any], Any]:
    """Return a function that gives the bits of a state, to compare."""
    return _bits
