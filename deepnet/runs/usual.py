"""What is usual: how a table is learnt by whoever says nothing else, from a shell or from the service."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from deepnet.data.dataset import Dataset
from deepnet.maths.heads import Head, head_for
from deepnet.maths.model import Chain, mlp

TEST_FRACTION = 0.2
"""The share of rows that is not learnt, and tested on."""
HIDDEN = (32, 8)
"""Widths of the hidden layers."""
ACTIVATION = "relu"
"""Of these."""
INITIALIZER = "glorot_uniform"
OPTIMIZER = "adam"
LEARNING_RATE = 0.001
BATCH_SIZE = 4
EPOCHS = 40


class Made(NamedTuple):
    """A network for a task."""

    head: Head
    model: Chain


def model_for(
    dataset: Dataset,
    *,
    hidden: Sequence[int] = HIDDEN,
    activation: str = ACTIVATION,
    output_activation: str | None = None,
    dropout: float = 0.0,
    initializer: str = INITIALIZER,
) -> Made:
    """Return layers that can learn *dataset*, and how they answer.

    Args:
        dataset: what is to be learnt.
        hidden: widths of the hidden layers.
        activation: of these.
        output_activation: of the last layer; by default the one of the task.
        dropout: the share of the outputs of each hidden layer that is left out while it learns.
        initializer: how weights begin.

    Raises:
        InputError: a number is out of its range, or a name is not known.
    """
    head = head_for(dataset.task, dataset.targets.shape[1])
    model = mlp(
        dataset.inputs.shape[1],
        tuple(hidden),
        head.neurons,
        activation,
        output_activation=output_activation or head.activation,
        dropout=dropout,
        initializer=initializer,
    )
    return Made(head, model)


def usual_plan(head: Head) -> dict[str, Any]:
    """Return how a network with *head* learns if nobody says otherwise: plain data, as the service takes them."""
    return {
        "until": {"kind": "until", "epochs": EPOCHS},
        "loss": head.loss,
        "optimizer": {"name": OPTIMIZER, "learning_rate": LEARNING_RATE},
        "batch_size": BATCH_SIZE,
        "metrics": list(head.metrics),
    }
