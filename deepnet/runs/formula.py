"""A neuron's arithmetic, written out with its numbers."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from deepnet.maths.activations import Activation, AnyActivation, activation_named
from deepnet.maths.arrays import Batch, Vector

LONGEST_SUM = 12
"""How many inputs are written out; of more the first and the last are."""

_FIRST = 5
"""How many of the first ones, where some are left out."""

_SAME = 1e-3
"""By what share two results of one calculation may differ, whatever its dtype."""

_ROUNDING = 1e-5
"""And what rounding may add, as a share of the largest number that went in: a few digits of float32."""


def formula(
    *,
    address: str,
    weights: Vector,
    bias: float,
    activation: str,
    held: float | None = None,
    frozen: bool = False,
    inputs: Batch | None = None,
    sum: Vector | None = None,  # noqa: A002 - what it is called where it is kept
    output: Vector | None = None,
    delta: Vector | None = None,
    gradient: Vector | None = None,
    digits: int = 4,
) -> str:
    """Return what a neuron does, forward and back, as lines to read; what is not given stays a symbol.

    Of several rows the last is shown; the gradient is the sum over all. Of more than 12 inputs the first and the last
    are shown, and it is told how many are left out, and what their part is. Every number is rounded by itself, so that
    the last digit of a result may differ from what the rounded ones give.

    Args:
        address: of the neuron.
        weights: (inputs,): those that the sum was made with.
        bias: likewise.
        activation: the name of its activation.
        held: what its output is held at; None if it is not.
        frozen: whether its weights and bias stay what they are.
        inputs: (rows, inputs), its last inputs x.
        sum: (rows,), its weighted sums z.
        output: (rows,), its outputs a.
        delta: (rows,): dL/dz.
        gradient: (inputs + 1,): dL/d(weights), then dL/d(bias), summed over the rows.
        digits: significant digits of each number.

    Raises:
        UnknownNameError: there is no such activation.
    """
    neuron = _Neuron(weights.astype(np.float64), float(bias), activation_named(activation), held, frozen, digits)
    rows = next((len(given) for given in (inputs, sum, output, delta) if given is not None), 1)
    heading = f"{address}, {activation}" + (f", the last of {rows} rows" if rows > 1 else "")
    row = None if inputs is None else inputs[-1].astype(np.float64)
    z = _last(sum) if sum is not None or row is None else float(row @ neuron.weights + neuron.bias)
    lines = [heading, *neuron.forward(row, z, _last(output)), *neuron.back(z, _last(delta))]
    return "\n".join([*lines, *neuron.changes(rows, row, _last(delta), gradient)])


@dataclass(frozen=True, slots=True, eq=False)
class _Neuron:
    """What of a neuron does not depend on the row."""

    weights: Vector
    bias: float
    function: AnyActivation
    held: float | None
    frozen: bool
    digits: int

    def number(self, value: float) -> str:
        return f"{value + 0.0:.{self.digits}g}"  # of -0 that makes 0

    def factor(self, value: float) -> str:
        """Return a number as it stands in a product or a sum: in brackets if it is negative."""
        text = self.number(value)
        return f"({text})" if text.startswith("-") else text

    def forward(self, row: Vector | None, z: float | None, output: float | None) -> Iterator[str]:
        """Yield z and a."""
        line = f"z = {self.terms(row)}"
        if row is None:
            yield line if z is None else f"{line} = {self.number(z)}"
        else:
            made = float(row @ self.weights + self.bias)
            yield f"{line} = {self.number(made)}"
            if z is not None and not _same(made, z, float(np.abs(row) @ np.abs(self.weights)) + abs(self.bias)):
                yield f"z was {self.number(z)}, made with other weights than these"
        yield self.output_line(z, output)

    def terms(self, row: Vector | None) -> str:
        """Return w_0*x_0 + w_1*x_1 + ... + b with the numbers there are."""
        kept, left_out = shown(len(self.weights))
        xs = {index: f"x_{index}" if row is None else self.factor(float(row[index])) for index in kept}
        terms = [f"{self.factor(float(self.weights[index]))}*{xs[index]}" for index in kept]
        if left_out:
            others = np.delete(np.arange(len(self.weights)), kept)
            part = "" if row is None else f": {self.number(float(row[others] @ self.weights[others]))}"
            terms.insert(_FIRST, f"... ({left_out} left out{part}) ...")
        return " + ".join([*terms, self.factor(self.bias)])

    def output_line(self, z: float | None, output: float | None) -> str:
        name = self.function.name
        if self.held is not None:
            return f"a = {self.number(self.held)}, whatever z is: it is lesioned"
        if not isinstance(self.function, Activation):
            whole = f"a = {name}(z of all neurons of the layer)"
            return whole if output is None else f"{whole} = {self.number(output)}"
        line = f"a = {name}(z)"
        if z is None:
            return line if output is None else f"{line} = {self.number(output)}"
        made = _at(self.function, z)[0]
        line = f"{line} = {name}({self.number(z)}) = {self.number(made)}"
        return line if output is None or _same(made, output, 1) else f"{line}; the record says {self.number(output)}"

    def back(self, z: float | None, delta: float | None) -> Iterator[str]:
        """Yield delta, from the error dL/da if the activation lets one be told."""
        name = self.function.name
        if self.held is not None:
            yield "delta = 0: what is held lets no error through"
        elif not isinstance(self.function, Activation):
            yield "delta = dL/dz, by way of all outputs of the layer" + (
                "" if delta is None else f" = {self.number(delta)}"
            )
        elif z is None or delta is None:
            yield f"delta = error * {name}'(z)" + ("" if delta is None else f" = {self.number(delta)}")
        else:
            slope = _at(self.function, z)[1]
            yield f"{name}'(z) = {name}'({self.number(z)}) = {self.number(slope)}"
            if slope:
                error = self.factor(delta / slope)
                yield f"delta = error * {name}'(z) = {error}*{self.factor(slope)} = {self.number(delta)}"
            elif delta:  # loss and activation are one function there
                yield f"delta = dL/dz = {self.number(delta)}"
            else:
                yield f"delta = error * {name}'(z) = error*0 = 0"

    def changes(self, rows: int, row: Vector | None, delta: float | None, gradient: Vector | None) -> Iterator[str]:
        """Yield the gradient of each weight and of the bias, and what becomes of it."""
        if self.held is not None:
            yield "w_i, b: stay what they are while it is lesioned"
            return
        over = f"the sum over {rows} rows of " if rows > 1 else ""
        if gradient is None and (row is None or delta is None or rows > 1):
            yield f"dw_i = {over}delta * x_i, db = {over}delta"
        else:
            kept, left_out = shown(len(self.weights))
            for index in [*kept, len(self.weights)]:
                if left_out and index == kept[_FIRST]:
                    yield f"... ({left_out} left out) ..."
                yield self.slope_line(index, over, row, delta, gradient)
        if self.frozen:
            yield "w_i, b: stay what they are while it is frozen"
        else:
            yield "w_i <- w_i and b <- b, less what the optimizer makes of dw_i and db"

    def slope_line(
        self, index: int, over: str, row: Vector | None, delta: float | None, gradient: Vector | None
    ) -> str:
        """Return the line of weight *index*, or of the bias, which comes after the last."""
        bias = index == len(self.weights)
        line = f"db = {over}delta" if bias else f"dw_{index} = {over}delta * x_{index}"
        given = None if gradient is None else float(gradient[index])
        if over or delta is None or (row is None and not bias):
            return line if given is None else f"{line} = {self.number(given)}"
        made = delta
        if not bias and row is not None:
            made = delta * float(row[index])
            line += f" = {self.factor(delta)}*{self.factor(float(row[index]))}"
        line = f"{line} = {self.number(made)}"
        return line if given is None or _same(made, given) else f"{line}; the record says {self.number(given)}"


def shown(inputs: int) -> tuple[list[int], int]:
    """Return the inputs that are written out, and how many are not."""
    if inputs <= LONGEST_SUM:
        return list(range(inputs)), 0
    return [*range(_FIRST), inputs - 1], inputs - _FIRST - 1


def _at(function: Activation, z: float) -> tuple[float, float]:
    """Return f(z) and f'(z)."""
    sums = np.array([z], dtype=np.float64)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        values = function.value(sums)
        return float(values[0]), float(function.slope(sums, values)[0])


def _last(values: Vector | None) -> float | None:
    return None if values is None else float(values[-1])


def _same(one: float, other: float, scale: float = 0.0) -> bool:
    """Whether both may be the result of one calculation with numbers of this size."""
    return math.isclose(one, other, rel_tol=_SAME, abs_tol=_ROUNDING * scale) or (math.isnan(one) and math.isnan(other))
