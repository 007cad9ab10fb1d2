import json
import math

import pytest

from deepnet.errors import InputError, UnknownNameError
from deepnet.plots.figures import Panel
from deepnet.plots.history import history_chart, history_figure
from deepnet.training.history import EpochRecord


def record(epoch: int, loss: float = 1.0, rate: float = 0.1, **metrics: float) -> EpochRecord:
    validation = {"loss": loss + 1, **{name: value + 1 for name, value in metrics.items()}}
    return EpochRecord(epoch, 10 * epoch, loss, metrics, validation, learning_rate=rate, seconds=epoch)


def lines(panel: Panel) -> dict[str, tuple[tuple[float, float], ...]]:
    return {series.name: series.points for series in panel.series}


def test_the_loss_of_both_kinds_of_rows_stands_above_a_panel_for_each_metric() -> None:
    figure = history_figure([record(1, 3.0, r2=0.5), record(2, 2.0, r2=0.75)])
    loss, r2 = figure.panels

    assert (loss.title, r2.title) == ("loss", "R2")
    assert lines(loss) == {"training": ((1.0, 3.0), (2.0, 2.0)), "validation": ((1.0, 4.0), (2.0, 3.0))}
    assert lines(r2) == {"training": ((1.0, 0.5), (2.0, 0.75)), "validation": ((1.0, 1.5), (2.0, 1.75))}
    assert figure.subtitle == "2 epochs, 20 steps"


def test_without_validation_rows_there_is_one_line() -> None:
    figure = history_figure([EpochRecord(1, 4, 0.5, {}, {})])

    assert figure.names == ("training",)
    assert figure.subtitle == "1 epoch, 4 steps"


def test_the_learning_rate_is_shown_if_it_changes() -> None:
    constant = history_figure([record(1), record(2)])
    falling = history_figure([record(1, rate=0.5), record(2, rate=0.25)])

    assert [panel.title for panel in constant.panels] == ["loss"]
    assert [panel.title for panel in falling.panels] == ["loss", "learning rate"]
    assert falling.panels[1].series[0].points == ((1.0, 0.5), (2.0, 0.25))


def test_asked_for_metrics_come_alone_in_their_order_and_by_their_short_names_too() -> None:
    records = [record(1, accuracy=0.5, mean_absolute_error=2.0, r2=0.1)]

    assert [panel.title for panel in history_figure(records, ["r2", "mae", "r2"]).panels] == [
        "loss",
        "R2",
        "mean absolute error",
    ]
    assert [panel.title for panel in history_figure(records, []).panels] == ["loss"]


def test_a_metric_that_was_not_measured_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="'f1': use one of r2"):
        history_figure([record(1, r2=0.5)], ["f1"])
    with pytest.raises(InputError, match="no metric but the loss"):
        history_figure([record(1)], ["f1"])


def test_a_loss_that_falls_by_powers_of_ten_is_drawn_on_a_logarithmic_axis() -> None:
    falling = history_figure([EpochRecord(epoch, epoch, 10.0**-epoch, {}, {}) for epoch in range(1, 6)])
    slow = history_figure([EpochRecord(epoch, epoch, 1 / epoch, {}, {}) for epoch in range(1, 6)])

    assert falling.panels[0].logarithmic
    assert not slow.panels[0].logarithmic


def test_what_is_not_finite_leaves_a_gap_and_stays_out_of_json() -> None:
    spec = history_chart([record(1), record(2, math.nan), record(3, math.inf), record(4)])
    values = spec["concat"][0]["data"]["values"]

    assert [row["x"] for row in values if row["series"] == "training"] == [1.0, 4.0]
    json.dumps(spec, allow_nan=False)


def test_a_history_with_nothing_to_show_is_refused() -> None:
    with pytest.raises(InputError, match="no epoch"):
        history_figure([])
    with pytest.raises(InputError, match="no finite number"):
        history_figure([EpochRecord(1, 1, math.nan, {}, {})])
