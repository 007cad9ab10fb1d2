"""What is learnt here: networks, their rows, and how long deepnet itself takes for so many steps of them."""

import time
from typing import Any, NamedTuple, Protocol

import numpy as np

from deepnet import Adam, Network, Until, load_dataset, start
from deepnet.maths.arrays import Batch
from deepnet.maths.local import LocalLearner
from deepnet.maths.model import Chain, mlp
from deepnet.maths.parameters import LayerParameters, initial_parameters
from deepnet.runs.tabular import prepare_table

LEARNING_RATE = 0.001
SEED = 0
TOLERANCE = 1e-4
"""How far a parameter may be off in float32, as sums run in other orders; a step of Adam moves it by up to 0.001."""


class Work(NamedTuple):
    """A network and the rows that it learns by Adam, in the order in which they stand here.

    Attributes:
        model: its layers.
        loss: what is made small.
        inputs: (rows, model.inputs).
        targets: (rows, model.outputs).
        batch_size: rows of a step.
    """

    model: Chain
    loss: str
    inputs: Batch
    targets: Batch
    batch_size: int

    def train(self, network: Network, steps: int, **options: Any) -> float:
        """Let *network* learn for so many steps; return microseconds a step."""
        began = time.perf_counter()
        self.begin(network, Until(steps=steps), **options).wait()
        return (time.perf_counter() - began) / steps * 1e6

    def begin(self, network: Network, until: Until, **options: Any) -> Any:
        """Return a run that has begun."""
        plan = {"loss": self.loss, "optimizer": Adam(LEARNING_RATE), "batch_size": self.batch_size, "shuffle": False}
        return network.train(self.inputs, self.targets, until=until, **plan | options)

    def batches(self) -> list[tuple[Batch, Batch]]:
        """The rows of each step of an epoch."""
        starts = range(0, len(self.inputs), self.batch_size)
        return [(self.inputs[at : at + self.batch_size], self.targets[at : at + self.batch_size]) for at in starts]

    def parameters(self) -> tuple[LayerParameters, ...]:
        """What everybody begins with."""
        return initial_parameters(self.model, SEED, "float32")

    def learnt_in_numpy(self, steps: int, dtype: str = "float32") -> tuple[tuple[LayerParameters, ...], float]:
        """Return the parameters after so many steps in textbook numpy, and the sum of the losses of all of them."""
        optimizer = Adam(LEARNING_RATE)
        learner = LocalLearner(
            self.model, loss=self.loss, optimizer=optimizer, dtype=dtype, parameters=self.parameters()
        )
        batches = self.batches()
        total = sum(learner.learn(*batches[step % len(batches)]) for step in range(steps))
        return learner.parameters(), total


def cars() -> Work:
    """7-32-8-1 on miles per gallon, a row a step: 529 parameters, 41 neurons."""
    table = prepare_table(load_dataset("auto-mpg"), test_fraction=0.2, seed=SEED)
    inputs, targets = (np.ascontiguousarray(rows, "float32") for rows in (table.inputs, table.targets))
    return Work(mlp(7, (32, 8), 1, "relu"), "mean_squared_error", inputs, targets, 1)


def images(batch_size: int, rows: int = 2048) -> Work:
    """784-128-10 on drawn pixels and classes, as many and as large as MNIST's: 101,770 parameters, 138 neurons."""
    chance = np.random.default_rng(SEED)
    inputs = chance.random((rows, 784), "float32")
    targets = np.eye(10, dtype="float32")[chance.integers(10, size=rows)]
    model = mlp(784, (128,), 10, "relu", output_activation="softmax")
    return Work(model, "categorical_cross_entropy", inputs, targets, batch_size)


class Ours:
    """deepnet, in the form that its peers have.

    Args:
        work: what is learnt.
        options: of `start`.
    """

    name = "deepnet"

    def __init__(self, work: Work, **options: Any) -> None:
        self._work = work
        self._options = options
        self._learnt: tuple[LayerParameters, ...] = ()

    def train(self, steps: int) -> float:
        """Begin anew and learn for so many steps; return microseconds a step. Starting is no part of it."""
        with start(self._work.model, seed=SEED, **self._options) as network:
            took = self._work.train(network, steps)
            self._learnt = network.parameters()
        return took

    def parameters(self) -> tuple[LayerParameters, ...]:
        """Copies of what has been learnt, (weights, bias) of each layer."""
        return self._learnt


class DifferentWorkError(Exception):
    """Somebody who is to be compared has learnt something else."""


class Learner(Protocol):
    """Somebody who learns a `Work`, and can be looked at."""

    name: str

    def train(self, steps: int) -> float: ...

    def parameters(self) -> Any: ...


def require_same(work: Work, steps: int, *learners: Learner) -> None:
    """See that each of *learners* has the parameters of textbook numpy after so many steps of *work*.

    Raises:
        DifferentWorkError: a number is farther off than `TOLERANCE`: a ratio would compare two different things.
    """
    expected, _ = work.learnt_in_numpy(steps)
    for learner in learners:
        learner.train(steps)
        for layer, (ones, others) in enumerate(zip(learner.parameters(), expected, strict=True)):
            for kind, one, other in zip(("weights", "bias"), ones, others, strict=True):
                off = float(np.abs(np.asarray(one) - other).max())
                if not off <= TOLERANCE:
                    raise DifferentWorkError(
                        f"{learner.name}: {kind} of layer {layer} are {off:.2g} off after {steps} steps"
                    )
