import numpy as np
import pytest

from deepnet import SGD, Until
from deepnet.maths.arrays import Batch
from deepnet.maths.gradient_rules import GradientRules
from deepnet.maths.model import Chain, Dense
from deepnet.maths.parameters import LayerParameters
from deepnet.training.health import HealthReport, health_report
from deepnet.training.plan import Plan

MODEL = Chain(Dense(1, 2))
ROWS = np.array([[1.0], [-1.0]])


def judged(
    slope: float, rate: float, *, dtype: str = "float64", rules: GradientRules | None = None, targets: Batch = ROWS
) -> HealthReport:
    """Two neurons of weight 1 that should have weight *slope* and 1: the gradient of the first is 1 - slope."""
    parameters = [LayerParameters(np.ones((2, 1), dtype=dtype), np.zeros(2, dtype=dtype))]
    plan = Plan(until=Until(epochs=1), optimizer=SGD(rate), rules=rules or GradientRules())
    wanted = np.column_stack((slope * targets, targets)).astype(dtype)
    return health_report(MODEL, parameters, (ROWS.astype(dtype), wanted), plan)


def test_an_update_ten_times_the_neuron_explodes() -> None:
    assert judged(10.9, 1.0).findings == ()  # 9.9 of 1
    (found,) = judged(13.5, 1.0).findings

    assert (found.address, found.condition) == ("dense_0/0", "exploding")
    assert found.evidence == "its next update, of norm 12.5, is 12.5 times its weights and bias, of norm 1"


def test_a_gradient_that_is_clipped_does_not_explode() -> None:
    assert judged(1e6, 1.0).of("exploding") == ("dense_0/0",)
    assert judged(1e6, 1.0, rules=GradientRules(clip_norm=1.0)).findings == ()
    assert judged(1e6, 1e-9).findings == ()


def test_a_gradient_whose_square_is_no_number_of_its_dtype_explodes_whatever_the_rate() -> None:
    (found,) = judged(3e19, 1e-30, dtype="float32").findings

    assert found.evidence == (
        "the norm of its gradient is 3e+19: beyond 1.845e+19 its square is too large for its dtype"
    )
    assert judged(3e19, 1e-30).findings == ()


def test_errors_that_are_not_finite_are_told_of_all_whom_they_reach() -> None:
    report = judged(1.0, 0.1, targets=np.array([[np.inf], [0.0]]))

    assert report.of("exploding") == ("dense_0/0", "dense_0/1")
    assert {finding.evidence for finding in report.findings} == {"its gradient is not finite"}
    assert report.loss == pytest.approx(np.inf)


def test_a_neuron_that_begins_at_0_may_leave_it() -> None:
    parameters = [LayerParameters(np.zeros((2, 1)), np.zeros(2))]
    row = ROWS[:1]  # of more it would be stuck: it gives 0 for all
    report = health_report(MODEL, parameters, (row, row @ [[1.0, 2.0]]), Plan(until=Until(epochs=1)))

    assert report.findings == ()
    assert report.layers[0].update_ratio == np.inf
