"""The weighted sums of a layer, and the way back through them.

Source: Goodfellow, Bengio, Courville, Deep Learning (2016), section 6.5.6.
"""

from typing import NamedTuple

from deepnet.maths.arrays import Batch, Vector, Weights, require_shape


class DenseGradient(NamedTuple):
    """dL/d(inputs), dL/d(weights), dL/d(bias), each shaped like what it is the gradient of."""

    inputs: Batch
    weights: Weights
    bias: Vector


def dense(inputs: Batch, weights: Weights, bias: Vector) -> Batch:
    """Return x W' + b. Shapes: (rows, n), (m, n), (m,) -> (rows, m).

    Raises:
        ShapeError: the arrays do not join.
    """
    # Every prediction passes here once a layer: one comparison, and names only for what is wrong.
    if inputs.ndim != 2 or bias.ndim != 1 or weights.shape != (bias.shape[0], inputs.shape[1]):
        require_shape("weights", weights, None, None)
        require_shape("inputs", inputs, None, weights.shape[1])
        require_shape("bias", bias, weights.shape[0])
    return inputs @ weights.T + bias


def dense_gradient(upstream: Batch, inputs: Batch, weights: Weights) -> DenseGradient:
    """Carry *upstream* = dL/d(output) back through `dense`.

    dL/dx = u W, dL/dW = u' x, dL/db = the sum of u over the rows.

    Shapes: (rows, m), (rows, n), (m, n) -> (rows, n), (m, n), (m,).

    Raises:
        ShapeError: the arrays do not join.
    """
    require_shape("weights", weights, None, None)
    require_shape("upstream", upstream, None, weights.shape[0])
    require_shape("inputs", inputs, upstream.shape[0], weights.shape[1])
    return DenseGradient(upstream @ weights, upstream.T @ inputs, upstream.sum(axis=0))
