from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from deepnet.errors import InputError, RunError, UnknownNameError
from deepnet.maths.losses import LOSSES, Loss
from deepnet.maths.metrics import metric_named
from deepnet.maths.model import Chain, Dense
from deepnet.maths.optimizers import SGD, Adam
from deepnet.maths.parameters import LayerParameters
from deepnet.maths.schedules import Cosine, ReduceOnPlateau
from deepnet.training.history import EpochRecord
from deepnet.training.interventions import SetNeurons, SetPlan
from deepnet.training.patience import Patience
from deepnet.training.plan import Plan
from deepnet.training.position import Position
from deepnet.training.rules import Progress, StopRule
from deepnet.training.setup import Recut, Setup
from deepnet.training.state import RunState
from deepnet.training.until import Until

PLAN = Plan(until=Patience(5, "r2") | Until(epochs=40), optimizer=SGD(0.1), batch_size=2, kernels="numpy")
ROWS = (np.arange(8, dtype="float32").reshape(2, 4), np.arange(3, dtype="float32").reshape(1, 3))
BEST = (1, tuple(LayerParameters(rows[:, :-1], rows[:, -1]) for rows in ROWS))


def state_of(plan: Plan | None = PLAN, **options: Any) -> RunState:
    """3-2-1 in the middle of its second epoch."""
    setup = replace(Setup.of(Chain(Dense(3, 2, "relu"), Dense(2, 1, "sigmoid")), "neuron"), plan=plan)
    slots = () if plan is None else plan.optimizer.slots
    state = RunState(
        Position(epoch=2, batch=3, step=8),
        ROWS,
        tuple(tuple(rows + number for number in range(len(slots))) for rows in ROWS),
        history=(EpochRecord(1, 5, 0.5, {"r2": 0.5}, {}),),
        best=BEST,
        setup=setup,
    )
    return replace(state, **options)


def plan_of(state: RunState) -> Plan:
    assert state.setup is not None
    assert state.setup.plan is not None
    return state.setup.plan


def recut_of(state: RunState) -> Recut | None:
    assert state.setup is not None
    return state.setup.recut


def moved(state: RunState, **position: Any) -> RunState:
    return replace(state, position=state.position._replace(**position))


def test_a_pace_is_set_and_taken_away_and_put_back() -> None:
    state = state_of()
    applied = SetPlan(pace=20).applied(state)
    again = SetPlan(pace=None).applied(applied.state)

    assert (applied.old, applied.new) == ({"pace": None}, {"pace": 20.0})
    assert (again.old, again.new) == ({"pace": 20.0}, {"pace": None})
    assert plan_of(again.undo(again.state)).pace == 20
    assert plan_of(applied.undo(applied.state)).pace is None
    assert again.state.best is state.best


@pytest.mark.parametrize("pace", [0, -1, float("inf"), float("nan"), "20", True])
def test_what_is_no_pace_is_refused(pace: object) -> None:
    with pytest.raises(InputError, match="pace must be a finite number above 0"):
        SetPlan(pace=pace).applied(state_of())


def test_a_learning_rate_is_set_and_put_back() -> None:
    applied = SetPlan(learning_rate=0.025).applied(state_of())

    assert plan_of(applied.state) == replace(PLAN, optimizer=SGD(0.025))
    assert (applied.old, applied.new) == ({"learning_rate": 0.1}, {"learning_rate": 0.025})
    assert plan_of(applied.undo(applied.state)) == PLAN


def test_the_values_of_all_options_are_told_as_plain_data() -> None:
    applied = SetPlan(
        optimizer=SGD(0.2), until=Until(epochs=7), batch_size=4, loss="mae", schedule=Cosine(length=9)
    ).applied(state_of())

    assert applied.old == {
        "optimizer": SGD(0.1).to_dict(), "until": PLAN.until.to_dict(), "batch_size": 2,
        "loss": "mean_squared_error", "schedule": {"name": "constant"},
    }  # fmt: skip
    assert applied.new == {
        "optimizer": SGD(0.2).to_dict(), "until": Until(epochs=7).to_dict(), "batch_size": 4,
        "loss": "mean_absolute_error", "schedule": Cosine(length=9).to_dict(),
    }  # fmt: skip


@dataclass(frozen=True)
class Never(StopRule):
    """A rule of one's own."""

    def reached(self, progress: Progress) -> str | None:
        return None


