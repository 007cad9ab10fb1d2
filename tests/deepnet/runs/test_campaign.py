from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from deepnet import Adam, Chain, Dense, Until, start
from deepnet.errors import InputError, RunError, UnknownNameError
from deepnet.runs.campaign import Campaign, Lesson, levels_of
from deepnet.runs.recovery import Level, Outcome

RNG = np.random.default_rng(3)
ROWS = RNG.normal(size=(40, 2)).astype(np.float32)
SIGNS = (ROWS[:, :1] * ROWS[:, 1:] > 0).astype(np.float32)
LESSON = Lesson(
    model=Chain(Dense(2, 6, "tanh"), Dense(6, 1, "sigmoid")),
    inputs=ROWS[:30],
    targets=SIGNS[:30],
    held_out=(ROWS[30:], SIGNS[30:]),
    loss="binary_cross_entropy",
    optimizer=Adam(0.02),
    batch_size=8,
)


def campaign(*levels: Level, **changes: Any) -> Campaign:
    given: dict[str, Any] = {"levels": levels, "seeds": (1,), "epochs": 8, "first": 3, "last": 5}
    return Campaign(**(given | changes))


def facts(outcome: Outcome) -> Outcome:
    """Leave out what no two runs have in common."""
    return replace(outcome, seconds=0.0, replays=0)


@pytest.mark.parametrize("granularity", ["neuron", "layer"])
@pytest.mark.parametrize("fault", ["crash", "drop", "delay", "duplicate", "hang"])
def test_a_fault_of_delivery_changes_nothing(fault: str, granularity: str) -> None:
    amount = 0.001 if fault in {"delay", "hang"} else None
    (outcome,) = campaign(Level(fault, 0.05, amount), share=1.0, granularity=granularity).play(LESSON)

    assert outcome.errors == outcome.undisturbed
    assert (outcome.same_weights, outcome.state, outcome.recovered_after(0)) == (True, "finished", 0)
    if fault in {"crash", "drop"}:
        assert outcome.replays > 0


@pytest.mark.parametrize("fault", ["stuck_at", "noise", "byzantine", "bit_flip"])
def test_a_fault_of_value_changes_what_comes_after_its_first_epoch(fault: str) -> None:
    (outcome,) = campaign(Level(fault, 0.5), share=1.0).play(LESSON)

    assert outcome.errors[:2] == outcome.undisturbed[:2]
    assert outcome.errors[2] != outcome.undisturbed[2]
    assert not outcome.same_weights
    assert not outcome.is_wrong


def test_a_run_is_like_one_whose_fault_knows_its_steps_beforehand() -> None:
    (outcome,) = campaign(Level("byzantine", 0.3, 2.0), share=0.5, address="dense_0").play(LESSON)
    with start(LESSON.model, seed=1, kernels="numpy") as network:
        # Epochs 3 to 5, of four steps each.
        network.inject("byzantine", "dense_0", rate=0.3, amount=2.0, share=0.5, first=9, last=20, seed=1)
        run = network.train(
            LESSON.inputs,
            LESSON.targets,
            validation=LESSON.held_out,
            until=Until(epochs=8),
            loss=LESSON.loss,
            optimizer=LESSON.optimizer,
            batch_size=8,
            metrics=["mean_squared_error"],
        ).wait(30)
        errors = [record.validation["mean_squared_error"] for record in run.history]

    assert outcome.errors == pytest.approx(errors, rel=1e-4)
    assert outcome.undisturbed != pytest.approx(errors, rel=1e-2)


def test_it_is_the_same_the_second_time() -> None:
    plan = campaign(*levels_of(["noise", "bit_flip", "drop"]), seeds=(0, 1), share=0.5)

    assert list(map(facts, plan.play(LESSON))) == list(map(facts, plan.play(LESSON)))


def test_seed_by_seed_all_levels_get_their_turn() -> None:
    levels = levels_of(["noise"], [0.5, 1.0])
    plan = campaign(*levels, seeds=(4, 2))

    assert [(one.seed, one.level) for one in plan.play(LESSON)] == [
        (seed, level) for seed in (4, 2) for level in levels
    ]
    assert plan.runs == 6


def test_hidden_layers_are_all_but_the_last() -> None:
    model = Chain(Dense(2, 3, "tanh"), Dense(3, 3, "tanh"), Dense(3, 1, "sigmoid"))
    with start(model, seed=1, kernels="numpy") as network:
        campaign(Level("noise", 1.0), share=1.0)._inject(network, 0, Level("noise", 1.0))

        assert [bool(network.neuron(address).faults) for address in network.neurons()] == [True] * 6 + [False]


