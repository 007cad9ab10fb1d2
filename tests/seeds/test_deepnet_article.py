"""The Deepnet article.

DN1-DN4 and DN6 stand in tests/deepnet/cli/test_demo.py too, DN7 in tests/deepnet/runs/test_state.py.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from deepnet import SGD, Until
from deepnet.runs.demonstration import Demonstration

Deepnet = Callable[..., Any]


def demonstration(*rows: tuple[float, ...], seed: int) -> Demonstration:
    return Demonstration(
        inputs=rows,
        targets=((1.0, 1.0, 1.0),),
        hidden=(3,),
        learning_rate=4.0,
        threshold=0.02,
        max_epochs=1000,
        seed=seed,
        granularity="neuron",
    )


def test_the_mean_error_of_two_rows_gets_below_the_threshold_with_every_seed() -> None:  # DN4
    for seed in range(50):
        task = demonstration((1, 0, 0), (1, 0, 1), seed=seed)
        with task.start() as network:
            run = task.train(network).wait()
            errors = ((network.predict(task.inputs) - 1) ** 2).mean(axis=1)

        assert len(run.history) <= 13
        assert errors.mean() < 0.02
        assert errors.max() < 2 * 0.02


@pytest.mark.parametrize("threshold", [0.1, 0.02, 0.001])
def test_the_threshold_can_be_set(deepnet: Deepnet, threshold: float) -> None:  # DN8
    facts = deepnet("demo", "--threshold", str(threshold), "--json").facts
    before = deepnet("demo", "--threshold", str(threshold), "--max-epochs", str(facts["epochs"] - 1), "--json").facts

    assert facts["reached"]
    assert facts["mean_squared_error"] < threshold <= before["mean_squared_error"]


@pytest.mark.parametrize("rate", [0.5, 1.0, 4.0])
def test_the_rate_can_be_set(rate: float) -> None:  # DN8
    task = demonstration((1, 0, 0), seed=0)
    moves = []
    for learning_rate in (rate, 2 * rate):
        with task.start() as network:
            begin = network.parameters()
            network.train(task.inputs, task.targets, optimizer=SGD(learning_rate), until=Until(steps=1)).wait()
            moves.append([after.bias - before.bias for after, before in zip(network.parameters(), begin, strict=True)])

    for once, twice in zip(*moves, strict=True):
        assert np.abs(once).min() > 0
        np.testing.assert_allclose(twice, 2 * once, rtol=1e-3)


def test_the_command_learns_at_the_rate_it_is_given(deepnet: Deepnet) -> None:  # DN8
    facts = [deepnet("demo", "--learning-rate", rate, "--json").facts for rate in ("1", "2", "4")]

    assert [fact["learning_rate"] for fact in facts] == [1, 2, 4]
    assert all(fact["reached"] for fact in facts)
    assert facts[0]["epochs"] > facts[1]["epochs"] > facts[2]["epochs"]
