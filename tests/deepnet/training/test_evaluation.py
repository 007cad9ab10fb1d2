import numpy as np
import pytest

from deepnet.maths.arrays import Batch
from deepnet.maths.local import forward
from deepnet.maths.losses import loss_named
from deepnet.maths.metrics import metric_named
from deepnet.maths.model import Chain, Dense, Dropout, mlp
from deepnet.maths.parameters import LayerParameters, initial_parameters
from deepnet.maths.treatment import Treatment, Treatments, ValueFault
from deepnet.training import evaluation
from deepnet.training.evaluation import measure, merged, tally_of

MODEL = mlp(3, (4,), 2, "tanh")
PARAMETERS = initial_parameters(MODEL, 5, "float64")
RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(11, 3)), RNG.normal(size=(11, 2))
CLASSES = ROWS[0], np.eye(2)[RNG.integers(0, 2, size=11)]
METRICS = ("mean_absolute_error", "root_mean_squared_error", "r2", "accuracy", "f1", "precision", "recall")


def outputs_of(inputs: Batch) -> Batch:
    (first, bias), (second, other_bias) = PARAMETERS
    return np.asarray(np.tanh(inputs @ first.T + bias) @ second.T + other_bias)


def test_what_is_asked_for_is_measured_after_the_loss() -> None:
    inputs, targets = ROWS
    found = measure(MODEL, PARAMETERS, ROWS, ("mean_absolute_error", "r2"), loss_named("huber"))

    assert list(found) == ["loss", "mean_absolute_error", "r2"]
    assert found["loss"] == pytest.approx(loss_named("huber").value(outputs_of(inputs), targets), rel=1e-12)
    for name in ("mean_absolute_error", "r2"):
        assert found[name] == pytest.approx(metric_named(name).value(outputs_of(inputs), targets), rel=1e-12)


def test_what_nobody_asks_for_is_not_measured() -> None:
    assert measure(MODEL, PARAMETERS, ROWS, ()) == {}
    assert list(measure(MODEL, PARAMETERS, ROWS, ("r2",))) == ["r2"]
    assert list(measure(MODEL, PARAMETERS, ROWS, (), loss_named("huber"))) == ["loss"]


@pytest.mark.parametrize("rows_at_once", [1, 2, 5, 10, 11, 12])
@pytest.mark.parametrize(
    ("last", "loss"),
    [("softmax", "categorical_cross_entropy"), ("sigmoid", "binary_cross_entropy"), ("tanh", "mean_squared_error")],
)
def test_in_pieces_it_is_what_it_is_at_once(
    monkeypatch: pytest.MonkeyPatch, rows_at_once: int, last: str, loss: str
) -> None:
    model = mlp(3, (4,), 2, "relu", output_activation=last)
    at_once = measure(model, PARAMETERS, CLASSES, METRICS, loss_named(loss))

    monkeypatch.setattr(evaluation, "ROWS_AT_ONCE", rows_at_once)
    in_pieces = measure(model, PARAMETERS, CLASSES, METRICS, loss_named(loss))

    assert in_pieces == pytest.approx(at_once, rel=1e-12)


def test_a_network_that_is_very_sure_and_wrong_has_the_loss_that_it_learns_by() -> None:
    model = Chain(Dense(1, 1, "sigmoid"))
    parameters = [LayerParameters(np.array([[1.0]]), np.array([0.0]))]
    rows = np.array([[500.0], [-300.0]]), np.array([[0.0], [1.0]])

    found = measure(model, parameters, rows, ("accuracy",), loss_named("binary_cross_entropy"))

    assert found == {"loss": 400, "accuracy": 0}


NOISE = ValueFault(kind="noise", amount=0.1)
TREATMENTS: tuple[Treatments, ...] = (
    {0: Treatment(lesioned=0.5), 2: Treatment(faults=(NOISE,))},
    {0: Treatment(activation="tanh", faults=(NOISE,)), 1: Treatment(frozen=True)},
)


@pytest.mark.parametrize("rows_at_once", [1, 4, 11, 8192])
def test_what_treated_neurons_give_is_what_is_measured_however_rows_are_cut(
    monkeypatch: pytest.MonkeyPatch, rows_at_once: int
) -> None:
    monkeypatch.setattr(evaluation, "ROWS_AT_ONCE", rows_at_once)
    inputs, targets = ROWS
    given = forward(MODEL, PARAMETERS, inputs, TREATMENTS, 3)

    found = measure(MODEL, PARAMETERS, ROWS, ("r2",), loss_named("mean_squared_error"), TREATMENTS, 3)

    assert found["loss"] == pytest.approx(((given - targets) ** 2).mean(), rel=1e-12)
    assert found["r2"] == pytest.approx(metric_named("r2").value(given, targets), rel=1e-12)
    assert found != measure(MODEL, PARAMETERS, ROWS, ("r2",), loss_named("mean_squared_error"), TREATMENTS, 4)


def test_the_loss_of_sums_is_not_that_of_a_last_layer_whose_outputs_are_treated() -> None:
    model = Chain(Dense(1, 1, "sigmoid"))
    parameters = [LayerParameters(np.array([[1.0]]), np.array([0.0]))]
    rows = np.array([[500.0]]), np.array([[0.0]])
    loss = loss_named("binary_cross_entropy")

    frozen = measure(model, parameters, rows, (), loss, ({0: Treatment(frozen=True)},))
    lesioned = measure(model, parameters, rows, (), loss, ({0: Treatment(lesioned=0.5)},))

    assert frozen == {"loss": 500}
    assert lesioned == {"loss": pytest.approx(np.log(2), rel=1e-12)}


def test_nothing_is_left_out_while_measuring() -> None:
    with_dropout = Chain(MODEL.dense[0], Dropout(0.9), MODEL.dense[1])

    assert measure(with_dropout, PARAMETERS, ROWS, METRICS) == measure(MODEL, PARAMETERS, ROWS, METRICS)


def test_tallies_of_batches_are_graded_as_all_rows_are() -> None:
    inputs, targets = CLASSES
    outputs = outputs_of(inputs)
    tallies = merged((), tally_of(outputs[:3], targets[:3], METRICS))
    tallies = merged(tallies, tally_of(outputs[3:4], targets[3:4], METRICS))
    tallies = merged(tallies, tally_of(outputs[4:], targets[4:], METRICS))

    for name, tally in zip(METRICS, tallies, strict=True):
        assert tally.value() == pytest.approx(metric_named(name).value(outputs, targets), rel=1e-12)
