import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from deepnet.maths.schedules import (
    Constant,
    Cosine,
    Exponential,
    ReduceOnPlateau,
    Schedule,
    StepDecay,
    WarmUp,
)

EPOCHS = 60
RATE = 0.3


def named(value: object) -> str:
    """Return what a case is called: not by where in memory torch's half happens to be."""
    return repr(value) if isinstance(value, Schedule) else "torch"


def theirs(make: Callable[[Any, Any], Any], values: Sequence[float] = ()) -> list[float]:
    """Return the factor of each epoch that torch's schedule gives; values go to the one that watches some."""
    torch = pytest.importorskip("torch", reason="needs an oracle: run 'scripts/environment test oracle'")
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=RATE)
    schedule = make(torch.optim.lr_scheduler, optimizer)
    factors = []
    for epoch in range(EPOCHS):
        factors.append(optimizer.param_groups[0]["lr"] / RATE)
        optimizer.step()
        schedule.step(*values[epoch : epoch + 1])
    return factors


def ours(schedule: Schedule, values: Sequence[float] = ()) -> list[float]:
    """Return the factor of each epoch of seven steps, having seen the values of those before it."""
    return [
        schedule.factor(epoch=epoch, step=7 * epoch - 3, values=values[: epoch - 1]) for epoch in range(1, EPOCHS + 1)
    ]


@pytest.mark.parametrize(
    ("schedule", "make"),
    [
        (Constant(), lambda kinds, optimizer: kinds.ConstantLR(optimizer, factor=1.0)),
        (StepDecay(10), lambda kinds, optimizer: kinds.StepLR(optimizer, step_size=10)),
        (StepDecay(7, gamma=0.6), lambda kinds, optimizer: kinds.StepLR(optimizer, step_size=7, gamma=0.6)),
        (StepDecay(1, gamma=1), lambda kinds, optimizer: kinds.StepLR(optimizer, step_size=1, gamma=1)),
        (Exponential(0.93), lambda kinds, optimizer: kinds.ExponentialLR(optimizer, gamma=0.93)),
        (Cosine(EPOCHS), lambda kinds, optimizer: kinds.CosineAnnealingLR(optimizer, T_max=EPOCHS)),
        (
            Cosine(100, minimum=0.25),
            lambda kinds, optimizer: kinds.CosineAnnealingLR(optimizer, T_max=100, eta_min=0.25 * RATE),
        ),
        (WarmUp(5), lambda kinds, optimizer: kinds.LinearLR(optimizer)),
        (WarmUp(20, start=0.1), lambda kinds, optimizer: kinds.LinearLR(optimizer, start_factor=0.1, total_iters=20)),
    ],
    ids=named,
)
def test_a_schedule_equals_torchs(schedule: Schedule, make: Callable[[Any, Any], Any]) -> None:
    np.testing.assert_allclose(ours(schedule), theirs(make), rtol=0, atol=1e-12)


def test_after_its_length_a_cosine_stays_where_torchs_rises_again() -> None:
    schedule = Cosine(20, minimum=0.1)
    rising = theirs(lambda kinds, optimizer: kinds.CosineAnnealingLR(optimizer, T_max=20, eta_min=0.1 * RATE))

    np.testing.assert_allclose(ours(schedule)[:21], rising[:21], rtol=0, atol=1e-12)
    assert set(ours(schedule)[20:]) == {0.1}
    assert rising[40] == pytest.approx(1)


@pytest.mark.parametrize(
    ("then", "make"),
    [
        (Cosine(55), lambda kinds, optimizer: kinds.CosineAnnealingLR(optimizer, T_max=55)),
        (StepDecay(10), lambda kinds, optimizer: kinds.StepLR(optimizer, step_size=10)),
        (Exponential(0.9), lambda kinds, optimizer: kinds.ExponentialLR(optimizer, gamma=0.9)),
    ],
    ids=named,
)
def test_what_follows_a_warm_up_begins_where_it_ends_as_in_torchs_sequence(
    then: Schedule, make: Callable[[Any, Any], Any]
) -> None:
    def sequence(kinds: Any, optimizer: Any) -> Any:
        warm_up = kinds.LinearLR(optimizer, start_factor=0.2, total_iters=5)
        return kinds.SequentialLR(optimizer, [warm_up, make(kinds, optimizer)], milestones=[5])

    np.testing.assert_allclose(ours(WarmUp(5, start=0.2, then=then)), theirs(sequence), rtol=0, atol=1e-12)


FIGURES = {
    "falls": [1 / epoch for epoch in range(1, EPOCHS + 1)],
    "never moves": [0.7] * EPOCHS,
    "rises": [0.1 * epoch for epoch in range(EPOCHS)],
    "wanders": np.random.default_rng(4).normal(size=EPOCHS).cumsum().tolist(),
    "falls by less than what counts": [1 - 1e-5 * epoch for epoch in range(EPOCHS)],
    "is no number now and then": [math.nan if epoch % 5 == 3 else 1 / (1 + epoch // 9) for epoch in range(EPOCHS)],
    "is infinite now and then": [math.inf if epoch % 4 == 0 else 1 / (1 + epoch // 9) for epoch in range(EPOCHS)],
}


@pytest.mark.parametrize("values", FIGURES.values(), ids=FIGURES)
@pytest.mark.parametrize(
    "schedule",
    [
        ReduceOnPlateau(),
        ReduceOnPlateau(higher_is_better=True),
        ReduceOnPlateau(gamma=0.5, patience=0, minimum=0.01),
        ReduceOnPlateau(gamma=0.7, patience=2, cooldown=3),
        ReduceOnPlateau(gamma=0.7, patience=1, min_delta=0.0, cooldown=1, higher_is_better=True),
        ReduceOnPlateau(gamma=0.3, patience=3, min_delta=0.2, minimum=0.05),
    ],
    ids=repr,
)
def test_a_plateau_is_seen_when_torch_sees_it(schedule: ReduceOnPlateau, values: list[float]) -> None:
    def make(kinds: Any, optimizer: Any) -> Any:
        return kinds.ReduceLROnPlateau(
            optimizer,
            mode="max" if schedule.higher_is_better else "min",
            factor=schedule.gamma,
            patience=schedule.patience,
            threshold=schedule.min_delta,
            threshold_mode="abs",
            cooldown=schedule.cooldown,
            min_lr=schedule.minimum * RATE,
            eps=0,
        )

    np.testing.assert_allclose(ours(schedule, values), theirs(make, values), rtol=0, atol=1e-12)
