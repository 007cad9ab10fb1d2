import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.data.split import split
from deepnet.errors import DataError, InputError


def test_392_rows_at_a_fifth_give_314_and_78() -> None:
    train, test = split(392, test_fraction=0.2, seed=0)

    assert (len(train), len(test)) == (314, 78)


def test_the_split_is_shuffled_and_depends_on_the_seed_alone() -> None:
    first, again, other = (split(100, test_fraction=0.2, seed=seed) for seed in (1, 1, 2))

    assert first.train.tolist() == again.train.tolist()
    assert first.train.tolist() != other.train.tolist()
    assert first.train.tolist() != list(range(80))


@pytest.mark.parametrize(("rows", "fraction", "train_rows"), [(10, 0.7, 3), (10, 0.2, 8), (100, 0.1, 90), (7, 0.3, 5)])
def test_the_count_is_that_of_the_decimal_fraction_not_of_its_float(
    rows: int, fraction: float, train_rows: int
) -> None:
    assert len(split(rows, test_fraction=fraction, seed=0).train) == train_rows


@settings(derandomize=True, deadline=None)
@given(rows=st.integers(0, 300), hundredths=st.integers(1, 99), seed=st.integers(0, 2**40))
def test_every_row_is_on_one_side_once_or_there_are_too_few(rows: int, hundredths: int, seed: int) -> None:
    count = math.ceil(rows * (1 - Fraction(hundredths, 100)))
    if min(count, rows - count) < 2:
        with pytest.raises(DataError) as caught:
            split(rows, test_fraction=hundredths / 100, seed=seed)
        enough = int(str(caught.value).rsplit("give ", 1)[1].split()[0])
        assert enough > rows
        split(enough, test_fraction=hundredths / 100, seed=seed)
        with pytest.raises(DataError):
            split(enough - 1, test_fraction=hundredths / 100, seed=seed)
    else:
        train, test = split(rows, test_fraction=hundredths / 100, seed=seed)
        assert len(train) == count
        assert np.sort(np.concatenate([train, test])).tolist() == list(range(rows))


@pytest.mark.parametrize("fraction", [0, 1, -0.1, 1.5, math.nan, math.inf, True, "0.2", None])
def test_a_fraction_out_of_range_is_refused(fraction: float) -> None:
    with pytest.raises(InputError, match="above 0 and below 1"):
        split(100, test_fraction=fraction, seed=0)


def test_too_few_rows_are_told_how_many_are_needed() -> None:
    with pytest.raises(DataError, match=r"5 rows .* give 4 to learn from and 1 to test on.* give 10 rows or more"):
        split(5, test_fraction=0.2, seed=0)
