"""A network in plain numpy that can be changed as a live one can: what live networks are held against.

Nothing here comes from deepnet but the order in which an epoch visits its rows. A neuron is an object of its own, and
the rows that an epoch has left are a list: neither is how the live network does it.
"""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from deepnet.data.batches import epoch_order

Array: TypeAlias = NDArray[np.float64]


def _sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


ACTIVATIONS: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "identity": (lambda z: z.copy(), np.ones_like),
    "sigmoid": (_sigmoid, lambda z: _sigmoid(z) * (1 - _sigmoid(z))),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "relu": (lambda z: np.where(z > 0, z, 0), lambda z: np.where(z > 0, 1.0, 0.0)),
    "leaky_relu": (lambda z: np.where(z > 0, z, 0.01 * z), lambda z: np.where(z > 0, 1.0, 0.01)),
    "softplus": (lambda z: np.log(1 + np.exp(z)), _sigmoid),
    "elu": (lambda z: np.where(z > 0, z, np.exp(z) - 1), lambda z: np.where(z > 0, 1.0, np.exp(z))),
    "softsign": (lambda z: z / (1 + abs(z)), lambda z: (1 + abs(z)) ** -2),
}
"""f(z) and f'(z)."""

LOSSES: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "mean_squared_error": (lambda d: d * d, lambda d: 2 * d),
    "huber": (lambda d: np.where(abs(d) < 1, d * d / 2, abs(d) - 0.5), lambda d: np.clip(d, -1, 1)),
}
"""Of a difference: what it costs, and the slope of that; the loss is the mean over all elements."""


@dataclass
class Neuron:
    row: Array
    """(inputs + 1,): weights, then the bias."""
    slots: dict[str, Array]
    """(inputs + 1,) each, by name."""
    activation: str | None = None
    rate: float = 1.0
    frozen: bool = False
    lesioned: float | None = None


@dataclass
class Layer:
    neurons: list[Neuron]
    activation: str
    granularity: str

    @property
    def weights(self) -> Array:
        return np.array([neuron.row[:-1] for neuron in self.neurons])

    @property
    def bias(self) -> Array:
        return np.array([neuron.row[-1] for neuron in self.neurons])

    def own(self, neuron: Neuron) -> str:
        return neuron.activation or self.activation


@dataclass
class Standing:
    """All that is at one moment."""

    layers: list[Layer]
    optimizer: dict[str, Any]
    loss: str
    batch_size: int
    left: list[int]
    """Rows of the epoch that have not been learnt yet."""
    epoch: int = 1
    batch: int = 0
    step: int = 0
    loss_sum: float = 0.0
    history: list[float] = field(default_factory=list)


def slots_of(optimizer: dict[str, Any]) -> tuple[str, ...]:
    if optimizer["name"] == "adam":
        return ("first_moment", "second_moment")
    return ("momentum",) if optimizer["momentum"] else ()


