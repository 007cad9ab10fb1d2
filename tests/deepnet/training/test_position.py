import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.training.handlers import Event, Verdict
from deepnet.training.position import EPOCH_ENDS, NEXT_STAGE, Position

# What Axon's loop does: an event, and what it leads to when nobody halts, when the epoch is halted, and the run.
LOOP = {
    Event.STARTED: (Event.EPOCH_STARTED, Event.EPOCH_STARTED, Event.COMPLETED),
    Event.EPOCH_STARTED: (Event.ITERATION_STARTED, Event.EPOCH_HALTED, Event.COMPLETED),
    Event.ITERATION_STARTED: (None, Event.EPOCH_HALTED, Event.COMPLETED),  # a step is played, and its seal leads on
    Event.ITERATION_COMPLETED: (Event.ITERATION_STARTED, Event.EPOCH_HALTED, Event.COMPLETED),
    Event.EPOCH_COMPLETED: (Event.EPOCH_STARTED, Event.EPOCH_STARTED, Event.COMPLETED),
    Event.EPOCH_HALTED: (Event.EPOCH_STARTED, Event.EPOCH_STARTED, Event.COMPLETED),
}


def test_the_table_is_axons_loop_and_has_every_pair_that_can_happen() -> None:
    expected = {
        (event, verdict): following
        for event, row in LOOP.items()
        for verdict, following in zip(Verdict, row, strict=True)
        if following is not None
    }

    assert expected == NEXT_STAGE
    # Missing are only the step itself, and the end, after which nothing comes.
    missing = {(event, verdict) for event in Event for verdict in Verdict} - set(NEXT_STAGE)
    assert missing == {
        (Event.ITERATION_STARTED, Verdict.CONTINUE),
        *((Event.COMPLETED, verdict) for verdict in Verdict),
    }


def test_from_every_event_each_other_one_can_be_reached_but_the_beginning() -> None:
    leads_to = {event: set[Event]() for event in Event}
    for (event, _), following in NEXT_STAGE.items():
        leads_to[event].add(following)
    leads_to[Event.ITERATION_STARTED].add(Event.ITERATION_COMPLETED)  # a step
    leads_to[Event.ITERATION_STARTED].add(Event.EPOCH_COMPLETED)  # no more batches

    for start in set(Event) - {Event.COMPLETED}:
        reached, new = set[Event](), {start}
        while new:
            reached |= new
            new = set[Event]().union(*(leads_to[event] for event in new)) - reached
        assert reached == set(Event) - ({Event.STARTED} if start is not Event.STARTED else set())


@given(rows=st.integers(1, 20), batch_size=st.integers(1, 25), epochs=st.integers(1, 3))
@settings(derandomize=True, deadline=None, max_examples=40)
def test_the_mean_loss_counts_every_row_of_the_epoch_once(rows: int, batch_size: int, epochs: int) -> None:
    losses = [float(row) for row in range(rows)]
    position = Position(stage=Event.ITERATION_STARTED)
    steps = 0
    for epoch in range(1, epochs + 1):
        for start in range(0, rows, batch_size):
            batch = losses[start : start + batch_size]
            position = position.sealed(sum(batch) / len(batch), len(batch))
            steps += 1
            assert (position.epoch, position.step, position.stage) == (epoch, steps, Event.ITERATION_COMPLETED)
            assert position.batch == 1 + start // batch_size
        assert position.rows_seen == rows
        assert position.mean_loss == pytest.approx(sum(losses) / rows)
        assert (position.complete_epochs, position.at_epoch_end().complete_epochs) == (epoch - 1, epoch)
        position = position.at_epoch_end().after(Verdict.CONTINUE)
        assert position == Position(epoch + 1, step=steps, stage=Event.EPOCH_STARTED)


def test_an_epoch_without_a_batch_yet_has_no_mean_loss() -> None:
    assert math.isnan(Position().mean_loss)
    assert Position(loss_sum=3.0, rows_seen=2).mean_loss == 1.5


def test_what_metrics_have_seen_of_an_epoch_goes_with_it_and_is_gone_in_the_next() -> None:
    position = Position(stage=Event.ITERATION_STARTED).sealed(1.0, 2, ("tally",))

    assert position.tallies == ("tally",)
    assert position.at_epoch_end().tallies == ("tally",)
    assert position.at_epoch_end().after(Verdict.CONTINUE).tallies == ()


@given(verdicts=st.lists(st.sampled_from([*Verdict][:2]), max_size=40), batches=st.integers(1, 4))
@settings(derandomize=True, deadline=None, max_examples=40)
def test_a_position_knows_how_often_each_event_has_happened(verdicts: list[Verdict], batches: int) -> None:
    position = Position()
    counts = dict.fromkeys(Event, 0)
    for verdict in verdicts:
        counts[position.stage] += 1
        assert position.times == counts[position.stage]
        if (position.stage, verdict) == (Event.ITERATION_STARTED, Verdict.CONTINUE):
            position = position.sealed(0.5, 1)
            continue
        ended = position.stage is Event.ITERATION_COMPLETED and position.batch == batches
        position = position.at_epoch_end() if ended and verdict is Verdict.CONTINUE else position.after(verdict)
        assert (position.complete_epochs == position.epoch) == (position.stage in EPOCH_ENDS)


def test_the_first_epoch_that_is_halted_is_the_first_whatever_its_number() -> None:
    third = Position(epoch=3, step=8, stage=Event.EPOCH_HALTED)

    assert third.times == 1
    fourth = third.after(Verdict.CONTINUE)
    assert (fourth.epoch, fourth.at_epoch_end().times) == (4, 3)
    assert fourth._replace(stage=Event.EPOCH_HALTED).times == 2
    assert fourth._replace(stage=Event.EPOCH_STARTED).times == 4
