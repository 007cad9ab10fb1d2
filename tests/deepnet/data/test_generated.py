import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from deepnet.data.dataset import Dataset, load_dataset
from deepnet.data.generated import GENERATED, circles, moons, spirals, xor
from deepnet.errors import InputError

ORACLE = "needs an oracle: run 'scripts/environment test oracle'"
Rule = Callable[..., Dataset]
ALL = [pytest.param(rule, id=name) for name, rule in GENERATED.items()]


def sorted_rows(points: NDArray[Any], classes: NDArray[Any]) -> NDArray[np.float64]:
    """Return (rows, 3): x, y and class, in an order that does not depend on the order of the points."""
    rows = np.column_stack([points, classes.reshape(-1)])
    # Rounded, so that the last bit of a coordinate does not decide.
    return rows[np.lexsort(rows.round(9).T)]


@pytest.mark.parametrize("rule", ALL)
def test_a_set_is_of_two_classes_in_a_plane(rule: Rule) -> None:
    dataset = rule(3)

    assert dataset.inputs.shape == (1000, 2)
    assert dataset.targets.shape == (1000, 1)
    assert dataset.task == "binary"
    assert set(dataset.targets[:, 0].tolist()) == {0, 1}
    assert 400 < dataset.targets.sum() < 600
    assert dataset.lines[[0, -1]].tolist() == [1, 1000]
    assert GENERATED[dataset.name] is rule


@pytest.mark.parametrize("rule", ALL)
def test_the_same_seed_gives_the_same_points_and_another_gives_others(rule: Rule) -> None:
    assert (rule(3).inputs == rule(3).inputs).all()
    assert (rule(3).inputs != rule(4).inputs).any(axis=1).mean() > 0.9


@pytest.mark.parametrize("rule", ALL)
def test_the_classes_are_mixed_from_the_first_row_on(rule: Rule) -> None:
    first = rule(5).targets[:100, 0].mean()

    assert 0.25 < first < 0.75


@pytest.mark.parametrize("rule", ALL)
def test_noise_moves_each_coordinate_by_its_standard_deviation(rule: Rule) -> None:
    moved = rule(6, 4000, 0.3).inputs - rule(6, 4000, 0.0).inputs

    assert moved.std(axis=0) == pytest.approx([0.3, 0.3], rel=0.05)
    assert moved.mean(axis=0) == pytest.approx([0, 0], abs=0.02)


@given(rows=st.integers(2, 60), seed=st.integers(0, 2**32))
@settings(derandomize=True, deadline=None, max_examples=20)
@pytest.mark.parametrize("rule", ALL)
def test_any_number_of_rows_can_be_had(rule: Rule, rows: int, seed: int) -> None:
    dataset = rule(seed, rows)

    assert dataset.inputs.shape == (rows, 2)
    assert np.isfinite(dataset.inputs).all()
    if dataset.name != "xor":
        assert dataset.targets.sum() == rows - rows // 2


def test_xor_is_true_where_exactly_one_coordinate_is_above_a_half() -> None:
    dataset = xor(7)
    expected = [float((x > 0.5) + (y > 0.5) == 1) for x, y in dataset.inputs.tolist()]

    assert dataset.targets[:, 0].tolist() == expected
    assert dataset.labels == ("false", "true")
    assert ((dataset.inputs >= 0) & (dataset.inputs < 1)).all()


@pytest.mark.parametrize("rows", [2, 41, 1000])
def test_moons_without_noise_are_those_of_scikit_learn(rows: int) -> None:
    oracle = pytest.importorskip("sklearn.datasets", reason=ORACLE)
    dataset = moons(8, rows, 0.0)

    expected = sorted_rows(*oracle.make_moons(rows, shuffle=False))
    assert sorted_rows(dataset.inputs, dataset.targets) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize(("rows", "factor"), [(2, 0.5), (41, 0.8), (1000, 0.5)])
def test_circles_without_noise_are_those_of_scikit_learn(rows: int, factor: float) -> None:
    oracle = pytest.importorskip("sklearn.datasets", reason=ORACLE)
    dataset = circles(9, rows, 0.0, factor)

    expected = sorted_rows(*oracle.make_circles(rows, shuffle=False, factor=factor))
    assert sorted_rows(dataset.inputs, dataset.targets) == pytest.approx(expected, abs=1e-15)


def test_spirals_without_noise_follow_their_formula() -> None:
    dataset = spirals(10, 200, 0.0)
    first = dataset.inputs[dataset.targets[:, 0] == 0].tolist()
    second = dataset.inputs[dataset.targets[:, 0] == 1].tolist()
    radii = sorted(math.hypot(x, y) for x, y in first)

    assert radii == pytest.approx([step / 100 for step in range(1, 101)])
    for x, y in first:
        angle = 2 * math.pi * 1.75 * math.hypot(x, y)
        assert math.remainder(math.atan2(x, y) - angle, 2 * math.pi) == pytest.approx(0, abs=1e-9)
    assert sorted((-x, -y) for x, y in second) == sorted((x, y) for x, y in first)


def test_a_set_is_loaded_by_its_name_and_a_seed() -> None:
    assert (load_dataset("moons", seed=3).inputs == moons(3).inputs).all()
    assert (load_dataset("moons", seed=4).inputs == moons(4).inputs).all()


@pytest.mark.parametrize("rule", ALL)
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seed": -1}, "seed must be a whole number of 0 or more"),
        ({"rows": 1}, "rows must be a whole number of 2 or more"),
        ({"rows": 2.5}, "rows must be a whole number of 2 or more"),
        ({"noise": -0.1}, "noise must be a finite number of 0 or more"),
        ({"noise": math.nan}, "noise must be a finite number of 0 or more"),
    ],
)
def test_an_argument_out_of_its_range_is_refused(rule: Rule, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        rule(**{"seed": 0, **arguments})


def test_a_negative_radius_is_refused() -> None:
    with pytest.raises(InputError, match="factor must be"):
        circles(0, factor=-1.0)
