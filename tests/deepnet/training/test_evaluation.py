import numpy as np
import pytest

from deepnet.maths.losses import loss_named
from deepnet.maths.metrics import metric_named
from deepnet.maths.model import mlp
from deepnet.maths.parameters import initial_parameters
from deepnet.training.evaluation import evaluate_epoch
from deepnet.training.plan import Plan
from deepnet.training.until import Until

MODEL = mlp(3, (4,), 2, "tanh")
PARAMETERS = initial_parameters(MODEL, 5, "float64")
RNG = np.random.default_rng(0)
TRAINING = RNG.normal(size=(6, 3)), RNG.normal(size=(6, 2))
HELD_OUT = RNG.normal(size=(3, 3)), RNG.normal(size=(3, 2))


def outputs_of(inputs: np.ndarray) -> np.ndarray:
    (first, bias), (second, other_bias) = PARAMETERS
    return np.asarray(np.tanh(inputs @ first.T + bias) @ second.T + other_bias)


def test_what_the_stop_rule_needs_and_what_was_asked_for_is_measured_once_each() -> None:
    plan = Plan(until=Until(mean_absolute_error=0.1), metrics=("r2", "mean_absolute_error"))

    trained, validation = evaluate_epoch(MODEL, PARAMETERS, plan, TRAINING, HELD_OUT)

    for measured, (inputs, targets) in ((trained, TRAINING), (validation, HELD_OUT)):
        for name in ("mean_absolute_error", "r2"):
            assert measured[name] == pytest.approx(metric_named(name).value(outputs_of(inputs), targets), rel=1e-12)
    assert list(trained) == ["mean_absolute_error", "r2"]
    assert list(validation) == ["loss", "mean_absolute_error", "r2"]
    assert validation["loss"] == pytest.approx(
        loss_named("mean_squared_error").value(outputs_of(HELD_OUT[0]), HELD_OUT[1]), rel=1e-12
    )


def test_without_held_out_rows_nothing_is_validated() -> None:
    trained, validation = evaluate_epoch(MODEL, PARAMETERS, Plan(until=Until(epochs=1)), TRAINING, None)

    assert (trained, validation) == ({}, {})
