"""What can be read of a network, at rest and while it learns."""

from deepnet.actors.context import Context
from deepnet.actors.system import ActorSystem
from deepnet.actors.tree import TreeNode
from deepnet.errors import NetworkStoppedError
from deepnet.maths.arrays import Batch, as_batch
from deepnet.maths.kernels.choice import Kernels
from deepnet.maths.kernels.rows import with_ones
from deepnet.maths.model import Chain
from deepnet.maths.parameters import LayerParameters
from deepnet.runs.addresses import neuron_addresses, place_of
from deepnet.runs.compiling import load_kernels
from deepnet.runs.predicting import Predictor
from deepnet.runs.run import Run
from deepnet.runs.states import LayerActivations, NetworkSummary, NeuronState
from deepnet.training.health import dead_neurons


class Looking:
    """The part of a `Network` that reads it and changes nothing.

    Attributes:
        name: what the network is called.
        model: its layers.
        dtype: of its numbers.
        kernels: what computes, ``numba`` or ``numpy``.
        actors: those that make it up.
    """

    name: str
    model: Chain
    dtype: str
    kernels: str
    actors: ActorSystem
    _context: Context
    _run: Run | None
    _stopped: bool
    _predictor: Predictor | None = None

    def predict(self, inputs: object) -> Batch:
        """Return the outputs, (rows, model.outputs), for *inputs*, (rows, model.inputs), with the sealed parameters.

        A network that is learning does not notice. One row may be given flat.

        Raises:
            InputError: a value is no number or not finite.
            ShapeError: the rows do not fit the model.
        """
        if self._predictor is None:
            self._predictor = Predictor(self.model, self.load_kernels())
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
            RunError: an actor died again and again over it; or a watcher has called this, who would wait for itself.
            TimeoutError: no answer came within *timeout* seconds.
            NetworkStoppedError: the network has been stopped.
        """
        rows = with_ones(as_batch("inputs", inputs, self.dtype, self.model.inputs))
        self._require_up()
        return {
            address: LayerActivations(*pair)
            for address, pair in self.actors.ask(rows, self.load_kernels(), timeout).items()
        }

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

    def _require_up(self) -> None:
        if self._stopped:
            raise NetworkStoppedError(f"{self.name} has been stopped: start a new network")
