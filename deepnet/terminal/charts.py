"""Charts in text: the same figures that pictures are made of, for a screen or a file."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from deepnet.plots.figures import Figure, Lines, Matrix, Panel, Point, Scatter
from deepnet.terminal.confusion import confusion_lines
from deepnet.terminal.ticks import Axis, linear_axis, logarithmic_axis

WIDTH, HEIGHT = 72, 18
LOWER_HEIGHT = 12
"""Of the panels below the first, and of those of a grid."""
NARROWEST = 36
"""Of a panel."""
BRAILLE, DOT = "braille", "."
LETTERS = "*o+x#@%"
"""What lines are drawn with where colours cannot tell them apart."""
COLOURS = ("blue", "orange", "green", "magenta", "cyan", "red", "white")
_FRAME = str.maketrans("┌┐└┘─│┤├┬┴┼", "++++-||||++")


@dataclass(frozen=True, slots=True)
class _Look:
    """What a line is drawn with; no colour if that is empty."""

    marker: str
    colour: str = ""


@dataclass(frozen=True, slots=True)
class _Stroke:
    points: Sequence[Point]
    look: _Look
    joined: bool = True


def show_chart(figure: Figure, console: Console | None = None) -> None:
    """Print *figure*, 72 columns wide or as wide as the console, in colours if the console has them."""
    console = console or Console()
    text = draw_chart(
        figure,
        width=min(WIDTH, console.width),
        colour=console.color_system is not None and not console.no_color,
        ascii_only=console.options.ascii_only,
    )
    console.print(Text.from_ansi(text), soft_wrap=True)


def draw_chart(figure: Figure, *, width: int = WIDTH, colour: bool = False, ascii_only: bool = False) -> str:
    """Return *figure* as lines of text; the same figure gives the same text.

    Args:
        figure: what to draw.
        width: in characters; at least 36 are used.
        colour: whether lines are told apart by colours, as ANSI codes, and not by the characters they are made of.
        ascii_only: whether to do without the characters of frames and of fine dots.
    """
    width = max(width, NARROWEST)
    match figure:
        case Lines():
            body = _lines(figure, width, _looks(figure.names, colour=colour, fine=not ascii_only))
        case Scatter():
            names = tuple(series.name for series in figure.series)
            body = _scatter(figure, width, _looks(names, colour=colour, fine=not ascii_only))
        case Matrix():
            body = confusion_lines(figure, width)
    heading = [figure.title, figure.subtitle] if figure.subtitle else [figure.title]
    text = "\n".join([*heading, "", *(line.rstrip() for line in body)]).rstrip("\n")
    return text.translate(_FRAME).encode("ascii", "replace").decode() if ascii_only else text


def _looks(names: Sequence[str], *, colour: bool, fine: bool) -> dict[str, _Look]:
    """Return how each line looks: fine dots where colours tell the lines apart, or where there is only one."""
    fine = fine and (colour or len(names) == 1)
    return {
        name: _Look(BRAILLE if fine else LETTERS[index % len(LETTERS)], COLOURS[index % len(COLOURS)] if colour else "")
        for index, name in enumerate(names)
    }


def _lines(figure: Lines, width: int, looks: dict[str, _Look]) -> Iterator[str]:
    if len(looks) > 1:
        yield from (_legend(looks), "")
    across = max(1, width // NARROWEST) if figure.is_grid else 1
    for start in range(0, len(figure.panels), across):
        row = figure.panels[start : start + across]
        height = HEIGHT if start == 0 and not figure.is_grid else LOWER_HEIGHT
        drawn = [_panel(figure, panel, looks, width // across, height) for panel in row]
        yield from ("".join(parts) for parts in zip(*drawn, strict=True))
        yield ""


def _legend(looks: dict[str, _Look]) -> str:
    samples = {name: ("⠒⠒" if look.marker == BRAILLE else look.marker, look.colour) for name, look in looks.items()}
    return "    " + "   ".join(f"{_coloured(*sample)} {name}" for name, sample in samples.items())


def _coloured(text: str, colour: str) -> str:
    import plotext  # noqa: PLC0415 - only who draws pays for it

    return str(plotext.colorize(text, colour)) if colour else text


def _panel(figure: Lines, panel: Panel, looks: dict[str, _Look], width: int, height: int) -> list[str]:
    """Return a panel as *height* + 2 lines that are *width* wide: what is drawn, the drawing, what lies below."""
    xs = [x for series in panel.series for x, _ in series.points]
    if min(xs) < max(xs):
        x_axis = linear_axis(min(xs), max(xs), width // 9, whole=figure.whole)
    else:
        x_axis = Axis(xs[0] - 1, xs[0] + 1, (xs[0],), (f"{xs[0]:g}",))
    marks = height // 3
    y_axis = (
        logarithmic_axis(*panel.ends, panel.powers, marks) if panel.logarithmic else linear_axis(*panel.ends, marks)
    )
    strokes = [
        _Stroke([(x, math.log10(y) if panel.logarithmic else y) for x, y in series.points], looks[series.name])
        for series in panel.series
    ]
    title = panel.heading or panel.title + (" (log scale)" if panel.logarithmic else "")
    drawn = _canvas(strokes, x_axis, y_axis, width, height)
    return [f"    {title}".ljust(width), *drawn, figure.x_title.center(width)]


def _scatter(figure: Scatter, width: int, looks: dict[str, _Look]) -> Iterator[str]:
    ends = figure.ends
    diagonal = _Stroke(
        [(ends[0], ends[0]), (ends[1], ends[1])],
        _Look(DOT, "white" if any(look.colour for look in looks.values()) else ""),
    )
    strokes = [_Stroke(series.points, looks[series.name], joined=False) for series in figure.series]
    yield _legend({**(looks if len(looks) > 1 else {}), f"{figure.y_title} = {figure.x_title}": diagonal.look})
    yield f"    {figure.y_title}"
    yield from _canvas(
        [diagonal, *strokes], linear_axis(*ends, width // 9), linear_axis(*ends, HEIGHT // 3), width, HEIGHT
    )
    yield figure.x_title.center(width)


def _canvas(strokes: Sequence[_Stroke], x_axis: Axis, y_axis: Axis, width: int, height: int) -> list[str]:
    """Return *height* lines, each *width* wide."""
    import plotext  # noqa: PLC0415 - only who draws pays for it

    # plotext draws on one figure that all its users share: leave none of it behind.
    plotext.clear_figure()
    try:
        plotext.theme("clear")
        plotext.limit_size(width=False, height=False)
        plotext.plot_size(width, height)
        for axis, limits, ticks in ((x_axis, plotext.xlim, plotext.xticks), (y_axis, plotext.ylim, plotext.yticks)):
            limits(axis.low, axis.high)
            ticks(list(axis.marks), list(axis.labels))
        for stroke in strokes:
            xs, ys = zip(*stroke.points, strict=True)
            draw = plotext.plot if stroke.joined else plotext.scatter
            draw(list(xs), list(ys), marker=stroke.look.marker, color=stroke.look.colour or "default")
        text = str(plotext.build())
    finally:
        plotext.clear_figure()
    if not any(stroke.look.colour for stroke in strokes):
        text = str(plotext.uncolorize(text))
    return text.rstrip("\n").split("\n")
