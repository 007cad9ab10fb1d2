"""What is read of neurons, and what is computed from rows."""

from typing import Any, Literal

from pydantic import Field

from deepnet.service.web.schemas.common import In, Number, Out, Row, Rows, Word


class InputsIn(In):
    """Rows that a network is shown."""

    inputs: Rows | Row = Field(description="(rows, inputs of the model); one row may be given flat")


class TraceIn(In):
    """One row to be played through the actors."""

    inputs: Rows | Row
    targets: Rows | Row | None = None
    loss: Word | None = None


class PredictionOut(Out):
    """What a network makes of rows."""

    outputs: list[list[Number]]
    step: int


class ActivationsOut(Out):
    """What the neurons of one layer make of rows."""

    dtype: str
    shape: list[int]
    sums: list[list[Number]]
    outputs: list[list[Number]]


class DeadOut(Out):
    """The addresses of neurons that nothing moves."""

    items: list[str]


class TraceOut(Out):
    """Every message of a sample, in the order in which they were handled."""

    items: list[dict[str, Any]]


class NeuronOut(Out):
    """One neuron at a sealed step."""

    address: str
    layer: int
    index: int
    dtype: str
    weights: list[Number]
    bias: Number
    slots: dict[str, list[Number]]
    activation: str
    rate: Number
    frozen: bool
    lesioned: Number | None
    faults: list[Any]
    step: int
    restarts: int
    deaths: list[Any]
    mailbox: int | None
    messages: int | None
    history: list[Any]


class NeuronRow(Out):
    """A neuron in a table."""

    address: str
    layer: str
    index: int
    activation: str
    bias: Number
    norm: Number
    restarts: int
    deaths: int
    frozen: bool
    lesioned: Number | None
    rate: Number


class NeuronPage(Out):
    """A page of neurons."""

    items: list[NeuronRow]
    next: str | None
    step: int
    total: int


class HealthOut(Out):
    """How well a network is on the rows of its run."""

    step: int
    rows: int
    loss: Number | None
    findings: list[dict[str, Any]]
    treated: list[dict[str, Any]]
    layers: list[dict[str, Any]]
    lines: list[str] = Field(description="the same for people")


SortKey = Literal["address", "activation", "bias", "norm", "restarts", "deaths", "frozen", "lesioned", "rate"]
