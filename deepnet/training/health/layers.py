"""A layer in figures: what it gives, what reaches it on the way back, and how fast it moves."""

from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

from deepnet.maths.arrays import Array
from deepnet.training.health.distribution import Distribution
from deepnet.training.health.passing import LayerPass


@dataclass(frozen=True, slots=True)
class LayerHealth:
    """A dense layer, as some rows show it.

    Attributes:
        address: such as ``dense_0``.
        outputs: of its neurons, for all rows.
        gradient: dL/dw and dL/db of all neurons, before penalties and clipping; 0 for those that do not learn.
        weights_norm: of its weights, without the biases.
        update_norm: of what the next update would change them by, were these rows its batch.
        update_ratio: the second over the first. Where learning goes well it is often about 1e-3: a ratio far below is
            a learning rate too low, or a gradient that has vanished, and one far above a learning rate too high. It is
            0 for a layer that does not move, and infinite for one that leaves 0.

    Source of the ratio: Karpathy, Stanford CS231n, Convolutional neural networks for visual recognition, notes on
    neural networks, part 3, "Ratio of weights:updates".
    """

    address: str
    outputs: Distribution
    gradient: Distribution
    weights_norm: float
    update_norm: float
    update_ratio: float

    @classmethod
    def of(cls, passed: LayerPass, gradient: Array, update: Array) -> Self:
        """Return the figures of a layer; *gradient* and *update* are (neurons, inputs + 1), weights then bias."""
        weights_norm, update_norm = norm(passed.parameters.weights), norm(update[:, :-1])
        ratio = update_norm / weights_norm if weights_norm else float("inf") if update_norm else 0.0
        return cls(
            passed.address,
            Distribution.of(passed.outputs),
            Distribution.of(gradient),
            weights_norm,
            update_norm,
            ratio,
        )

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "outputs": self.outputs.to_dict(), "gradient": self.gradient.to_dict()}


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def norm(numbers: Array) -> float:
    """Return the root of the sum of squares, in float64."""
    return float(np.linalg.norm(numbers.astype(np.float64)))
