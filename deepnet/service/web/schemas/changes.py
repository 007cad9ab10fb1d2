"""Changes: what may be asked for, and what is told of one that was made."""

from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import Field, StringConstraints, model_validator

from deepnet.service.web.schemas.common import (
    LARGEST_INTEGER,
    UNSET,
    Address,
    Count,
    Finite,
    In,
    Out,
    Row,
    Rows,
    Step,
    Word,
)
from deepnet.service.web.schemas.rules import Above0

MOST_GROWN = 10_000
MOST_UNDONE = 1000
Index: TypeAlias = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,8})$")]


class _Setting(In):
    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(f"nothing is to be set: give one of {', '.join(type(self).model_fields)}")
        return self


class NeuronChange(_Setting):
    """What of a neuron is to be otherwise; null takes away what it has of its own."""

    weights: Row | dict[Index, Finite] = Field(
        default=UNSET, description="all of them, or some by the number of the input"
    )
    bias: Finite = UNSET
    activation: Word | None = UNSET
    learning_rate: Above0 = UNSET
    rate: Annotated[float, Field(ge=0, allow_inf_nan=False)] = UNSET
    frozen: bool = UNSET
    lesioned: bool | Finite | None = Field(default=UNSET, description="what its output is held at; true is 0")
    faults: None = Field(default=UNSET, description="null takes away what was injected")

    def values(self) -> dict[str, Any]:
        """Return what was given, as what `Network.set` takes."""
        given = self.given()
        if isinstance(given.get("weights"), dict):
            given["weights"] = {int(index): weight for index, weight in given["weights"].items()}
        return given


class LayerChange(_Setting):
    """What of each neuron of a layer is to be otherwise."""

    weights: Rows = UNSET
    bias: Finite | Row = UNSET
    activation: Word | None = UNSET
    learning_rate: Above0 = UNSET
    rate: Annotated[float, Field(ge=0, allow_inf_nan=False)] = UNSET
    frozen: bool = UNSET
    lesioned: bool | Finite | None = UNSET
    faults: None = UNSET
    granularity: Literal["neuron", "layer"] = UNSET

    def values(self) -> dict[str, Any]:
        """Return what was given, as what `Network.set` takes."""
        return self.given()


class GrowIn(In):
    """How many neurons are to join a layer."""

    neurons: Annotated[int, Field(ge=1, le=MOST_GROWN)] = 1


class KillIn(In):
    """Whom to kill: a neuron, a layer, trainer, vault or network."""

    address: Address


class UndoIn(In):
    """How many changes to take back."""

    n: Annotated[int, Field(ge=1, le=MOST_UNDONE)] = 1


class FaultIn(In):
    """What is to go wrong, and where; see `Network.inject`."""

    fault: Word
    address: Address = UNSET
    amount: Annotated[int, Field(ge=-LARGEST_INTEGER, le=LARGEST_INTEGER)] | Finite | None = None
    share: Annotated[float, Field(gt=0, le=1)] = UNSET
    rate: Annotated[float, Field(gt=0, le=1)] | None = None
    first: Count | None = None
    last: Count | None = None
    seed: Annotated[int, Field(ge=0, le=LARGEST_INTEGER)] = UNSET


class ChangeOut(Out):
    """What somebody has done to a network or its run."""

    kind: str
    address: str
    step: Step
    old: Any
    new: Any
    messages: list[dict[str, Any]]
    text: str = Field(description="the same for people")


class ChangePage(Out):
    """The changes that can be taken back, oldest first."""

    items: list[ChangeOut]
    next: str | None
