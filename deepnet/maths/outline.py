"""What a model is made of, as data for tables and graphs, in the rows and words of Axon.

Source: Axon.Display.as_table and Axon.Display.as_graph, whose cells these equal.
"""

from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from deepnet.maths.arrays import require_dtype
from deepnet.maths.model import Chain, Dense, Layer

COLUMNS = ("Layer", "Input Shape", "Output Shape", "Options", "Parameters")

Shape: TypeAlias = tuple[int | None, ...]
"""None stands for the rows of a batch, however many there are."""

_TYPES = {"float32": ("f32", 4), "float64": ("f64", 8)}
_NO_ROW = frozenset({"identity", "linear"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a layer learns: a kernel, (inputs, neurons), or a bias, (neurons,); *type* is ``f32`` or ``f64``."""

    name: str
    type: str
    shape: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.name}: {self.type}{''.join(f'[{length}]' for length in self.shape)}"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is done to a batch: the layer's sums and its activation are two rows.

    Attributes:
        name: such as ``relu_0``; each kind is numbered by itself.
        kind: such as ``relu``.
        inputs: the names of the rows that it takes.
        input_shapes: a shape for each of them.
        output_shape: what it gives.
        options: its settings by name.
        parameters: what it learns.
    """

    name: str
    kind: str
    inputs: tuple[str, ...]
    input_shapes: tuple[Shape, ...]
    output_shape: Shape
    options: tuple[tuple[str, Any], ...] = ()
    parameters: tuple[Parameter, ...] = ()

    @property
    def cells(self) -> tuple[str, str, str, str, str]:
        """What stands in the `COLUMNS` of a table; a cell of several lines has newlines in it."""
        return (
            f"{self.name} ( {self.kind}{_listed(self.inputs) if self.inputs else ''} )",
            f"[{', '.join(map(_inspected, self.input_shapes))}]",
            _inspected(self.output_shape),
            "\n".join(f"{name}: {_inspected(value)}" for name, value in self.options),
            "\n".join(map(str, self.parameters)),
        )


@dataclass(frozen=True, slots=True)
class Outline:
    """All rows of a model, first to last, how many numbers it learns, and how many bytes they take."""

    rows: tuple[Row, ...]
    parameters: int
    bytes: int

    def to_dict(self) -> dict[str, Any]:
        """Return the outline as plain data."""
        rows = [{**asdict(row), "options": dict(row.options)} for row in self.rows]
        return {"rows": rows, "parameters": self.parameters, "bytes": self.bytes}


def outline(model: Chain, dtype: str = "float32") -> Outline:
    """Return what *model* is made of, its parameters being of *dtype*.

    Raises:
        UnknownNameError: the dtype is none of float32 and float64.
    """
    require_dtype(dtype)
    kind, size = _TYPES[dtype]
    shape: Shape = (None, model.inputs)
    rows = [Row("input", "input", (), (), shape, (("shape", shape), ("optional", False)))]
    counts: dict[str, int] = {}
    for name, layer in model.named_layers().items():
        rows.append(_layer_row(name, layer, rows[-1], kind))
        if isinstance(layer, Dense) and layer.activation not in _NO_ROW:
            number = counts.get(layer.activation, 0)
            counts[layer.activation] = number + 1
            rows.append(_row_after(rows[-1], f"{layer.activation}_{number}", layer.activation))
    return Outline(tuple(rows), model.parameter_count, model.parameter_count * size)


def mermaid(model: Chain) -> str:
    """Return a graph of *model*, from top to bottom, in the language of Mermaid."""
    rows = outline(model).rows
    nodes = [_node(row) for row in rows]
    edges = [f"{source} --> {row.name};" for row in rows for source in row.inputs]
    return "\n".join(["graph TD;", *nodes, *edges, ""])


def _node(row: Row) -> str:
    text = f'"{row.name} (:{row.kind}) {_inspected(row.output_shape)}"'
    return f"{row.name}[{text}];" if row.inputs else f"{row.name}[/{text}/];"


def _layer_row(name: str, layer: Layer, before: Row, kind: str) -> Row:
    if not isinstance(layer, Dense):
        return _row_after(before, name, "dropout", options=(("rate", layer.rate),))
    learnt = (
        Parameter("kernel", kind, (layer.inputs, layer.neurons)),
        Parameter("bias", kind, (layer.neurons,)),
    )
    return Row(name, "dense", (before.name,), (before.output_shape,), (None, layer.neurons), parameters=learnt)


def _row_after(before: Row, name: str, kind: str, options: tuple[tuple[str, Any], ...] = ()) -> Row:
    """Return a row that keeps the shape of the one before."""
    return Row(name, kind, (before.name,), (before.output_shape,), before.output_shape, options)


def _listed(names: tuple[str, ...]) -> str:
    quoted = [f'"{name}"' for name in names]
    return f"[{', '.join(quoted)}]"


def _inspected(value: object) -> str:
    """Return *value* as Elixir writes it."""
    match value:
        case None:
            return "nil"
        case bool():
            return str(value).lower()
        case tuple():
            return f"{{{', '.join(map(_inspected, value))}}}"
        case _:
            return str(value)
