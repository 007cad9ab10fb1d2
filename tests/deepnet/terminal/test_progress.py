import io

from rich.console import Console

from deepnet import Chain, Dense, Until, start
from deepnet.terminal.progress import RunProgress


def followed(*, terminal: bool, epochs: int) -> str:
    paper = io.StringIO()
    console = Console(file=paper, width=200, force_terminal=terminal, color_system=None)
    with start(Chain(Dense(1, 1))) as network:
        progress = RunProgress(console, "mean_absolute_error")
        run = network.train(
            [[1], [2]], [[2], [4]], until=Until(epochs=epochs), optimizer="sgd", metrics=("mean_absolute_error",)
        )
        progress.follow(run)
        assert run.state == "finished"
    return paper.getvalue()


def test_away_from_a_terminal_there_is_a_line_for_some_of_the_epochs() -> None:
    lines = followed(terminal=False, epochs=100).splitlines()

    assert 10 <= len(lines) <= 40
    assert lines[-1].startswith("epoch 100/100  step 200  loss ")
    assert "MAE" in lines[-1]
    assert "steps/s" in lines[-1]


def test_on_a_terminal_the_bar_ends_at_the_end() -> None:
    text = followed(terminal=True, epochs=50)

    assert "epoch 50/50" in text
    assert "100%" in text
    assert "steps/s" in text
