import io
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from deepnet.plots import activation_figure, history_figure, predictions_figure
from deepnet.plots.figures import Figure, Lines, Panel, Series
from deepnet.terminal.charts import HEIGHT, LOWER_HEIGHT, NARROWEST, WIDTH, draw_chart, show_chart
from deepnet.training.history import EpochRecord

ROWS = np.linspace(0, 9, 10)[:, np.newaxis]
HISTORY = history_figure(
    [EpochRecord(epoch, epoch, 2 / epoch, {"r2": 1 - 1 / epoch}, {"loss": 3 / epoch}) for epoch in range(1, 21)]
)
FIGURES = {
    "activations": activation_figure(["relu", "tanh"]),
    "all activations": activation_figure(),
    "history": HISTORY,
    "numbers": predictions_figure(ROWS, ROWS + 1, target="mpg"),
    "classes": predictions_figure(np.eye(3), np.eye(3), labels=("cat", "dog", "owl")),
}


def shown(figure: Figure, *, terminal: bool, encoding: str = "utf-8", width: int = 100) -> str:
    paper = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(file=paper, width=width, force_terminal=terminal, color_system="truecolor" if terminal else None)
    show_chart(figure, console)
    paper.seek(0)
    return paper.read()


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("width", [NARROWEST, 55, WIDTH])
def test_no_line_is_longer_than_there_is_room(name: str, width: int) -> None:
    body = draw_chart(FIGURES[name], width=width).split("\n\n", maxsplit=1)[1]

    assert max(map(len, body.splitlines())) <= width


@pytest.mark.parametrize("name", FIGURES)
def test_the_same_figure_gives_the_same_text(name: str) -> None:
    first = draw_chart(FIGURES[name])
    draw_chart(FIGURES["activations"], colour=True)

    assert draw_chart(FIGURES[name]) == first


def test_a_drawing_leaves_nothing_behind_for_the_next() -> None:
    import plotext  # noqa: PLC0415

    plotext.clear_figure()
    empty = plotext.build()
    plotext.plot([1, 2, 3], [100, 200, 300], label="not ours")
    drawn = draw_chart(FIGURES["numbers"])

    assert "not ours" not in drawn
    assert "300" not in drawn
    assert plotext.build() == empty


def test_every_panel_has_its_title_its_frame_and_its_ticks() -> None:
    lines = draw_chart(HISTORY).splitlines()

    assert lines[:2] == ["Training history", "20 epochs, 20 steps"]
    tops = [index for index, line in enumerate(lines) if "┌" in line]
    bottoms = [index for index, line in enumerate(lines) if "└" in line]
    assert [lines[top - 1].strip() for top in tops] == ["loss", "R2"]
    assert [bottom - top for top, bottom in zip(tops, bottoms, strict=True)] == [HEIGHT - 2, LOWER_HEIGHT - 2]
    assert lines[bottoms[0] + 1].split() == ["5", "10", "15", "20"]
    assert lines[bottoms[0] + 2].strip() == "epoch"


def test_a_rising_line_rises() -> None:
    line = Series("rows", tuple((float(x), float(x)) for x in range(101)))
    rows = draw_chart(Lines("", "", "x", (Panel("y", (line,)),)), ascii_only=True).splitlines()
    places = [row.index("*") for row in rows if "*" in row]

    assert len(places) == HEIGHT - 3
    assert places == sorted(places, reverse=True)


def test_without_colours_lines_differ_by_their_characters() -> None:
    text = draw_chart(FIGURES["activations"])

    assert "* relu   o tanh" in text
    assert text.count("*") > 50
    assert text.count("o") > 50
    assert "\x1b" not in text


def test_with_colours_lines_are_fine_and_differ_by_them() -> None:
    text = draw_chart(FIGURES["activations"], colour=True)

    assert "*" not in text
    assert len({code for code in text.split("\x1b[") if code.startswith("38;5;")}) > 2


def test_colours_are_for_terminals_only() -> None:
    assert "\x1b" in shown(HISTORY, terminal=True)
    assert "\x1b" not in shown(HISTORY, terminal=False)
    assert shown(HISTORY, terminal=False) == draw_chart(HISTORY) + "\n"


def test_a_narrow_console_gets_a_narrow_chart() -> None:
    assert shown(HISTORY, terminal=False, width=50) == draw_chart(HISTORY, width=50) + "\n"


@pytest.mark.parametrize("name", FIGURES)
def test_a_console_that_knows_ascii_only_gets_ascii(name: str) -> None:
    assert shown(FIGURES[name], terminal=False, encoding="ascii").isascii()


def test_of_many_small_panels_two_stand_side_by_side() -> None:
    lines = draw_chart(FIGURES["all activations"]).splitlines()
    headings = next(line for line in lines if "identity" in line)

    assert headings.split() == ["identity", "sigmoid"]
    assert lines[lines.index(headings) + 1].count("┌") == 2


def test_a_scatter_has_its_points_and_the_diagonal() -> None:
    text = draw_chart(FIGURES["numbers"], ascii_only=True)

    assert text.count("*") == 10
    assert text.count(".") > 20
    assert ". predicted mpg = true mpg" in text


def test_a_logarithmic_axis_turns_a_power_into_a_straight_line() -> None:
    points = tuple((x / 10, 10.0 ** (x / 10)) for x in range(-30, 31))
    panel = Panel("loss", (Series("training", points),), logarithmic=True)
    rows = draw_chart(Lines("", "", "x", (panel,)), ascii_only=True).splitlines()
    places = [row.index("*") for row in rows if "*" in row]
    straight = np.linspace(places[0], places[-1], len(places))

    assert "    loss (log scale)" in rows
    assert {row.split("|")[0].strip() for row in rows if "|" in row} > {"0.001", "0.1", "10", "1000"}
    assert len(places) == HEIGHT - 3
    assert np.abs(np.array(places) - straight).max() <= 2


@given(st.lists(st.floats(allow_nan=False, width=64), min_size=1, max_size=6))
@settings(derandomize=True, deadline=None, max_examples=40)
def test_any_losses_can_be_drawn(losses: list[float]) -> None:
    records = [EpochRecord(epoch, epoch, loss, {}, {"loss": 1.0}) for epoch, loss in enumerate(losses, 1)]
    figure = history_figure(records)
    lines = draw_chart(figure).splitlines()

    assert max(map(len, lines)) <= WIDTH
    drawn = [y for series in figure.panels[0].series for _, y in series.points]
    assert all(map(math.isfinite, drawn))
