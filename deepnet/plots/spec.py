"""From a figure to the Vega-Lite specification of a picture: plain data that JSON can hold, the numbers inside it.

Colours are Okabe and Ito's, which people with any kind of colour vision tell apart; lines differ in their dashes too.

Source: vega.github.io/vega-lite, version 5; Okabe and Ito, Color universal design (2008).
"""

import math
from typing import Any

from deepnet.plots.figures import Figure, Lines, Matrix, Panel, Scatter

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
PALE_TO_DARK = ("#f4f8fc", "#6baed6", "#08306b")
DASHES = ([1, 0], [7, 3], [2, 2], [9, 3, 2, 3], [14, 4], [4, 1], [1, 4])
WIDTH, HEIGHT = 480, 300
LOWER_HEIGHT = 130
"""Of the panels below the first."""
SMALL_WIDTH, SMALL_HEIGHT = 200, 130
"""Of the panels of a grid."""
MARGIN = 0.04
SIDE = 360
"""Of a square chart."""
FEW_POINTS = 30
"""A line of so few points shows each of them; a line of a single one would not be seen otherwise."""
SMALLEST_CELL, LARGEST_CELL = 20, 90
LONGEST_LABEL = 140

_CONFIG: dict[str, Any] = {
    "view": {"stroke": "#bbbbbb"},
    "axis": {
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelFontSize": 11,
        "labelLimit": LONGEST_LABEL,
        "gridColor": "#e6e6e6",
    },
    "legend": {"orient": "top", "labelFontSize": 12, "symbolStrokeWidth": 2, "symbolSize": 250},
    "title": {"anchor": "start", "fontSize": 15, "subtitleFontSize": 12, "subtitleColor": "#555555"},
}


def specification(figure: Figure) -> dict[str, Any]:
    """Return the Vega-Lite specification of *figure*."""
    match figure:
        case Lines():
            body = _lines(figure)
        case Scatter():
            body = _scatter(figure)
        case Matrix():
            body = _matrix(figure)
    title: dict[str, Any] = {"text": figure.title, "offset": 12}
    if figure.subtitle:
        title["subtitle"] = figure.subtitle
    return {"$schema": SCHEMA, "background": "white", "padding": 12, "title": title, **body, "config": _CONFIG}


def _lines(figure: Lines) -> dict[str, Any]:
    panels = [_panel(figure, panel, index) for index, panel in enumerate(figure.panels)]
    # One scale for all panels, so that there is one legend and a name has one colour.
    shared = {"scale": {"color": "shared", "strokeDash": "shared"}}
    return {"concat": panels, "columns": figure.columns, "spacing": 20, "resolve": shared}


def _panel(figure: Lines, panel: Panel, index: int) -> dict[str, Any]:
    names = figure.names
    rows = [{"x": x, "y": y, "series": series.name} for series in panel.series for x, y in series.points]
    few = max(len(series.points) for series in panel.series) <= FEW_POINTS
    heading = {"title": {"text": panel.heading, "fontSize": 13, "anchor": "middle"}} if panel.heading else {}
    width, height = _size(figure, index)
    legend = {"title": None, "symbolType": "stroke"} if len(names) > 1 else None
    return {
        **heading,
        "width": width,
        "height": height,
        "data": {"values": rows},
        "mark": {"type": "line", "strokeWidth": 2, "point": {"size": 30} if few else False},
        "encoding": {
            "x": {
                "field": "x",
                "type": "quantitative",
                # The panel below, if there is one, has the same axis.
                "title": figure.x_title if index + figure.columns >= len(figure.panels) else None,
                "scale": {"zero": False, "nice": False},
                "axis": {"tickMinStep": 1, "format": "d"} if figure.whole else {},
            },
            "y": _vertical(panel),
            "color": {
                "field": "series",
                "type": "nominal",
                "scale": {"domain": names, "range": COLOURS[: len(names)]},
                "legend": legend,
            },
            "strokeDash": {
                "field": "series",
                "type": "nominal",
                "scale": {"domain": names, "range": DASHES[: len(names)]},
                "legend": legend,
            },
        },
    }


