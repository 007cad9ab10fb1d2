"""A model is a value: layers that are checked when they are joined, and nothing that changes."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, TypeAlias, overload

from deepnet.errors import InputError, ShapeError
from deepnet.maths.activations import activation_named
from deepnet.maths.checks import decay_rate, look_up, whole_number
from deepnet.maths.initializers import initializer_named


@dataclass(frozen=True, slots=True)
class Dense:
    """A layer of *neurons*, each joined to every one of its *inputs*: a = f(W x + b).

    Args:
        inputs: how many numbers come in, 1 or more.
        neurons: how many go out, 1 or more.
        activation: a name from `deepnet.maths.activations`.
        initializer: how weights begin, a name from `deepnet.maths.initializers`.
        bias_initializer: how biases begin.

    Raises:
        InputError: a count is not a whole number of 1 or more.
        UnknownNameError: a name is not known; the message lists the names.
    """

    inputs: int
    neurons: int
    activation: str = "identity"
    initializer: str = "glorot_uniform"
    bias_initializer: str = "zeros"

    def __post_init__(self) -> None:
        for name, count in (("inputs", self.inputs), ("neurons", self.neurons)):
            whole_number(f"a layer's {name}", count, at_least=1)
        activation_named(self.activation)
        initializer_named(self.initializer)
        initializer_named(self.bias_initializer)

    @property
    def parameter_count(self) -> int:
        return self.neurons * (self.inputs + 1)


@dataclass(frozen=True, slots=True)
class Dropout:
    """While the network learns, leave out each output of the layer before with probability *rate*.

    What is not left out is scaled up by 1/(1 - rate). A prediction leaves nothing out. See `deepnet.maths.dropout`.

    Raises:
        InputError: the rate is not a number of 0 or more and below 1.
    """

    rate: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "rate", decay_rate("the rate of a Dropout", self.rate))


Layer: TypeAlias = Dense | Dropout


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Chain:
    """Layers one after another: what one gives the next takes.

    Raises:
        InputError: no layer is given, or the last one is not Dense.
        ShapeError: two neighbours do not join; the message names both.
    """

    layers: tuple[Layer, ...]

    def __init__(self, *layers: Layer) -> None:
        if not layers:
            raise InputError("a Chain needs one layer or more, such as Chain(Dense(3, 1))")
        for index, layer in enumerate(layers):
            if not isinstance(layer, Dense | Dropout):
                raise InputError(f"layer {index} of a Chain must be a Dense or a Dropout, got {layer!r}")
        if not isinstance(layers[-1], Dense):
            raise InputError("the last layer of a Chain must be a Dense: its outputs are the network's")
        dense = [layer for layer in layers if isinstance(layer, Dense)]
        for index, (left, right) in enumerate(pairwise(dense)):
            if left.neurons != right.inputs:
                raise ShapeError(
                    f"dense_{index} gives {left.neurons} numbers but dense_{index + 1} takes {right.inputs}: "
                    f"make them equal"
                )
        object.__setattr__(self, "layers", layers)

    def __repr__(self) -> str:
        return f"Chain({', '.join(map(repr, self.layers))})"

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    @overload
    def __getitem__(self, index: int) -> Layer: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Layer, ...]: ...
    def __getitem__(self, index: int | slice) -> Layer | tuple[Layer, ...]:
        return self.layers[index]

    @property
    def dense(self) -> tuple[Dense, ...]:
        """The layers that have neurons and parameters, first to last."""
        return tuple(layer for layer in self.layers if isinstance(layer, Dense))

    @property
    def inputs(self) -> int:
        return self.dense[0].inputs

    @property
    def outputs(self) -> int:
        return self.dense[-1].neurons

    @property
    def neuron_count(self) -> int:
        return sum(layer.neurons for layer in self.dense)

    @property
    def parameter_count(self) -> int:
        return sum(layer.parameter_count for layer in self.dense)

    def named_layers(self) -> dict[str, Layer]:
        """All layers by address, each kind numbered by itself: ``dense_0``, ``dropout_0``, ``dense_1`` and so on."""
        counts = dict.fromkeys(_KINDS, 0)
        named: dict[str, Layer] = {}
        for layer in self.layers:
            kind = _kind(layer)
            named[f"{kind}_{counts[kind]}"] = layer
            counts[kind] += 1
        return named

    def named_dense(self) -> dict[str, Dense]:
        """The dense layers by address: ``dense_0``, ``dense_1`` and so on."""
        return {f"dense_{index}": layer for index, layer in enumerate(self.dense)}

    def to_dict(self) -> dict[str, Any]:
        """Return the model as plain data that `from_dict` takes back."""
        return {"layers": [{"kind": _kind(layer), **asdict(layer)} for layer in self.layers]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Chain":
        """Return the model that `to_dict` described.

        Raises:
            InputError: the data describe no model.
        """
        try:
            specs = [dict(spec) for spec in data["layers"]]
            kinds = [look_up("kind of layer", spec.pop("kind"), _KINDS) for spec in specs]
            return cls(*(kind(**spec) for kind, spec in zip(kinds, specs, strict=True)))
        except (KeyError, TypeError, ValueError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"these data describe no model: {error!r}") from None


_KINDS: dict[str, type[Dense | Dropout]] = {"dense": Dense, "dropout": Dropout}


def _kind(layer: Layer) -> str:
    return "dense" if isinstance(layer, Dense) else "dropout"


def mlp(
    inputs: int,
    hidden: tuple[int, ...],
    outputs: int,
    activation: str,
    *,
    output_activation: str = "identity",
    dropout: float = 0.0,
    **options: str,
) -> Chain:
    """Return a multi-layer perceptron.

    Args:
        inputs: numbers that come in.
        hidden: widths of the hidden layers.
        outputs: neurons of the last layer.
        activation: of the hidden layers.
        output_activation: of the last layer.
        dropout: the rate of a Dropout after each hidden layer; none if 0.
        options: further fields of each Dense, such as its initializer.

    Raises:
        InputError: a number is out of its range.
        UnknownNameError: a name is not known.
    """
    layers: list[Layer] = []
    for width, neurons in pairwise((inputs, *hidden)):
        layers.append(Dense(width, neurons, activation, **options))
        if dropout:
            layers.append(Dropout(dropout))
    last = Dense((inputs, *hidden)[-1], outputs, output_activation, **options)
    return Chain(*layers, last)
