"""What activations make of a weighted sum, and how steep they are there."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deepnet.errors import InputError
from deepnet.maths.activations import ACTIVATIONS, activation_named
from deepnet.maths.activations.activation import AnyActivation, CoupledActivation
from deepnet.plots.figures import Lines, Panel, Series, finite
from deepnet.plots.spec import specification

ENDS = (-6.0, 6.0)
POINTS = 241
OTHERS = 2
"""How many other sums, all 0, stand beside the one that varies where an activation couples the neurons of a layer."""
MOST_TOGETHER = 7
"""More curves than this cannot be told apart in one panel: each gets a panel of its own."""
VALUE, SLOPE = "value", "slope"


def activation_chart(names: Sequence[str] = ()) -> dict[str, Any]:
    """Return the specification of `activation_figure`."""
    return specification(activation_figure(names))


def activation_figure(names: Sequence[str] = ()) -> Lines:
    """Show the value f(z) and the slope f'(z) of each activation over -6 <= z <= 6.

    softmax and log_softmax take several sums at once: the first of three varies, the others stay 0, and what is
    shown is the first output and its slope along the first sum.

    Args:
        names: from `deepnet.maths.activations`, each once; without any, all that are known.

    Raises:
        UnknownNameError: an activation is not known.
        InputError: one is named twice.
    """
    chosen = [activation_named(name) for name in names]
    if repeated := [name for index, name in enumerate(names) if name in names[:index]]:
        raise InputError(f"the activation {repeated[0]} is named twice: name each once")
    # `linear` is `identity` under another name, and not worth a second curve.
    known = {name: function for name, function in ACTIVATIONS.items() if name == function.name}
    curves = dict(zip(names, chosen, strict=True)) if names else known
    together = len(curves) <= MOST_TOGETHER
    return Lines(
        title=_title(tuple(curves)) if together else "Activations and their slopes",
        subtitle=_subtitle(curves),
        x_title="weighted sum z",
        panels=_panels(curves) if together else _grid(curves),
        columns=2 if together else 4,
    )


def _panels(curves: dict[str, AnyActivation]) -> tuple[Panel, ...]:
    """Return one panel for all values and one for all slopes."""
    drawn = {name: _curve(function) for name, function in curves.items()}
    return tuple(
        Panel(title, tuple(Series(name, curve[part]) for name, curve in drawn.items()))
        for part, title in ((VALUE, "value f(z)"), (SLOPE, "slope f'(z)"))
    )


def _grid(curves: dict[str, AnyActivation]) -> tuple[Panel, ...]:
    """Return a panel for each activation, with its value and its slope."""
    return tuple(
        Panel("", tuple(Series(part, points) for part, points in _curve(function).items()), heading=name)
        for name, function in curves.items()
    )


def _curve(function: AnyActivation) -> dict[str, tuple[tuple[float, float], ...]]:
    sums: NDArray[np.float64] = np.zeros((POINTS, 1 + OTHERS if isinstance(function, CoupledActivation) else 1))
    sums[:, 0] = np.linspace(*ENDS, POINTS)
    errors = np.zeros_like(sums)
    errors[:, 0] = 1  # dL/da of a loss that is the first output: then dL/dz is its slope
    outputs = function.value(sums)
    columns = {VALUE: outputs, SLOPE: function.delta(errors, sums, outputs)}
    return {part: finite(zip(sums[:, 0], column[:, 0], strict=True)) for part, column in columns.items()}


def _title(names: tuple[str, ...]) -> str:
    most = 4
    return f"{', '.join(names) if len(names) <= most else f'{len(names)} activations'}: value and slope"


def _subtitle(curves: dict[str, AnyActivation]) -> str:
    coupled = [name for name, function in curves.items() if isinstance(function, CoupledActivation)]
    return f"{' and '.join(coupled)}: the first of {1 + OTHERS} sums varies, the others are 0" if coupled else ""
