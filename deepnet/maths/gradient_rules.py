"""What is done to a gradient before the optimizer sees it: penalties are added, then it is clipped."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from deepnet.maths.arrays import Array, Weights
from deepnet.maths.checks import non_negative_number, positive_number
from deepnet.maths.parameters import LayerParameters

NORM_EPSILON = 1e-6
"""Added to the norm before dividing by it, as PyTorch does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradientRules:
    """Penalties and clipping; false if there are none.

    g_w <- g_w + l2 * w + l1 * sign(w)                     for weights; biases are not penalised
    g   <- min(max(g, -clip_value), clip_value)            number by number
    g   <- g * min(1, clip_norm / (|g| + 1e-6))            |g| is the norm of the gradient of the whole network

    The penalties are those of adding l2/2 * sum w^2 + l1 * sum |w| to the loss; the loss that is reported is without
    them. They come before the clipping and, unlike the decoupled decay of `AdamW`, go through the optimizer.

    Args:
        clip_value: largest size of a number of the gradient; None for any.
        clip_norm: largest norm of the whole gradient; None for any.
        l1: 0 or more.
        l2: 0 or more.

    Source: torch.nn.utils.clip_grad_value_ and clip_grad_norm_; Goodfellow, Bengio, Courville, Deep Learning (2016),
    sections 7.1 and 10.11.1.

    Raises:
        InputError: a clip is not a finite number above 0, or a penalty not one of 0 or more.
    """

    clip_value: float | None = None
    clip_norm: float | None = None
    l1: float = 0.0
    l2: float = 0.0

    def __post_init__(self) -> None:
        for name in ("clip_value", "clip_norm"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, positive_number(name, getattr(self, name)))
        for name in ("l1", "l2"):
            object.__setattr__(self, name, non_negative_number(name, getattr(self, name)))

    def __bool__(self) -> bool:
        return bool(self.clip_value or self.clip_norm or self.l1 or self.l2)

    def of_rows(self, rows: Array, gradient: Array) -> Array:
        """Return the gradient of rows of weights that end in their bias, penalised and clipped by value.

        Shapes: rows and gradient (inputs + 1,) or (neurons, inputs + 1); neither is written to.
        """
        if self.l1 or self.l2:
            gradient = gradient.copy()
            gradient[..., :-1] += self._penalty(rows[..., :-1])
        return self._clipped(gradient)

    def of_layer(self, parameters: LayerParameters, gradient: LayerParameters) -> LayerParameters:
        """Return the same of weights (neurons, inputs) and biases (neurons,) that are kept apart."""
        weights = gradient.weights
        if self.l1 or self.l2:
            weights = weights + self._penalty(parameters.weights)
        return LayerParameters(self._clipped(weights), self._clipped(gradient.bias))

    def norm_scale(self, squares: Iterable[float]) -> float:
        """Return what the whole gradient is to be multiplied by, given the sums of squares of its parts."""
        if self.clip_norm is None:
            return 1.0
        total = sum(squares)  # in the order of the layers; fsum would raise for a gradient that has become infinite
        return min(1.0, self.clip_norm / (math.sqrt(total) + NORM_EPSILON))

    def _penalty(self, weights: Weights) -> Weights:
        penalty = self.l2 * weights
        if self.l1:
            penalty += self.l1 * np.sign(weights)
        return penalty

    def _clipped(self, gradient: Array) -> Array:
        if self.clip_value is None:
            return gradient
        return np.clip(gradient, -self.clip_value, self.clip_value)

    def to_dict(self) -> dict[str, Any]:
        """Return the rules as plain data: keyword arguments of this class."""
        return {"clip_value": self.clip_value, "clip_norm": self.clip_norm, "l1": self.l1, "l2": self.l2}
