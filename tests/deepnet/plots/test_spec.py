import json
from typing import Any

import numpy as np
import pytest

from deepnet.plots import activation_chart, history_chart, predictions_chart
from deepnet.plots.spec import COLOURS
from deepnet.training.history import EpochRecord

RECORDS = [
    EpochRecord(epoch, epoch, 2.0 / epoch, {"r2": 0.5}, {"loss": 3.0 / epoch, "r2": 0.4}, learning_rate=0.1 / epoch)
    for epoch in range(1, 6)
]
ROWS = np.linspace(0, 9, 10)[:, np.newaxis]
CLASSES = np.eye(3)[np.arange(9) % 3]
CHARTS = {
    "activations": activation_chart(["relu", "softmax", "tanh"]),
    "all activations": activation_chart(),
    "history": history_chart(RECORDS),
    "one epoch": history_chart(RECORDS[:1]),
    "numbers": predictions_chart(ROWS, ROWS + 1, target="mpg"),
    "classes": predictions_chart(CLASSES, CLASSES, target="animal", labels=("cat", "dog", "owl")),
    "many classes": predictions_chart(np.eye(40), np.eye(40), labels=[f"class {index}" for index in range(40)]),
}


def values(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all rows of data, wherever in the specification they stand."""
    own = spec.get("data", {}).get("values", [])
    inner = [part for key in ("concat", "layer") for part in spec.get(key, [])]
    return [*own, *(row for part in inner for row in values(part))]


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_plain_data_with_its_numbers_inside(name: str) -> None:
    spec = CHARTS[name]

    assert json.loads(json.dumps(spec, allow_nan=False))["$schema"].endswith("/vega-lite/v5.json")
    assert values(spec)
    assert "url" not in json.dumps(spec)


@pytest.mark.parametrize("name", CHARTS)
def test_vega_lite_draws_every_chart_without_a_complaint(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    converter = pytest.importorskip("vl_convert", reason="needs an extra: run 'scripts/environment test plot'")
    scene = converter.vegalite_to_scenegraph(CHARTS[name], show_warnings=True)
    drawn = json.dumps(scene)

    assert CHARTS[name]["title"]["text"] in drawn
    assert '"marktype": "symbol"' in drawn or '"marktype": "line"' in drawn or '"marktype": "rect"' in drawn
    assert "WARN" not in "".join(capfd.readouterr())


def marks(scene: Any, role: str) -> list[dict[str, Any]]:
    """Return all marks of a scene that have this role."""
    if isinstance(scene, list):
        return [mark for part in scene for mark in marks(part, role)]
    if not isinstance(scene, dict):
        return []
    own = [scene] if scene.get("role") == role else []
    return own + [mark for part in scene.values() for mark in marks(part, role)]


def test_a_scatter_draws_a_symbol_for_each_row_and_the_diagonal() -> None:
    converter = pytest.importorskip("vl_convert", reason="needs an extra: run 'scripts/environment test plot'")
    drawn = marks(converter.vegalite_to_scenegraph(CHARTS["numbers"]), "mark")
    symbols = next(mark for mark in drawn if mark["marktype"] == "symbol")
    diagonal = next(mark for mark in drawn if mark["marktype"] == "line")

    assert len(symbols["items"]) == len(ROWS)
    assert len(diagonal["items"]) == 2


def test_a_confusion_matrix_draws_a_square_and_a_count_for_each_pair() -> None:
    converter = pytest.importorskip("vl_convert", reason="needs an extra: run 'scripts/environment test plot'")
    drawn = marks(converter.vegalite_to_scenegraph(CHARTS["classes"]), "mark")
    counts = {mark["marktype"]: mark["items"] for mark in drawn}

    assert len(counts["rect"]) == 9
    assert sorted(str(item["text"]) for item in counts["text"]) == ["0"] * 6 + ["3"] * 3


def test_a_line_keeps_its_colour_and_its_dashes_in_every_panel() -> None:
    for panel in CHARTS["history"]["concat"]:
        scales = [panel["encoding"][channel]["scale"] for channel in ("color", "strokeDash")]
        assert [scale["domain"] for scale in scales] == [("training", "validation")] * 2
        assert scales[0]["range"] == COLOURS[:2]


def test_a_single_line_needs_no_legend_and_several_have_one() -> None:
    alone = activation_chart(["relu"])["concat"][0]["encoding"]
    together = activation_chart(["relu", "tanh"])["concat"][0]["encoding"]

    assert alone["color"]["legend"] is None
    assert together["color"]["legend"] is not None


def test_every_panel_shows_what_its_axes_measure() -> None:
    titles = [panel["encoding"]["y"]["title"] for panel in CHARTS["history"]["concat"]]
    below = [panel["encoding"]["x"]["title"] for panel in CHARTS["history"]["concat"]]

    assert titles == ["loss", "R2", "learning rate"]
    assert below == [None, None, "epoch"]


def test_a_short_line_shows_its_points() -> None:
    assert CHARTS["one epoch"]["concat"][0]["mark"]["point"]
    assert not CHARTS["activations"]["concat"][0]["mark"]["point"]


def test_a_logarithmic_axis_says_so_and_is_marked_at_powers_of_ten() -> None:
    axis = history_chart([EpochRecord(epoch, epoch, 10.0**-epoch, {}, {}) for epoch in range(1, 5)])["concat"][0]
    vertical = axis["encoding"]["y"]

    assert vertical["title"] == "loss (log scale)"
    assert vertical["scale"]["type"] == "log"
    assert vertical["axis"]["values"] == pytest.approx((1e-4, 1e-3, 1e-2, 1e-1))
