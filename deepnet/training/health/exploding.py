"""Who explodes: its gradient, or the update that comes of it, is too large to be survived."""

from collections.abc import Sequence

import numpy as np

from deepnet.maths.arrays import Array
from deepnet.maths.kernels.rows import pack
from deepnet.training.health.conditions import Finding
from deepnet.training.health.evidence import of_large_gradient, of_large_update
from deepnet.training.health.layers import norm
from deepnet.training.health.passing import LayerPass

EXPLODING_UPDATE = 10.0
"""An update so many times as large as what it changes: nothing that was learnt is left of the neuron.

Of the gradient itself no such limit can be given, for it has the units of inputs and targets; what Pascanu, Mikolov,
Bengio, On the difficulty of training recurrent neural networks (2013), section 3.2, call exploded is what a step
cannot be taken with, and clipping, their remedy, is done before the update is judged. Only a gradient whose square is
no number of its dtype is one with any optimizer: those that divide by the root of squares stand still then.
"""


def with_exploding(passed: LayerPass, seen: Sequence[Finding], gradient: Array, update: Array) -> list[Finding]:
    """Return what is found of a layer, by index: what has been *seen* already, or that a neuron explodes.

    Shapes: gradient and update (neurons, inputs + 1), weights then bias.
    """
    by_address = {finding.address: finding for finding in seen}
    largest = float(np.sqrt(np.finfo(gradient.dtype).max))
    rows = pack(passed.parameters)
    found = []
    for index in range(len(rows)):
        address = f"{passed.address}/{index}"
        row, slope, change = norm(rows[index]), norm(gradient[index]), norm(update[index])
        if address in by_address:
            found.append(by_address[address])
        elif not slope <= largest:  # a nan is not
            found.append(Finding(address, "exploding", of_large_gradient(slope, largest)))
        elif row and not change <= EXPLODING_UPDATE * row:
            found.append(Finding(address, "exploding", of_large_update(change, row)))
    return found
