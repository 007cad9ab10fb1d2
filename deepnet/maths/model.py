"""A model is a value: layers that are checked when they are joined, and nothing that changes."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, overload

from deepnet.errors import InputError, ShapeError
from deepnet.maths.activations import activation_named
from deepnet.maths.checks import whole_number
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


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Chain:
    """Layers one after another: what one gives the next takes.

    Raises:
        InputError: no layer is given.
        ShapeError: two neighbours do not join; the message names both.
    """

    layers: tuple[Dense, ...]

    def __init__(self, *layers: Dense) -> None:
        if not layers:
            raise InputError("a Chain needs one layer or more, such as Chain(Dense(3, 1))")
        for index, layer in enumerate(layers):
            if not isinstance(layer, Dense):
                raise InputError(f"layer {index} of a Chain must be a Dense, got {layer!r}")
        for index, (left, right) in enumerate(pairwise(layers)):
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

    def __iter__(self) -> Iterator[Dense]:
        return iter(self.layers)

    @overload
    def __getitem__(self, index: int) -> Dense: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Dense, ...]: ...
    def __getitem__(self, index: int | slice) -> Dense | tuple[Dense, ...]:
        return self.layers[index]

    @property
    def inputs(self) -> int:
        return self.layers[0].inputs

    @property
    def outputs(self) -> int:
        return self.layers[-1].neurons

    @property
    def neuron_count(self) -> int:
        return sum(layer.neurons for layer in self.layers)

    @property
    def parameter_count(self) -> int:
        return sum(layer.parameter_count for layer in self.layers)

    def named_layers(self) -> dict[str, Dense]:
        """The layers by address: ``dense_0``, ``dense_1`` and so on."""
        return {f"dense_{index}": layer for index, layer in enumerate(self.layers)}

    def to_dict(self) -> dict[str, Any]:
        """Return the model as plain data that `from_dict` takes back."""
        return {"layers": [{"kind": "dense", **asdict(layer)} for layer in self.layers]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Chain":
        """Return the model that `to_dict` described.

        Raises:
            InputError: the data describe no model.
        """
        try:
            specs = [dict(spec) for spec in data["layers"]]
            kinds = [spec.pop("kind") for spec in specs]
            if set(kinds) - {"dense"}:
                raise InputError(f"unknown kind of layer {(set(kinds) - {'dense'}).pop()!r}: use dense")
            return cls(*(Dense(**spec) for spec in specs))
        except (KeyError, TypeError, ValueError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"these data describe no model: {error!r}") from None


def mlp(inputs: int, hidden: tuple[int, ...], outputs: int, activation: str, **options: str) -> Chain:
    """Return a multi-layer perceptron: *hidden* layers with *activation*, then a linear layer of *outputs*."""
    widths = (inputs, *hidden, outputs)
    last = len(widths) - 2
    return Chain(
        *(
            Dense(width, neurons, "identity" if index == last else activation, **options)
            for index, (width, neurons) in enumerate(pairwise(widths))
        )
    )
