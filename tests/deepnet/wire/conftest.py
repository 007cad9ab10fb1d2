"""A network that has learnt, been watched, changed and hurt: its records have something in every field."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from deepnet import Adam, Chain, Dense, Dropout, Network, Run, Until, start
from deepnet.runs.states import Change, NeuronState


@dataclass(frozen=True)
class Lived:
    """A network in the middle of a run, a neuron of it that was watched, and all that was done to it."""

    network: Network
    run: Run
    neuron: NeuronState
    changes: tuple[Change, ...]


@pytest.fixture(params=["float32", "float64"])
def lived(request: pytest.FixtureRequest) -> Iterator[Lived]:
    chance = np.random.default_rng(5)
    model = Chain(Dense(3, 4, "relu"), Dropout(0.1), Dense(4, 2, "tanh"))
    with start(model, name="lived", seed=3, dtype=request.param, kernels="numpy") as network:
        rows = chance.normal(size=(12, 3)), chance.normal(size=(12, 2))
        until = Until(epochs=9, below={"loss": 1e-9}, patience=3)
        run = network.train(*rows, until=until, optimizer=Adam(0.01), batch_size=5, metrics=["r2"], paused=True)
        with network.watch("dense_0/1"):
            begun = run.step("epoch", 2)
            killed = network.kill("dense_0/1")
            passed = run.step("message", 7)
            noise = network.inject("noise", "dense_0", amount=0.1)
            neuron = network.neuron("dense_0/1")
            changes = (
                begun,
                killed,
                passed,
                network.set("dense_0/1", weights={2: 0.1}, bias=0.3, activation="elu", frozen=True, lesioned=0.7),
                network.set("dense_0", bias=[0.1, 0.2, 0.3, 0.4], rate=0.1, lesioned=None),
                network.set("dense_1", weights=chance.normal(size=(2, 4)), granularity="layer"),
                network.grow("dense_0"),
                noise,
                network.inject("delay"),
                run.set(learning_rate=0.1, optimizer=Adam(0.03), until=until | Until(steps=99)),
                network.undo(3),
            )
            yield Lived(network, run, neuron, changes)
