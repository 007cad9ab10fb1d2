"""Networks: what makes one, and what is told of one."""

from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import Discriminator, Field, StringConstraints, model_validator

from deepnet.errors import InputError
from deepnet.maths.model import Chain, mlp
from deepnet.service.engine.specs import LONGEST_NAME, NetworkSpec
from deepnet.service.web.schemas.common import LARGEST_INTEGER, UNSET, In, Number, Out, Plain, Step, Word
from deepnet.service.web.schemas.runs import RunOut

MOST_LAYERS = 100
MOST_WIDE = 50_000
MOST_PARAMETERS = 10_000_000

Width: TypeAlias = Annotated[int, Field(ge=1, le=MOST_WIDE)]
Shorthand: TypeAlias = Annotated[
    str,
    StringConstraints(
        pattern=r"^[1-9][0-9]{0,4}(-[1-9][0-9]{0,4}){1,32}(:[a-z0-9_]{1,32}){0,2}$",
    ),
    Field(
        description="how many inputs, how wide the layers are, the activations of the hidden ones and of the last",
        examples=["3-8-1:relu", "784-64-10:relu:softmax"],
    ),
]


class DenseIn(In):
    """A layer of neurons."""

    kind: Literal["dense"]
    inputs: Width
    neurons: Width
    activation: Word = UNSET
    initializer: Word = UNSET
    bias_initializer: Word = UNSET


class DropoutIn(In):
    """Leaves out outputs of the layer before while the network learns."""

    kind: Literal["dropout"]
    rate: Annotated[float, Field(ge=0, lt=1)]


class ModelIn(In):
    """A model, as `Chain.to_dict` says it."""

    layers: Annotated[
        list[Annotated[DenseIn | DropoutIn, Discriminator("kind")]], Field(min_length=1, max_length=MOST_LAYERS)
    ]


class NetworkIn(In):
    """A network to be created: give its model, or its layers in short."""

    name: Annotated[str, StringConstraints(pattern=rf"^[a-z0-9][a-z0-9_-]{{0,{LONGEST_NAME - 1}}}$")] | None = None
    model: ModelIn | None = None
    layers: Shorthand | None = None
    seed: Annotated[int, Field(ge=0, le=LARGEST_INTEGER)] = 0
    granularity: Literal["neuron", "layer"] = "neuron"
    dtype: Literal["float32", "float64"] = "float32"
    kernels: Literal["numba", "numpy"] | None = None
    about: Plain = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_a_model(self) -> Self:
        if (self.model is None) == (self.layers is None):
            raise ValueError("a network needs a model, or layers such as '3-8-1:relu', and not both")
        return self

    def spec(self) -> NetworkSpec:
        """Return what the engine is to create.

        Raises:
            InputError: its layers do not join, or a name is not known.
        """
        return NetworkSpec(
            name=self.name,
            model=self._chain(),
            seed=self.seed,
            granularity=self.granularity,
            dtype=self.dtype,
            kernels=self.kernels,
            about=self.about,
        )

    def _chain(self) -> Chain:
        if self.model is not None:
            return Chain.from_dict({"layers": [{"kind": layer.kind, **layer.given()} for layer in self.model.layers]})
        return short_model(self.layers or "")


def short_model(text: str) -> Chain:
    """Return the model that ``3-8-1:relu`` or ``784-64-10:relu:softmax`` stands for.

    Raises:
        InputError: a number is out of its range.
        UnknownNameError: there is no such activation.
    """
    sizes, *activations = text.split(":")
    first, *hidden, last = map(int, sizes.split("-"))
    activation, output, *_ = (*activations, *("tanh", "identity")[len(activations) :])
    return mlp(first, tuple(hidden), last, activation, output_activation=output)


def require_size(model: Chain) -> None:
    """Raise InputError if *model* is larger than a network of a service may be."""
    if model.neuron_count > MOST_WIDE or model.parameter_count > MOST_PARAMETERS:
        raise InputError(
            f"a network of {model.neuron_count:,} neurons and {model.parameter_count:,} parameters is too large: "
            f"make it of {MOST_WIDE:,} and {MOST_PARAMETERS:,} at most"
        )


class LayerOut(Out):
    """A layer in short."""

    address: str
    kind: Literal["dense", "dropout"] = "dense"
    inputs: int | None = None
    neurons: int | None = None
    activation: str | None = None
    parameters: int | None = None
    granularity: str | None = None
    rate: float | None = Field(default=None, description="of a Dropout")


class LayerDetails(LayerOut):
    """A layer at a sealed step."""

    step: Step | None = None
    restarts: int | None = None
    frozen: int | None = Field(default=None, description="how many neurons are")
    lesioned: int | None = Field(default=None, description="how many neurons are")
    norm: Number | None = Field(default=None, description="of all weights")
    bias: Number | None = Field(default=None, description="the mean one")


class SummaryLayer(Out):
    """A layer of neurons in a summary."""

    address: str
    inputs: int
    neurons: int
    activation: str
    parameters: int


class NetworkOut(Out):
    """A network, and how far it has come."""

    name: str
    up: bool
    reason: str = Field(description="why it is down; empty while it is up")
    state: str = Field(description="down, idle before the first run, and then that of the run")
    layers: list[SummaryLayer]
    neurons: int
    parameters: int
    dtype: str
    granularity: str
    epoch: int
    step: int
    loss: Number | None
    metrics: dict[str, Number]
    learning_rate: Number | None
    restarts: int
    messages: int
    model: dict[str, Any]
    kernels: str
    seed: int
    created: float
    about: dict[str, Any]
    run: RunOut | None = Field(description="the run under way, or the last one")


class NetworkPage(Out):
    """A page of networks."""

    items: list[NetworkOut]
    next: str | None


class LayerPage(Out):
    """All layers."""

    items: list[LayerOut]
    next: str | None


class RestartsOut(Out):
    """How near a supervisor is to giving up."""

    used: int = Field(description="restarts that count now")
    max_restarts: int = Field(description="of so many that are allowed ...")
    max_seconds: int = Field(description="... within so many seconds")


class TreeOut(Out):
    """Somebody in a supervision tree, and whom he supervises."""

    name: str
    kind: str
    strategy: str | None
    restarts: int
    limit: RestartsOut | None = Field(default=None, description="of a supervisor")
    mailbox: int | None = Field(default=None, description="messages that wait; null while it is not there")
    children: list["TreeOut"]
    problem: str | None = Field(default=None, description="why nothing is known of what is below")


TreeOut.model_rebuild()
