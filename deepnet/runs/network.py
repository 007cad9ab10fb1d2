"""A network of actors that learns, and can be looked at, broken and asked for predictions meanwhile."""

import itertools
import threading
from collections.abc import Callable, Sequence
from typing import Self

from numpy.typing import ArrayLike

from deepnet import events, logs
from deepnet.actors.context import Context
from deepnet.actors.messages import Assigned, StopAtSeal
from deepnet.actors.system import ActorSystem
from deepnet.actors.tree import GRANULARITIES, TreeNode
from deepnet.errors import InputError, NetworkStoppedError, RunError, UnknownNameError
from deepnet.maths.activations import activation_named
from deepnet.maths.arrays import Batch, as_batch
from deepnet.maths.checks import whole_number
from deepnet.maths.gradient_rules import GradientRules
from deepnet.maths.kernels.rows import with_ones
from deepnet.maths.local import forward
from deepnet.maths.losses import Loss, loss_named, require_outputs
from deepnet.maths.model import Chain
from deepnet.maths.optimizers import Optimizer, optimizer_named
from deepnet.maths.parameters import LayerParameters, checked_parameters, initial_parameters
from deepnet.maths.schedules import Schedule, schedule_named
from deepnet.runs.addresses import neuron_addresses, place_of
from deepnet.runs.rows import source_of
from deepnet.runs.run import Run
from deepnet.runs.states import LayerActivations, NetworkSummary, NeuronState
from deepnet.training.handlers import Handler, checked_handlers
from deepnet.training.health import dead_neurons
from deepnet.training.plan import Plan
from deepnet.training.rules import StopRule
from deepnet.training.state import RunState

_numbers = itertools.count(1)


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
        self._context = Context(self.name, model, granularity, RunState.at_rest(begin), self.watchers)
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
        targets: object = None,
        *,
        until: StopRule,
        loss: str | Loss = "mean_squared_error",
        optimizer: str | Optimizer = "sgd",
        schedule: str | Schedule = "constant",
        clip_value: float | None = None,
        clip_norm: float | None = None,
        l1: float = 0.0,
        l2: float = 0.0,
        batch_size: int = 1,
        drop_last: bool = False,
        shuffle: bool = True,
        validation: float | tuple[object, object] | None = None,
        metrics: Sequence[str] = (),
        handlers: Sequence[Handler] = (),
    ) -> Run:
        """Begin to learn, from the present parameters, and return at once: the run goes on in the background.

        Args:
            inputs: (rows, model.inputs). Or, without targets, a stream: an iterable of batches (inputs, targets)
                that need not fit into memory, or a function that returns one for each epoch.
            targets: (rows, model.outputs).
            until: when to stop.
            loss: a name from `deepnet.maths.losses`, or a Loss.
            optimizer: a name from `deepnet.maths.optimizers`, or an Optimizer.
            schedule: what becomes of its learning rate: a name from `deepnet.maths.schedules`, or a Schedule.
            clip_value: largest size of a number of a gradient.
            clip_norm: largest norm of the gradient of the whole network.
            l1: penalty on the sizes of the weights ...
            l2: ... and on their squares; see `deepnet.maths.gradient_rules`.
            batch_size: rows learnt together; the last batch of an epoch may be shorter ...
            drop_last: ... or is left out then.
            shuffle: whether each epoch visits the rows in an order of its own, drawn from the network's seed.
            validation: a share of the rows, or inputs and targets, to measure at the end of each epoch and not learn.
            metrics: names from `deepnet.maths.metrics` to measure at the end of each epoch.
            handlers: functions to call at the events of the run, made by `deepnet.training.handlers.on`.

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
            schedule=schedule_named(schedule),
            rules=GradientRules(clip_value=clip_value, clip_norm=clip_norm, l1=l1, l2=l2),
            batch_size=batch_size,
            drop_last=drop_last,
            shuffle=shuffle,
            seed=self.seed,
            metrics=metrics,
        )
        require_outputs(plan.loss, activation_named(self.model.dense[-1].activation))
        source, held_out = source_of(self.model, self.dtype, plan, inputs, targets, validation)
        if plan.needs_validation and held_out is None:
            raise InputError("the stop rule or the schedule looks at rows held out: give validation=0.2, or other rows")
        run = Run(
            plan,
            source,
            held_out,
            checked_handlers(handlers),
            position=self._context.position_of,
            ask_to_stop=lambda: self.actors.tell("trainer", StopAtSeal()),
        )
        with self._beginning:
            self._require_idle()
            self._context.restart_from(RunState.at_rest(self.parameters()), None)
            self._run = run
            # From here on a trainer that is restarted takes the run up by itself.
            self._context.assignment = run.assignment
        self.watchers.tell(events.RunStarted(self.name, source.rows, source.batches))
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

    def activations(self, inputs: object, timeout: float | None = None) -> dict[str, LayerActivations]:
        """Let the actors themselves compute what the network makes of *inputs*, (rows, model.inputs).

        Unlike `predict` this sends messages: from layer to layer and to every neuron, as learning does. A network that
        is learning does it between two steps. A Dropout leaves nothing out.

        Returns:
            Weighted sums and outputs of all neurons of each dense layer, by its address; the last is the prediction.

        Raises:
            InputError: a value is no number or not finite.
            ShapeError: the rows do not fit the model.
            RunError: an actor died again and again over it; or a watcher has called this, who would wait for itself.
            TimeoutError: no answer came within *timeout* seconds.
            NetworkStoppedError: the network has been stopped.
        """
        rows = with_ones(as_batch("inputs", inputs, self.dtype, self.model.inputs))
        self._require_up()
        return {address: LayerActivations(*pair) for address, pair in self.actors.ask(rows, timeout).items()}

    # Looking. None of this sends a message to those who learn.

    def dead_neurons(self, inputs: object) -> tuple[str, ...]:
        """The addresses of neurons that nothing in *inputs*, (rows, model.inputs), moves: they cannot learn any more.

        Raises:
            InputError: a value is no number or not finite.
            ShapeError: the rows do not fit the model.
        """
        return dead_neurons(self.model, self.parameters(), as_batch("inputs", inputs, self.dtype, self.model.inputs))

    def parameters(self) -> tuple[LayerParameters, ...]:
        """Copies of the committed weights (neurons, inputs) and biases (neurons,), first layer first, at one step."""
        return self._context.vault.read().parameters

    def neuron(self, address: str) -> NeuronState:
        """Read one neuron at the last sealed step.

        Raises:
            InputError: there is no such neuron; the message says which there are.
        """
        layer, index = place_of(self.model, address, self.name)
        position, row = self._context.vault.read_row(layer, index)
        return NeuronState(
            address=address,
            layer=layer,
            index=index,
            weights=row[:-1],
            bias=float(row[-1]),
            activation=self.model.dense[layer].activation,
            step=position.step,
            restarts=self._context.restarts[address],
            mailbox=self.actors.mailbox_length(address),
        )

    def neurons(self) -> tuple[str, ...]:
        """The addresses of all neurons, first layer first."""
        return neuron_addresses(self.model)

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
            for address, layer in self.model.named_dense().items()
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

        ``network`` kills them all at once: the whole tree comes up again, and goes on like a vault that died.
        Where a layer computes its neurons itself, killing one of them kills the layer.

        Raises:
            InputError: there is no such actor; the message says which there are.
            NetworkStoppedError: the network has been stopped.
        """
        self._require_up()
        if address not in ("network", "trainer", "vault", *self.model.named_layers()):
            layer, _ = place_of(self.model, address, self.name)
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
