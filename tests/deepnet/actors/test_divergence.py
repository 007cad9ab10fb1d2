"""Runs whose numbers grow beyond all bounds: they fail in one line, and keep weights that are numbers."""

import numpy as np
import pytest

from deepnet.errors import RunError
from deepnet.maths.model import Chain, Dense, mlp
from deepnet.maths.optimizers import SGD, Adam
from deepnet.maths.parameters import fingerprint
from deepnet.runs.network import start
from deepnet.training.until import Until

WAIT_SECONDS = 20


@pytest.mark.parametrize("granularity", ["neuron", "layer"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", [SGD(1e30), SGD(100.0), Adam(1e38)], ids=repr)
@pytest.mark.parametrize("activation", ["relu", "identity"])
@pytest.mark.parametrize("batch_size", [1, 2, 5])
def test_a_run_that_diverges_fails_in_one_line_and_keeps_weights_that_are_finite(
    granularity: str, dtype: str, optimizer: SGD | Adam, activation: str, batch_size: int
) -> None:
    model = mlp(3, (8, 8), 2, activation)
    rng = np.random.default_rng(0)
    with start(model, granularity=granularity, dtype=dtype) as network:
        run = network.train(
            rng.normal(size=(5, 3)),
            rng.normal(size=(5, 2)),
            until=Until(epochs=60),
            optimizer=optimizer,
            batch_size=batch_size,
        )
        run.ended_within(WAIT_SECONDS)

        assert all(np.isfinite(array).all() for layer in network.parameters() for array in layer)
        assert run.state in {"finished", "failed"}  # a relu may die of it and stay finite
        if run.state == "failed":
            with pytest.raises(
                RunError, match=r"^(the loss|a weight) became -?(nan|inf|infinite) at step \d+: try .*$"
            ):
                run.wait(0)
            assert run.reason.endswith(f"the weights of step {run.position.step} are kept")
            assert all(record.step <= run.position.step for record in run.history)


def test_plain_descent_on_a_line_diverges_and_says_where() -> None:
    with start(Chain(Dense(1, 1)), dtype="float64") as network:
        run = network.train([[1.0]], [[3.0]], until=Until(epochs=5000), optimizer=SGD(1e10))
        with pytest.raises(RunError) as error:
            run.wait(WAIT_SECONDS)

        # The error is multiplied by -2e10 a step, and its square passes 1.8e308 at the 16th.
        assert (
            str(error.value)
            == "the loss became inf at step 16: try a lower learning rate; the weights of step 15 are kept"
        )
        assert (run.position.step, len(run.history)) == (15, 15)


def test_the_last_step_of_a_run_may_not_leave_infinite_weights() -> None:
    with start(Chain(Dense(1, 1))) as network:
        begin = fingerprint(network.parameters())
        run = network.train([[1e10]], [[1.0]], until=Until(steps=1), optimizer=SGD(1e38))
        with pytest.raises(RunError, match=r"^a weight became infinite at step 1: .* the weights of step 0 are kept$"):
            run.wait(WAIT_SECONDS)

        assert fingerprint(network.parameters()) == begin
        assert run.position.step == 0


def test_an_infinite_weight_that_a_sigmoid_hides_is_found_at_the_end_of_the_epoch() -> None:
    model = Chain(Dense(1, 1, "sigmoid"), Dense(1, 1))
    weights = [([[3e38]], [0.0]), ([[1.0]], [0.0])]
    with start(model, parameters=weights) as network:
        begin = fingerprint(network.parameters())
        rows = [[-1e-38], [-1e-38], [1e-30], [1e-30], [1e-30]]
        run = network.train(rows, [[1e18]] * 5, until=Until(epochs=3), optimizer=SGD(1e38), shuffle=False)
        with pytest.raises(RunError, match="weights of step 0 are kept"):
            run.wait(WAIT_SECONDS)

        assert fingerprint(network.parameters()) == begin
