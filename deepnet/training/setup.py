"""All that is settled about a network and its run besides its numbers: what an intervention may change."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self

from deepnet.maths.model import Chain
from deepnet.maths.treatment import UNTREATED, Treatment, Treatments
from deepnet.training.plan import Plan

GRANULARITIES = ("neuron", "layer")


class Recut(NamedTuple):
    """From where on the rows of an epoch are cut into batches of another size.

    Attributes:
        epoch: which epoch, from 1; later ones are cut from their beginning.
        batch: the first batch of the new size, from 0.
        row: where it begins in the order of the epoch.
    """

    epoch: int
    batch: int
    row: int


@dataclass(frozen=True, slots=True, eq=False)
class Setup:
    """What a network is like at a sealed step.

    Attributes:
        model: its layers.
        granularities: of each dense layer, ``neuron`` or ``layer``.
        treatments: of each dense layer, by index.
        plan: of the run; None before the first.
        recut: since when batches are of the plan's size; None if they have always been.
        number: how many changes have led here; it never falls.
    """

    model: Chain
    granularities: tuple[str, ...]
    treatments: tuple[Treatments, ...]
    plan: Plan | None = None
    recut: Recut | None = None
    number: int = 0

    @classmethod
    def of(cls, model: Chain, granularity: str) -> Self:
        """Return the setup of a network that nobody has changed."""
        layers = len(model.dense)
        return cls(model, (granularity,) * layers, tuple({} for _ in range(layers)))

    def treatment(self, layer: int, index: int) -> Treatment:
        return self.treatments[layer].get(index, UNTREATED)

    def with_treatments(self, layer: int, changed: Mapping[int, Treatment]) -> "Setup":
        """Return it with these treatments of *layer* in place of those that there were for the same neurons."""
        merged = {**self.treatments[layer], **changed}
        kept = {index: merged[index] for index in sorted(merged) if merged[index]}
        return replace(self, treatments=(*self.treatments[:layer], kept, *self.treatments[layer + 1 :]))

    @property
    def is_treated(self) -> bool:
        return any(self.treatments)

    def to_dict(self) -> dict[str, Any]:
        """Return the setup as plain data that `deepnet.training.plain.setup_from_dict` takes back.

        Raises:
            InputError: a part of the plan is of your own making, and would not be the same after a file.
        """
        return {
            "model": self.model.to_dict(),
            "granularities": list(self.granularities),
            "treatments": [
                {str(index): treatment.to_dict() for index, treatment in of_layer.items()}
                for of_layer in self.treatments
            ],
            "plan": None if self.plan is None else self.plan.to_dict(),
            "recut": None if self.recut is None else list(self.recut),
            "number": self.number,
        }
