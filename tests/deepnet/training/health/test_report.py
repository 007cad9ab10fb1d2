import json

import numpy as np
import pytest

from deepnet import Adam, Until
from deepnet.maths.kernels.rows import pack
from deepnet.maths.local import LocalLearner
from deepnet.maths.model import Chain, Dense, mlp
from deepnet.maths.parameters import LayerParameters, initial_parameters
from deepnet.maths.treatment import Treatment, Treatments
from deepnet.maths.value_fault import ValueFault
from deepnet.training.health import Finding, findings, health_report
from deepnet.training.plan import Plan

RNG = np.random.default_rng(0)
INPUTS = RNG.normal(size=(40, 2))
TARGETS = INPUTS.sum(axis=1, keepdims=True)
PLAN = Plan(until=Until(epochs=1), optimizer=Adam(0.01))
MODEL = mlp(2, (4,), 1, "relu")


def parameters(dead: int) -> list[LayerParameters]:
    given = list(initial_parameters(MODEL, 0, "float64"))
    given[0].bias[dead] = -50
    return given


def test_a_network_that_learns_well_has_no_findings_and_figures_of_each_layer() -> None:
    model = mlp(2, (4,), 1, "tanh")
    learner = LocalLearner(model, optimizer=Adam(0.01), dtype="float64", seed=3)
    for _ in range(50):
        learner.learn(INPUTS, TARGETS)

    report = health_report(model, learner.parameters(), (INPUTS, TARGETS), PLAN, step=50)

    assert (report.step, report.rows, report.findings, report.treated) == (50, 40, (), ())
    assert [layer.address for layer in report.layers] == ["dense_0", "dense_1"]
    assert report.loss == pytest.approx(float(((learner.predict(INPUTS) - TARGETS) ** 2).mean()), rel=1e-12)
    assert all(1e-4 < layer.update_ratio < 0.1 for layer in report.layers)


def test_it_finds_what_the_way_forward_finds() -> None:
    report = health_report(MODEL, parameters(2), (INPUTS, TARGETS), PLAN)

    assert report.findings == findings(MODEL, parameters(2), INPUTS, loss=PLAN.loss)
    assert report.of("dead") == ("dense_0/2",)
    assert report.of("stuck") == ()


def test_who_is_treated_is_named_with_how_and_is_not_unwell() -> None:
    treatments: list[Treatments] = [
        {
            0: Treatment(rate=0.5, activation="tanh"),
            1: Treatment(faults=(ValueFault(kind="noise", amount=0.25),)),
            2: Treatment(frozen=True),
            3: Treatment(lesioned=1.5),
        },
        {},
    ]

    report = health_report(MODEL, parameters(2), (INPUTS, TARGETS), PLAN, treatments=treatments)

    assert report.findings == ()
    assert report.treated == (
        ("dense_0/0", "its activation is tanh, its learning rate is 0.5 times that of the run"),
        ("dense_0/1", "a noise fault of 0.25"),
        ("dense_0/2", "frozen"),
        ("dense_0/3", "lesioned, its output is held at 1.5"),
    )


def test_the_rate_of_the_schedule_makes_the_update_smaller() -> None:
    whole, half = (
        health_report(MODEL, parameters(0), (INPUTS, TARGETS), PLAN, rate_factor=factor) for factor in (1.0, 0.5)
    )

    assert [layer.update_norm for layer in half.layers] == pytest.approx(
        [layer.update_norm / 2 for layer in whole.layers]
    )


def test_the_update_is_that_of_the_next_step_with_what_the_optimizer_remembers() -> None:
    learner = LocalLearner(MODEL, optimizer=Adam(0.01), dtype="float64", seed=3)
    for _ in range(5):
        learner.learn(INPUTS[:9], TARGETS[:9])
    before, slots = learner.parameters(), [[pack(slot) for slot in layer] for layer in learner._slots]

    report = health_report(MODEL, before, (INPUTS, TARGETS), PLAN, slots=slots, step=5)
    learner.learn(INPUTS, TARGETS)

    moved = [np.linalg.norm(new.weights - old.weights) for old, new in zip(before, learner.parameters(), strict=True)]
    assert [layer.update_norm for layer in report.layers] == pytest.approx(moved, rel=1e-9)


def test_it_judges_a_sample_of_many_rows() -> None:
    inputs = np.tile(INPUTS, (50, 1))

    assert health_report(MODEL, parameters(0), (inputs, inputs[:, :1]), PLAN).rows == 512
    assert health_report(MODEL, parameters(0), (inputs, inputs[:, :1]), PLAN, at_most=7).rows == 7
    assert health_report(MODEL, parameters(0), (inputs, inputs[:, :1]), PLAN, at_most=None).rows == 2000


def test_it_is_plain_data() -> None:
    treatments: list[Treatments] = [{1: Treatment(frozen=True)}, {}]
    report = health_report(MODEL, parameters(2), (INPUTS, TARGETS), PLAN, treatments=treatments)
    data = json.loads(json.dumps(report.to_dict(), allow_nan=False))

    assert [Finding(**found) for found in data["findings"]] == list(report.findings)
    assert data["treated"] == [{"address": "dense_0/1", "treatment": "frozen"}]
    assert data["layers"][1]["gradient"]["norm"] == report.layers[1].gradient.norm
    assert (data["step"], data["rows"], data["loss"]) == (0, 40, report.loss)


def test_people_read_who_is_unwell_and_a_table_of_the_layers() -> None:
    lines = str(health_report(MODEL, parameters(2), (INPUTS, TARGETS), PLAN, step=7)).splitlines()

    assert lines[0].startswith("health at step 7, judged on 40 rows: loss ")
    assert lines[1].startswith("dense_0/2 is dead: its weighted sum is below 0 for all 40 rows, at most -4")
    assert lines[2].split() == [
        *("layer", "outputs", "mean", "std", "zeros", "gradient", "norm", "largest", "update/weights")
    ]
    assert [line.split()[0] for line in lines[3:5]] == ["dense_0", "dense_1"]
    assert len({len(line) for line in lines[2:5]}) == 1
    assert len(lines) == 6


def test_of_a_network_that_is_well_it_says_so() -> None:
    model = Chain(Dense(2, 1))
    report = health_report(model, initial_parameters(model, 0, "float64"), (INPUTS[:1], TARGETS[:1]), PLAN)

    first, second, *_ = report.lines()
    assert first.startswith("health at step 0, judged on 1 row: ")
    assert second == "no neuron is unwell"


def test_a_network_that_has_diverged_is_told_of_without_a_warning() -> None:
    given = [LayerParameters(*(np.full_like(part, np.nan) for part in layer)) for layer in parameters(0)]

    with np.errstate(all="raise"):
        report = health_report(MODEL, given, (INPUTS, TARGETS), PLAN)

    assert len(report.of("exploding")) == len(report.findings) == 5
    assert np.isnan(report.loss)
    assert "nan" in str(report)
