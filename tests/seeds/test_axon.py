"""The Axon article. Ten seeds of AX5-AX7 are scripts/seeds/auto_mpg.py.

AX1 and AX2 stand in tests/deepnet/maths/test_outline.py, AX3, AX6 and AX9 in tests/deepnet/cli/test_train.py, and AX8
in tests/deepnet/data/test_baseline.py.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

from deepnet import Adam, Chain, Dense, Until, start
from deepnet.data.dataset import load_dataset
from deepnet.events import Event as NetworkEvent
from deepnet.events import NeuronsDead
from deepnet.maths.model import mlp
from deepnet.maths.schedules import ReduceOnPlateau
from deepnet.runs.tabular import PreparedTable, Scores, prepare_table, score
from deepnet.training.handlers import Event, Filter, Moment, Verdict, after, before, every, on, once
from deepnet.training.health import HealthReport, health_report
from deepnet.training.patience import Patience

Deepnet = Callable[..., Any]

GRANULARITIES = ["neuron", "layer"]
LINE = np.arange(8.0).reshape(4, 2) / 8
SUMS = LINE.sum(axis=1, keepdims=True)
STEP = ["iteration_started", "iteration_completed"]
EPOCH = ["epoch_started", *STEP, *STEP, "epoch_completed"]


def table(seed: int, scaling: str, *ignore: str) -> PreparedTable:
    dataset = load_dataset("auto-mpg", ignore=("carname", *ignore))
    return prepare_table(dataset, test_fraction=0.2, seed=seed, scaling=scaling)


def learn(prepared: PreparedTable, seed: int, until: Until) -> Scores:
    with start(mlp(prepared.inputs.shape[1], (32, 8), 1, "relu"), seed=seed, granularity="layer") as network:
        network.train(prepared.inputs, prepared.targets, optimizer=Adam(0.001), until=until).wait()
        return score(network.predict(prepared.test_inputs), prepared.test_targets)


class OneHiddenNeuron(NamedTuple):
    """How a 7-1-1 network ends, who is told to be dead, and the highest of the hidden neuron's weighted sums."""

    scores: Scores
    dead: tuple[str, ...]
    told: list[tuple[str, ...]]
    report: HealthReport
    highest: float


def one_hidden_neuron(seed: int) -> OneHiddenNeuron:
    prepared = table(seed, "none")
    told: list[NetworkEvent] = []
    with start(mlp(7, (1,), 1, "relu"), seed=seed, granularity="layer", watcher=told.append) as network:
        run = network.train(
            prepared.inputs, prepared.targets, optimizer=Adam(0.001), batch_size=4, until=Until(epochs=30)
        ).wait()
        scores = score(network.predict(prepared.test_inputs), prepared.test_targets)
        learnt = network.parameters()
    rows = prepared.inputs.astype("float32"), prepared.targets.astype("float32")
    return OneHiddenNeuron(
        scores,
        run.dead_neurons,
        [event.addresses for event in told if isinstance(event, NeuronsDead)],
        health_report(network.model, learnt, rows, run.plan, step=run.history[-1].step),
        float((rows[0] @ learnt[0].weights[0] + learnt[0].bias[0]).max()),
    )


def test_the_only_hidden_neuron_learns_or_its_death_is_told(deepnet: Deepnet) -> None:  # AX4
    learnt = [one_hidden_neuron(seed) for seed in range(10)]
    dead = [seed for seed in range(10) if learnt[seed].dead]

    assert max(one.scores.r2 or 0.0 for one in learnt if not one.dead) >= 0.55
    assert {seed in dead for seed in range(3)} == {True, False}
    for seed, one in enumerate(learnt):
        assert one.told == ([("dense_0/0",)] if seed in dead else [])
        assert (one.report.rows, one.report.step) == (314, 2370)
        if seed not in dead:
            assert one.highest > 0
            assert one.report.findings == ()
    for seed in range(3):  # of both kinds
        outcome = deepnet(
            *("train", "auto-mpg", "--hidden", "1", "--scaling", "none", "--epochs", "30"),
            *("--seed", str(seed), "--granularity", "layer", "--quiet"),
        )
        assert ("warning: dense_0/0 is dead" in outcome.err) == (seed in dead)
    for seed in dead:
        one = learnt[seed]
        assert one.dead == ("dense_0/0",)
        assert (one.scores.r2 or 0.0) < 0  # a network without its only neuron is worse than the mean
        neuron, output = one.report.findings
        assert str(neuron) == (
            f"dense_0/0 is dead: its weighted sum is below 0 for all 314 rows, at most {one.highest:.4g}: "
            "relu gives 0 and lets no error through"
        )
        assert (output.address, output.condition) == ("dense_1/0", "stuck")
        assert output.evidence.endswith(" for all 314 rows: none of its inputs varies")


def test_on_raw_features_the_best_epochs_weights_predict_well() -> None:  # beside AX5, of two seeds
    until = Until(epochs=40, patience=Patience(40, "mean_squared_error"))
    scores = [learn(table(seed, "none"), seed, until) for seed in range(2)]

    assert min(one.r2 or 0.0 for one in scores) >= 0.8
    assert max(one.mean_absolute_error for one in scores) <= 2.36


