"""What can be read of a network, at rest and while it learns."""

from collections.abc import Sequence

from deepnet.actors.assignment import Question
from deepnet.actors.context import Context
from deepnet.actors.system import ActorSystem
from deepnet.actors.tracing import TracedMessage
from deepnet.actors.tree import TreeNode
from deepnet.actors.vault import Sealed
from deepnet.actors.watching import Activity
from deepnet.errors import NetworkStoppedError, RunError
from deepnet.maths.addresses import neuron_addresses, neurons_of, place_of
from deepnet.maths.arrays import Array, Batch, as_batch, require_shape
from deepnet.maths.checks import whole_number
from deepnet.maths.kernels.choice import Kernels
from deepnet.maths.kernels.rows import with_ones
from deepnet.maths.losses import Loss, loss_named
from deepnet.maths.model import Chain
from deepnet.maths.parameters import LayerParameters
from deepnet.runs.compiling import load_kernels
from deepnet.runs.following import Watch
from deepnet.runs.predicting import Predictor
from deepnet.runs.probing import USUAL, Probe, Prober
from deepnet.runs.run import Run
from deepnet.runs.states import LayerActivations, NetworkCut, NetworkSummary, NeuronState
from deepnet.runs.surface import Surface, Surveyor
from deepnet.runs.tiles import Earlier, Tile, Tiler, layer_number
from deepnet.training.health import dead_neurons
from deepnet.training.interventions import require_loss_takes


