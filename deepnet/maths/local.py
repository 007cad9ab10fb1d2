"""The whole network in plain textbook numpy: what everything else is held against.

Source: Goodfellow, Bengio, Courville, Deep Learning (2016), algorithms 6.3 (forward) and 6.4 (backward).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from deepnet.maths.activations import activation_named
from deepnet.maths.arrays import Batch, as_batch
from deepnet.maths.dense import dense, dense_gradient
from deepnet.maths.dropout import dropout_mask
from deepnet.maths.gradient_rules import GradientRules
from deepnet.maths.losses import Loss, fused, loss_named
from deepnet.maths.model import Chain, Dense
from deepnet.maths.optimizers import Optimizer, optimizer_named, scaled
from deepnet.maths.parameters import LayerParameters, checked_parameters, initial_parameters
from deepnet.maths.treated_layer import treated_deltas, treated_outputs, updated, without_still
from deepnet.maths.treatment import Treatments, output_is_treated


def forward(
    model: Chain,
    parameters: Sequence[LayerParameters],
    inputs: Batch,
    treatments: Sequence[Treatments] | None = None,
    step: int = 0,
) -> Batch:
    """Return what the network makes of *inputs*: a <- f(W a + b), layer by layer; a prediction leaves nothing out.

    Shapes: (rows, model.inputs) -> (rows, model.outputs).

    Args:
        model: the layers.
        parameters: of its dense layers.
        inputs: see above.
        treatments: of the neurons of each dense layer; None if nobody is treated.
        step: the last one that was learnt; what faults do follows from it.

    Raises:
        ShapeError: inputs or parameters do not fit the model.
    """
    return forward_to_sums(model, parameters, inputs, treatments, step)[1]


# Where training diverges numbers grow beyond any dtype: the loss says so, no warning needs to.
@np.errstate(over="ignore", under="ignore", invalid="ignore")
def forward_to_sums(
    model: Chain,
    parameters: Sequence[LayerParameters],
    inputs: Batch,
    treatments: Sequence[Treatments] | None = None,
    step: int = 0,
    *,
    first_row: int = 0,
) -> tuple[Batch, Batch]:
    """Return the weighted sums of the last layer beside the outputs, both (rows, model.outputs).

    The same as `forward`; where *inputs* are a piece of all rows, faults want to know its *first_row*.
    """
    activations = sums = inputs
    for index, (layer, (weights, bias)) in enumerate(zip(model.dense, parameters, strict=True)):
        sums = dense(activations, weights, bias)
        activations = activation_named(layer.activation).value(sums)
        if treatments is not None:  # predictions of one row or few are many
            activations = treated_outputs(treatments[index], index, step, sums, activations, first_row=first_row)
    return sums, activations


class _Trace(NamedTuple):
    """What a dense layer has seen on the way forward, for the way back."""

    inputs: Batch
    sums: Batch
    outputs: Batch
    """f(z), whatever neurons that are treated have given instead."""
    mask: Batch | None
    """The factors of the Dropout after it."""


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def gradients(
    model: Chain,
    parameters: Sequence[LayerParameters],
    inputs: Batch,
    targets: Batch,
    loss: str | Loss,
    *,
    seed: int = 0,
    step: int = 1,
    treatments: Sequence[Treatments] | None = None,
) -> tuple[float, tuple[LayerParameters, ...]]:
    """Return the loss, and its gradient at the parameters of each dense layer, first layer first.

    With d = dL/dz, from the last layer to the first: d = dL/da * f'(z), and d goes back
    through the weighted sums as `dense_gradient` says, which gives the next dL/da. Where the last activation and
    the loss have a fused form, d of the last layer comes from that, unless its outputs are treated.
    Neurons that are treated: see `treated_deltas`. The gradient of one that is frozen is what it would learn by.

    Args:
        model: the layers.
        parameters: of its dense layers.
        inputs: (rows, model.inputs).
        targets: (rows, model.outputs).
        loss: a name or a Loss.
        seed: which outputs a Dropout leaves out follows from it ...
        step: ... and from this, as does what faults do.
        treatments: of the neurons of each dense layer; None if nobody is treated.

    Raises:
        ShapeError: the arrays do not fit the model or one another.
        UnknownNameError: there is no such loss.
    """
    loss = loss_named(loss)
    functions = [activation_named(layer.activation) for layer in model.dense]
    treated = _all_untreated(model) if treatments is None else treatments
    activations, traces = _masked(model, 0, inputs, seed, step)[0], []
    given = inputs
    for index, (function, (weights, bias)) in enumerate(zip(functions, parameters, strict=True)):
        sums = dense(activations, weights, bias)
        outputs = function.value(sums)
        given = treated_outputs(treated[index], index, step, sums, outputs)
        masked, mask = _masked(model, index + 1, given, seed, step)
        traces.append(_Trace(activations, sums, outputs, mask))
        activations = masked

    def delta_of(index: int, error: Batch) -> Batch:
        seen = traces[index]
        return treated_deltas(functions[index], treated[index], index, step, error, seen.sums, seen.outputs)

    joint = None if output_is_treated(treated[-1]) else fused(model.dense[-1].activation, loss)
    if joint is None:
        value, delta = loss.value(given, targets), delta_of(len(functions) - 1, loss.gradient(given, targets))
    else:
        value, delta = joint.value(traces[-1].sums, targets), joint.gradient(traces[-1].sums, targets)
    backwards = []
    for index in reversed(range(len(functions))):
        trace = traces[index]
        gradient = dense_gradient(delta, trace.inputs, parameters[index].weights)
        backwards.append(LayerParameters(gradient.weights, gradient.bias))
        if index > 0:
            mask = traces[index - 1].mask
            delta = delta_of(index - 1, gradient.inputs if mask is None else gradient.inputs * mask)
    return value, tuple(reversed(backwards))


def _masked(model: Chain, place: int, outputs: Batch, seed: int, step: int) -> tuple[Batch, Batch | None]:
    """Return what the Dropouts before dense layer *place* let through of *outputs*, and their factors if there are."""
    dropouts = dense_before = 0
    factors = None
    for layer in model.layers:
        if isinstance(layer, Dense):
            dense_before += 1
            continue
        if dense_before == place:
            mask = dropout_mask(
                layer.rate, (len(outputs), outputs.shape[1]), outputs.dtype, seed=seed, layer=dropouts, step=step
            )
            factors = mask if factors is None else factors * mask
        dropouts += 1
    return (outputs, None) if factors is None else (outputs * factors, factors)


def _all_untreated(model: Chain) -> tuple[Treatments, ...]:
    return ({},) * len(model.dense)


class LocalLearner:
    """A network that learns in one thread and one place.

    Args:
        model: the layers.
        seed: where chance begins, 0 or more.
        loss: a name from `deepnet.maths.losses`, or a Loss.
        optimizer: a name from `deepnet.maths.optimizers`, or an Optimizer.
        dtype: float32 or float64.
        parameters: (weights, bias) of each dense layer to begin with; they are copied. Drawn if None.
        rules: what is done to each gradient first.
        treatments: of the neurons of each dense layer; None if nobody is treated. They may be replaced at any time.

    Raises:
        InputError: one of these cannot be used; the message says why.
    """

    def __init__(
        self,
        model: Chain,
        *,
        seed: int = 0,
        loss: str | Loss = "mean_squared_error",
        optimizer: str | Optimizer = "sgd",
        dtype: str = "float32",
        parameters: Sequence[tuple[ArrayLike, ArrayLike]] | None = None,
        rules: GradientRules | None = None,
        treatments: Sequence[Treatments] | None = None,
    ) -> None:
        self.model = model
        self.seed = seed
        self.loss = loss_named(loss)
        self.optimizer = optimizer_named(optimizer)
        self.dtype = dtype
        self.rules = rules or GradientRules()
        self.treatments = _all_untreated(model) if treatments is None else treatments
        self.step = 0
        self._parameters = (
            initial_parameters(model, seed, dtype)
            if parameters is None
            else checked_parameters(model, parameters, dtype)
        )
        self._slots = tuple(
            tuple(LayerParameters(*map(np.zeros_like, layer)) for _ in self.optimizer.slots)
            for layer in self._parameters
        )

    def learn(self, inputs: object, targets: object, *, rate_factor: float = 1.0) -> float:
        """Take one optimizer step; return the loss before it.

        Args:
            inputs: (rows, model.inputs).
            targets: (rows, model.outputs).
            rate_factor: what a schedule makes of the learning rate at this step.

        Raises:
            InputError: a value is no number or not finite.
            ShapeError: the rows do not fit the model or one another.
        """
        inputs = as_batch("inputs", inputs, self.dtype, self.model.inputs)
        targets = as_batch("targets", targets, self.dtype, self.model.outputs)
        step = self.step + 1
        chance = {"seed": self.seed, "step": step}
        loss, raw = gradients(
            self.model, self._parameters, inputs, targets, self.loss, **chance, treatments=self.treatments
        )
        self.step = step  # from here on nothing is refused
        ruled = self._ruled(raw)
        optimizer = scaled(self.optimizer, rate_factor)
        layers = enumerate(zip(self._parameters, ruled, self._slots, strict=True))
        moved = [updated(self.treatments[index], index, step, optimizer, *layer) for index, layer in layers]
        self._parameters = tuple(parameters for parameters, _ in moved)
        self._slots = tuple(slots for _, slots in moved)
        return loss

    def predict(self, inputs: object) -> Batch:
        """Return the outputs for *inputs*, (rows, model.inputs) -> (rows, model.outputs).

        Raises:
            InputError: a value is no number or not finite.
            ShapeError: the rows do not fit the model.
        """
        inputs = as_batch("inputs", inputs, self.dtype, self.model.inputs)
        return forward(self.model, self._parameters, inputs, self.treatments, self.step)

    def parameters(self) -> tuple[LayerParameters, ...]:
        """Return copies of what has been learnt, first layer first."""
        return tuple(LayerParameters(weights.copy(), bias.copy()) for weights, bias in self._parameters)

    @np.errstate(over="ignore", under="ignore", invalid="ignore")
    def _ruled(self, raw: Sequence[LayerParameters]) -> list[LayerParameters]:
        """Return the gradients of all layers, penalised and clipped; 0 for neurons that do not learn."""
        ruled = [self.rules.of_layer(*layer) for layer in zip(self._parameters, raw, strict=True)]
        ruled = [without_still(*layer) for layer in zip(self.treatments, ruled, strict=True)]
        scale = self.rules.norm_scale(float((part * part).sum()) for layer in ruled for part in layer)
        return ruled if scale == 1 else [LayerParameters(*(part * scale for part in layer)) for layer in ruled]
