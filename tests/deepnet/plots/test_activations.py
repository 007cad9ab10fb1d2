import math

import numpy as np
import pytest

from deepnet.errors import InputError, UnknownNameError
from deepnet.maths.activations import ACTIVATIONS
from deepnet.plots.activations import MOST_TOGETHER, activation_chart, activation_figure
from deepnet.plots.figures import Lines


def points(figure: Lines, panel: int, name: str) -> dict[float, float]:
    series = next(series for series in figure.panels[panel].series if series.name == name)
    return dict(series.points)


def test_the_value_and_the_slope_of_each_activation_are_shown_from_minus_6_to_6() -> None:
    figure = activation_figure(["tanh", "relu"])

    assert figure.names == ("tanh", "relu")
    for panel in figure.panels:
        for series in panel.series:
            xs = [x for x, _ in series.points]
            assert (min(xs), max(xs), len(xs)) == (-6.0, 6.0, 241)
    assert points(figure, 0, "tanh")[1.0] == pytest.approx(math.tanh(1))
    assert points(figure, 1, "tanh")[1.0] == pytest.approx(1 - math.tanh(1) ** 2)
    assert points(figure, 0, "relu")[-3.0] == 0
    assert points(figure, 1, "relu")[3.0] == 1


@pytest.mark.parametrize("name", sorted(ACTIVATIONS.keys() - {"step"}))
def test_the_slope_shown_is_the_central_difference_of_the_value_shown(name: str) -> None:
    figure = activation_figure([name])
    x, y = np.array(figure.panels[0].series[0].points).T
    _, slope = np.array(figure.panels[1].series[0].points).T
    differences = (y[2:] - y[:-2]) / (x[2:] - x[:-2])
    smooth = np.abs(np.diff(slope, 2)) < 0.01  # next to a kink the difference sees both sides of it

    assert smooth.sum() > 200
    assert slope[1:-1][smooth] == pytest.approx(differences[smooth], abs=2e-3)


def test_softmax_varies_the_first_of_three_sums_and_says_so() -> None:
    figure = activation_figure(["softmax", "relu", "log_softmax"])
    share = math.exp(2) / (math.exp(2) + 2)

    assert points(figure, 0, "softmax")[2.0] == pytest.approx(share)
    assert points(figure, 1, "softmax")[2.0] == pytest.approx(share * (1 - share))
    assert points(figure, 0, "log_softmax")[2.0] == pytest.approx(math.log(share))
    assert figure.subtitle == "softmax and log_softmax: the first of 3 sums varies, the others are 0"
    assert activation_figure(["relu"]).subtitle == ""


def test_without_a_name_every_activation_has_a_panel_of_its_own() -> None:
    figure = activation_figure()
    known = {function.name for function in ACTIVATIONS.values()}

    assert {panel.heading for panel in figure.panels} == known
    assert len(figure.panels) == len(known)
    assert figure.names == ("value", "slope")


def test_more_curves_than_can_be_told_apart_are_not_drawn_together() -> None:
    names = sorted(ACTIVATIONS)

    assert len(activation_figure(names[:MOST_TOGETHER]).panels) == 2
    assert len(activation_figure(names[: MOST_TOGETHER + 1]).panels) == MOST_TOGETHER + 1


def test_an_unknown_activation_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"'wavy': use one of .*relu"):
        activation_chart(["relu", "wavy"])


def test_an_activation_that_is_named_twice_is_refused() -> None:
    with pytest.raises(InputError, match="relu is named twice"):
        activation_chart(["relu", "tanh", "relu"])
