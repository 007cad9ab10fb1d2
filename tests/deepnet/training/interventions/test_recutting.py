import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.data.sources import ArraySource
from deepnet.training.interventions.recutting import recut_for
from deepnet.training.position import Position
from deepnet.training.setup import Recut

deterministic = settings(derandomize=True, deadline=None, max_examples=100)


@given(
    rows=st.integers(1, 30),
    size=st.integers(1, 8),
    changes=st.dictionaries(st.tuples(st.integers(1, 3), st.integers(0, 8)), st.integers(1, 8), max_size=6),
    shuffle=st.booleans(),
)
@deterministic
def test_however_often_the_size_changes_each_row_of_an_epoch_is_learnt_once(
    rows: int, size: int, changes: dict[tuple[int, int], int], shuffle: bool
) -> None:
    numbers = np.arange(rows, dtype="float64")[:, None]
    source = ArraySource(numbers, numbers, batch_size=size, shuffle=shuffle, seed=1)
    recut: Recut | None = None

    for epoch in (1, 2, 3):
        learnt: list[float] = []
        batch = 0
        while True:
            if (epoch, batch) in changes:
                recut = recut_for(Position(epoch=epoch, batch=batch), size, recut)
                size = changes[epoch, batch]
                source = source.cut(size, recut)
            pair = source.batch(epoch, batch)
            if pair is None:
                break
            assert len(pair[1]) == min(size, rows - len(learnt))
            learnt += pair[1].ravel().tolist()
            batch += 1
        assert sorted(learnt) == list(range(rows))
