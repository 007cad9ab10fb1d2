"""The machine of a run, driven by a host of a few lines: no actor, no clock, no network."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.data.sources import ArraySource, Pair, Source, StreamSource
from deepnet.maths.optimizers import SGD
from deepnet.maths.parameters import LayerParameters
from deepnet.maths.schedules import Cosine, ReduceOnPlateau
from deepnet.training.course import CloseEpoch, Course, End, GoTo, Move, PlayStep
from deepnet.training.handlers import Event, Handler, Moment, Verdict, every, on, once
from deepnet.training.history import EpochRecord, to_json
from deepnet.training.patience import Patience
from deepnet.training.plan import Plan
from deepnet.training.position import EPOCH_ENDS, NEXT_STAGE, Position
from deepnet.training.rules import StopRule
from deepnet.training.until import Until

deterministic = settings(derandomize=True, deadline=None, max_examples=40)
ROWS = np.arange(5.0).reshape(5, 1)


def arrays(seed: int = 0) -> ArraySource:
    """Five rows in batches of two: three steps an epoch."""
    return ArraySource(ROWS, ROWS, batch_size=2, shuffle=True, seed=seed)


def no_parameters() -> tuple[LayerParameters, ...]:
    return ()


@dataclass
class Host:
    """Does what a course says, as the trainer does: what it must not forget is the position and the history.

    The loss of a step is a function of its rows and its number; a second passes with each move.
    """

    plan: Plan
    handlers: Sequence[Handler] = ()
    source: Callable[[], Source] = arrays
    stop_before: int | None = None
    position: Position = field(default_factory=Position)
    history: list[EpochRecord] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)

    def run(self, dies: Iterator[bool]) -> End:
        """Make moves until the end; where it *dies*, before or after a move is asked for, all else is made anew."""
        course = self._course()
        while True:
            if next(dies):
                course = self._course()
            move = self._next(course)
            if next(dies):
                course = self._course()
                move = self._next(course)
            self.moves.append(move)
            match move:
                case GoTo(position):
                    self.position = position
                case PlayStep((inputs, _)):
                    self.rates.append(course.optimizer(self.position).learning_rate)
                    loss = float(inputs[:, 0].sum()) / (1 + self.position.step)
                    self.position = self.position.sealed(loss, len(inputs))
                case CloseEpoch():
                    rate = course.last_learning_rate(self.position)
                    now = self.position
                    self.history.append(EpochRecord(now.epoch, now.step, now.mean_loss, {}, {}, rate))
                case End():
                    course.completed(self.position, no_parameters)
                    return move

    def _course(self) -> Course:
        return Course(self.plan, self.source(), self.handlers, self.history)

    def _next(self, course: Course) -> Move:
        asked = self.stop_before is not None and self.position.step >= self.stop_before
        # Wherever somebody dies the same time has passed: at the clock itself there is nothing to decide here.
        return course.next_move(
            self.position,
            seconds=lambda: float(len(self.moves)),
            stop_asked=asked,
            parameters=no_parameters,
        )


def undisturbed() -> Iterator[bool]:
    return (False for _ in count())


def told(moves: Sequence[Move]) -> list[object]:
    """The moves, with the rows of a step as plain numbers."""
    return [move.pair[0][:, 0].tolist() if isinstance(move, PlayStep) else move for move in moves]


def halting(event: str, verdict: str, times: Callable[[int], bool]) -> Handler:
    return on(event, lambda _moment: verdict, times)


filters = st.integers(1, 7).map(every) | st.just(once)
handlers = st.lists(
    st.builds(halting, st.sampled_from(list(Event)), st.sampled_from(list(Verdict)), filters), max_size=3
)
untils: st.SearchStrategy[StopRule] = st.one_of(
    st.builds(Until, epochs=st.integers(1, 4)),
    st.builds(Until, epochs=st.just(5), steps=st.integers(1, 12)),
    st.builds(Until, epochs=st.just(5), seconds=st.integers(1, 40)),
    st.builds(lambda patience: Until(epochs=6) | Patience(patience), st.integers(1, 2)),
    st.builds(lambda steps: Until(epochs=2) & Until(steps=steps) | Until(epochs=5), st.integers(1, 12)),
)
plans = st.builds(
    Plan,
    until=untils,
    schedule=st.sampled_from([Cosine(9, per="step"), ReduceOnPlateau(gamma=0.5, patience=0)]),
    batch_size=st.just(2),
)


@given(plan=plans, handlers=handlers, deaths=st.lists(st.booleans(), max_size=80), stop=st.none() | st.integers(0, 9))
@deterministic
def test_whoever_takes_up_a_run_anywhere_makes_the_same_moves(
    plan: Plan, handlers: list[Handler], deaths: list[bool], stop: int | None
) -> None:
    first, second = Host(plan, handlers, stop_before=stop), Host(plan, handlers, stop_before=stop)

    end = first.run(undisturbed())
    again = second.run(iter([*deaths, *(False for _ in range(2000))]))

    assert again == end
    assert told(second.moves) == told(first.moves)
    assert second.rates == first.rates
    assert second.position == first.position
    assert to_json(second.history) == to_json(first.history)


@given(plan=plans, handlers=handlers, stop=st.none() | st.integers(0, 9))
@deterministic
def test_every_move_is_one_that_the_table_or_a_step_allows(
    plan: Plan, handlers: list[Handler], stop: int | None
) -> None:
    host = Host(plan, handlers, stop_before=stop)
    host.run(undisturbed())

    at = Position()
    closed = 0
    for move in host.moves:
        if isinstance(move, GoTo):
            to = move.position
            plain = {NEXT_STAGE.get((at.stage, verdict)) for verdict in Verdict}
            assert to.stage in {*plain, Event.EPOCH_COMPLETED if at.stage not in EPOCH_ENDS else None}
            # Without a handler a seal needs no move of its own, so an epoch may also end right after a step.
            assert to.step == at.step
            assert to.epoch - at.epoch in ({1} if at.stage in EPOCH_ENDS and to.stage is not Event.COMPLETED else {0})
            at = to
        elif isinstance(move, PlayStep):
            assert at.stage in {Event.ITERATION_STARTED, Event.ITERATION_COMPLETED}
            at = at.sealed(0.0, 1)
        elif isinstance(move, CloseEpoch):
            closed += 1
            assert at.stage in EPOCH_ENDS
            assert closed == at.epoch
    assert sum(isinstance(move, End) for move in host.moves) == 1


def test_an_epoch_is_every_row_once_and_the_events_come_in_axons_order() -> None:
    events: list[tuple[str, int, int]] = []
    listening = [on(event, lambda m: events.append((m.event.value, m.epoch, m.step))) for event in Event]
    host = Host(Plan(until=Until(epochs=2), batch_size=2), listening)

    assert host.run(undisturbed()) == End("finished", "2 epochs")

    step_events = [
        [
            (name, epoch, 3 * epoch - 3 + index)
            for index, name in ((number, "iteration_started"), (number + 1, "iteration_completed"))
        ]
        for epoch in (1, 2)
        for number in range(3)
    ]
    assert events == [
        ("started", 1, 0),
        ("epoch_started", 1, 0),
        *(event for pair in step_events[:3] for event in pair),
        ("epoch_completed", 1, 3),
        ("epoch_started", 2, 3),
        *(event for pair in step_events[3:] for event in pair),
        ("epoch_completed", 2, 6),
        ("completed", 2, 6),
    ]
    played = [rows for rows in told(host.moves) if isinstance(rows, list)]
    assert sorted(played[0] + played[1] + played[2]) == sorted(played[3] + played[4] + played[5]) == [0, 1, 2, 3, 4]
    assert [(record.epoch, record.step) for record in host.history] == [(1, 3), (2, 6)]


@pytest.mark.parametrize(
    ("until", "handlers", "stop", "end", "steps", "records"),
    [
        (Until(epochs=2), [], None, End("finished", "2 epochs"), 6, 2),
        (Until(steps=4), [], None, End("finished", "4 steps"), 4, 1),
        (Until(steps=3), [], None, End("finished", "3 steps"), 3, 1),
        (Until(epochs=9), [], 4, End("stopped", "asked to stop after step 4"), 4, 1),
        (Until(epochs=9), [], 0, End("stopped", "asked to stop after step 0"), 0, 0),
        (
            Until(epochs=9),
            [halting("started", "halt_run", once)],
            None,
            End("finished", "a handler halted the run after step 0"),
            0,
            0,
        ),
        (
            Until(epochs=9),
            [halting("iteration_completed", "halt_run", every(5))],
            None,
            End("finished", "a handler halted the run after step 5"),
            5,
            1,
        ),
        (
            Until(epochs=9),
            [halting("epoch_completed", "halt_run", every(2))],
            None,
            End("finished", "a handler halted the run after step 6"),
            6,
            2,
        ),
        (Until(epochs=2), [halting("epoch_completed", "halt_run", every(2))], None, End("finished", "2 epochs"), 6, 2),
        (
            Until(epochs=3),
            [halting("iteration_completed", "halt_epoch", every(2))],
            None,
            End("finished", "3 epochs"),
            6,
            3,
        ),
        (Until(epochs=3), [halting("epoch_started", "halt_epoch", once)], None, End("finished", "3 epochs"), 6, 3),
        (
            Until(epochs=9),
            [halting("epoch_started", "halt_epoch", every(1))],
            None,
            End("failed", "epoch 2 was halted before its first step: let a handler continue"),
            0,
            2,
        ),
    ],
)
def test_a_run_ends_as_it_is_told_to(
    until: StopRule, handlers: list[Handler], stop: int | None, end: End, steps: int, records: int
) -> None:
    host = Host(Plan(until=until, batch_size=2), handlers, stop_before=stop)

    assert host.run(undisturbed()) == end
    assert (host.position.step, len(host.history)) == (steps, records)


def test_a_step_that_is_halted_as_it_starts_is_counted_and_the_next_epoch_plays_on() -> None:
    host = Host(Plan(until=Until(epochs=3), batch_size=2), [halting("iteration_started", "halt_epoch", every(3))])

    # The third, sixth and ninth start are halted: two steps are played in each epoch.
    assert host.run(undisturbed()) == End("finished", "3 epochs")
    assert host.position.step == 6


def test_once_is_the_first_epoch_that_is_halted_whatever_its_number() -> None:
    halted: list[int] = []
    host = Host(
        Plan(until=Until(epochs=4), batch_size=2),
        [
            halting("iteration_completed", "halt_epoch", lambda step: step in {7, 8}),
            on("epoch_halted", lambda moment: halted.append(moment.epoch), once),
        ],
    )

    host.run(undisturbed())

    assert halted == [3]


def test_handlers_are_shown_the_record_of_an_epoch_that_is_over_and_the_loss_of_one_under_way() -> None:
    shown: dict[Event, list[Moment]] = {event: [] for event in Event}
    host = Host(
        Plan(until=Until(epochs=2), batch_size=2), [on(event, lambda m: shown[m.event].append(m)) for event in Event]
    )
    host.run(undisturbed())

    assert [moment.record for moment in shown[Event.EPOCH_COMPLETED]] == host.history
    assert all(m.record is None for event in Event if event not in EPOCH_ENDS for m in shown[event])
    assert [np.isnan(m.loss) for m in shown[Event.ITERATION_STARTED]] == [True, False, False] * 2
    assert [moment.loss for moment in shown[Event.ITERATION_COMPLETED]][2::3] == [r.loss for r in host.history]


def test_each_step_has_the_rate_that_the_schedule_says_and_the_record_that_of_the_last() -> None:
    schedule = Cosine(10, per="step")
    host = Host(Plan(until=Until(epochs=3), batch_size=2, optimizer=SGD(0.5), schedule=schedule))
    host.run(undisturbed())

    assert host.rates == [0.5 * schedule.factor(epoch=1, step=step) for step in range(1, 10)]
    assert [record.learning_rate for record in host.history] == host.rates[2::3]


def test_a_plateau_lowers_the_rate_of_the_epoch_after_it() -> None:
    schedule = ReduceOnPlateau(gamma=0.5, patience=0)
    host = Host(Plan(until=Until(epochs=4), batch_size=2, optimizer=SGD(0.5), schedule=schedule))
    host.history = [EpochRecord(1, 3, 1.0, {}, {}), EpochRecord(2, 6, 2.0, {}, {})]
    host.position = Position(3, step=6, stage=Event.EPOCH_STARTED)
    host.run(undisturbed())

    assert host.rates[:3] == [0.25] * 3
    assert host.history[2].learning_rate == 0.25


def test_rows_that_cannot_be_had_end_the_run_with_what_is_wrong() -> None:
    def batches() -> Iterator[Any]:
        yield ROWS, ROWS
        yield ROWS * np.nan, ROWS

    def stream() -> Source:
        return StreamSource(batches, inputs=1, outputs=1, dtype="float64", check_targets=lambda _targets: None)

    host = Host(Plan(until=Until(epochs=2)), source=stream)

    end = host.run(undisturbed())

    assert end.state == "failed"
    assert end.reason.startswith("batch 1 of epoch 1 of the stream: inputs must be finite in float64: row 0, column 0")
    assert host.position.step == 1


def test_whether_a_batch_is_left_is_asked_before_the_rule_so_a_complete_epoch_is_recorded() -> None:
    asked: list[tuple[int, int]] = []

    class Listening(ArraySource):
        def batch(self, epoch: int, index: int) -> Pair | None:
            asked.append((epoch, index))
            return super().batch(epoch, index)

    host = Host(
        Plan(until=Until(steps=3), batch_size=2),
        source=lambda: Listening(ROWS, ROWS, batch_size=2, shuffle=False, seed=0),
    )

    assert host.run(undisturbed()) == End("finished", "3 steps")
    assert asked == [(1, 0), (1, 1), (1, 2), (1, 3)]
    assert len(host.history) == 1
