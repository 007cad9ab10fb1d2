"""A live network, its twin that nobody kills, and the plain one: all three are done the same to, and compared."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import numpy as np

from deepnet import SGD, Adam, Chain, Dense, Until, start
from deepnet.errors import InputError, RunError
from deepnet.runs.network import Network
from deepnet.runs.run import Run

if TYPE_CHECKING:
    from tests.deepnet.runs import live_actions as act
    from tests.deepnet.runs.live_plain import PlainNetwork

Strike: TypeAlias = Callable[[Network, dict[int, str]], None]
OPTIMIZERS: dict[str, Callable[..., Any]] = {"sgd": SGD, "adam": Adam}
CLOSE = 1e-12
SECONDS = 10.0
"""After which somebody has been waited for in vain."""


@dataclass(frozen=True)
class Case:
    """How a play begins."""

    widths: tuple[int, ...]
    activations: tuple[str, ...]
    granularity: str
    kernels: str
    optimizer: dict[str, Any]
    loss: str
    batch_size: int
    rows: int
    shuffle: bool
    seed: int


def optimizer_of(options: dict[str, Any]) -> Any:
    return OPTIMIZERS[options["name"]](**{name: value for name, value in options.items() if name != "name"})


def bits(network: Network, run: Run) -> tuple[Any, ...]:
    """Return all that is committed, in such a form that it equals only what has the same bits."""
    blocks, sealed = network._context.vault.copy_blocks()  # slots and recut are shown nowhere else
    setup = {name: value for name, value in sealed.setup.to_dict().items() if name != "number"}
    numbers = [(block.shape, block.tobytes()) for block in blocks]
    # Not the stage: the trainer may be on its way to the next step, where it will rest.
    position = {name: value for name, value in run.position.to_dict().items() if name != "stage"}
    return numbers, repr(setup), position, [(record.epoch, record.loss) for record in run.history]


class Play:
    """Two networks begun alike, and the plain one.

    Args:
        case: how they begin.
        plain: the class of the plain network.
        strike: has faults happen at messages of given numbers.
    """

    def __init__(self, case: Case, plain: "type[PlainNetwork]", strike: Strike) -> None:
        self._case, self._done = case, list[Any]()
        self._strike = strike
        self._open = ExitStack()
        chance = np.random.default_rng([case.seed, 31])
        inputs = chance.normal(size=(case.rows, case.widths[0]))
        targets = chance.normal(size=(case.rows, case.widths[-1]))
        self.probe = chance.normal(size=(5, case.widths[0]))
        pairs = zip(case.widths[:-1], case.widths[1:], case.activations, strict=True)
        model = Chain(*(Dense(*pair) for pair in pairs))
        options: dict[str, Any] = {"dtype": "float64", "granularity": case.granularity, "kernels": case.kernels}
        plan: dict[str, Any] = {
            "optimizer": optimizer_of(case.optimizer),
            "loss": case.loss,
            "batch_size": case.batch_size,
            "shuffle": case.shuffle,
            "until": Until(epochs=10**6),
            "metrics": ["mean_absolute_error"],
        }
        self.networks: list[tuple[Network, Run]] = []
        for name in ("twin", "live"):
            network = self._open.enter_context(start(model, seed=case.seed, name=name, **options))
            begun = network.parameters()
            run = network.train(inputs, targets, **plan)
            run.pause()
            self.networks.append((network, run))
        (self.twin, self.twin_run), (self.live, self.run) = self.networks
        self.plain = plain(
            begun,
            case.activations,
            case.granularity,
            case.optimizer,
            case.loss,
            case.batch_size,
            (inputs, targets),
            seed=case.seed,
            shuffle=case.shuffle,
        )
        # They have begun to learn before anybody could say pause: how far they have come is up to the machine.
        for network, run in self.networks:
            run.rewind()
            network._intervener._undos.clear()
        self.before: list[tuple[int, Any]] = []
        """For each change: how often something had been learnt, and the bits there were then."""
        self.played = 0
        self.last = f"dense_{len(case.activations) - 1}"
        self._in_a_step = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:  # a fault may strike otherwise next time, and then nobody could tell what was played
            error.add_note("\n".join(map(str, (self._case, *self._done))))
        self._open.__exit__(kind, error, traceback)

    def do(self, action: "act.Action") -> None:
        """Do it to all three, and see that they are as they should be."""
        self._done.append(action)
        getattr(self, f"_{type(action).__name__.lower()}")(action)
        self.check()

    def undo_everything(self) -> None:
        if self.plain.undos:
            count = len(self.plain.undos)
            played, before = self.before[0]
            self._undo_last(count)
            self.check()
            if played == self.played:
                require(bits(self.live, self.run) == before, "undoing everything has not given the bits back")

    # What is done.

    def _set(self, action: "act.Set") -> None:
        self._change(lambda network, _run: network.set(action.address, **action.given), action.address)
        self.plain.set(action.address, dict(action.given))

    def _setplan(self, action: "act.SetPlan") -> None:
        given = dict(action.given)
        if "optimizer" in given:
            given["optimizer"] = optimizer_of(given["optimizer"])
        self._change(lambda _network, run: run.set(**given), "run")
        self.plain.set_plan(in_order(action.given))

    def _grow(self, action: "act.Grow") -> None:
        outputs = self.live.predict(self.probe)
        self._change(lambda network, _run: network.grow(action.layer, action.neurons), action.layer)
        require_close(self.live.predict(self.probe), outputs, "outputs after growing")
        number, _ = self.plain.place(action.layer)
        before, layers = len(self.plain.now.layers[number].neurons), self.live.parameters()
        require(not layers[number + 1].weights[:, before:].any(), "new neurons are listened to")
        weights, bias = (part[before:] for part in layers[number])
        require(len(bias) == action.neurons and np.abs(weights).max() > 0, "new neurons are not drawn")
        self.plain.grow(number, np.column_stack((weights, bias)))

    def _prune(self, action: "act.Prune") -> None:
        self._change(lambda network, _run: network.prune(action.address), action.address)
        self.plain.prune(action.address)

    def _rewind(self, _action: "act.Rewind") -> None:
        self._change(lambda _network, run: run.rewind(), "run")
        self.plain.rewind()

    def _change(self, make: Callable[[Network, Run], Any], address: str) -> None:
        self.before.append((self.played, bits(self.live, self.run)))
        step = self.plain.now.step
        for network, run in self.networks:
            change = make(network, run)
            require((change.step, change.address) == (step, address), f"{change} is not of step {step}")

    def _undo(self, action: "act.Undo") -> None:
        played, before = self.before[-action.n]
        self._undo_last(action.n)
        if played == self.played:
            require(bits(self.live, self.run) == before, f"undoing {action.n} has not given the bits back")

    def _undo_last(self, n: int) -> None:
        step = self.plain.now.step
        for network, _ in self.networks:
            require(network.undo(n).step == step, f"it was not undone at step {step}")
        del self.before[-n:]
        self.plain.undo(n)

    def _step(self, action: "act.Step") -> None:
        self._in_a_step = False
        self.plain.play(action.unit, action.n)
        self.played += 1
        for network, run in self.networks:
            self._strike(network, dict(action.faults) if network is self.live else {})
            change = run.step(action.unit, action.n, SECONDS)
            self._strike(network, {})
            require(change.new == self.plain.now.step, f"{action} has led to {change.new}, not {self.plain.now.step}")

    def _messages(self, action: "act.Messages") -> None:
        before = self.run.position.step
        change = self.run.step("message", action.n, SECONDS)
        self._in_a_step = True
        require(len(change.messages) == action.n, f"{len(change.messages)} messages instead of {action.n}")
        steps = self.run.position.step - before
        if steps:
            self.played += 1
            self.plain.play("batch", steps)
            self.twin_run.step("batch", steps)

    def _kill(self, action: "act.Kill") -> None:
        self.live.kill(action.address)

    def _look(self, action: "act.Look") -> None:
        live, run, address = self.live, self.run, self.live.neurons()[0]
        before = bits(live, run)
        what = action.what
        if what in {"activations", "trace"} and self._in_a_step:
            what = "neuron"  # nobody can be asked there
        match what:
            case "neuron":
                live.neuron(address)
            case "formula":
                live.neuron(address).formula()
            case "watch":
                self._open.enter_context(live.watch(address.partition("/")[0]))
            case "health":
                run.health()
            case "activations":
                found = live.activations(self.probe, SECONDS)[self.last].outputs
                require_close(found, self.plain.predict(self.probe), "what the actors say")
            case "summary":
                live.summary()
            case "tree":
                live.tree()
            case "trace":
                live.trace(self.probe[0], self.plain.targets[0], timeout=SECONDS)
        require(bits(live, run) == before, f"looking has changed something: {action.what}")

    def _bad(self, action: "act.Bad") -> None:
        for network, run in self.networks:
            before, undos = bits(network, run), network.changes
            owner: Any = run if action.method.startswith("run.") else network
            try:
                getattr(owner, action.method.removeprefix("run."))(*action.arguments, **(action.options or {}))
            except (InputError, RunError) as error:
                require("\n" not in str(error), f"more than a line: {error}")
            else:
                raise AssertionError(f"not refused: {action}")
            require(bits(network, run) == before, f"refused, and something has changed: {action}")
            require(network.changes == undos, f"refused, and there is something else to undo: {action}")

    # Comparing.

    def check(self) -> None:
        """Compare the live network with the plain one to 1e-12, and with its twin bit by bit.

        The plain one then takes over the numbers: what is compared next time is what has been done since.
        """
        plain, now = self.plain, self.plain.now
        require(self.run.state == "paused", f"the run is {self.run.state}: {self.run.reason}")
        require(len(self.live.changes) == len(plain.undos), f"{len(self.live.changes)} can be undone")
        position, cut = self.run.position, self.live.cut()
        found = position.epoch, position.batch, position.step
        require(found == (now.epoch, now.batch, now.step), f"{found} is not {now.epoch, now.batch, now.step}")
        require(cut.step == now.step, f"the cut is of step {cut.step}, not {now.step}")
        require_close(position.loss_sum, now.loss_sum, "the sum of losses")
        require_close([record.loss for record in self.run.history], now.history, "the losses of the epochs")
        for number, (layer, numbers) in enumerate(zip(now.layers, cut.parameters, strict=True)):
            require_close(numbers.weights, layer.weights, f"weights of dense_{number}")
            require_close(numbers.bias, layer.bias, f"bias of dense_{number}")
            require(cut.setup.granularities[number] == layer.granularity, f"granularity of dense_{number}")
        require(list(self.live.neurons()) == [address for address, _, _ in plain.neurons()], "other neurons")
        records = {address: self.live.neuron(address) for address, _, _ in plain.neurons()}
        for address, layer, neuron in plain.neurons():
            record = records[address]
            manner = record.activation, record.rate, record.frozen, record.lesioned
            wanted = layer.own(neuron), neuron.rate, neuron.frozen, neuron.lesioned
            require(manner == wanted, f"{address} is {manner}, not {wanted}")
            require(list(record.slots) == list(neuron.slots), f"{address} remembers {list(record.slots)}")
            for name, slot in neuron.slots.items():
                require_close(record.slots[name], slot, f"{name} of {address}")
        require_close(self.live.predict(self.probe), plain.predict(self.probe), "predictions")
        require(bits(self.live, self.run) == bits(self.twin, self.twin_run), "kills have changed bits")
        rows = {address: np.append(record.weights, record.bias) for address, record in records.items()}
        plain.take_over(rows, {address: record.slots for address, record in records.items()})


def in_order(given: Any) -> dict[str, Any]:
    """Return it with the learning rate last: it is that of the optimizer that is given beside it."""
    return dict(sorted(given.items(), key=lambda item: item[0] == "learning_rate"))


def require(holds: bool, message: str) -> None:
    """Assert it; pytest rewrites asserts of test modules only."""
    if not holds:
        raise AssertionError(message)


def require_close(found: Any, wanted: Any, what: str) -> None:
    """Require equality to 1e-12 of the larger of 1 and what is wanted."""
    found, wanted = np.asarray(found), np.asarray(wanted)
    require(found.shape == wanted.shape, f"{what}: shape {found.shape}, not {wanted.shape}")
    off = np.abs(found - wanted) / np.maximum(1, np.abs(wanted))
    require(bool((off <= CLOSE).all()), f"{what}: off by {off.max() if off.size else 0}")