def test_a_run_that_never_gets_on_is_given_up() -> None:
    (outcome,) = campaign(Level("drop", 1.0), seconds=0.2).play(LESSON)

    assert (outcome.state, len(outcome.errors), outcome.same_weights) == ("given up", 2, None)
    assert (outcome.is_wrong, outcome.is_missing) == (False, True)
    assert "try a lower rate" in outcome.reason


def test_a_run_that_diverges_has_failed() -> None:
    (outcome,) = campaign(Level("noise", 1.0, 1e30), address="network", share=1.0).play(LESSON)

    assert (outcome.state, outcome.recovered_after(25), outcome.same_weights) == ("failed", None, None)
    assert not outcome.is_missing
    assert "became nan" in outcome.reason


def test_an_undisturbed_run_that_fails_ends_the_campaign() -> None:
    plan = campaign(Level("noise", 1.0))

    with pytest.raises(RunError, match="the undisturbed run with seed 1 failed"):
        list(plan.play(replace(LESSON, loss="mean_squared_error", optimizer=Adam(1e30), model=Chain(Dense(2, 1)))))


def test_an_undisturbed_run_that_takes_too_long_needs_more_seconds() -> None:
    with pytest.raises(RunError, match=r"seed 1 was given up: .* 1e-09 s: give it more seconds"):
        list(campaign(Level("noise", 1.0), seconds=1e-9).play(LESSON))


@pytest.mark.parametrize(
    ("address", "share", "struck"),
    [("hidden", 0.5, (7, 13)), ("hidden", 0.01, (2, 13)), ("network", 0.5, (7, 14)), ("dense_1", 1.0, (7, 7))],
)
def test_as_many_neurons_are_struck_as_it_says(address: str, share: float, struck: tuple[int, int]) -> None:
    model = Chain(Dense(2, 6, "tanh"), Dense(6, 7, "tanh"), Dense(7, 1, "sigmoid"))
    plan = campaign(Level("noise", 1.0), address=address, share=share)
    with start(model, seed=1, kernels="numpy") as network:
        plan._inject(network, 0, Level("noise", 1.0))
        with_fault = sum(bool(network.neuron(name).faults) for name in network.neurons())

    assert plan.struck(model) == struck
    assert with_fault == struck[0]


def test_the_mean_alone_answers_every_row_with_the_mean_of_what_is_learnt() -> None:
    mean = float(np.mean(SIGNS[:30]))

    assert LESSON.error_of_mean == pytest.approx(np.mean([(float(sign) - mean) ** 2 for sign in SIGNS[30:, 0]]))


def test_faults_come_at_all_rates_and_amounts() -> None:
    assert levels_of(["noise"], [0.1, 1.0], [2.0, 3.0]) == tuple(
        Level("noise", rate, amount) for amount in (2.0, 3.0) for rate in (0.1, 1.0)
    )
    assert {level.fault for level in levels_of(["noise", "drop"])} == {"noise", "drop"}
    with pytest.raises(InputError, match="means something else"):
        levels_of(["noise", "drop"], [], [1.0])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"levels": ()}, "a fault and a seed"),
        ({"seeds": ()}, "a fault and a seed"),
        ({"seeds": (-1,)}, "seed"),
        ({"first": 1}, "first epoch"),
        ({"first": 6}, "last epoch"),
        ({"last": 8}, "leave an epoch"),
        ({"seconds": 0.0}, "seconds"),
        ({"share": 0.0}, "share"),
        ({"share": 1.5}, "share"),
        ({"levels": (Level("noise", 1.5),)}, "probability"),
        ({"levels": (Level("crash", 0.1, 3.0),)}, "no amount"),
    ],
)
def test_what_cannot_be_carried_out_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        campaign(Level("noise", 1.0), **changes)


def test_unknown_faults_and_places_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="stuck_at"):
        campaign(Level("gremlin", 0.5))
    with pytest.raises(InputError, match="dense_9"):
        list(campaign(Level("noise", 0.5), address="dense_9").play(LESSON))
    with pytest.raises(InputError, match="no hidden layer"):
        list(campaign(Level("noise", 0.5)).play(replace(LESSON, model=Chain(Dense(2, 1, "sigmoid")))))
