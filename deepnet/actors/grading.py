"""How wrong a batch of predictions is, and in which direction."""

import numpy as np

from deepnet.actors.messages import Predicted
from deepnet.maths.arrays import Batch, require_shape
from deepnet.maths.kernels.choice import Kernels, loss_code
from deepnet.maths.losses import Loss, fused
from deepnet.maths.treatment import output_is_treated
from deepnet.training.setup import Setup


class Grader:
    """Computes the loss of a run's batches, and its gradient.

    Args:
        loss: the plan's. Where the last activation and it have a form in one, that is used, unless there are neurons
            in the last layer whose outputs are not what the activation makes of their sums.
        setup: what the network is like.
        kernels: what computes, unless the loss is of the user's own making.
    """

    def __init__(self, loss: Loss, setup: Setup, kernels: Kernels) -> None:
        joint = None if output_is_treated(setup.treatments[-1]) else fused(setup.model.dense[-1].activation, loss)
        self.at_sums = joint is not None
        """Whether it looks at the weighted sums of the last layer, and its gradient is with respect to these."""
        self._loss = joint or loss
        self._code = loss_code(loss, joint)
        self._kernels = kernels
        self._gradient: Batch | None = None

    def grade(self, message: Predicted, targets: Batch) -> tuple[float, Batch]:
        """Return the loss and its gradient, (rows, neurons), in an array that the next batch will be graded in, too."""
        shown = message.outputs if message.sums is None else message.sums
        if self._code is None:
            return self._grade_by_hand(shown[:, : message.outputs.shape[1] - 1], targets)
        gradient = self._gradient
        if gradient is None or gradient.shape != targets.shape or message.attempt != 1:
            gradient = self._gradient = np.empty_like(targets)
        return self._kernels.loss(self._code, shown, targets, gradient), gradient

    def _grade_by_hand(self, shown: Batch, targets: Batch) -> tuple[float, Batch]:
        """Ask a loss of the user's own. Kernels look at nothing: so here all is looked at, and views are handed out."""
        (rows, neurons), dtype = shown.shape, shown.dtype
        own = np.require(self._loss.gradient(shown[:], targets[:]), dtype, ["C", "A"])
        require_shape(f"the gradient of the loss {self._loss.name!r}", own, rows, neurons)
        return self._loss.value(shown[:], targets[:]), own
