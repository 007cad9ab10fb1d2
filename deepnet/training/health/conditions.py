"""What can be wrong with a neuron, told by the way forward alone: cheap enough for the end of each epoch."""

from collections.abc import Sequence
from dataclasses import dataclass

from deepnet.maths.arrays import Batch
from deepnet.maths.losses import Loss, fused
from deepnet.maths.model import Chain
from deepnet.maths.parameters import LayerParameters
from deepnet.maths.treatment import Treatments
from deepnet.training.health.evidence import of_dead, of_not_finite, of_saturated, of_stuck
from deepnet.training.health.masks import dead, excused, finite_sums, not_finite, saturated, stuck
from deepnet.training.health.passing import MOST_ROWS, LayerPass, evenly_spaced, passes

CONDITIONS = ("exploding", "dead", "saturated", "stuck")
"""A neuron has one of these at a time: the first that holds."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A neuron that is not well.

    Attributes:
        address: such as ``dense_0/3``.
        condition: one of `CONDITIONS`.
        evidence: why it is thought so, in a sentence with its numbers.
    """

    address: str
    condition: str
    evidence: str

    def __str__(self) -> str:
        return f"{self.address} is {self.condition}: {self.evidence}"


def findings(
    model: Chain,
    parameters: Sequence[LayerParameters],
    inputs: Batch,
    treatments: Sequence[Treatments] | None = None,
    step: int = 0,
    *,
    loss: Loss | None = None,
    at_most: int | None = MOST_ROWS,
) -> tuple[Finding, ...]:
    """Return which neurons are not well on *inputs*, first layer first; gradients are not looked at.

    A neuron that is frozen or lesioned, or whose output a fault holds, is what it was made: only numbers that are not
    finite are told of it.

    Args:
        model: the layers.
        parameters: of its dense layers.
        inputs: (rows, model.inputs), one row or more.
        treatments: of the neurons of each dense layer; None if there are none.
        step: the last sealed step, which says whether faults strike.
        loss: of the run. Together with some last activations it lets errors through however sure these are: to be
            nearly 0 or 1 is their aim then, and no saturation.
        at_most: how many rows to look at, evenly spaced; None for all.

    Raises:
        ShapeError: inputs or parameters do not fit the model.
    """
    inputs = inputs[evenly_spaced(len(inputs), at_most)]
    found: list[Finding] = []
    for passed in passes(model, parameters, inputs, treatments, step):
        found += layer_findings(passed, step, vary=rows_vary(inputs), sure=may_be_sure(model, passed, loss))
    return tuple(found)


def dead_neurons(
    model: Chain,
    parameters: Sequence[LayerParameters],
    inputs: Batch,
    treatments: Sequence[Treatments] | None = None,
    step: int = 0,
) -> tuple[str, ...]:
    """Return the addresses of the neurons that are dead on *inputs*, (rows, model.inputs), first layer first.

    A neuron is dead if its activation is flat at the weighted sum of every row: no error gets through it, so it
    will never change. A relu that never fires is; so is a hard sigmoid that always sticks at 0 or 1. Who is frozen or
    lesioned, or held by a fault at *step*, is not counted. All rows are looked at.

    Source: Maas, Hannun, Ng, Rectifier nonlinearities improve neural network acoustic models (2013), section 2.2;
    Lu, Shin, Su, Karniadakis, Dying ReLU and initialization (2019).
    """
    return tuple(
        f"{passed.address}/{index}"
        for passed in passes(model, parameters, inputs, treatments, step)
        for index in (dead(passed) & ~excused(passed, step)).nonzero()[0].tolist()
    )


def rows_vary(inputs: Batch) -> bool:
    """Whether there are two different rows: if not, outputs that do not vary say nothing."""
    return bool((inputs != inputs[0]).any())


def may_be_sure(model: Chain, passed: LayerPass, loss: Loss | None) -> bool:
    """Whether errors reach the sums of this layer past its activation, as they do at the end of a classifier."""
    return loss is not None and passed.index == len(model.dense) - 1 and fused(passed.activation, loss) is not None


def layer_findings(passed: LayerPass, step: int, *, vary: bool, sure: bool) -> list[Finding]:
    """Return what is wrong with the neurons of one layer, by index.

    Args:
        passed: what the layer made of the rows.
        step: the last sealed step.
        vary: whether the rows do.
        sure: whether its outputs may be at their bounds.
    """
    judged = finite_sums(passed) & ~excused(passed, step)
    found: dict[int, tuple[str, str]] = {}
    for condition, mask, evidence in (
        ("exploding", not_finite(passed), of_not_finite),
        ("dead", dead(passed) & judged, of_dead),
        ("saturated", saturated(passed) & judged & (not sure), of_saturated),
        ("stuck", stuck(passed) & judged & vary, of_stuck),
    ):
        for index in mask.nonzero()[0].tolist():
            if index not in found:
                found[index] = condition, evidence(passed, index)
    return [Finding(f"{passed.address}/{index}", *found[index]) for index in sorted(found)]
