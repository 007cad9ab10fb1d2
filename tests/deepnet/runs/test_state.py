"""What can be read of a network at any time, also while it learns (DN7)."""

import numpy as np
import pytest

from deepnet import SGD, Chain, Dense, Until, start

MODEL = Chain(Dense(3, 3, "sigmoid"), Dense(3, 3, "sigmoid"))


def test_rate_sizes_weights_error_and_target_can_be_read_at_any_time() -> None:  # DN7
    with start(MODEL, seed=3, dtype="float64") as network:
        run = network.train([[1, 0, 0]], [[1, 1, 1]], optimizer=SGD(4.0), until=Until(mean_squared_error=0.02))
        while_it_learns = network.summary()
        run.wait()
        summary, parameters = network.summary(), network.parameters()
        error = float(((network.predict(run.inputs) - run.targets) ** 2).mean())

    assert while_it_learns.learning_rate == summary.learning_rate == 4.0
    assert [(inputs, neurons) for _, inputs, neurons, _, _ in summary.layers] == [(3, 3), (3, 3)]
    assert [layer.weights.shape for layer in parameters] == [(3, 3), (3, 3)]
    assert [layer.bias.shape for layer in parameters] == [(3,), (3,)]
    assert summary.metrics["mean_squared_error"] == pytest.approx(error)
    assert run.inputs.tolist() == [[1, 0, 0]]
    assert run.targets.tolist() == [[1, 1, 1]]


def test_the_rows_of_a_run_cannot_be_written_to() -> None:
    with start(MODEL) as network:
        run = network.train(np.ones((2, 3)), np.ones((2, 3)), until=Until(epochs=1)).wait()

    for rows in (run.inputs, run.targets):
        with pytest.raises(ValueError, match="read-only"):
            rows[0, 0] = 7