class PlainNetwork:
    """A network, its run, and the way back from each change.

    Args:
        parameters: (weights, bias) of each layer.
        activations: of each layer.
        granularity: of all layers; it changes nothing here.
        optimizer: its hyper-parameters, by name.
        loss: its name.
        batch_size: rows of a batch.
        rows: inputs and targets.
        seed: of the order of rows.
        shuffle: whether each epoch has another one.
    """

    def __init__(
        self,
        parameters: Any,
        activations: tuple[str, ...],
        granularity: str,
        optimizer: dict[str, Any],
        loss: str,
        batch_size: int,
        rows: tuple[Array, Array],
        *,
        seed: int,
        shuffle: bool,
    ) -> None:
        self.inputs, self.targets = rows
        self._order = {"seed": seed, "shuffle": shuffle}
        layers = [
            Layer([Neuron(np.append(*pair), {}) for pair in zip(weights, bias, strict=True)], activation, granularity)
            for (weights, bias), activation in zip(parameters, activations, strict=True)
        ]
        self.now = Standing(layers, optimizer, loss, batch_size, [])
        self._fit_slots({})
        self.now.left = self._rows_of(1)
        self._start = copy.deepcopy(self.now)
        self.undos: list[Callable[[], object]] = []

    def neurons(self) -> Iterator[tuple[str, Layer, Neuron]]:
        for number, layer in enumerate(self.now.layers):
            for index, neuron in enumerate(layer.neurons):
                yield f"dense_{number}/{index}", layer, neuron

    def place(self, address: str) -> tuple[int, list[int]]:
        """Return the number of a layer, and the indices in it that *address* is about."""
        number, _, index = address.removeprefix("dense_").partition("/")
        everybody = list(range(len(self.now.layers[int(number)].neurons)))
        return int(number), [int(index)] if index else everybody

    def take_over(self, rows: Mapping[str, Any], slots: Mapping[str, Mapping[str, Any]]) -> None:
        """Go on from these numbers of all neurons, which are as good as its own.

        Else what differs is differently rounded at each step, and networks with kinks make much of it: two plain
        ones that begin an ulp apart may be 1e-12 apart after 50 steps.
        """
        for address, _, neuron in self.neurons():
            neuron.row = rows[address].copy()
            neuron.slots = {name: slot.copy() for name, slot in slots[address].items()}

    # Learning.

    def predict(self, inputs: Array) -> Array:
        return self._forward(inputs)[-1][1]

    def play(self, unit: str, n: int) -> None:
        now = self.now
        match unit:
            case "batch":
                for _ in range(n):
                    self._learn()
            case "sample":
                learnt = 0
                while learnt < n:
                    learnt += self._learn()
            case "epoch":
                end = now.epoch + n
                while now.epoch < end:
                    self._learn()

    def _rows_of(self, epoch: int) -> list[int]:
        return list(map(int, epoch_order(len(self.inputs), epoch=epoch, **self._order)))  # type: ignore[arg-type]

    def _forward(self, inputs: Array) -> list[tuple[Array, Array, Array]]:
        """Return input, output and slope (rows, neurons) of each layer."""
        seen = []
        for layer in self.now.layers:
            sums = inputs @ layer.weights.T + layer.bias
            outputs, slopes = np.empty_like(sums), np.empty_like(sums)
            for index, neuron in enumerate(layer.neurons):
                value, slope = ACTIVATIONS[layer.own(neuron)]
                outputs[:, index], slopes[:, index] = value(sums[:, index]), slope(sums[:, index])
                if neuron.lesioned is not None:
                    outputs[:, index], slopes[:, index] = neuron.lesioned, 0
            seen.append((inputs, outputs, slopes))
            inputs = outputs
        return seen

    def _learn(self) -> int:
        """Learn a batch; return how many rows that were."""
        now = self.now
        rows, now.left = now.left[: now.batch_size], now.left[now.batch_size :]
        seen = self._forward(self.inputs[rows])
        cost, slope = LOSSES[now.loss]
        difference = seen[-1][1] - self.targets[rows]
        now.loss_sum += cost(difference).mean() * len(rows)
        errors = slope(difference) / difference.size
        gradients = []
        for layer, (inputs, _, slopes) in reversed(list(zip(now.layers, seen, strict=True))):
            deltas = errors * slopes
            gradients.append(np.column_stack((deltas.T @ inputs, deltas.sum(axis=0))))
            errors = deltas @ layer.weights
        now.step += 1
        now.batch += 1
        for layer, gradient in zip(now.layers, reversed(gradients), strict=True):
            for neuron, slopes_of_neuron in zip(layer.neurons, gradient, strict=True):
                if not neuron.frozen and neuron.lesioned is None:
                    self._update(neuron, slopes_of_neuron)
        if not now.left:
            now.history.append(now.loss_sum / len(self.inputs))
            now.epoch, now.batch, now.loss_sum, now.left = now.epoch + 1, 0, 0.0, self._rows_of(now.epoch + 1)
        return len(rows)

    def _update(self, neuron: Neuron, g: Array) -> None:
        o, slots, step = self.now.optimizer, neuron.slots, self.now.step
        rate = o["learning_rate"] * neuron.rate
        g = g + o["weight_decay"] * neuron.row
        if o["name"] == "adam":
            m = slots["first_moment"] = o["beta_1"] * slots["first_moment"] + (1 - o["beta_1"]) * g
            v = slots["second_moment"] = o["beta_2"] * slots["second_moment"] + (1 - o["beta_2"]) * g**2
            m, v = m / (1 - o["beta_1"] ** step), v / (1 - o["beta_2"] ** step)
            neuron.row = neuron.row - rate * m / (np.sqrt(v) + o["epsilon"])
            return
        if o["momentum"]:
            b = slots["momentum"] = o["momentum"] * slots["momentum"] + g
            g = g + o["momentum"] * b if o["nesterov"] else b
        neuron.row = neuron.row - rate * g

    # Changes. Each leaves a way back that names neurons by their place: undone newest first, the places are the same.

    def undo(self, n: int) -> None:
        for _ in range(n):
            self.undos.pop()()

    def set(self, address: str, given: dict[str, Any]) -> None:
        number, indices = self.place(address)
        backs = [self._set(number, indices, name, value, address) for name, value in given.items()]
        self.undos.append(lambda: [back() for back in reversed(backs)])

    def _set(  # noqa: PLR0911 - a case for each name
        self, number: int, indices: list[int], name: str, value: Any, address: str
    ) -> Callable[[], object]:
        layer = self.now.layers[number]
        is_layer = "/" not in address
        match name:
            case "granularity":
                return self._put_layer(number, name, value)
            case "activation" if is_layer:
                back_layer = self._put_layer(number, name, value)
                back_own = self._put(number, indices, name, [None] * len(indices))
                return lambda: (back_own(), back_layer())
            case "activation":
                return self._put(number, indices, name, [None if value == layer.activation else value])
            case "learning_rate":
                return self._put(number, indices, "rate", [value / self.now.optimizer["learning_rate"]] * len(indices))
            case "lesioned":
                held = {True: 0.0, False: None}[value] if isinstance(value, bool) else value
                return self._put(number, indices, name, [held] * len(indices))
            case "weights" if isinstance(value, dict):
                return self._write(number, indices, list(value), np.array([list(value.values())]))
            case "weights":
                return self._write(number, indices, slice(0, -1), np.atleast_2d(value))
            case "bias":
                biases = np.broadcast_to(np.reshape(value, (-1, 1)), (len(indices), 1))
                return self._write(number, indices, [-1], biases)
            case _:
                return self._put(number, indices, name, [value] * len(indices))

    def _put_layer(self, number: int, name: str, value: Any) -> Callable[[], object]:
        old = getattr(self.now.layers[number], name)
        setattr(self.now.layers[number], name, value)
        return lambda: setattr(self.now.layers[number], name, old)

    def _put(self, number: int, indices: list[int], name: str, values: list[Any]) -> Callable[[], object]:
        neurons = self.now.layers[number].neurons
        old = [getattr(neurons[index], name) for index in indices]
        for index, value in zip(indices, values, strict=True):
            setattr(neurons[index], name, value)
        return lambda: self._put(number, indices, name, old)

    def _write(self, number: int, indices: list[int], columns: Any, values: Array) -> Callable[[], object]:
        old = []
        for index, row in zip(indices, values, strict=True):
            neuron = self.now.layers[number].neurons[index]
            old.append(neuron.row[columns].copy())
            neuron.row = neuron.row.copy()
            neuron.row[columns] = row
        return lambda: self._write(number, indices, columns, np.array(old))

    def set_plan(self, given: dict[str, Any]) -> None:
        now = self.now
        old = {name: getattr(now, name) for name in ("optimizer", "loss", "batch_size")}
        kept = {address: neuron.slots for address, _, neuron in self.neurons()}
        for name, value in given.items():
            if name == "learning_rate":
                now.optimizer = {**now.optimizer, name: value}
            else:
                setattr(now, name, value)
        self._fit_slots({})

        def back() -> None:
            for name, value in old.items():
                setattr(self.now, name, value)
            self._fit_slots(kept)

        self.undos.append(back)

    def _fit_slots(self, kept: dict[str, dict[str, Array]]) -> None:
        """Have the slots that the optimizer needs: as they are, or as they were kept, or zeros."""
        for address, _, neuron in self.neurons():
            known = {**kept.get(address, {}), **neuron.slots}
            names = slots_of(self.now.optimizer)
            neuron.slots = {name: known.get(name, np.zeros_like(neuron.row)) for name in names}

    def grow(self, number: int, rows: Array) -> None:
        """Let neurons with these rows join a layer; nobody listens to them yet."""
        layers, before = self.now.layers, len(self.now.layers[number].neurons)
        names = slots_of(self.now.optimizer)
        for row in rows:
            layers[number].neurons.append(Neuron(row.copy(), {name: np.zeros_like(row) for name in names}))
            self._insert_column(number + 1, -1, lambda _index, _name: 0.0)

        def back() -> None:
            for _ in rows:
                self._take_out(number, before)

        self.undos.append(back)

    def prune(self, address: str) -> None:
        number, (index,) = self.place(address)
        neuron, columns = self._take_out(number, index)

        def back() -> None:
            self.now.layers[number].neurons.insert(index, neuron)
            self._insert_column(number + 1, index, lambda at, name: columns[at][name])

        self.undos.append(back)

    def _take_out(self, number: int, index: int) -> tuple[Neuron, list[dict[str, float]]]:
        """Remove a neuron; return it, and by what it was heard: a weight and its slots for each of the next layer."""
        columns = []
        for listener in self.now.layers[number + 1].neurons:
            columns.append({"": listener.row[index], **{name: slot[index] for name, slot in listener.slots.items()}})
            listener.row = np.delete(listener.row, index)
            listener.slots = {name: np.delete(slot, index) for name, slot in listener.slots.items()}
        return copy.deepcopy(self.now.layers[number].neurons.pop(index)), columns

    def _insert_column(self, number: int, index: int, value: Callable[[int, str], float]) -> None:
        """Have a layer listen to one more; an index of -1 is before the bias."""
        for at, listener in enumerate(self.now.layers[number].neurons):
            listener.row = np.insert(listener.row, index, value(at, ""))
            for name, slot in listener.slots.items():
                listener.slots[name] = np.insert(slot, index, value(at, name))

    def rewind(self) -> None:
        before, start = copy.deepcopy(self.now), copy.deepcopy(self._start)
        for name in ("optimizer", "loss", "batch_size"):
            setattr(start, name, getattr(before, name))
        for layer in start.layers:
            for neuron in layer.neurons:
                neuron.slots = {}
        self.now = start
        self._fit_slots({})

        def back() -> None:
            self.now = copy.deepcopy(before)

        self.undos.append(back)