def _vertical(panel: Panel) -> dict[str, Any]:
    """Return the vertical axis, a little longer than the lines are high, so that none lies on the frame."""
    axis: dict[str, Any] = {"field": "y", "type": "quantitative", "title": panel.title}
    low, high = panel.ends
    if panel.logarithmic:
        low, high = math.log10(low), math.log10(high)
        margin = (high - low) * MARGIN
        scale = {"type": "log", "domain": [10 ** (low - margin), 10 ** (high + margin)], "nice": False}
        axis |= {"title": f"{panel.title} (log scale)", "axis": {"values": panel.powers, "format": "~g"}}
    else:
        margin = high * MARGIN - low * MARGIN
        scale = {"domain": [low - margin, high + margin], "zero": False, "nice": False}
    return {**axis, "scale": scale}


def _size(figure: Lines, index: int) -> tuple[int, int]:
    if figure.is_grid:
        return SMALL_WIDTH, SMALL_HEIGHT
    return WIDTH, HEIGHT if index < figure.columns else LOWER_HEIGHT


def _scatter(figure: Scatter) -> dict[str, Any]:
    names = [series.name for series in figure.series]
    rows = [{"x": x, "y": y, "series": series.name} for series in figure.series for x, y in series.points]
    ends = {"domain": list(figure.ends), "zero": False, "nice": False}
    diagonal = [{"x": end, "y": end} for end in figure.ends]

    def axis(field: str, title: str) -> dict[str, Any]:
        return {"field": field, "type": "quantitative", "title": title, "scale": ends}

    position = {"x": axis("x", figure.x_title), "y": axis("y", figure.y_title)}
    colour = {
        "field": "series",
        "type": "nominal",
        "scale": {"domain": names, "range": [COLOURS[index % len(COLOURS)] for index in range(len(names))]},
        "legend": {"title": None} if len(names) > 1 else None,
    }
    return {
        "width": SIDE,
        "height": SIDE,
        "layer": [
            {
                "data": {"values": diagonal},
                "mark": {"type": "line", "color": "#777777", "strokeDash": [5, 4]},
                "encoding": position,
            },
            {
                "data": {"values": rows},
                "mark": {"type": "point", "filled": True, "size": 28, "opacity": 0.55},
                "encoding": {**position, "color": colour},
            },
        ],
    }


def _matrix(figure: Matrix) -> dict[str, Any]:
    labels, sums = list(figure.labels), [sum(row) for row in figure.counts]
    cells = [
        {"true": true, "predicted": predicted, "rows": count, "share": count / max(1, total)}
        for true, row, total in zip(labels, figure.counts, sums, strict=True)
        for predicted, count in zip(labels, row, strict=True)
    ]
    cell = min(LARGEST_CELL, max(SMALLEST_CELL, SIDE // len(labels)))
    slanted = max(map(len, labels)) * 7 > cell

    def axis(field: str, **options: object) -> dict[str, Any]:
        title = f"{field} class"
        return {"field": field, "type": "nominal", "sort": labels, "title": title, "axis": {"grid": False, **options}}

    shade = {"field": "share", "type": "quantitative", "scale": {"range": PALE_TO_DARK, "domain": [0, 1]}}
    return {
        "width": cell * len(labels),
        "height": cell * len(labels),
        "data": {"values": cells},
        "encoding": {"x": axis("predicted", labelAngle=-45 if slanted else 0), "y": axis("true")},
        "layer": [
            {
                "mark": {"type": "rect", "stroke": "white"},
                "encoding": {
                    "color": {
                        **shade,
                        "legend": {
                            "title": "share of the true class",
                            "format": ".0%",
                            "orient": "right",
                            "gradientLength": 150,
                        },
                    }
                },
            },
            {
                "mark": {"type": "text", "fontSize": 9 if cell < 28 else 12},
                "encoding": {
                    "text": {"field": "rows", "type": "quantitative"},
                    "color": {
                        "condition": [
                            {"test": "datum.share > 0.5", "value": "white"},
                            {"test": "datum.rows == 0", "value": "#bbbbbb"},
                        ],
                        "value": "#222222",
                    },
                },
            },
        ],
    }
