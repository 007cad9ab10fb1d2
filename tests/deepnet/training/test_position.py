import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.training.plan import Plan
from deepnet.training.position import Position
from deepnet.training.until import Until


@given(rows=st.integers(1, 20), batch_size=st.integers(1, 25), epochs=st.integers(1, 3))
@settings(derandomize=True, deadline=None, max_examples=50)
def test_every_row_is_learnt_once_an_epoch_and_the_mean_loss_counts_each_once(
    rows: int, batch_size: int, epochs: int
) -> None:
    plan = Plan(until=Until(epochs=1), batch_size=batch_size)
    losses = [float(row) for row in range(rows)]
    position = Position()
    steps = 0
    for epoch in range(1, epochs + 1):
        seen: list[int] = []
        while not position.epoch_is_complete(plan, rows):
            batch = list(range(rows))[position.batch_slice(plan, rows)]
            seen += batch
            position = position.sealed(sum(losses[row] for row in batch) / len(batch), len(batch))
            steps += 1
            assert (position.epoch, position.step) == (epoch, steps)
        assert seen == list(range(rows))
        assert position.mean_loss == pytest.approx(sum(losses) / rows)
        position = position.next_epoch()
        assert (position.epoch, position.batch, position.step, position.rows_seen) == (epoch + 1, 0, steps, 0)


def test_an_epoch_without_a_batch_yet_has_no_mean_loss() -> None:
    assert math.isnan(Position().mean_loss)
