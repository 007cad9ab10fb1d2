"""A network of actors that learns, and can be looked at, broken and asked for predictions meanwhile."""

import itertools
import re
import threading
from collections.abc import Callable, Sequence
from typing import Self

from numpy.typing import ArrayLike

from deepnet import events, logs
from deepnet.actors.context import Context
from deepnet.actors.messages import Assigned, StopAtSeal
from deepnet.actors.system import ActorSystem
from deepnet.actors.tree import GRANULARITIES, TreeNode
from deepnet.actors.vault import Cut
from deepnet.errors import InputError, NetworkStoppedError, RunError, UnknownNameError
from deepnet.maths.arrays import Batch, as_batch
from deepnet.maths.checks import whole_number
from deepnet.maths.kernels.rows import with_ones
from deepnet.maths.local import forward
from deepnet.maths.losses import Loss, loss_named
from deepnet.maths.model import Chain
from deepnet.maths.optimizers import Optimizer, optimizer_named
from deepnet.maths.parameters import LayerParameters, checked_parameters, initial_parameters
from deepnet.runs.rows import checked_pairs, hold_out
from deepnet.runs.run import Run
from deepnet.runs.states import NetworkSummary, NeuronState
from deepnet.training.plan import Plan
from deepnet.training.position import Position
from deepnet.training.until import Until

_numbers = itertools.count(1)
_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")


