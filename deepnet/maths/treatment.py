"""What may be done to a single neuron: another activation, another rate, frozen, lesioned, faulty."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from deepnet.errors import InputError
from deepnet.maths.activations import COUPLED, ELEMENTWISE
from deepnet.maths.arrays import Array, Batch
from deepnet.maths.checks import finite_number, look_up, non_negative_number, yes_or_no
from deepnet.maths.value_fault import VALUE_FAULTS, ValueFault, fault_from_dict

__all__ = [
    "UNTREATED",
    "VALUE_FAULTS",
    "Treatment",
    "Treatments",
    "ValueFault",
    "flip_bits",
    "holds_output",
    "is_calm",
    "output_is_treated",
    "treat_errors",
    "treat_outputs",
    "treatment_from_dict",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """How a neuron differs from the others of its layer; false if it does not.

    Args:
        activation: its own, by name; None for that of its layer. One that couples neurons is none of a single one.
        rate: what the learning rate of the run is multiplied by for it.
        frozen: its weights, bias and slots stay what they are; errors still pass through it.
        lesioned: what its output is held at; None if it is not. It learns nothing then, and lets no error through.
        faults: what goes wrong with its numbers, in this order.

    Raises:
        InputError: a number is out of its range, or the activation couples neurons.
        UnknownNameError: there is no such activation.
    """

    activation: str | None = None
    rate: float = 1.0
    frozen: bool = False
    lesioned: float | None = None
    faults: tuple[ValueFault, ...] = ()

    def __post_init__(self) -> None:
        if self.activation is not None:
            _require_alone(self.activation)
        settle = object.__setattr__  # Python's own numbers: a numpy scalar would widen float32 arrays
        settle(self, "rate", non_negative_number("the rate of a neuron", self.rate))
        yes_or_no("frozen", self.frozen)
        if self.lesioned is not None:
            settle(self, "lesioned", finite_number("the output of a lesioned neuron", self.lesioned))
        settle(self, "faults", tuple(self.faults))
        for fault in self.faults:
            if not isinstance(fault, ValueFault):
                raise InputError(f"a fault of a neuron must be a ValueFault, got {fault!r}")

    def __bool__(self) -> bool:
        return self != UNTREATED

    @property
    def learns(self) -> bool:
        """Whether its row changes."""
        return not self.frozen and self.lesioned is None

    def to_dict(self) -> dict[str, Any]:
        """Return the treatment as plain data that `treatment_from_dict` takes back."""
        return {
            "activation": self.activation,
            "rate": self.rate,
            "frozen": self.frozen,
            "lesioned": self.lesioned,
            "faults": [fault.to_dict() for fault in self.faults],
        }


UNTREATED = Treatment()

Treatments: TypeAlias = Mapping[int, Treatment]
"""Of one layer, by the index of the neuron; who is not in it is not treated."""


def treatment_from_dict(data: Mapping[str, Any]) -> Treatment:
    """Return the treatment that `Treatment.to_dict` described.

    Raises:
        InputError: the data describe no treatment.
    """
    try:
        options = dict(data)
        faults = tuple(fault_from_dict(fault) for fault in options.pop("faults", ()))
        return Treatment(**options, faults=faults)
    except (TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"these data describe no treatment: {error}") from None


# Where training diverges numbers grow beyond any dtype, and so may a fault's: the loss says so, no warning needs to.
_quiet = np.errstate(over="ignore", under="ignore", invalid="ignore")


@_quiet
def treat_outputs(
    treatments: Treatments, layer: int, step: int, sums: Batch, outputs: Batch, *, first_row: int = 0
) -> None:
    """Write what treated neurons give into their columns of *outputs*: f(z) of their own, then faults, then lesion.

    Args:
        treatments: of the layer.
        layer: its number among the dense layers.
        step: the one being learnt; for a prediction, the last sealed one.
        sums: z, (rows, neurons).
        outputs: f(z), (rows, neurons), maybe with a column of ones after it; it shares no memory with the sums.
        first_row: which row of all that are computed at this step is the first here: chance goes by the row.
    """
    for index, treatment in treatments.items():
        column = outputs[:, index]  # a view
        if treatment.activation is not None:
            column[:] = ELEMENTWISE[treatment.activation].value(sums[:, index])
        for fault in treatment.faults:
            if fault.is_of_output and (chance := fault.strike(layer, index, step)) is not None:
                _strike_output(fault, chance, column, first_row)
        if treatment.lesioned is not None:
            column[:] = treatment.lesioned


def treat_errors(treatments: Treatments, layer: int, step: int, errors: Batch) -> Batch:
    """Return dL/d(outputs), (rows, neurons), with 0 where an output is held: it does not depend on its sum.

    The same array if no output of the layer is held at this step, else a copy.
    """
    held = [index for index, treatment in treatments.items() if holds_output(treatment, layer, index, step)]
    if not held:
        return errors
    errors = errors.copy()
    errors[:, held] = 0
    return errors


def holds_output(treatment: Treatment, layer: int, index: int, step: int) -> bool:
    """Whether the output of neuron *index* of *layer* does not depend on its sum at *step*, which is 1 or more."""
    return treatment.lesioned is not None or any(
        fault.holds_output and fault.strike(layer, index, step) is not None for fault in treatment.faults
    )


def is_calm(treatment: Treatment, layer: int, index: int, step: int) -> bool:
    """Whether the neuron computes and learns at *step* as if it were not treated; a bit may still flip after it."""
    return (
        treatment.activation is None
        and treatment.rate == 1
        and treatment.learns
        and not any(fault.is_of_output and fault.strike(layer, index, step) is not None for fault in treatment.faults)
    )


def output_is_treated(treatments: Treatments) -> bool:
    """Whether some neuron's output may not be what the activation of the layer makes of its sum."""
    return any(
        treatment.activation is not None
        or treatment.lesioned is not None
        or any(fault.is_of_output for fault in treatment.faults)
        for treatment in treatments.values()
    )


