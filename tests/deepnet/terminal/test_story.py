import io

import pytest
from rich.console import Console

from deepnet import events
from deepnet.terminal.story import ALL_EPOCHS_UP_TO, Story, StoryTeller


def epoch(number: int, error: float) -> events.EpochEnded:
    return events.EpochEnded("demo", number, number, error, {"mean_squared_error": error}, {})


@pytest.fixture
def paper() -> io.StringIO:
    return io.StringIO()


def teller(paper: io.StringIO, times: list[float]) -> StoryTeller:
    return StoryTeller(Console(file=paper, width=200), "mean_squared_error", clock=lambda: times.pop(0))


def test_a_story_ends_with_the_end_of_its_run() -> None:
    story = Story()
    for event in (epoch(1, 0.5), events.RunEnded("demo", "finished", "1 epochs", 1, 1), epoch(2, 0.1)):
        story(event)

    assert [type(event) for event in story.until_end()] == [events.EpochEnded, events.RunEnded]


def test_the_bar_is_as_long_as_the_error_is_large(paper: io.StringIO) -> None:
    tell = teller(paper, [1.0, 2.0]).tell
    tell(epoch(1, 0.5))
    tell(epoch(2, 0.25))
    bars = [line.count("█") for line in paper.getvalue().splitlines()]

    assert bars == [40, 20]


def test_deaths_restarts_and_replays_are_told(paper: io.StringIO) -> None:
    tell = teller(paper, []).tell
    tell(events.NeuronDied("demo", "dense_0/1", 4, "RuntimeError: [odd] reason"))
    tell(events.NeuronRestarted("demo", "dense_0/1", 2))
    tell(events.StepReplayed("demo", 4, 2))
    died, back, replayed = paper.getvalue().splitlines()

    assert "dense_0/1 died in step 4: RuntimeError: [odd] reason" in died
    assert "dense_0/1 is back (restart 2)" in back
    assert "step 4 is played again (attempt 2)" in replayed


def test_epochs_that_come_too_fast_to_read_are_left_out_but_not_the_last(paper: io.StringIO) -> None:
    count = ALL_EPOCHS_UP_TO + 50
    told = teller(paper, [0.001 * number for number in range(count)])
    for number in range(1, count + 1):
        told.tell(epoch(number, 1 / number))
    told.tell(events.RunEnded("demo", "finished", "", count, count))
    lines = paper.getvalue().splitlines()

    assert len(lines) < ALL_EPOCHS_UP_TO + 10
    assert f"epoch {count:>5}" in lines[-1]
