"""The last layer that a task asks for, and the loss and the metrics that go with it.

Source: Goodfellow, Bengio, Courville, Deep Learning (2016), section 6.2.2.
"""

from collections.abc import Callable
from dataclasses import dataclass

from deepnet.errors import InputError
from deepnet.maths.checks import look_up, whole_number
from deepnet.maths.losses import loss_named
from deepnet.maths.metrics import metric_named
from deepnet.maths.model import Dense


@dataclass(frozen=True, slots=True)
class Head:
    """How a network answers, and how an answer is judged.

    Attributes:
        task: ``binary``, ``multiclass`` or ``regression``.
        neurons: of the last layer: one for each column of the targets.
        activation: of the last layer.
        loss: what is learnt by.
        metrics: what people read.

    Raises:
        InputError: there is no neuron.
        UnknownNameError: the loss or a metric is not known; the message lists the names.
    """

    task: str
    neurons: int
    activation: str
    loss: str
    metrics: tuple[str, ...]

    def __post_init__(self) -> None:
        whole_number("a head's neurons", self.neurons, at_least=1)
        loss_named(self.loss)
        for metric in self.metrics:
            metric_named(metric)

    def layer(self, inputs: int, **options: str) -> Dense:
        """Return the last layer, of *inputs* inputs; *options* are further fields of it, such as its initializer."""
        return Dense(inputs, self.neurons, self.activation, **options)


def binary() -> Head:
    """One sigmoid neuron: the probability of the second of two classes. Targets: (rows, 1) of 0 and 1."""
    return Head("binary", 1, "sigmoid", "binary_cross_entropy", ("accuracy",))


def multiclass(classes: int) -> Head:
    """A softmax neuron a class: the probability of each, one in sum. Targets: (rows, classes), one-hot.

    Raises:
        InputError: classes is not a whole number of 2 or more.
    """
    classes = whole_number("classes", classes, at_least=2)
    return Head("multiclass", classes, "softmax", "categorical_cross_entropy", ("accuracy",))


def regression(outputs: int = 1) -> Head:
    """A linear neuron an output: any numbers. Targets: (rows, outputs).

    Raises:
        InputError: outputs is not a whole number of 1 or more.
    """
    outputs = whole_number("outputs", outputs, at_least=1)
    return Head("regression", outputs, "identity", "mean_squared_error", ("mean_absolute_error", "r2"))


def head_for(task: str, outputs: int) -> Head:
    """Return the head of *task* for targets with so many columns, *outputs*.

    Raises:
        InputError: the task cannot have so many columns.
        UnknownNameError: there is no such task; the message lists them.
    """
    return look_up("task", task, _HEADS)(outputs)


def _binary_of(outputs: int) -> Head:
    if whole_number("outputs", outputs, at_least=1) != 1:
        raise InputError(f"a binary task has one column of targets, got {outputs}: use multiclass")
    return binary()


_HEADS: dict[str, Callable[[int], Head]] = {"binary": _binary_of, "multiclass": multiclass, "regression": regression}
