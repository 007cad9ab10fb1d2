"""The *Deepnet* article's task: a small sigmoid network learns a few rows by heart, whoever is killed meanwhile."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from deepnet import events
from deepnet.errors import InputError, ShapeError
from deepnet.maths.model import Chain, Dense
from deepnet.maths.optimizers import SGD
from deepnet.maths.parameters import fingerprint
from deepnet.maths.random import stream
from deepnet.runs.network import Network, start
from deepnet.runs.run import Run
from deepnet.training.until import Until

Rows = tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Demonstration:
    """What is to be learnt, and how.

    Args:
        inputs: rows of as many numbers each.
        targets: a row for each row of inputs, or one for all of them; numbers between 0 and 1.
        hidden: widths of the hidden layers.
        learning_rate: of plain gradient descent.
        threshold: the mean squared error to get below.
        max_epochs: give up after so many.
        seed: where chance begins.
        granularity: neuron or layer.

    Raises:
        ShapeError: the rows do not join.
        InputError: a target is one that no sigmoid reaches.
    """

    inputs: Rows
    targets: Rows
    hidden: tuple[int, ...]
    learning_rate: float
    threshold: float
    max_epochs: int
    seed: int
    granularity: str

    def __post_init__(self) -> None:
        if len(self.targets) == 1 < len(self.inputs):
            object.__setattr__(self, "targets", self.targets * len(self.inputs))
        if len(self.inputs) != len(self.targets):
            raise ShapeError(f"--input is given {len(self.inputs)} times, --target {len(self.targets)}: give as many")
        for option, rows in (("--input", self.inputs), ("--target", self.targets)):
            if len({len(row) for row in rows}) != 1:
                raise ShapeError(f"all rows of {option} must have as many numbers, got {[len(row) for row in rows]}")
        if any(not 0 <= number <= 1 for row in self.targets for number in row):
            raise InputError("--target must be numbers between 0 and 1: that is all a sigmoid gives")

    @property
    def model(self) -> Chain:
        """All layers sigmoid; weights and biases begin as U(0, 1) - 0.5."""
        widths = (len(self.inputs[0]), *self.hidden, len(self.targets[0]))
        return Chain(
            *(
                Dense(inputs, neurons, "sigmoid", "centered_uniform", "centered_uniform")
                for inputs, neurons in pairwise(widths)
            )
        )

    def start(self, watcher: Callable[[events.Event], object] | None = None) -> Network:
        """Bring up the network."""
        # For so few neurons it takes longer to load compiled kernels than to do without.
        return start(
            self.model,
            name="demo",
            seed=self.seed,
            granularity=self.granularity,
            watcher=watcher,
            kernels="numpy",
        )

    def train(self, network: Network) -> Run:
        """Begin to learn: all rows together, once an epoch."""
        return network.train(
            self.inputs,
            self.targets,
            until=Until(mean_squared_error=self.threshold, epochs=self.max_epochs),
            optimizer=SGD(self.learning_rate),
            batch_size=len(self.inputs),
            shuffle=False,
        )


@dataclass(frozen=True, slots=True)
class KillPlan:
    """When neurons are to crash, and what must come out all the same.

    Attributes:
        messages: at which of the messages that neurons are told, counting from 1.
        weights_sha256: the fingerprint of the undisturbed run's weights.
    """

    messages: frozenset[int]
    weights_sha256: str


def plan_kills(demonstration: Demonstration, kills: int) -> KillPlan:
    """Run *demonstration* undisturbed, and draw from its seed at which of its messages *kills* neurons are to crash.

    Raises:
        InputError: the run has fewer messages than that.
        RunError: the undisturbed run failed.
    """
    with demonstration.start() as network:
        count = network.actors.neuron_messages()
        demonstration.train(network).wait()
        total, weights = count(), fingerprint(network.parameters())
    if kills > total:
        raise InputError(f"--kills must be {total} or fewer: the run has no more messages to neurons than that")
    drawn: Sequence[int] = stream(demonstration.seed, "kills").choice(total, size=kills, replace=False).tolist()
    return KillPlan(frozenset(message + 1 for message in drawn), weights)
