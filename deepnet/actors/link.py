"""What all actors of layers have in common: their place in the chain between the trainer and the trainer."""

from typing import Any, cast

from deepnet.actors.context import Context
from deepnet.actors.line import Line
from deepnet.actors.messages import Backward, Forward, Learnt, Measured, Predicted
from deepnet.maths.arrays import Batch
from supervisor import ScheduledActor


class LayerLink(ScheduledActor):
    """An actor of a layer: it passes activations on to the next layer and errors back to the one before.

    Args:
        context: what the actors of the network share.
        address: of the layer.
    """

    def __init__(self, context: Context, address: str) -> None:
        super().__init__()
        self.address = address
        self._context = context
        addresses = tuple(context.model.named_layers())
        place = addresses.index(address)
        is_last = place + 1 == len(addresses)
        is_first = "dense_0" not in addresses[:place]  # what comes before has nothing to learn
        self._trainer = Line(context.directory, "trainer")
        self._following = None if is_last else Line(context.directory, addresses[place + 1])
        self._previous = None if is_first else Line(context.directory, addresses[place - 1])
        # The last of each, until there is one; the same message once more counts once.
        self._forward_message = cast(Forward, None)
        self._backward_message = cast(Backward, None)
        self._step = self._attempt = -1

    def on_start(self) -> None:
        self._context.directory.register(self.address, self.actor_ref)

    def _pass_on(self, outputs: Batch, sums: Batch | None = None) -> None:
        """Send the outputs, (rows, neurons + 1), to the next layer; or to the trainer, with the sums it may want."""
        message = self._forward_message
        if self.abandoned:  # given up as hung: what is said now would disturb those who have gone on
            return
        if self._following is None:
            self._trainer.send(Predicted(message.step, message.attempt, outputs, sums))
        else:
            self._following.send(Forward(message.step, message.attempt, message.bank, message.way, outputs))

    def _send_back(self, message: Backward, errors: Any, squares: tuple[float, ...]) -> None:
        """Send what the layer before has to answer for, or tell the trainer that this was the first that learns."""
        if self.abandoned:
            return
        if self._previous is not None:
            self._previous.send(Backward(message.step, message.attempt, message.update, errors(), squares=squares))
        elif message.update.waits:
            self._trainer.send(Measured(message.step, message.attempt, squares))
        else:
            self._trainer.send(Learnt(message.step, message.attempt))

    def _is_stale(self, step: int, attempt: int) -> bool:
        return attempt != self._attempt or step != self._step
