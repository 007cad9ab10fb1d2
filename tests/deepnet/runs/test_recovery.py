import json
import math
from typing import Any

import pytest

from deepnet.runs.recovery import Level, Outcome, by_level, spread, undisturbed_errors

CALM = (1.0, 0.8, 0.4, 0.2, 0.1, 0.1)


def outcome(errors: tuple[float, ...] = CALM, **changes: Any) -> Outcome:
    given: dict[str, Any] = {
        "level": Level("noise", 0.1),
        "seed": 0,
        "first": 3,
        "last": 4,
        "same_weights": False,
        "replays": 0,
    }
    given |= {"state": "finished" if len(errors) == len(CALM) else "failed", "reason": "", "seconds": 0.5}
    return Outcome(errors=errors, undisturbed=CALM, **(given | changes))


def test_errors_are_told_before_during_and_after_the_fault() -> None:
    run = outcome((1.0, 0.8, 0.9, 0.7, 0.3, 0.11))

    assert (run.before, run.worst, run.at_its_end, run.at_the_end) == (0.8, 0.9, 0.7, 0.11)


@pytest.mark.parametrize(
    ("errors", "within", "epochs"),
    [
        ((1.0, 0.8, 0.9, 0.24, 0.3, 0.3), 25, 0),
        ((1.0, 0.8, 0.9, 0.7, 0.12, 0.3), 25, 1),
        ((1.0, 0.8, 0.9, 0.7, 0.3, 0.11), 25, 2),
        ((1.0, 0.8, 0.9, 0.7, 0.3, 0.11), 9, None),
        ((1.0, 0.8, 0.9, 0.2, 0.1), 25, None),  # it failed in the last epoch
        ((1.0, 0.8, 0.9, math.nan, math.nan, 0.1), 0, 2),
    ],
)
def test_it_has_recovered_once_the_error_is_near_the_undisturbed_one(
    errors: tuple[float, ...], within: float, epochs: int | None
) -> None:
    assert outcome(errors).recovered_after(within) == epochs


def test_a_run_that_failed_early_has_no_later_figures() -> None:
    run = outcome((1.0, 0.8))
    facts = json.loads(json.dumps(run.to_dict(25), allow_nan=False))

    assert (facts["worst"], facts["at_its_end"], facts["at_the_end"]) == (None, None, None)
    assert (facts["before"], facts["undisturbed_at_the_end"]) == (0.8, 0.1)


def test_only_a_fault_of_delivery_must_not_change_a_bit() -> None:
    assert not outcome().is_wrong
    assert outcome(level=Level("drop", 0.1)).is_wrong
    assert not outcome(level=Level("drop", 0.1), same_weights=True).is_wrong


def test_figures_are_mean_and_range_over_the_seeds_of_what_is_finite() -> None:
    worse = (1.0, 0.8, 0.6, 0.5, 0.4, 0.3)
    runs = [outcome(seed=0), outcome(worse, seed=1), outcome((1.0, 0.8, math.inf), seed=2)]
    (figures,) = by_level(runs, 25)

    assert figures.errors.worst == pytest.approx((0.5, 0.4, 0.6))
    assert figures.errors.at_the_end == pytest.approx((0.2, 0.1, 0.3))
    assert (figures.recoveries, figures.recovered, figures.failed) == ((0, None, None), (0,), 1)


def test_levels_stay_in_their_order() -> None:
    levels = [Level("noise", 1.0), Level("drop", 0.1), Level("noise", 0.1)]
    runs = [outcome(level=level, seed=seed) for seed in range(2) for level in levels]

    assert [(figures.level, figures.runs) for figures in by_level(runs, 25)] == [(level, 2) for level in levels]


def test_the_undisturbed_runs_count_once_a_seed() -> None:
    runs = [outcome(seed=0), outcome(seed=0, level=Level("drop", 0.1)), outcome(seed=1)]

    assert undisturbed_errors(runs) == ((0.4, 0.4, 0.4), (0.2, 0.2, 0.2), (0.1, 0.1, 0.1))


def test_without_a_finite_number_there_is_no_mean() -> None:
    assert all(map(math.isnan, spread([math.nan, math.inf])))