class Looking:
    """The part of a `Network` that reads it and changes nothing.

    Attributes:
        name: what the network is called.
        dtype: of its numbers.
        kernels: what computes, ``numba`` or ``numpy``.
        actors: those that make it up.
    """

    name: str
    dtype: str
    kernels: str
    actors: ActorSystem
    _context: Context
    _run: Run | None
    _stopped: bool
    _predictor: Predictor | None = None

    @property
    def model(self) -> Chain:
        """Its layers, as they are now."""
        return self._context.model

    @property
    def run(self) -> Run | None:
        """The run under way, or the last one; None before the first."""
        return self._run

    @property
    def step(self) -> int:
        """The last sealed step."""
        return self._context.vault.sealed.position.step

    def predict(self, inputs: object) -> Batch:
        """Return the outputs, (rows, model.outputs), for *inputs*, (rows, model.inputs), with the sealed parameters.

        A network that is learning does not notice. One row may be given flat.

        Raises:
            InputError: a value is no number or not finite.
            ShapeError: the rows do not fit the model.
        """
        if self._predictor is None:
            self._predictor = Predictor(self.load_kernels())
        with self._context.courtesy:
            return self._predictor.predict(self._context.vault, inputs)

    def activations(self, inputs: object, timeout: float | None = None) -> dict[str, LayerActivations]:
        """Let the actors themselves compute what the network makes of *inputs*, (rows, model.inputs).

        Unlike `predict` this sends messages: from layer to layer and to every neuron, as learning does. A network that
        is learning does it between two steps. A Dropout leaves nothing out.

        Returns:
            Weighted sums and outputs of all neurons of each dense layer, by its address; the last is the prediction.

        Raises:
            InputError: a value is no number or not finite.
            ShapeError: the rows do not fit the model.
            RunError: an actor died again and again over it; or a watcher has called this, who would wait for itself;
                or the run is being played message by message, and stands in the middle of a step.
            TimeoutError: no answer came within *timeout* seconds.
            NetworkStoppedError: the network has been stopped.
        """
        rows = with_ones(as_batch("inputs", inputs, self.dtype, self.model.inputs))
        self._require_up()
        question = Question(rows, self.load_kernels())
        return {address: LayerActivations(*pair) for address, pair in self.actors.ask(question, timeout).items()}

    def trace(
        self,
        inputs: object,
        targets: object = None,
        *,
        loss: str | Loss | None = None,
        timeout: float | None = None,
    ) -> tuple[TracedMessage, ...]:
        """Play one sample through the actors, and return every message of it, in order, with its numbers.

        Nothing is learnt from it. Each message reads as a line of text, too.

        Args:
            inputs: (model.inputs,), one row.
            targets: (model.outputs,): then the errors go back as well.
            loss: how wrong the outputs are; by default that of the last run, or mean_squared_error.
            timeout: seconds to wait for the answer; None for ever.

        Raises:
            InputError: a value is no number or not finite, or no target of the loss.
            ShapeError: it is no single row that fits the model.
            RunError, TimeoutError, NetworkStoppedError: as for `activations`.
        """
        self._require_up()
        rows = as_batch("inputs", inputs, self.dtype, self.model.inputs)
        require_shape("inputs", rows, 1, self.model.inputs)
        wrong = loss_named(loss or (self._run.plan.loss if self._run is not None else "mean_squared_error"))
        question = Question(with_ones(rows), self.load_kernels(), loss=wrong)
        if targets is not None:
            question.targets = as_batch("targets", targets, self.dtype, self.model.outputs)
            require_shape("targets", question.targets, 1, self.model.outputs)
            wrong.check_targets(question.targets[:])
            require_loss_takes(wrong, self._context.setup)
        return self.actors.trace(question, timeout)

    def load_kernels(self) -> Kernels:
        """Load what computes, or compile it if this machine has not done so yet, which takes seconds.

        Whatever needs it does this by itself; here it can be done beforehand.

        Raises:
            InputError: it needs numba, which is not installed.
        """
        return load_kernels(self.kernels, self.dtype, self.name, self._context.watchers)

    # Looking. None of this sends a message to those who learn.

    def dead_neurons(self, inputs: object) -> tuple[str, ...]:
        """The addresses of neurons that nothing in *inputs*, (rows, model.inputs), moves: they cannot learn any more.

        Raises:
            InputError: a value is no number or not finite.
            ShapeError: the rows do not fit the model.
        """
        cut = self._context.vault.read()
        rows = as_batch("inputs", inputs, self.dtype, cut.setup.model.inputs)
        return dead_neurons(cut.setup.model, cut.parameters, rows, cut.setup.treatments, cut.position.step)

    def parameters(self) -> tuple[LayerParameters, ...]:
        """Copies of the committed weights (neurons, inputs) and biases (neurons,), first layer first, at one step."""
        return self._context.vault.read().parameters

    def neuron(self, address: str) -> NeuronState:
        """Read one neuron at the last sealed step.

        Raises:
            InputError: there is no such neuron; the message says which there are.
        """
        sealed, layer, index, numbers = self._context.vault.read_neuron(
            lambda model: place_of(model, address, self.name)
        )
        return self._record(address, layer, index, numbers, sealed)

    def cut(self) -> NetworkCut:
        """Read all neurons at one sealed step."""
        position, parameters, setup = self._context.vault.read()
        return NetworkCut(position.step, position.epoch, setup.model, parameters, setup)

    def probe(self, row: int | None = None, *, fields: Sequence[str] = USUAL) -> Probe:
        """Reckon what the neurons make of a row of the run, or on average of its first ones, and what would correct it.

        Args:
            row: which row of the run, from 0; None for the mean over its first rows, 32 or, of a large network, fewer.
            fields: some of output, delta, sum, gradient, weights and bias.

        Raises:
            InputError: there is no such field, or the run has no such row; or there are too many weights to give.
        """
        return Prober(row, fields).probe(self._context, self._run)

    def surface(self) -> Surface:
        """Reckon the outputs of all neurons of a network of two inputs, over where the rows of the run are.

        Raises:
            InputError: the network has not two inputs.
        """
        return Surveyor().survey(self._context, self._run)

    def tile(self, address: str, window: Sequence[int] | None = None, *, against: int | None = None) -> Tile:
        """Read the weights of a layer as a picture of 256 by 256 at most, with their histogram.

        Args:
            address: of the layer.
            window: row0, row1, column0, column1: only these neurons and inputs. What lies beyond the layer is left out.
            against: a step of the run that was kept: show how much the weights have changed since.

        Raises:
            InputError: there is no such layer, nothing of it is in the window, or it was of another size at that step.
            RunError: there is no run that keeps its steps.
            DataError: that step was not kept.
        """
        earlier = None
        if against is not None:
            keeper = None if self._run is None else self._run.assignment.keeper
            if keeper is None:
                raise RunError("no steps are kept to compare with: begin a run with run_dir=")
            earlier = Earlier(against, keeper.read(against).rows[layer_number(self.model, address)])
        return Tiler(address, window).tile(self._context, earlier)

    def watch(self, address: str, *, every: int = 1) -> Watch:
        """Follow a neuron, or all neurons of a layer: iterate over what is returned, and close it.

        A record comes for each sealed step whose number *every* divides, with what the neuron did then: input, sum,
        output, delta and gradient. Whoever reads too slowly misses some; nobody waits for him.

        Raises:
            InputError: there is no such neuron or layer, or *every* is not 1 or more.
            NetworkStoppedError: the network has been stopped.
        """
        self._require_up()
        every = whole_number("every", every, at_least=1)
        layer, indices = neurons_of(self.model, address, self.name)
        places = {f"dense_{layer}": frozenset(indices)}
        return Watch(self._context.watching, places, every, self._followed, self._is_idle)

    def _followed(self, address: str, activity: Activity, sealed: Sealed) -> NeuronState:
        layer, index = place_of(sealed.setup.model, address, self.name)
        history = self._context.watching.history(address)
        until = tuple(one for one in history if one.step < activity.step)
        return self._record(address, layer, index, activity.numbers, sealed, (*until, activity))

    def _is_idle(self) -> bool:
        return self._run is None or self._run.is_over or self._stopped

    def _record(
        self,
        address: str,
        layer: int,
        index: int,
        numbers: Array,
        sealed: Sealed,
        history: tuple[Activity, ...] | None = None,
    ) -> NeuronState:
        """Return the record of a neuron whose row and slots are *numbers*, (1 + slots, inputs + 1)."""
        context, setup = self._context, sealed.setup
        treatment = setup.treatment(layer, index)
        names = () if setup.plan is None else setup.plan.optimizer.slots
        return NeuronState(
            address=address,
            layer=layer,
            index=index,
            weights=numbers[0, :-1],
            bias=float(numbers[0, -1]),
            slots=dict(zip(names, numbers[1:], strict=False)),
            activation=treatment.activation or setup.model.dense[layer].activation,
            rate=treatment.rate,
            frozen=treatment.frozen,
            lesioned=treatment.lesioned,
            faults=treatment.faults,
            step=sealed.position.step,
            restarts=context.restarts[address],
            deaths=context.deaths(address),
            mailbox=self.actors.mailbox_length(address),
            messages=self.actors.messages_of(address),
            history=context.watching.history(address) if history is None else history,
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
        run, sealed = self._run, self._context.vault.sealed
        model, granularities = sealed.setup.model, set(sealed.setup.granularities)
        last = None if run is None else run.last_epoch
        layers = tuple(
            (address, layer.inputs, layer.neurons, layer.activation, layer.parameter_count)
            for address, layer in model.named_dense().items()
        )
        return NetworkSummary(
            name=self.name,
            layers=layers,
            neurons=model.neuron_count,
            parameters=model.parameter_count,
            dtype=self.dtype,
            granularity=granularities.pop() if len(granularities) == 1 else "mixed",
            state="idle" if run is None else run.state,
            epoch=0 if last is None else last.epoch,
            step=sealed.position.step,
            loss=None if last is None else last.loss,
            metrics={} if last is None else dict(last.metrics),
            learning_rate=None if run is None else run.plan.optimizer.learning_rate,
            restarts=self._context.restarts.total(),
            messages=self.actors.messages_handled,
        )

    def _require_up(self) -> None:
        if self._stopped:
            raise NetworkStoppedError(f"{self.name} has been stopped: start a new network")