class Network:
    """A network whose supervision tree is up; made by `start`. Use it in a ``with`` block, or `stop` it.

    Attributes:
        name: what it is called in its tree and its events.
        model: its layers.
        watchers: tells those who ask what happens (`deepnet.events`).
    """

    def __init__(
        self,
        model: Chain,
        *,
        name: str | None,
        seed: int,
        granularity: str,
        dtype: str,
        parameters: Sequence[tuple[ArrayLike, ArrayLike]] | None,
        max_restarts: int,
        max_seconds: int,
        workers: int,
        watcher: Callable[[events.Event], object] | None,
    ) -> None:
        if not isinstance(model, Chain):
            raise InputError(f"model must be a Chain, such as Chain(Dense(3, 1)), got {model!r}")
        if name is not None and not isinstance(name, str):
            raise InputError(f"name must be text, got {name!r}")
        if granularity not in GRANULARITIES:
            raise UnknownNameError("granularity", str(granularity), GRANULARITIES)
        if watcher is not None and not callable(watcher):
            raise InputError(f"watcher must be callable with an event, got {watcher!r}")
        whole_number("seed", seed, at_least=0)
        whole_number("workers", workers, at_least=1)
        whole_number("max_restarts", max_restarts, at_least=0)
        whole_number("max_seconds", max_seconds, at_least=1)
        begin = (
            initial_parameters(model, seed, dtype)
            if parameters is None
            else checked_parameters(model, parameters, dtype)
        )
        self.name = name or f"network_{next(_numbers)}"
        self.model = model
        self.seed = seed
        self.dtype = str(dtype)
        self.watchers = events.Watchers()
        if logs.are_on():
            self.watchers.add(logs.log_event)
        if watcher is not None:
            self.watchers.add(watcher)
        self._run: Run | None = None
        self._stopped = False
        self._beginning = threading.Lock()  # held while one run takes the place of another, or of all
        self._context = Context(self.name, model, granularity, Cut(Position(), begin), self.watchers)
        self.actors = ActorSystem(
            self._context,
            workers=workers,
            max_restarts=max_restarts,
            max_seconds=max_seconds,
            on_down=self._went_down,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<Network {self.name}: {self.model.neuron_count} neurons, {self.model.parameter_count} parameters>"

    # Learning.

    def train(
        self,
        inputs: object,
        targets: object,
        *,
        until: Until,
        loss: str | Loss = "mean_squared_error",
        optimizer: str | Optimizer = "sgd",
        batch_size: int = 1,
        shuffle: bool = True,
        validation: float | tuple[object, object] | None = None,
        metrics: Sequence[str] = (),
    ) -> Run:
        """Begin to learn, from the present parameters, and return at once: the run goes on in the background.

        Args:
            inputs: (rows, model.inputs).
            targets: (rows, model.outputs).
            until: when to stop.
            loss: a name from `deepnet.maths.losses`, or a Loss.
            optimizer: a name from `deepnet.maths.optimizers`, or an Optimizer.
            batch_size: rows learnt together.
            shuffle: whether each epoch visits the rows in an order of its own, drawn from the network's seed.
            validation: a share of the rows, or inputs and targets, to measure at the end of each epoch and not learn.
            metrics: names from `deepnet.maths.metrics` to measure at the end of each epoch.

        Raises:
            InputError: the plan or the data cannot be used; the message says why.
            RunError: a run is under way.
            NetworkStoppedError: the network has been stopped.
        """
        self._require_idle()
        plan = Plan(
            until=until,
            loss=loss_named(loss),
            optimizer=optimizer_named(optimizer),
            batch_size=batch_size,
            shuffle=shuffle,
            seed=self.seed,
            metrics=metrics,
        )
        pairs = checked_pairs(self.model, self.dtype, inputs, targets)
        pairs, held_out = hold_out(self.model, self.dtype, pairs, validation, self.seed)
        run = Run(
            plan,
            with_ones(pairs.inputs),
            pairs.targets,
            held_out,
            position=self._context.position_of,
            ask_to_stop=lambda: self.actors.tell("trainer", StopAtSeal()),
        )
        with self._beginning:
            self._require_idle()
            self._context.checkpoint = Cut(Position(), self.parameters())
            self._run = run
            # From here on a trainer that is restarted takes the run up by itself.
            self._context.assignment = run.assignment
        self.watchers.tell(events.RunStarted(self.name, len(pairs.inputs), run.batches))
        self.actors.tell("trainer", Assigned())
        return run

    def predict(self, inputs: object) -> Batch:
        """Return the outputs, (rows, model.outputs), for *inputs*, (rows, model.inputs), with the sealed parameters.

        A network that is learning does not notice. One row may be given flat.

        Raises:
            InputError: a value is no number or not finite.
            ShapeError: the rows do not fit the model.
        """
        return forward(self.model, self.parameters(), as_batch("inputs", inputs, self.dtype, self.model.inputs))

    # Looking. None of this sends a message to those who learn.

    def parameters(self) -> tuple[LayerParameters, ...]:
        """Copies of the committed weights (neurons, inputs) and biases (neurons,), first layer first, at one step."""
        return self._context.vault.read().parameters

    def neuron(self, address: str) -> NeuronState:
        """Read one neuron at the last sealed step.

        Raises:
            InputError: there is no such neuron; the message says which there are.
        """
        layer, index = self._place(address)
        position, row = self._context.vault.read_row(layer, index)
        return NeuronState(
            address=address,
            layer=layer,
            index=index,
            weights=row[:-1],
            bias=float(row[-1]),
            activation=self.model[layer].activation,
            step=position.step,
            restarts=self._context.restarts[address],
            mailbox=self.actors.mailbox_length(address),
        )

    def neurons(self) -> tuple[str, ...]:
        """The addresses of all neurons, first layer first."""
        return tuple(
            f"{address}/{index}"
            for address, layer in self.model.named_layers().items()
            for index in range(layer.neurons)
        )

    def tree(self) -> TreeNode:
        """Who supervises whom, asked of the supervisors themselves.

        Raises:
            NetworkStoppedError: the network has been stopped.
        """
        self._require_up()
        return self.actors.tree()

    def summary(self) -> NetworkSummary:
        """What the network is and how far it has come."""
        run = self._run
        layers = tuple(
            (address, layer.inputs, layer.neurons, layer.activation, layer.parameter_count)
            for address, layer in self.model.named_layers().items()
        )
        return NetworkSummary(
            name=self.name,
            layers=layers,
            neurons=self.model.neuron_count,
            parameters=self.model.parameter_count,
            dtype=self.dtype,
            granularity=self._context.granularity,
            state="idle" if run is None else run.state,
            epoch=0 if run is None else len(run.history),
            step=self._context.vault.sealed.position.step,
            loss=run.history[-1].loss if run is not None and run.history else None,
            metrics=dict(run.history[-1].metrics) if run is not None and run.history else {},
            learning_rate=None if run is None else run.plan.optimizer.learning_rate,
            restarts=self._context.restarts.total(),
            messages=self.actors.messages_handled,
        )

    # Breaking and ending.

    def kill(self, address: str) -> None:
        """Kill an actor before its next message: a neuron, a layer, ``trainer`` or ``vault``. It heals by itself.

        Where a layer computes its neurons itself, killing one of them kills the layer.

        Raises:
            InputError: there is no such actor; the message says which there are.
            NetworkStoppedError: the network has been stopped.
        """
        self._require_up()
        if address not in ("trainer", "vault", *self.model.named_layers()):
            layer, _ = self._place(address)
            if self._context.granularity == "layer":
                address = f"dense_{layer}"
        self.actors.kill(address)

    def stop(self) -> None:
        """Stop all actors and threads; a run under way ends as stopped. What was learnt can still be read.

        Raises:
            WouldBlockError: a watcher called this, for which the actors would have to wait; nothing has been stopped.
        """
        self.actors.stop()
        self._end_all("stopped", "the network was stopped")

    def _went_down(self, reason: str) -> None:
        self._end_all("failed", reason)

    def _end_all(self, state: str, reason: str) -> None:
        """Let no run begin any more, and end the one under way."""
        with self._beginning:
            self._stopped = True
            run = self._run
        if run is not None:
            self._context.end_run(run.assignment, state, reason)

    def _require_idle(self) -> None:
        self._require_up()
        if self._run is not None and self._run.state == "running":
            raise RunError(f"{self.name} is learning already: wait for the run, or stop it")

    def _require_up(self) -> None:
        if self._stopped:
            raise NetworkStoppedError(f"{self.name} has been stopped: start a new network")

    def _place(self, address: str) -> tuple[int, int]:
        """The layer and the index that a neuron's address names."""
        layers = self.model.named_layers()
        layer, _, index = str(address).partition("/")
        # One neuron, one address: dense_0/03 is nobody's.
        if layer not in layers or not _NUMBER.fullmatch(index) or int(index) >= layers[layer].neurons:
            ranges = ", ".join(f"{name}/0 to {name}/{dense.neurons - 1}" for name, dense in layers.items())
            raise InputError(f"{self.name} has no neuron {address!r}: there are {ranges}")
        return list(layers).index(layer), int(index)


def start(
    model: Chain,
    *,
    name: str | None = None,
    seed: int = 0,
    granularity: str = "neuron",
    dtype: str = "float32",
    parameters: Sequence[tuple[ArrayLike, ArrayLike]] | None = None,
    max_restarts: int = 1000,
    max_seconds: int = 5,
    workers: int = 1,
    watcher: Callable[[events.Event], object] | None = None,
) -> Network:
    """Bring up the actors of a network; return once all of them are there.

    Args:
        model: the layers.
        name: what the network is called; made up if None.
        seed: where all chance of this network begins, 0 or more.
        granularity: ``neuron``, an actor per neuron, or ``layer``, an actor per layer.
        dtype: float32 or float64.
        parameters: (weights, bias) of each layer to begin with, as `Network.parameters` returns; drawn if None.
        max_restarts: restarts that each supervisor allows ...
        max_seconds: ... within so many seconds, before it gives up.
        workers: threads that take the actors' turns; the result does not depend on it.
        watcher: told every event from the first on; see `deepnet.events`.

    Raises:
        InputError: an argument cannot be used; the message says why.
    """
    return Network(
        model,
        name=name,
        seed=seed,
        granularity=granularity,
        dtype=dtype,
        parameters=parameters,
        max_restarts=max_restarts,
        max_seconds=max_seconds,
        workers=workers,
        watcher=watcher,
    )
