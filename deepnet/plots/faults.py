"""The picture of a campaign of faults: error before, during and after each of them, and how soon runs recovered."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from deepnet.errors import InputError
from deepnet.plots.figures import LARGEST, Series, needs_logarithm
from deepnet.plots.spec import COLOURS, SCHEMA
from deepnet.runs.recovery import Level, Outcome, spread

WIDTH, HEIGHT = 230, 140
COLUMNS = 3
ROW = 15
"""Height of a line of the chart of recoveries."""
UNDISTURBED = "undisturbed"
GREY, SHADE = "#333333", "#f3ead2"
_CONFIG: dict[str, Any] = {
    "view": {"stroke": "#bbbbbb"},
    "axis": {"titleFontSize": 12, "titleFontWeight": "normal", "labelFontSize": 11, "gridColor": "#e6e6e6"},
    "legend": {"orient": "top", "labelFontSize": 12, "symbolStrokeWidth": 2, "symbolSize": 250},
    "title": {"anchor": "start", "fontSize": 15, "subtitleFontSize": 12, "subtitleColor": "#555555"},
}


def faults_chart(outcomes: Sequence[Outcome], within: float, subtitle: str = "") -> dict[str, Any]:
    """Return the Vega-Lite specification of a panel a fault, and of a chart of recoveries.

    A line is the mean over the seeds, and the band about it their range; a line ends where a run has. Epochs of the
    fault are shaded.

    Args:
        outcomes: of all runs, one or more.
        within: so many percent above the undisturbed error count as recovered.
        subtitle: what has to be known besides.

    Raises:
        InputError: there is nothing to draw.
    """
    if not outcomes:
        raise InputError("no run of the campaign is over: there is nothing to draw")
    faults = list(dict.fromkeys(outcome.level.fault for outcome in outcomes))
    names = [UNDISTURBED, *dict.fromkeys(_name(one) for one in sorted((o.level for o in outcomes), key=_order))]
    colours = [GREY, *(COLOURS[index % len(COLOURS)] for index in range(len(names) - 1))]
    lines = {fault: _lines([one for one in outcomes if one.level.fault == fault]) for fault in faults}
    vertical = _vertical([row for rows in lines.values() for row in rows])
    scale = {"domain": names, "range": colours}
    panels = [
        _panel(fault, lines[fault], outcomes[0], scale, vertical, index, len(faults))
        for index, fault in enumerate(faults)
    ]
    return {
        "$schema": SCHEMA,
        "background": "white",
        "padding": 12,
        "title": {
            "text": "What faults do to a network that learns, and how it gets over them",
            "subtitle": [
                *([subtitle] if subtitle else []),
                "Lines: mean over the seeds; bands: their range; shaded: the epochs of the fault",
            ],
            "offset": 12,
        },
        "vconcat": [
            {"concat": panels, "columns": COLUMNS, "spacing": 14, "resolve": {"scale": {"color": "shared"}}},
            _recoveries(outcomes, within, scale),
        ],
        "spacing": 24,
        "resolve": {"scale": {"color": "shared"}},
        "config": _CONFIG,
    }


def _name(level: Level) -> str:
    return f"rate {level.rate:g}" + ("" if level.amount is None else f", amount {level.amount:g}")


def _order(level: Level) -> tuple[float, float]:
    return level.rate, -math.inf if level.amount is None else level.amount


def _lines(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Return rows of epoch, mean and range for the undisturbed runs and each level of one fault."""
    levels = dict.fromkeys(outcome.level for outcome in outcomes)
    runs = {UNDISTURBED: [one.undisturbed for one in {one.seed: one for one in outcomes}.values()]}
    runs |= {_name(level): [one.errors for one in outcomes if one.level == level] for level in levels}
    return [row for name, errors in runs.items() for row in _means(name, errors)]


def _means(name: str, runs: Sequence[Sequence[float]]) -> Iterator[dict[str, Any]]:
    for epoch, errors in enumerate(zip(*runs, strict=False), 1):
        if any(not error <= LARGEST for error in errors):
            return
        mean, low, high = spread(errors)
        yield {"series": name, "epoch": epoch, "mean": mean, "low": low, "high": high}


