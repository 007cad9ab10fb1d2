"""The actors learn what the textbook learns, step by step; and always the same bits."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.actors.vault import Cut
from deepnet.data.batches import batch_count, batch_slice, epoch_order
from deepnet.maths.activations import ACTIVATIONS
from deepnet.maths.arrays import DTYPES, Batch
from deepnet.maths.gradient_rules import GradientRules
from deepnet.maths.local import LocalLearner
from deepnet.maths.model import Chain, Dense, Dropout, mlp
from deepnet.maths.optimizers import SGD, Adam, Optimizer
from deepnet.maths.parameters import LayerParameters, fingerprint
from deepnet.maths.schedules import Constant, Cosine, Exponential, Schedule, StepDecay, WarmUp
from deepnet.runs.network import Network, start
from deepnet.training.until import Until

Seals = Callable[[Network], list[Cut]]

EPOCHS = 3
FUSED = {
    "sigmoid": "binary_cross_entropy",
    "softmax": "categorical_cross_entropy",
    "log_softmax": "negative_log_likelihood",
}
"""The losses that go with a last activation."""


@st.composite
def chains(draw: st.DrawFn) -> Chain:
    """Any activations, those that couple a layer too, with Dropouts anywhere but at the end."""
    widths = draw(st.lists(st.integers(1, 5), min_size=2, max_size=5))
    names = st.sampled_from(sorted(ACTIVATIONS))
    layers: list[Dense | Dropout] = []
    for inputs, neurons in pairwise(widths):
        layers += [Dropout(rate) for rate in draw(st.lists(st.sampled_from([0.0, 0.3, 0.7]), max_size=2))]
        layers.append(Dense(inputs, neurons, draw(names), bias_initializer="centered_uniform"))
    return Chain(*layers)


RULES = st.builds(
    GradientRules,
    clip_value=st.sampled_from([None, 0.01]),
    clip_norm=st.sampled_from([None, 0.05]),
    l1=st.sampled_from([0.0, 0.01]),
    l2=st.sampled_from([0.0, 0.1]),
)
SCHEDULES = st.sampled_from([Constant(), Exponential(0.5), Cosine(4, per="step"), WarmUp(2, then=StepDecay(1))])


def examples(model: Chain, rows: int, seed: int = 0) -> tuple[Batch, Batch]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(rows, model.inputs)), rng.normal(size=(rows, model.outputs))


def local_steps(
    model: Chain,
    inputs: Batch,
    targets: Batch,
    *,
    optimizer: Optimizer,
    batch_size: int,
    shuffle: bool,
    rules: GradientRules,
    schedule: Schedule,
    loss: str,
    epochs: int = EPOCHS,
    seed: int = 0,
) -> tuple[list[tuple[LayerParameters, ...]], list[float]]:
    """What LocalLearner's parameters are after each step, and the mean loss of each epoch."""
    learner = LocalLearner(model, seed=seed, optimizer=optimizer, dtype="float64", rules=rules, loss=loss)
    steps, losses = [], []
    for epoch in range(1, epochs + 1):
        order = epoch_order(len(inputs), seed=seed, epoch=epoch, shuffle=shuffle)
        total = 0.0
        for batch in range(batch_count(len(inputs), batch_size)):
            rows = order[batch_slice(batch, batch_size, len(inputs))]
            factor = schedule.factor(epoch=epoch, step=learner.step + 1)
            total += learner.learn(inputs[rows], targets[rows], rate_factor=factor) * len(rows)
            steps.append(learner.parameters())
        losses.append(total / len(inputs))
    return steps, losses