def test_without_the_feature_that_leaks_it_learns_too() -> None:  # AX7, of one seed
    prepared = table(0, "standard", "passedemissions")

    assert prepared.leaks == ()
    assert (learn(prepared, 0, Until(epochs=40)).r2 or 0.0) >= 0.8


def test_a_log_line_has_epoch_batch_loss_and_metrics(deepnet: Deepnet, monkeypatch: pytest.MonkeyPatch) -> None:  # AX10
    monkeypatch.setenv("DEEPNET_LOG", "debug")
    outcome = deepnet("train", "auto-mpg", "--epochs", "2", "--granularity", "layer", "--quiet")
    lines = [line for line in outcome.err.splitlines() if "epoch_ended" in line]

    assert [("epoch=1" in line, "epoch=2" in line) for line in lines] == [(True, False), (False, True)]
    assert [("step=79" in line, "step=158" in line) for line in lines] == [(True, False), (False, True)]
    assert all(figure in line for line in lines for figure in ("loss=", "'mean_absolute_error'", "'r2'"))


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_the_loss_is_that_of_the_epoch_and_not_a_mean_since_the_start(granularity: str) -> None:  # AX10
    losses = []
    with start(Chain(Dense(2, 1)), dtype="float64", granularity=granularity) as network:
        for _ in range(3):
            losses.append(float(((network.predict(LINE) - SUMS) ** 2).mean()))
            network.train(LINE, SUMS, batch_size=4, until=Until(epochs=1)).wait()
    with start(Chain(Dense(2, 1)), dtype="float64", granularity=granularity) as network:
        run = network.train(LINE, SUMS, batch_size=4, until=Until(epochs=3)).wait()

    assert [record.loss for record in run.history] == pytest.approx(losses, rel=1e-12)
    assert losses[0] > losses[1] > losses[2]


@pytest.mark.parametrize("granularity", GRANULARITIES)
@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        ("continue", [*EPOCH, *EPOCH]),
        ("halt_epoch", ["epoch_started", *STEP, "epoch_halted", *EPOCH]),
        ("halt_run", ["epoch_started", *STEP]),  # Axon's halt_loop
    ],
)
def test_axons_events_come_in_its_order_and_its_verdicts_are_obeyed(
    verdict: str, expected: list[str], granularity: str
) -> None:  # AX11
    seen: list[str] = []
    handlers = [
        *(on(event, lambda moment: seen.append(moment.event)) for event in Event),
        on("iteration_completed", lambda _: verdict, once),
    ]
    with start(Chain(Dense(2, 1)), granularity=granularity) as network:
        network.train(LINE, SUMS, batch_size=2, until=Until(epochs=2), handlers=handlers).wait()

    assert verdict in list(Verdict)
    assert seen == ["started", *expected, "completed"]


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_axons_filters_choose_the_times(granularity: str) -> None:  # AX11
    filters: dict[str, tuple[tuple[Filter, ...], list[int]]] = {
        "always": ((), [1, 2, 3, 4, 5, 6]),
        "once": ((once,), [1]),
        "every": ((every(2),), [2, 4, 6]),
        "before": ((before(3),), [1, 2]),
        "after": ((after(3),), [4, 5, 6]),
        "after and before": ((after(2), before(5)), [3, 4]),
    }
    called: dict[str, list[int]] = {name: [] for name in filters}

    def note(name: str) -> Callable[[Moment], None]:
        return lambda moment: called[name].append(moment.epoch)

    handlers = [on("epoch_completed", note(name), *chosen) for name, (chosen, _) in filters.items()]
    with start(Chain(Dense(2, 1)), granularity=granularity) as network:
        network.train(LINE, SUMS, batch_size=2, until=Until(epochs=6), handlers=handlers).wait()

    assert called == {name: expected for name, (_, expected) in filters.items()}


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_rows_held_out_stop_the_run_early_and_a_plateau_lowers_the_rate(granularity: str) -> None:  # AX11
    held_out = (np.array([[2.0, 2.0]]), np.array([[5.0]]))  # off the line: to learn the line is to get worse at it
    with start(Chain(Dense(2, 1)), dtype="float64", seed=1, granularity=granularity) as network:
        run = network.train(
            LINE,
            SUMS,
            batch_size=4,
            optimizer=Adam(0.5),
            schedule=ReduceOnPlateau(gamma=0.5, patience=1),
            validation=held_out,
            until=Until(epochs=500, patience=Patience(10, "validation_loss")),
        ).wait()
        kept = float(((network.predict(held_out[0]) - held_out[1]) ** 2).mean())
    losses = [record.validation["loss"] for record in run.history]
    rates = [record.learning_rate for record in run.history]

    assert run.state == "finished"
    assert len(losses) == int(np.argmin(losses)) + 1 + 10
    assert kept == pytest.approx(min(losses), rel=1e-12)
    assert set(np.diff(np.log2(rates)).round(12)) == {-1, 0}