def _vertical(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the scale of the errors, the same for all panels so that they can be compared."""
    numbers = [row[part] for row in rows for part in ("low", "high")]
    if needs_logarithm([Series("", tuple((0.0, number) for number in numbers))]):
        low, high = (math.log10(end) for end in (min(numbers), max(numbers)))
        margin = 0.04 * (high - low)
        return {"type": "log", "domain": [10 ** (low - margin), 10 ** (high + margin)], "nice": False}
    return {"domain": [0, 1.04 * max(numbers) or 1.0], "nice": False}


def _panel(
    fault: str,
    rows: Sequence[dict[str, Any]],
    one: Outcome,
    scale: dict[str, Any],
    vertical: dict[str, Any],
    index: int,
    panels: int,
) -> dict[str, Any]:
    logarithmic = vertical.get("type") == "log"
    axis: dict[str, Any] = {"format": "~g", "tickCount": 4}
    if logarithmic:
        low, high = (math.log10(end) for end in vertical["domain"])
        axis = {"format": "~g", "values": [10.0**power for power in range(math.ceil(low), math.floor(high) + 1)]}
    title = "error (log scale)" if logarithmic else "error"
    across = {
        "field": "epoch",
        "type": "quantitative",
        "title": "epoch" if index + COLUMNS >= panels else None,
        "scale": {"domain": [1, len(one.undisturbed)], "nice": False},
        "axis": {"tickMinStep": 1, "format": "d", "tickCount": 6},
    }
    up = {"type": "quantitative", "scale": vertical, "axis": axis, "title": title if index % COLUMNS == 0 else None}
    legend = {"title": None, "symbolType": "stroke", "symbolOpacity": 1}
    colour = {"field": "series", "type": "nominal", "scale": scale, "legend": legend}
    return {
        "title": {"text": fault, "fontSize": 13, "anchor": "middle"},
        "width": WIDTH,
        "height": HEIGHT,
        "layer": [
            {
                "data": {"values": [{"begin": max(1, one.first - 1), "end": one.last}]},
                "mark": {"type": "rect", "color": SHADE},
                "encoding": {"x": {**across, "field": "begin"}, "x2": {"field": "end"}},
            },
            {
                "data": {"values": list(rows)},
                "encoding": {"x": across, "color": colour},
                "layer": [
                    {
                        "mark": {"type": "area", "opacity": 0.18, "clip": True},
                        "encoding": {"y": {**up, "field": "low"}, "y2": {"field": "high"}},
                    },
                    {"mark": {"type": "line", "strokeWidth": 1.8}, "encoding": {"y": {**up, "field": "mean"}}},
                    {  # above the others, and dashed: where nothing changed, both are seen
                        "transform": [{"filter": f"datum.series == '{UNDISTURBED}'"}],
                        "mark": {"type": "line", "strokeWidth": 1.8, "strokeDash": [3, 3]},
                        "encoding": {"y": {**up, "field": "mean"}},
                    },
                ],
            },
        ],
    }


def _recoveries(outcomes: Sequence[Outcome], within: float, scale: dict[str, Any]) -> dict[str, Any]:
    """Return a chart with a row for each fault and rate, and dots: the larger, the more runs recovered just then."""
    found = [(outcome.level, outcome.recovered_after(within)) for outcome in outcomes]
    never = max((epochs for _, epochs in found if epochs is not None), default=0) + 2
    rows = [
        {
            "level": f"{level.fault}, {_name(level)}",
            "series": _name(level),
            "epochs": never if epochs is None else epochs,
            "runs": runs,
        }
        for (level, epochs), runs in Counter(found).items()
    ]
    most = max(2, *Counter(found).values())
    levels = list(dict.fromkeys(row["level"] for row in rows))
    return {
        "title": {
            "text": "How soon they recovered for good (the larger a dot, the more runs)",
            "fontSize": 13,
            "anchor": "start",
        },
        "width": COLUMNS * WIDTH,
        "height": ROW * len(levels),
        "data": {"values": rows},
        "mark": {"type": "point", "filled": True, "opacity": 0.7},
        "encoding": {
            "x": {
                "field": "epochs",
                "type": "quantitative",
                "title": f"epochs after the fault, then the error stays within {within:g} % of the undisturbed one",
                "scale": {"domain": [0, never], "nice": False},
                "axis": {
                    "tickMinStep": 1,
                    "values": [*range(0, never - 1, max(1, (never - 1) // 10)), never],
                    "labelExpr": f"datum.value == {never} ? 'not' : datum.label",
                    "format": "d",
                    "labelFlush": False,
                },
            },
            "y": {
                "field": "level",
                "type": "nominal",
                "sort": levels,
                "title": None,
                "axis": {"grid": True, "labelLimit": 260},
            },
            "color": {"field": "series", "type": "nominal", "scale": scale, "legend": None},
            "size": {
                "field": "runs",
                "type": "quantitative",
                "scale": {"domain": [1, most], "range": [45, 130]},
                "legend": None,
            },
        },
    }
