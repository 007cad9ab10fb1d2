"""Random states of runs, whose arrays nobody can write to; what can be done to them; and what tells them apart."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from deepnet.maths.arrays import Array
from deepnet.maths.model import Chain, Dense, Dropout
from deepnet.maths.optimizers import SGD, Adam, Optimizer
from deepnet.maths.parameters import LayerParameters
from deepnet.maths.treatment import Treatment, ValueFault
from deepnet.training.history import EpochRecord
from deepnet.training.interventions import Grow, Inject, Intervention, Prune, Rewind, SetNeurons, SetPlan
from deepnet.training.patience import Patience
from deepnet.training.plan import Plan
from deepnet.training.position import Position
from deepnet.training.setup import Recut, Setup
from deepnet.training.state import RunState
from deepnet.training.until import Until

ELEMENTWISE = ("identity", "relu", "tanh", "sigmoid")


@pytest.fixture(scope="session")
def bits() -> Callable[[Any], Any]:
    """Return a function that gives anything in such a form that it equals only what has the same bits."""

    def form(value: Any) -> Any:
        if isinstance(value, float):
            return float(value).hex()
        if isinstance(value, np.ndarray):
            return value.dtype.str, value.shape, value.tobytes()
        if isinstance(value, Mapping):
            return [(name, form(part)) for name, part in value.items()]
        if isinstance(value, tuple | list):
            return [form(part) for part in value]
        if is_dataclass(value):
            return type(value).__name__, [form(getattr(value, field.name)) for field in fields(value)]
        return value

    return form


@pytest.fixture(scope="session")
def state_of() -> Callable[[int], RunState]:
    """Return a function that gives a state for a seed: 2 to 4 layers, either dtype, with a plan, in mid-run."""
    return _state


@pytest.fixture(scope="session")
def intervention_for() -> Callable[[int, RunState], Intervention]:
    """Return a function that gives something to do to a state for a seed; most of it is not refused."""
    return _intervention


@pytest.fixture(scope="session")
def learnt() -> Callable[[RunState], RunState]:
    """Return a function that gives what a state may be some batches later: all numbers are others."""

    def later(state: RunState) -> RunState:
        return replace(
            state,
            rows=tuple(_sealed(rows + 1) for rows in state.rows),
            slots=tuple(tuple(_sealed(slot + 2) for slot in slots) for slots in state.slots),
            position=state.position._replace(batch=state.position.batch + 2, step=state.position.step + 2),
        )

    return later


def _sealed(array: Array) -> Array:
    array.setflags(write=False)
    return array


def _state(seed: int) -> RunState:
    rng = np.random.default_rng(seed)
    dtype = str(rng.choice(["float32", "float64"]))
    widths = [int(width) for width in rng.integers(1, 5, size=rng.integers(3, 6))]
    layers: list[Dense | Dropout] = []
    for before, after in pairwise(widths):
        layers.append(Dense(before, after, str(rng.choice(ELEMENTWISE)), "glorot_normal", "uniform"))
        if rng.random() < 0.3:
            layers.append(Dropout(0.5))
    model = Chain(*layers, Dense(widths[-1], 2, "sigmoid"))
    shapes = [(layer.neurons, layer.inputs + 1) for layer in model.dense]

    def arrays() -> tuple[Array, ...]:
        return tuple(_sealed(rng.normal(size=shape).astype(dtype)) for shape in shapes)

    optimizers: list[Optimizer] = [SGD(0.1), SGD(0.1, momentum=0.5), Adam(0.1)]
    optimizer = optimizers[rng.integers(3)]
    slots = [arrays() for _ in optimizer.slots]
    setup = replace(
        Setup.of(model, str(rng.choice(["neuron", "layer"]))),
        plan=Plan(
            until=Patience(3) | Until(epochs=9), optimizer=optimizer, batch_size=3, metrics=["r2"], kernels="numpy"
        ),
        recut=[None, Recut(2, 1, 4)][rng.integers(2)],
        number=int(rng.integers(9)),
    )
    for number, (neurons, _) in enumerate(shapes):
        setup = setup.with_treatments(number, {index: _treatment(rng) for index in range(neurons)})
    parameters = tuple(LayerParameters(rows[:, :-1], rows[:, -1]) for rows in arrays())
    return RunState(
        position=Position(epoch=2, batch=int(rng.integers(2, 5)), step=7, loss_sum=float(rng.random()), rows_seen=6),
        rows=arrays(),
        slots=tuple(tuple(slot[number] for slot in slots) for number in range(len(shapes))),
        history=(EpochRecord(1, 4, float(rng.random()), {"r2": float("nan")}, {}),),
        best=(1, parameters) if rng.random() < 0.7 else None,
        seconds=float(rng.random()),
        setup=setup,
    )


def _treatment(rng: np.random.Generator) -> Treatment:
    if rng.random() < 0.5:
        return Treatment()
    return Treatment(
        activation=[None, "tanh"][rng.integers(2)],
        rate=float(rng.choice([1.0, 0.3])),
        frozen=bool(rng.random() < 0.2),
        lesioned=[None, 0.25][rng.integers(2)],
        faults=(ValueFault(kind="noise", amount=float(rng.random())),) * int(rng.integers(3)),
    )


def _intervention(seed: int, state: RunState) -> Intervention:
    rng = np.random.default_rng(seed)
    assert state.setup is not None
    layers = state.setup.model.named_dense()
    layer = str(rng.choice(list(layers)))
    dense = layers[layer]
    neuron = f"{layer}/{rng.integers(dense.neurons)}"
    made: list[Callable[[], Intervention]] = [
        lambda: Grow(layer, "net", int(rng.integers(1, 4)), seed),
        lambda: Prune(neuron, "net"),
        lambda: Inject(
            str(rng.choice([layer, neuron, "network"])), "net", ValueFault(kind="stuck_at", amount=1.0, seed=seed), 0.6
        ),
        lambda: Rewind(_state(seed)),
        lambda: SetNeurons(layer, "net", **_some(rng, _of_layer(rng, dense))),
        lambda: SetNeurons(neuron, "net", **_some(rng, _of_neuron(rng, dense))),
        lambda: SetPlan(**_some(rng, _of_plan(rng, state))),
    ]
    return made[rng.integers(len(made))]()


def _some(rng: np.random.Generator, options: dict[str, Any]) -> dict[str, Any]:
    """Return one or more of these options."""
    names = list(options)
    chosen = [names[int(at)] for at in rng.permutation(len(names))[: rng.integers(1, len(names) + 1)]]
    return {name: options[name] for name in chosen}


def _of_layer(rng: np.random.Generator, dense: Dense) -> dict[str, Any]:
    return {
        "weights": rng.normal(size=(dense.neurons, dense.inputs)),
        "bias": [0.5, rng.normal(size=dense.neurons)][rng.integers(2)],
        "activation": str(rng.choice(ELEMENTWISE)),
        **_of_either(rng),
        "granularity": str(rng.choice(["neuron", "layer"])),
    }


def _of_neuron(rng: np.random.Generator, dense: Dense) -> dict[str, Any]:
    return {
        "weights": [rng.normal(size=dense.inputs), {int(rng.integers(dense.inputs)): 0.25}][rng.integers(2)],
        "bias": 2,
        "activation": [None, *ELEMENTWISE][rng.integers(5)],
        **_of_either(rng),
    }


def _of_either(rng: np.random.Generator) -> dict[str, Any]:
    return {
        str(rng.choice(["rate", "learning_rate"])): float(rng.random()),
        "frozen": bool(rng.integers(2)),
        "lesioned": [None, True, False, 0.75][rng.integers(4)],
    }


def _of_plan(rng: np.random.Generator, state: RunState) -> dict[str, Any]:
    assert state.setup is not None
    assert state.setup.plan is not None
    kind = type(state.setup.plan.optimizer)
    return {
        "learning_rate": float(rng.random()) + 0.1,
        "optimizer": Adam(0.3, beta_1=0.5) if kind is Adam else [SGD(0.2), SGD(0.2, momentum=0.9)][rng.integers(2)],
        "until": [Until(epochs=12), Until(above={"accuracy": 0.9}), Patience(2, "r2")][rng.integers(3)],
        "batch_size": int(rng.integers(1, 6)),
        "loss": str(rng.choice(["mse", "mae", "binary_cross_entropy"])),
        "schedule": "constant",
    }