def test_a_rule_of_ones_own_is_told_as_text() -> None:
    assert SetPlan(until=Never()).applied(state_of()).new == {"until": "Never()"}


def test_a_learning_rate_goes_with_other_hyper_parameters() -> None:
    now = SetPlan(optimizer=SGD(0.2, weight_decay=0.5), learning_rate=0.3).applied(state_of()).state

    assert plan_of(now).optimizer == SGD(0.3, weight_decay=0.5)


# Slots.


def test_slots_of_one_name_are_kept_and_new_ones_begin_as_zeros() -> None:
    plain = state_of()
    carried = SetPlan(optimizer=SGD(0.1, momentum=0.9)).applied(plain).state
    slower = SetPlan(optimizer=SGD(0.1, momentum=0.5)).applied(carried).state

    assert [[slot.tolist() for slot in slots] for slots in carried.slots] == [
        [np.zeros((2, 4)).tolist()],
        [[[0, 0, 0]]],
    ]
    assert [slot.dtype.name for slots in carried.slots for slot in slots] == ["float32"] * 2
    assert slower.slots is carried.slots


def test_slots_that_were_dropped_come_back_as_they_were() -> None:
    state = state_of(replace(PLAN, optimizer=SGD(0.1, momentum=0.9)))
    applied = SetPlan(optimizer=SGD(0.1)).applied(state)

    assert applied.state.slots == ((), ())
    back = applied.undo(applied.state)
    assert [slots[0] is before[0] for slots, before in zip(back.slots, state.slots, strict=True)] == [True, True]


def test_slots_that_were_new_are_dropped_again_and_learnt_ones_stay() -> None:
    applied = SetPlan(optimizer=SGD(0.1, momentum=0.9)).applied(state_of())

    assert applied.undo(applied.state).slots == ((), ())

    adam = state_of(replace(PLAN, optimizer=Adam(0.1)))
    applied = SetPlan(optimizer=Adam(0.2)).applied(adam)
    later = replace(applied.state, slots=tuple(tuple(slot + 1 for slot in slots) for slots in adam.slots))
    assert applied.undo(later).slots is later.slots


# The cut into batches.


def test_another_batch_size_goes_on_at_the_next_row() -> None:
    applied = SetPlan(batch_size=5).applied(state_of())
    again = SetPlan(batch_size=1).applied(moved(applied.state, batch=5))

    assert recut_of(applied.state) == Recut(2, 3, 3 * 2)
    assert recut_of(again.state) == Recut(2, 5, 3 * 2 + 2 * 5)


def test_the_cut_of_an_epoch_that_is_over_counts_no_more() -> None:
    once = SetPlan(batch_size=5).applied(state_of()).state

    assert recut_of(SetPlan(batch_size=1).applied(moved(once, epoch=3, batch=2)).state) == Recut(3, 2, 10)


def test_undoing_a_batch_size_cuts_anew_unless_nothing_was_learnt_since() -> None:
    applied = SetPlan(batch_size=5).applied(state_of())

    at_once = applied.undo(applied.state)
    later = applied.undo(moved(applied.state, batch=4, step=9))

    assert (plan_of(at_once).batch_size, recut_of(at_once)) == (2, None)
    assert (plan_of(later).batch_size, recut_of(later)) == (2, Recut(2, 4, 3 * 2 + 5))


def test_the_same_batch_size_leaves_the_cut() -> None:
    assert recut_of(SetPlan(batch_size=2).applied(state_of()).state) is None


# Rules, metrics, and what was the best.


def test_what_a_new_rule_watches_is_measured_beside_what_was() -> None:
    applied = SetPlan(until=Until(above={"accuracy": 0.9})).applied(state_of(replace(PLAN, metrics=["mae"])))

    assert set(plan_of(applied.state).metrics) == {"accuracy", "r2", "mean_absolute_error"}
    assert plan_of(applied.undo(applied.state)) == replace(PLAN, metrics=["mae"])


def test_the_best_epoch_by_another_figure_is_forgotten_until_that_is_undone() -> None:
    state = state_of()
    other = SetPlan(until=Patience(5, "loss")).applied(state)
    same = SetPlan(until=Patience(9, "r2")).applied(state)

    assert other.state.best is None
    assert other.undo(other.state).best is state.best
    assert same.state.best is state.best


def tallies(*names: str) -> tuple[Any, ...]:
    return tuple(metric_named(name).tally(np.zeros((2, 1)), np.ones((2, 1))) for name in names)


