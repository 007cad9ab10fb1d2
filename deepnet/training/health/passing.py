"""The way of some rows through a network, layer by layer, with all that its neurons are treated with.

Nothing is left out by a Dropout here: a network is judged as it predicts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deepnet.maths.activations import Activation, AnyActivation, activation_named
from deepnet.maths.arrays import Batch
from deepnet.maths.dense import dense
from deepnet.maths.model import Chain
from deepnet.maths.parameters import LayerParameters
from deepnet.maths.treatment import Treatments, treat_outputs

MOST_ROWS = 512
"""Of more rows a sample is judged: a share is then known to within 5 %, and a report takes milliseconds."""


@dataclass(frozen=True, slots=True, eq=False)
class LayerPass:
    """What one dense layer made of some rows.

    Attributes:
        address: such as ``dense_0``.
        index: its number among the dense layers, from 0.
        activation: the name of its activation.
        parameters: its weights (neurons, inputs) and bias (neurons,).
        treatments: of its neurons, by index.
        inputs: (rows, inputs).
        sums: (rows, neurons): the weighted sums z.
        values: (rows, neurons): f(z) with the activation of the layer.
        outputs: (rows, neurons): what the neurons gave, their own activations, faults and lesions included.
    """

    address: str
    index: int
    activation: str
    parameters: LayerParameters
    treatments: Treatments
    inputs: Batch
    sums: Batch
    values: Batch
    outputs: Batch

    @property
    def own(self) -> dict[int, Activation]:
        """The activations of the neurons that have one of their own, by index."""
        named = {index: treatment.activation for index, treatment in self.treatments.items()}
        return {index: activation_named(name).of_neuron for index, name in named.items() if name is not None}

    def function(self, index: int) -> AnyActivation:
        """Return the activation of neuron *index*."""
        return self.own.get(index) or activation_named(self.activation)


def evenly_spaced(rows: int, at_most: int | None) -> slice | NDArray[np.intp]:
    """Return which of *rows* rows to look at: all, or *at_most* of them from the first to the last."""
    if at_most is None or rows <= at_most:
        return slice(None)
    return np.linspace(0, rows - 1, at_most).astype(np.intp)


def passes(
    model: Chain,
    parameters: Sequence[LayerParameters],
    inputs: Batch,
    treatments: Sequence[Treatments] | None = None,
    step: int = 0,
) -> Iterator[LayerPass]:
    """Yield what each dense layer makes of *inputs*, (rows, model.inputs), first layer first.

    Args:
        model: the layers.
        parameters: of its dense layers.
        inputs: one row or more.
        treatments: of the neurons of each dense layer; None if there are none.
        step: which step faults are to strike at.

    Raises:
        ShapeError: inputs or parameters do not fit the model.
    """
    treated = treatments or [{} for _ in parameters]
    for index, (layer, given, of_layer) in enumerate(zip(model.dense, parameters, treated, strict=True)):
        passed = _pass(index, layer.activation, given, of_layer, inputs, step)
        yield passed
        inputs = passed.outputs


# Where training diverges numbers grow beyond any dtype: what is found says so, no warning needs to.
@np.errstate(over="ignore", under="ignore", invalid="ignore")
def _pass(
    index: int, activation: str, parameters: LayerParameters, treatments: Treatments, inputs: Batch, step: int
) -> LayerPass:
    sums = dense(inputs, *parameters)
    values = outputs = activation_named(activation).value(sums)
    if treatments:
        outputs = values.copy()
        treat_outputs(treatments, index, step, sums, outputs)
    return LayerPass(f"dense_{index}", index, activation, parameters, treatments, inputs, sums, values, outputs)
