"""Measuring a network with given parameters on given rows."""

from collections.abc import Sequence

from deepnet.maths.arrays import Batch
from deepnet.maths.local import forward
from deepnet.maths.metrics import metric_named
from deepnet.maths.model import Chain
from deepnet.maths.parameters import LayerParameters
from deepnet.training.plan import Plan


def evaluate_epoch(
    model: Chain,
    parameters: Sequence[LayerParameters],
    plan: Plan,
    training: tuple[Batch, Batch],
    held_out: tuple[Batch, Batch] | None,
) -> tuple[dict[str, float], dict[str, float]]:
    """Measure what *plan* asks for: its metrics on the *training* rows, and these and the loss on those held out.

    Each pair is inputs (rows, model.inputs) and targets (rows, model.outputs). What nobody asked for is not computed.
    """
    names = (*plan.until.metrics, *(name for name in plan.metrics if name not in plan.until.metrics))
    trained: dict[str, float] = {}
    if names:
        outputs = forward(model, parameters, training[0])
        trained = {name: metric_named(name).value(outputs, training[1]) for name in names}
    if held_out is None:
        return trained, {}
    outputs = forward(model, parameters, held_out[0])
    validation = {name: metric_named(name).value(outputs, held_out[1]) for name in names}
    return trained, {"loss": plan.loss.value(outputs, held_out[1]), **validation}
