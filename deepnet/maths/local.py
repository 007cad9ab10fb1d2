"""The whole network in plain textbook numpy: what everything else is held against.

Source: Goodfellow, Bengio, Courville, Deep Learning (2016), algorithms 6.3 (forward) and 6.4 (backward).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from deepnet.maths.activations import activation_named
from deepnet.maths.arrays import Batch, as_batch
from deepnet.maths.dense import dense, dense_gradient
from deepnet.maths.losses import Loss, loss_named
from deepnet.maths.model import Chain
from deepnet.maths.optimizers import Optimizer, optimizer_named
from deepnet.maths.parameters import LayerParameters, checked_parameters, initial_parameters


# Where training diverges numbers grow beyond any dtype: the loss says so, no warning needs to.
@np.errstate(over="ignore", under="ignore", invalid="ignore")
def forward(model: Chain, parameters: Sequence[LayerParameters], inputs: Batch) -> Batch:
    """Return what the network makes of *inputs*: a <- f(W a + b), layer by layer.

    Shapes: (rows, model.inputs) -> (rows, model.outputs).

    Raises:
        ShapeError: inputs or parameters do not fit the model.
    """
    activations = inputs
    for layer, (weights, bias) in zip(model.layers, parameters, strict=True):
        activations = activation_named(layer.activation).value(dense(activations, weights, bias))
    return activations


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def gradients(
    model: Chain, parameters: Sequence[LayerParameters], inputs: Batch, targets: Batch, loss: str | Loss
) -> tuple[float, tuple[LayerParameters, ...]]:
    """Return the loss, and its gradient at the parameters of each layer, first layer first.

    With d = dL/dz, from the last layer to the first: d = dL/da * f'(z), and d goes back
    through the weighted sums as `dense_gradient` says, which gives the next dL/da.

    Shapes: inputs (rows, model.inputs), targets (rows, model.outputs).

    Raises:
        ShapeError: the arrays do not fit the model or one another.
        UnknownNameError: there is no such loss.
    """
    loss = loss_named(loss)
    functions = [activation_named(layer.activation) for layer in model.layers]
    activations, sums = [inputs], []
    for function, (weights, bias) in zip(functions, parameters, strict=True):
        sums.append(dense(activations[-1], weights, bias))
        activations.append(function.value(sums[-1]))

    error = loss.gradient(activations[-1], targets)
    backwards = []
    for index in reversed(range(len(functions))):
        delta = error * functions[index].slope(sums[index], activations[index + 1])
        gradient = dense_gradient(delta, activations[index], parameters[index].weights)
        backwards.append(LayerParameters(gradient.weights, gradient.bias))
        error = gradient.inputs
    return loss.value(activations[-1], targets), tuple(reversed(backwards))


class LocalLearner:
    """A network that learns in one thread and one place.

    Args:
        model: the layers.
        seed: where chance begins, 0 or more.
        loss: a name from `deepnet.maths.losses`, or a Loss.
        optimizer: a name from `deepnet.maths.optimizers`, or an Optimizer.
        dtype: float32 or float64.
        parameters: (weights, bias) of each layer to begin with; they are copied. Drawn if None.

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
    ) -> None:
        self.model = model
        self.loss = loss_named(loss)
        self.optimizer = optimizer_named(optimizer)
        self.dtype = dtype
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

    def learn(self, inputs: object, targets: object) -> float:
        """Take one optimizer step; return the loss before it.

        Raises:
            InputError: a value is no number or not finite.
            ShapeError: the rows do not fit the model or one another.
        """
        inputs = as_batch("inputs", inputs, self.dtype, self.model.inputs)
        targets = as_batch("targets", targets, self.dtype, self.model.outputs)
        loss, layer_gradients = gradients(self.model, self._parameters, inputs, targets, self.loss)
        self.step += 1
        moved = [self._moved(*layer) for layer in zip(self._parameters, layer_gradients, self._slots, strict=True)]
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
    def _moved(
        self, parameters: LayerParameters, gradient: LayerParameters, slots: tuple[LayerParameters, ...]
    ) -> tuple[LayerParameters, tuple[LayerParameters, ...]]:
        """Return what a layer's parameters and slots are after this step."""
        new_parameters = LayerParameters(*map(np.empty_like, parameters))
        new_slots = tuple(LayerParameters(*map(np.empty_like, slot)) for slot in slots)
        for part in range(len(parameters)):  # the weights, then the bias
            self.optimizer.update(
                self.step,
                parameters[part],
                gradient[part],
                [slot[part] for slot in slots],
                new_parameters[part],
                [slot[part] for slot in new_slots],
            )
        return new_parameters, new_slots