def flip_bits(treatments: Treatments, layer: int, step: int, rows: Array) -> None:
    """Flip in *rows*, (neurons, inputs + 1), what bit flips strike after *step*; of a frozen neuron, too.

    The bias, which comes last in a row, is no weight: it is never struck.
    """
    for index, treatment in treatments.items():
        for fault in treatment.faults:
            if not fault.is_of_output and (chance := fault.strike(layer, index, step)) is not None:
                weight = int(chance.integers(rows.shape[1] - 1))
                width = 8 * rows.dtype.itemsize
                bit = int(fault.amount) if fault.amount >= 0 else int(chance.integers(width))
                if bit < width:
                    bits = rows[index, weight : weight + 1].view(f"u{rows.dtype.itemsize}")
                    bits ^= bits.dtype.type(1 << bit)


def _strike_output(fault: ValueFault, chance: np.random.Generator, column: Array, first_row: int) -> None:
    """Write what becomes of the outputs, (rows,), of a neuron that *fault* strikes."""
    if fault.kind == "stuck_at":
        column[:] = fault.amount
        return
    # Drawn in float64 and from row 0 on: the same in float32, and however the rows are cut into pieces.
    rows = first_row + len(column)
    if fault.kind == "noise":
        column += (fault.amount * chance.standard_normal(rows)[first_row:]).astype(column.dtype)
    else:
        column[:] = fault.amount * (2 * chance.random(rows)[first_row:] - 1)


def _require_alone(name: object) -> None:
    """Raise an InputError unless a neuron can have the activation called *name* by itself."""
    if isinstance(name, str) and name in COUPLED:
        raise InputError(f"{name} couples all neurons of a layer: give a single one an activation such as sigmoid")
    look_up("activation", name, ELEMENTWISE)
