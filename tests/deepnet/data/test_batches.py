import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.data.batches import batch_count, batch_slice, epoch_order
from deepnet.errors import InputError


def test_an_order_depends_on_seed_and_epoch_alone() -> None:
    first, again = (epoch_order(50, seed=1, epoch=3, shuffle=True) for _ in range(2))

    assert first.tolist() == again.tolist()
    assert first.tolist() != epoch_order(50, seed=1, epoch=4, shuffle=True).tolist()
    assert first.tolist() != epoch_order(50, seed=2, epoch=3, shuffle=True).tolist()
    assert sorted(first.tolist()) == list(range(50))


def test_without_shuffling_the_rows_come_as_they_are() -> None:
    assert epoch_order(4, seed=1, epoch=3, shuffle=False).tolist() == [0, 1, 2, 3]


def test_the_last_batch_may_be_short() -> None:
    order = np.arange(10)

    batches = [order[batch_slice(index, 4, 10)].tolist() for index in range(batch_count(10, 4))]

    assert batches == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


@settings(derandomize=True, deadline=None)
@given(rows=st.integers(0, 200), batch_size=st.integers(1, 300))
def test_batches_are_every_row_once_in_order(rows: int, batch_size: int) -> None:
    slices = [batch_slice(index, batch_size, rows) for index in range(batch_count(rows, batch_size))]

    assert [row for part in slices for row in range(part.start, part.stop)] == list(range(rows))
    assert all(part.stop - part.start == batch_size for part in slices[:-1])


@pytest.mark.parametrize("batch_size", [0, -1, 1.5, True])
def test_a_batch_size_that_is_none_is_refused(batch_size: int) -> None:
    with pytest.raises(InputError, match="batch size must be a whole number of 1 or more"):
        batch_count(10, batch_size)


@pytest.mark.parametrize("index", [-1, 3])
def test_a_batch_beyond_the_epoch_is_refused(index: int) -> None:
    with pytest.raises(InputError, match="batches 0 to 2"):
        batch_slice(index, 4, 10)
