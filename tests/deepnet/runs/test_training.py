"""What a run can be asked to do besides learning: stop by rules, obey handlers, read streams, keep the best."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from deepnet import Adam, Chain, Dense, Dropout, Until, events, start
from deepnet.errors import InputError, RunError
from deepnet.maths.losses import loss_named
from deepnet.maths.metrics import metric_named
from deepnet.maths.model import mlp
from deepnet.maths.schedules import Cosine, ReduceOnPlateau
from deepnet.runs.network import Network
from deepnet.training.handlers import Moment, after, before, every, on, once
from deepnet.training.patience import Patience, Plateau

WAIT_SECONDS = 20
RNG = np.random.default_rng(2)
INPUTS = RNG.normal(size=(12, 3))
TARGETS = np.column_stack([INPUTS.sum(axis=1), INPUTS[:, 0] * INPUTS[:, 1]])
MODEL = mlp(3, (5,), 2, "tanh")
CLASSES = Chain(Dense(3, 5, "tanh"), Dense(5, 2, "softmax"))
ONE_HOT = np.eye(2)[(INPUTS[:, 0] > 0).astype(int)]


@pytest.fixture
def network() -> Iterator[Network]:
    with start(MODEL, dtype="float64") as up:
        yield up


def test_a_run_can_end_above_a_figure_of_the_rows_held_out() -> None:
    with start(CLASSES) as network:
        run = network.train(
            INPUTS, ONE_HOT, until=Until(above={"validation_accuracy": 0.9}, epochs=500), optimizer=Adam(0.002),
            loss="crossentropy", validation=(INPUTS, ONE_HOT),
        ).wait(WAIT_SECONDS)  # fmt: skip

    reached = run.history[-1].validation["accuracy"]
    assert run.reason == f"validation_accuracy {reached:.6g} is above 0.9"
    assert reached > 0.9
    assert len(run.history) > 1
    assert all(record.validation["accuracy"] <= 0.9 for record in run.history[:-1])


def test_both_of_two_rules_must_hold_where_they_are_joined_with_and(network: Network) -> None:
    run = network.train(INPUTS, TARGETS, until=Until(epochs=4) & Until(below={"loss": 1e6})).wait(WAIT_SECONDS)

    assert run.reason == f"4 epochs and loss {run.history[-1].loss:.6g} is below 1e+06"
    assert len(run.history) == 4


def test_a_plateau_ends_the_run(network: Network) -> None:
    until = Plateau(3, min_delta=1e9) | Until(epochs=50)

    assert len(network.train(INPUTS, TARGETS, until=until).wait(WAIT_SECONDS).history) == 3


def test_time_ends_a_run_in_mid_epoch(network: Network) -> None:
    run = network.train(INPUTS, TARGETS, until=Until(seconds=0.2)).wait(WAIT_SECONDS)

    assert run.reason.endswith(" seconds")
    assert 0.2 <= float(run.reason.split()[0]) < WAIT_SECONDS


def test_after_patience_the_weights_are_those_of_the_best_epoch(network: Network) -> None:
    weights: dict[int, Any] = {}
    run = network.train(
        INPUTS, TARGETS, until=Until(patience=Patience(3, "validation_loss"), epochs=200), optimizer=Adam(0.3),
        validation=0.4, handlers=[on("epoch_completed", lambda now: weights.update({now.epoch: now.parameters()}))],
    ).wait(WAIT_SECONDS)  # fmt: skip
    losses = [record.validation["loss"] for record in run.history]
    best = int(np.argmin(losses)) + 1

    assert run.reason.startswith("validation_loss has not got better for 3 epochs")
    assert run.reason.endswith(f"the weights of epoch {best} are restored")
    assert len(losses) == best + 3
    for now, then in zip(network.parameters(), weights[best], strict=True):
        np.testing.assert_array_equal(now.weights, then.weights)
        np.testing.assert_array_equal(now.bias, then.bias)


def test_the_learning_rate_of_each_epoch_is_recorded(network: Network) -> None:
    run = network.train(INPUTS, TARGETS, until=Until(epochs=4), optimizer=Adam(0.2), schedule=Cosine(2)).wait(
        WAIT_SECONDS
    )

    assert [record.learning_rate for record in run.history] == pytest.approx([0.2, 0.1, 0.0, 0.0], abs=1e-15)


def test_the_rate_falls_where_nothing_gets_better(network: Network) -> None:
    schedule = ReduceOnPlateau(gamma=0.1, patience=0, min_delta=1e9)
    run = network.train(INPUTS, TARGETS, until=Until(epochs=4), schedule=schedule).wait(WAIT_SECONDS)

    assert [record.learning_rate for record in run.history] == pytest.approx([0.01, 0.01, 0.001, 0.0001])


def test_events_come_in_axons_order_with_what_they_are_about(network: Network) -> None:
    told: list[tuple[str, int, int]] = []
    handlers = [
        on(event, lambda now: told.append((str(now.event), now.epoch, now.step)))
        for event in ("started", "epoch_started", "iteration_started", "iteration_completed", "epoch_completed",
                      "completed")
    ]  # fmt: skip
    network.train(INPUTS, TARGETS, until=Until(epochs=2), batch_size=6, handlers=handlers).wait(WAIT_SECONDS)

    assert told == [
        ("started", 1, 0),
        ("epoch_started", 1, 0),
        ("iteration_started", 1, 0),
        ("iteration_completed", 1, 1),
        ("iteration_started", 1, 1),
        ("iteration_completed", 1, 2),
        ("epoch_completed", 1, 2),
        ("epoch_started", 2, 2),
        ("iteration_started", 2, 2),
        ("iteration_completed", 2, 3),
        ("iteration_started", 2, 3),
        ("iteration_completed", 2, 4),
        ("epoch_completed", 2, 4),
        ("completed", 2, 4),
    ]


def test_filters_choose_the_times(network: Network) -> None:
    told: list[tuple[str, int]] = []

    def note(name: str) -> Any:
        return lambda now: told.append((name, now.step))

    handlers = [
        on("iteration_completed", note("every"), every(3)),
        on("iteration_completed", note("once"), once),
        on("iteration_completed", note("before"), before(3)),
        on("iteration_completed", note("between"), after(3), before(6)),
    ]
    network.train(INPUTS, TARGETS, until=Until(epochs=1), batch_size=2, handlers=handlers).wait(WAIT_SECONDS)

    assert told == [
        ("once", 1), ("before", 1), ("before", 2), ("every", 3), ("between", 4), ("between", 5), ("every", 6)
    ]  # fmt: skip


def test_a_handler_halts_epochs_and_the_run(network: Network) -> None:
    events_told: list[str] = []

    def decide(now: Moment) -> str | None:
        return "halt_run" if now.epoch == 3 else "halt_epoch" if now.step % 4 == 2 else None

    run = network.train(
        INPUTS, TARGETS, until=Until(epochs=9),
        handlers=[on("iteration_completed", decide), on("epoch_halted", lambda now: events_told.append(now.event))],
    ).wait(WAIT_SECONDS)  # fmt: skip

    assert (run.state, run.reason) == ("finished", "a handler halted the run after step 7")
    assert [(record.epoch, record.step) for record in run.history] == [(1, 2), (2, 6)]
    assert events_told == ["epoch_halted", "epoch_halted"]


def test_epochs_that_are_halted_before_they_begin_end_the_run(network: Network) -> None:
    run = network.train(INPUTS, TARGETS, until=Until(steps=5), handlers=[on("epoch_started", lambda _: "halt_epoch")])
    with pytest.raises(RunError, match="was halted before its first step: let a handler continue"):
        run.wait(WAIT_SECONDS)


def test_a_handler_that_raises_again_and_again_ends_the_run_and_is_named(network: Network) -> None:
    run = network.train(INPUTS, TARGETS, until=Until(epochs=9), handlers=[on("epoch_completed", lambda _: 1 / 0)])
    with pytest.raises(RunError, match=r"trainer died again and again at the end of epoch 1: .*ZeroDivisionError"):
        run.wait(WAIT_SECONDS)


def test_a_stream_is_learnt_like_the_same_rows_in_memory(network: Network) -> None:
    def batches() -> Iterator[tuple[Any, Any]]:
        for first in range(0, 12, 5):
            yield INPUTS[first : first + 5], TARGETS[first : first + 5]

    def train(*data: Any) -> Any:
        with start(MODEL, dtype="float64") as fresh:
            run = fresh.train(*data, until=Until(epochs=3), batch_size=5, shuffle=False, metrics=["mae"])
            return fresh.parameters(), run.wait(WAIT_SECONDS)

    (streamed, run), (in_memory, other) = train(batches), train(INPUTS, TARGETS)

    for one, two in zip(streamed, in_memory, strict=True):
        np.testing.assert_array_equal(one.weights, two.weights)
    assert [record.loss for record in run.history] == [record.loss for record in other.history]
    assert all("mean_absolute_error" in record.metrics for record in run.history)
    assert run.batches is None


def test_a_streams_metrics_are_those_of_the_outputs_it_learnt_from(network: Network) -> None:
    before_learning = network.predict(INPUTS)
    run = network.train([(INPUTS, TARGETS)], until=Until(epochs=1), metrics=["r2"]).wait(WAIT_SECONDS)

    assert run.history[0].metrics["r2"] == pytest.approx(metric_named("r2").value(before_learning, TARGETS))


def test_a_nan_in_the_middle_of_a_stream_ends_the_run_at_its_place(network: Network) -> None:
    def batches() -> Iterator[tuple[Any, Any]]:
        yield INPUTS, TARGETS
        broken = INPUTS.copy()
        broken[4, 1] = np.nan
        yield broken, TARGETS

    run = network.train(batches, until=Until(epochs=2))
    with pytest.raises(RunError, match=r"^batch 1 of epoch 1 of the stream: inputs must be finite in float64: row 4, "):
        run.wait(WAIT_SECONDS)
    assert run.position.step == 1


def test_a_short_last_batch_is_learnt_or_dropped_as_asked(network: Network) -> None:
    steps = [
        network.train(INPUTS, TARGETS, until=Until(epochs=1), batch_size=5, drop_last=drop).wait(WAIT_SECONDS).position
        for drop in (False, True)
    ]

    assert [(position.step, position.rows_seen) for position in steps] == [(3, 12), (2, 10)]


def test_neurons_that_nothing_moves_are_told_of_once() -> None:
    told: list[Any] = []
    parameters = [(np.ones((3, 3)), np.array([-100.0, 1, -100])), (np.ones((2, 3)), np.zeros(2))]
    with start(mlp(3, (3,), 2, "relu"), parameters=parameters, watcher=told.append) as network:
        run = network.train(INPUTS, TARGETS, until=Until(epochs=3)).wait(WAIT_SECONDS)
        assert network.dead_neurons(INPUTS) == ("dense_0/0", "dense_0/2")

    dead = [event for event in told if isinstance(event, events.NeuronsDead)]
    assert dead == [events.NeuronsDead(network.name, 1, ("dense_0/0", "dense_0/2"))]
    assert run.dead_neurons == ("dense_0/0", "dense_0/2")


@pytest.mark.parametrize(
    ("model", "options", "message"),
    [
        (MODEL, {"loss": "binary_cross_entropy"}, "takes outputs from 0 to 1, but the last layer ends in identity"),
        (CLASSES, {"loss": "crossentropy"}, r"targets must be numbers from 0 to 1 for this loss: row \d+, column \d"),
        (CLASSES, {"loss": "hinge"}, "targets must be -1 or 1 for this loss: row 0, column 0"),
        (MODEL, {"until": Until(below={"validation_loss": 1})}, "looks at rows held out: give validation=0.2"),
        (MODEL, {"schedule": ReduceOnPlateau(monitor="validation_r2")}, "looks at rows held out"),
        (MODEL, {"schedule": "magic"}, "unknown schedule 'magic': use one of constant, step_decay"),
        (MODEL, {"schedule": "cosine"}, "cosine needs length, such as length=20"),
        (MODEL, {"clip_norm": 0}, "clip_norm must be a finite number above 0, got 0"),
        (MODEL, {"l1": -1}, "l1 must be a finite number of 0 or more, got -1"),
        (MODEL, {"batch_size": 13, "drop_last": True}, "12 rows make no batch of 13: give more rows, or keep"),
        (MODEL, {"drop_last": 1}, "drop_last must be True or False, got 1"),
        (MODEL, {"handlers": [print]}, r"a handler is made by on, such as on\('epoch_completed', print\), got <built"),
        (MODEL, {"targets": None}, "targets are missing"),
        (MODEL, {"inputs": 3, "targets": None}, "targets are missing"),
        (MODEL, {"inputs": [], "targets": None, "validation": 0.2}, "of a stream no share can be held out"),
    ],
)
def test_what_cannot_be_done_is_refused_with_advice(model: Chain, options: dict[str, Any], message: str) -> None:
    with start(model, dtype="float64") as network, pytest.raises((InputError, RunError), match=message):
        network.train(**{"inputs": INPUTS, "targets": TARGETS, "until": Until(epochs=1), **options}).wait(WAIT_SECONDS)


def test_a_dropout_is_an_actor_that_can_be_killed_and_heals() -> None:
    model = Chain(Dense(3, 4, "tanh"), Dropout(0.5), Dense(4, 2))
    with start(model) as network:
        run = network.train(INPUTS, TARGETS, until=Until(epochs=200))
        network.kill("dropout_0")
        run.wait(WAIT_SECONDS)

        assert network.summary().restarts == 1


def test_the_validation_loss_is_exact_where_outputs_are_very_sure() -> None:
    parameters = [(np.array([[300.0], [-300.0]]), np.zeros(2))]
    with start(Chain(Dense(1, 2, "softmax")), parameters=parameters) as network:
        run = network.train(
            [[1.0]], [[1.0, 0.0]], until=Until(epochs=1), loss="crossentropy", validation=([[1.0]], [[0.0, 1.0]])
        ).wait(WAIT_SECONDS)

    assert run.history[0].validation["loss"] == pytest.approx(600)
    assert loss_named("crossentropy").value(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])) == 100  # as PyTorch's clamp


@pytest.mark.parametrize("flat", [[1.0, 2.0, 3.0], np.array([1.0, 2.0, 3.0])])
def test_targets_of_a_single_output_may_be_flat(flat: Any) -> None:
    with start(Chain(Dense(3, 1))) as network:
        run = network.train(INPUTS[:3], flat, until=Until(epochs=1)).wait(WAIT_SECONDS)

    assert run.targets.tolist() == [[1], [2], [3]]
