"""Charts as values: what is to be seen, and the Vega-Lite specification that any viewer of it can draw.

A figure says what is drawn; `deepnet.plots.spec` turns it into a picture's specification and `deepnet.terminal.charts`
into text, so that both show the same numbers.
"""

from deepnet.plots.activations import activation_chart, activation_figure
from deepnet.plots.files import check_chart_path, write_chart
from deepnet.plots.history import history_chart, history_figure
from deepnet.plots.predictions import predictions_chart, predictions_figure

__all__ = [
    "activation_chart",
    "activation_figure",
    "check_chart_path",
    "history_chart",
    "history_figure",
    "predictions_chart",
    "predictions_figure",
    "write_chart",
]
