import json
import math
from dataclasses import replace
from typing import Any

import pytest

from deepnet.runs.recovery import Level, Outcome, by_level, hardly_learnt, spread, undisturbed_errors

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

    assert (run.before, run.at_its_end, run.at_the_end) == (0.8, 0.7, 0.11)
    assert run.times_at_the_end == pytest.approx(1.1)


def test_the_worst_is_measured_by_the_undisturbed_error_of_the_same_epoch() -> None:
    assert outcome((1.0, 0.8, 0.9, 0.7, 0.2, 0.11)).times_at_worst == pytest.approx(0.7 / 0.2)
    assert outcome((9.0, 8.0, 0.4, 0.2, 0.1, 0.1)).times_at_worst == 1  # before the fault nothing counts
    assert outcome((1.0, 0.8, 0.4, math.inf)).times_at_worst == math.inf


def test_where_nothing_is_wrong_any_more_any_error_is_without_measure() -> None:
    perfect = (1.0, 0.8, 0.4, 0.2, 0.0, 0.0)

    assert replace(outcome(perfect), undisturbed=perfect).times_at_the_end == 1
    assert replace(outcome(), undisturbed=perfect).times_at_worst == math.inf


@pytest.mark.parametrize(
    ("errors", "within", "epochs"),
    [
        ((1.0, 0.8, 0.9, 0.24, 0.12, 0.12), 25, 0),
        ((1.0, 0.8, 0.9, 0.7, 0.12, 0.12), 25, 1),
        ((1.0, 0.8, 0.9, 0.24, 0.3, 0.3), 25, None),  # near once, on a plateau of the undisturbed error
        ((1.0, 0.8, 0.9, 0.24, 0.3, 0.12), 25, 2),
        ((1.0, 0.8, 0.9, 0.7, 0.3, 0.11), 25, 2),
        ((1.0, 0.8, 0.9, 0.7, 0.3, 0.11), 9, None),
        ((1.0, 0.8, 0.9, 0.2, 0.1), 25, None),  # it failed in the last epoch
        ((1.0, 0.8, 0.9, math.nan, math.nan, 0.1), 0, 2),
    ],
)
def test_it_has_recovered_where_the_error_stays_near_the_undisturbed_one(
    errors: tuple[float, ...], within: float, epochs: int | None
) -> None:
    assert outcome(errors).recovered_after(within) == epochs


def test_a_run_that_failed_early_has_no_later_figures() -> None:
    run = outcome((1.0, 0.8))
    facts = json.loads(json.dumps(run.to_dict(25), allow_nan=False))

    assert [facts[name] for name in ("times_at_worst", "times_at_the_end", "at_its_end", "at_the_end")] == [None] * 4
    assert (facts["errors"], facts["undisturbed"]) == ([1.0, 0.8], list(CALM))
    assert (facts["before"], facts["undisturbed_at_the_end"]) == (0.8, 0.1)


def test_only_a_fault_of_delivery_must_not_change_a_bit() -> None:
    assert not outcome().is_wrong
    assert outcome(level=Level("drop", 0.1)).is_wrong
    assert not outcome(level=Level("drop", 0.1), same_weights=True).is_wrong


def test_a_run_that_did_not_get_to_its_end_is_judged_by_the_epochs_that_it_has() -> None:
    drop = Level("drop", 0.1)
    cut = outcome(CALM[:3], level=drop, same_weights=None, state="given up")

    assert (cut.is_wrong, cut.is_missing, cut.to_dict(25)["same_weights"]) == (False, True, None)
    assert replace(cut, errors=(1.0, 0.8, 0.5)).is_wrong
    assert replace(cut, level=Level("noise", 0.1)).is_missing
    assert not replace(cut, level=Level("noise", 0.1), state="failed").is_missing  # which is what the noise led to


def test_figures_are_mean_and_range_over_the_seeds_of_what_is_finite() -> None:
    worse = (1.0, 0.8, 0.6, 0.5, 0.4, 0.3)
    runs = [outcome(seed=0), outcome(worse, seed=1), outcome((1.0, 0.8, math.inf), seed=2)]
    (figures,) = by_level(runs, 25)

    assert figures.errors.times_at_worst == pytest.approx((2.5, 1, 4))
    assert figures.errors.at_the_end == pytest.approx((0.2, 0.1, 0.3))
    assert figures.errors.times_at_the_end == pytest.approx((2, 1, 3))
    assert (figures.recoveries, figures.recovered, figures.failed) == ((0, None, None), (0,), 1)


def test_levels_stay_in_their_order() -> None:
    levels = [Level("noise", 1.0), Level("drop", 0.1), Level("noise", 0.1)]
    runs = [outcome(level=level, seed=seed) for seed in range(2) for level in levels]

    assert [(figures.level, figures.runs) for figures in by_level(runs, 25)] == [(level, 2) for level in levels]


def test_the_undisturbed_runs_count_once_a_seed() -> None:
    runs = [outcome(seed=0), outcome(seed=0, level=Level("drop", 0.1)), outcome(seed=1)]

    assert undisturbed_errors(runs) == ((1, 1, 1), (0.1, 0.1, 0.1), (1, 1, 1))


def test_above_nine_tenths_of_the_error_of_the_mean_a_network_has_hardly_learnt() -> None:
    better = replace(outcome(seed=1), undisturbed=(*CALM[:-1], 0.05))

    assert hardly_learnt([outcome(seed=0), outcome(seed=0), better], 0.11) == (0,)
    assert hardly_learnt([outcome(seed=0)], 0.112) == ()


def test_without_a_finite_number_there_is_no_mean() -> None:
    assert all(map(math.isnan, spread([math.nan, math.inf])))