@pytest.mark.parametrize("granularity", ["neuron", "layer"])
@given(
    model=chains(),
    rows=st.integers(1, 17),
    batch_size=st.integers(1, 16),
    optimizer=st.sampled_from([SGD(0.1), Adam(0.02)]),
    shuffle=st.booleans(),
    rules=RULES,
    schedule=SCHEDULES,
    seed=st.integers(0, 1000),
)
@settings(derandomize=True, deadline=None, max_examples=60)
def test_the_actors_equal_the_local_learner_at_every_step(
    seals: Seals,
    granularity: str,
    model: Chain,
    rows: int,
    batch_size: int,
    optimizer: Optimizer,
    shuffle: bool,
    rules: GradientRules,
    schedule: Schedule,
    seed: int,
) -> None:
    loss = FUSED.get(model.dense[-1].activation, "mean_squared_error")
    inputs, targets = examples(model, rows, seed)
    if loss != "mean_squared_error":
        targets = np.abs(targets) / np.abs(targets).sum(axis=1, keepdims=True)
    expected, losses = local_steps(
        model,
        inputs,
        targets,
        optimizer=optimizer,
        batch_size=batch_size,
        shuffle=shuffle,
        rules=rules,
        schedule=schedule,
        loss=loss,
        seed=seed,
    )
    with start(model, seed=seed, granularity=granularity, dtype="float64") as network:
        cuts = seals(network)
        run = network.train(
            inputs,
            targets,
            until=Until(epochs=EPOCHS),
            loss=loss,
            optimizer=optimizer,
            schedule=schedule,
            batch_size=batch_size,
            shuffle=shuffle,
            **rules.to_dict(),
        ).wait(20)

    assert [cut.position.step for cut in cuts] == list(range(1, len(expected) + 1))
    for cut, wanted in zip(cuts, expected, strict=True):
        for found_layer, wanted_layer in zip(cut.parameters, wanted, strict=True):
            np.testing.assert_allclose(found_layer.weights, wanted_layer.weights, rtol=1e-12, atol=1e-12)
            np.testing.assert_allclose(found_layer.bias, wanted_layer.bias, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose([record.loss for record in run.history], losses, rtol=1e-12, atol=1e-12)


def bits_of_steps(seals: Seals, **options: Any) -> list[str]:
    model = mlp(7, (8, 4), 2, "tanh")
    inputs, targets = examples(model, 11)
    with start(model, seed=3, **options) as network:
        cuts = seals(network)
        network.train(inputs, targets, until=Until(epochs=EPOCHS), optimizer="adam", batch_size=4).wait(20)
        return [fingerprint(cut.parameters) for cut in cuts]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("granularity", ["neuron", "layer"])
def test_the_same_seed_gives_the_same_bits_on_one_worker_and_on_four_again_and_again(
    seals: Seals, granularity: str, dtype: str
) -> None:
    first = bits_of_steps(seals, granularity=granularity, dtype=dtype)

    assert len(set(first)) == len(first) == 3 * EPOCHS
    for workers in (1, 1, 2, 4, 4, 4, 4):
        assert bits_of_steps(seals, granularity=granularity, dtype=dtype, workers=workers) == first


@pytest.mark.parametrize("granularity", ["neuron", "layer"])
def test_the_bits_of_a_wide_layer_do_not_depend_on_the_workers(granularity: str) -> None:
    model = mlp(30, (40,), 3, "sigmoid")
    inputs, targets = examples(model, 32)
    ends = set()
    for workers in (1, 4, 4):
        with start(model, granularity=granularity, workers=workers) as network:
            network.train(inputs, targets, until=Until(steps=8), optimizer="adam", batch_size=16).wait(20)
            ends.add(fingerprint(network.parameters()))

    assert len(ends) == 1


def test_neurons_and_layers_learn_the_same_but_for_the_last_digits() -> None:
    model = mlp(5, (6,), 2, "tanh")
    inputs, targets = examples(model, 9)
    found = []
    for granularity in ("neuron", "layer"):
        with start(model, granularity=granularity, dtype="float64") as network:
            network.train(inputs, targets, until=Until(epochs=5), batch_size=2).wait(20)
            found.append(network.parameters())

    for neurons, layers in zip(*found, strict=True):
        np.testing.assert_allclose(neurons.weights, layers.weights, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(neurons.bias, layers.bias, rtol=1e-12, atol=1e-12)