def test_tallies_of_a_stream_stay_those_of_their_metrics() -> None:
    plan = replace(PLAN, until=Until(epochs=3), metrics=["mae", "r2"])
    of_mae, of_r2 = tallies("mae", "r2")
    state = moved(state_of(plan), tallies=(of_mae, of_r2))

    applied = SetPlan(until=Until(above={"r2": 0.5})).applied(state)

    assert plan_of(applied.state).metrics == ("r2", "mean_absolute_error")
    assert applied.state.position.tallies == (of_r2, of_mae)
    assert applied.undo(applied.state).position.tallies == (of_mae, of_r2)


def test_a_metric_that_a_stream_would_have_to_be_read_again_for_is_refused() -> None:
    state = moved(state_of(), tallies=tallies("r2"))
    set_rule = SetPlan(schedule=ReduceOnPlateau(monitor="accuracy"))

    with pytest.raises(
        RunError, match=r"accuracy cannot be measured on the rows of the stream .*: look at loss or r2, or"
    ):
        set_rule.applied(state)
    assert plan_of(set_rule.applied(moved(state, tallies=())).state).metrics == ("r2", "accuracy")


# What is refused.


def test_the_loss_must_take_what_the_network_gives_and_each_neuron_of_its_last_layer() -> None:
    state = state_of()
    now = SetPlan(loss="binary_cross_entropy").applied(state).state
    own = SetNeurons("dense_1/0", "net", activation="tanh").applied(state).state

    assert plan_of(now).loss is LOSSES["binary_cross_entropy"]
    with pytest.raises(InputError, match=r"negative_log_likelihood takes outputs of 0 or less, but .* ends in sigmoid"):
        SetPlan(loss="nll").applied(state)
    with pytest.raises(InputError, match=r"binary_cross_entropy takes outputs from 0 to 1, but .* ends in tanh"):
        SetPlan(loss="binary_cross_entropy").applied(own)


def test_a_loss_of_ones_own_is_taken_as_it_is() -> None:
    mine = Loss("mine", LOSSES["huber"].value, LOSSES["huber"].gradient)
    applied = SetPlan(loss=mine).applied(state_of())

    assert plan_of(applied.state).loss is mine
    assert applied.new == {"loss": "mine"}


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({}, InputError, "nothing is to be set: give one of learning_rate, optimizer, until"),
        ({"learning_rate": 0}, InputError, "learning_rate must be a finite number above 0"),
        ({"optimizer": Adam(0.1)}, InputError, "stays of its kind, sgd, got adam: .* begin another run with it"),
        ({"optimizer": "adam"}, InputError, "stays of its kind, sgd, got adam"),
        ({"optimizer": SGD}, InputError, r"optimizer must be a value: write SGD\(\)"),
        ({"optimizer": SGD, "learning_rate": 1}, InputError, r"optimizer must be a value: write SGD\(\)"),
        ({"optimizer": "sdg"}, UnknownNameError, "unknown optimizer 'sdg'"),
        ({"until": 40}, InputError, r"until must be an Until, such as Until\(epochs=40\), got 40"),
        ({"until": None}, InputError, "until must be an Until"),
        ({"batch_size": 0}, InputError, "batch_size must be a whole number of 1 or more"),
        ({"loss": "least"}, UnknownNameError, "unknown loss 'least'"),
        ({"schedule": "cosine"}, InputError, "cosine needs length"),
        ({"schedule": Cosine}, InputError, "must be a schedule"),
    ],
)
def test_what_cannot_be_is_refused_on_one_line(options: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message) as caught:
        SetPlan(**options).applied(state_of())

    assert len(str(caught.value).splitlines()) == 1


def test_without_a_run_there_is_no_plan() -> None:
    with pytest.raises(RunError, match="there is no run that anything could be set of"):
        SetPlan(learning_rate=1).applied(state_of(None))


def test_a_state_of_a_run_that_is_over_has_no_slots_to_keep(bits: Callable[[Any], Any]) -> None:
    state = replace(state_of(replace(PLAN, optimizer=SGD(0.1, momentum=0.9))), slots=((), ()))

    applied = SetPlan(optimizer=SGD(0.1, momentum=0.5)).applied(state)

    assert applied.state.slots == ((), ())
    assert bits(applied.undo(applied.state)) == bits(state)
