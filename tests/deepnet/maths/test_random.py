import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.maths.random import stream

deterministic = settings(derandomize=True, deadline=None, max_examples=60)


@given(seed=st.integers(0, 2**63), purpose=st.text(), indices=st.lists(st.integers(0, 2**32), max_size=3))
@deterministic
def test_the_same_arguments_give_the_same_numbers(seed: int, purpose: str, indices: list[int]) -> None:
    np.testing.assert_array_equal(stream(seed, purpose, *indices).random(8), stream(seed, purpose, *indices).random(8))


@pytest.mark.parametrize("other", [(1, "shuffle", 0), (0, "dropout", 0), (0, "shuffle", 1), (0, "shuffle", 0, 1)])
def test_any_other_argument_gives_other_numbers(other: tuple[int, str, int]) -> None:
    assert not np.isin(stream(0, "shuffle", 0).random(8), stream(*other).random(8)).any()


def test_the_numbers_are_these_on_every_machine() -> None:
    drawn = stream(7, "initial weights", 2).integers(0, 2**32, size=3)

    assert drawn.tolist() == [1187276163, 1670501638, 592681412]
