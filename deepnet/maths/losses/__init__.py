"""How wrong the outputs are, as one number to make small, and which way each output makes it grow.

A loss is a pair: its value L and its gradient dL/d(outputs). It is reckoned in the dtype of the
outputs, and may come out infinite or nan when training diverges, or when the outputs or targets are
not what it is for: that is for the caller to judge. Nothing here raises or warns about numbers.
"""

from deepnet.maths.losses.fused import fused
from deepnet.maths.losses.loss import Loss
from deepnet.maths.losses.named import LOSSES, loss_named, require_outputs

__all__ = ["LOSSES", "Loss", "fused", "loss_named", "require_outputs"]
