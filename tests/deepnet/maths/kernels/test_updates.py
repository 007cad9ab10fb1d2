"""What the kernels make of each optimizer, step by step, against the optimizer itself."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest

from deepnet.errors import InputError
from deepnet.maths.arrays import DTYPES
from deepnet.maths.kernels.choice import Kernels, factors_of, rule_of
from deepnet.maths.optimizers import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    AdamW,
    NAdam,
    Optimizer,
    RAdam,
    RMSprop,
    scaled,
)

ALL: list[Optimizer] = [
    SGD(0.1),
    SGD(0.1, weight_decay=0.1),
    SGD(0.1, momentum=0.9),
    SGD(0.1, momentum=0.9, nesterov=True, weight_decay=0.1),
    Adam(0.1),
    Adam(0.1, beta_1=0.5, weight_decay=0.1),
    AdamW(0.1, weight_decay=0.5),
    NAdam(0.1, weight_decay=0.1),
    RAdam(0.1),
    RAdam(0.1, weight_decay=0.1),
    RMSprop(0.1),
    RMSprop(0.1, momentum=0.5, weight_decay=0.1),
    Adagrad(0.1, learning_rate_decay=0.5),
    Adagrad(0.1, weight_decay=0.1),
    Adadelta(),
    Adadelta(0.5, weight_decay=0.1),
    scaled(Adam(0.1), 0.0),
]
BOUNDS = {"float64": 1e-12, "float32": 5e-6}


@dataclass(frozen=True)
class OfMyOwn(SGD):
    """An optimizer that only looks like one of deepnet's."""


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("optimizer", ALL, ids=str)
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (7, 13)])
def test_ten_steps_are_those_of_the_optimizer(
    kernels_of: Callable[[str], Kernels], optimizer: Optimizer, dtype: str, shape: tuple[int, int]
) -> None:
    rng = np.random.default_rng(1)
    kernels, rule = kernels_of(dtype), rule_of(optimizer)
    assert rule is not None
    committed = np.zeros((1 + len(optimizer.slots), *shape), dtype=dtype)
    committed[0] = rng.normal(size=shape)
    expected = committed.copy()
    for step in range(1, 11):
        gradient = rng.normal(size=shape).astype(dtype)
        before, gradient_before = committed.copy(), gradient.copy()
        spare, expected_spare = np.full_like(committed, np.nan), np.full_like(committed, np.nan)
        optimizer.update(step, expected[0], gradient, list(expected[1:]), expected_spare[0], list(expected_spare[1:]))

        kernels.update(gradient, committed, spare, rule, factors_of(optimizer, step, dtype))

        np.testing.assert_array_equal(committed, before)
        np.testing.assert_array_equal(gradient, gradient_before)
        np.testing.assert_allclose(spare, expected_spare, rtol=BOUNDS[dtype], atol=BOUNDS[dtype])
        committed, expected = spare, expected_spare


def test_the_gradient_may_be_where_the_new_parameters_go(kernels_of: Callable[[str], Kernels]) -> None:
    rng = np.random.default_rng(2)
    committed, gradient = rng.uniform(0.5, 1.5, size=(3, 4, 5)), rng.normal(size=(4, 5))
    factors = factors_of(Adam(), 2, "float64")
    apart, within = np.full_like(committed, np.nan), np.full_like(committed, np.nan)
    within[0] = gradient

    kernels_of("float64").update(gradient, committed, apart, 3, factors)
    kernels_of("float64").update(within[0], committed, within, 3, factors)

    assert rule_of(Adam()) == 3
    np.testing.assert_array_equal(within, apart)


@pytest.mark.parametrize("dtype", DTYPES)
def test_factors_are_of_the_dtype_they_are_for(dtype: str) -> None:
    assert factors_of(Adam(), 7, dtype).dtype == dtype


def test_an_optimizer_of_ones_own_has_no_rule_and_no_factors() -> None:
    own = OfMyOwn(0.1, momentum=0.9)

    assert rule_of(own) is None
    with pytest.raises(InputError, match="call its update"):
        factors_of(own, 1, "float32")


def test_every_kind_has_a_rule_and_variants_have_different_ones() -> None:
    rules = [rule_of(optimizer) for optimizer in ALL]

    assert None not in rules
    assert len({rule_of(SGD()), rule_of(SGD(momentum=0.5)), rule_of(SGD(momentum=0.5, nesterov=True))}) == 3
    assert rule_of(RMSprop()) != rule_of(RMSprop(momentum=0.5))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("optimizer", [o for o in ALL if o.slots and o.learning_rate], ids=str)
def test_what_fades_is_forgotten_at_last_and_costs_nothing(
    kernels_of: Callable[[str], Kernels], optimizer: Optimizer, dtype: str
) -> None:
    """Where gradients have ended, slots do not stay the smallest numbers there are, which are slow to reckon with."""
    tiny = np.finfo(np.float32).tiny / 2
    committed = np.full((1 + len(optimizer.slots), 2, 3), tiny, dtype=dtype)
    committed[0] = 1
    gradient, spare, rule = np.zeros((2, 3), dtype=dtype), np.full_like(committed, np.nan), rule_of(optimizer)
    assert rule is not None
    without_decay = replace(optimizer, weight_decay=0.0)

    kernels_of(dtype).update(gradient, committed, spare, rule, factors_of(without_decay, 1000, dtype))

    assert not spare[1:].any()
    assert np.isfinite(spare).all()
