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


def forward(model: Chain, parameters: Sequence[LayerParameters], inputs: Batch) -> Batch:
    """Return what the network makes of *inputs*: a <- f(W a + b), layer by layer; a prediction leaves nothing out.

    Shapes: (rows, model.inputs) -> (rows, model.outputs).

    Raises:
        ShapeError: inputs or parameters do not fit the model.
    """
    return forward_to_sums(model, parameters, inputs)[1]


# Where training diverges numbers grow beyond any dtype: the loss says so, no warning needs to.
@np.errstate(over="ignore", under="ignore", invalid="ignore")
def forward_to_sums(model: Chain, parameters: Sequence[LayerParameters], inputs: Batch) -> tuple[Batch, Batch]:
    """Return the weighted sums of the last layer beside the outputs, both (rows, model.outputs)."""
    activations = sums = inputs
    for layer, (weights, bias) in zip(model.dense, parameters, strict=True):
        sums = dense(activations, weights, bias)
        activations = activation_named(layer.activation).value(sums)
    return sums, activations


class _Trace(NamedTuple):
    """What a dense layer has seen on the way forward, for the way back."""

    inputs: Batch
    sums: Batch
    outputs: Batch
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
) -> tuple[float, tuple[LayerParameters, ...]]:
    """Return the loss, and its gradient at the parameters of each dense layer, first layer first.

    With d = dL/dz, from the last layer to the first: d = dL/da * f'(z), and d goes back
    through the weighted sums as `dense_gradient` says, which gives the next dL/da. Where the last activation and
    the loss have a fused form, d of the last layer comes from that.

    Args:
        model: the layers.
        parameters: of its dense layers.
        inputs: (rows, model.inputs).
        targets: (rows, model.outputs).
        loss: a name or a Loss.
        seed: which outputs a Dropout leaves out follows from it ...
        step: ... and from this.

    Raises:
        ShapeError: the arrays do not fit the model or one another.
        UnknownNameError: there is no such loss.
    """
    loss = loss_named(loss)
    functions = [activation_named(layer.activation) for layer in model.dense]
    activations, traces = _masked(model, 0, inputs, seed, step)[0], []
    for index, (function, (weights, bias)) in enumerate(zip(functions, parameters, strict=True)):
        sums = dense(activations, weights, bias)
        outputs = function.value(sums)
        masked, mask = _masked(model, index + 1, outputs, seed, step)
        traces.append(_Trace(activations, sums, outputs, mask))
        activations = masked

    last = traces[-1]
    joint = fused(model.dense[-1].activation, loss)
    if joint is None:
        value = loss.value(last.outputs, targets)
        delta = functions[-1].delta(loss.gradient(last.outputs, targets), last.sums, last.outputs)
    else:
        value, delta = joint.value(last.sums, targets), joint.gradient(last.sums, targets)
    backwards = []
    for index in reversed(range(len(functions))):
        trace = traces[index]
        gradient = dense_gradient(delta, trace.inputs, parameters[index].weights)
        backwards.append(LayerParameters(gradient.weights, gradient.bias))
        if index > 0:
            before = traces[index - 1]
            error = gradient.inputs if before.mask is None else gradient.inputs * before.mask
            delta = functions[index - 1].delta(error, before.sums, before.outputs)
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
    ) -> None:
        self.model = model
        self.seed = seed
        self.loss = loss_named(loss)
        self.optimizer = optimizer_named(optimizer)
        self.dtype = dtype
        self.rules = rules or GradientRules()
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
        loss, raw = gradients(self.model, self._parameters, inputs, targets, self.loss, seed=self.seed, step=step)
        self.step = step  # from here on nothing is refused
        ruled = self._ruled(raw)
        optimizer = scaled(self.optimizer, rate_factor)
        moved = [self._moved(optimizer, *layer) for layer in zip(self._parameters, ruled, self._slots, strict=True)]
        self._parameters = tuple(parameters for parameters, _ in moved)
        self._slots = tuple(slots for _, slots in moved)
        return loss

    def predict(self, inputs: object) -> Batch:
        """Return the outputs for *inputs*, (rows, model.inputs) -> (rows, model.outputs).

        Raises:
            InputError: a value is no number or not finite.
            ShapeError: the rows do not fit the model.
        """
        return forward(self.model, self._parameters, as_batch("inputs", inputs, self.dtype, self.model.inputs))

    def parameters(self) -> tuple[LayerParameters, ...]:
        """Return copies of what has been learnt, first layer first."""
        return tuple(LayerParameters(weights.copy(), bias.copy()) for weights, bias in self._parameters)

    @np.errstate(over="ignore", under="ignore", invalid="ignore")
    def _ruled(self, raw: Sequence[LayerParameters]) -> list[LayerParameters]:
        """Return the gradients of all layers, penalised and clipped."""
        ruled = [self.rules.of_layer(*layer) for layer in zip(self._parameters, raw, strict=True)]
        scale = self.rules.norm_scale(float((part * part).sum()) for layer in ruled for part in layer)
        return ruled if scale == 1 else [LayerParameters(*(part * scale for part in layer)) for layer in ruled]

    @np.errstate(over="ignore", under="ignore", invalid="ignore")
    def _moved(
        self,
        optimizer: Optimizer,
        parameters: LayerParameters,
        gradient: LayerParameters,
        slots: tuple[LayerParameters, ...],
    ) -> tuple[LayerParameters, tuple[LayerParameters, ...]]:
        """Return what a layer's parameters and slots are after this step."""
        new_parameters = LayerParameters(*map(np.empty_like, parameters))
        new_slots = tuple(LayerParameters(*map(np.empty_like, slot)) for slot in slots)
        for part in range(len(parameters)):  # the weights, then the bias
            optimizer.update(
                self.step,
                parameters[part],
                gradient[part],
                [slot[part] for slot in slots],
                new_parameters[part],
                [slot[part] for slot in new_slots],
            )
        return new_parameters, new_slots
