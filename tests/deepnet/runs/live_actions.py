"""What can be done to a live network, as values; and strategies that draw what to do next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from hypothesis import strategies as st

if TYPE_CHECKING:
    from tests.deepnet.runs.live_plain import PlainNetwork


@dataclass(frozen=True)
class Set:
    address: str
    given: Mapping[str, Any]


@dataclass(frozen=True)
class SetPlan:
    given: Mapping[str, Any]


@dataclass(frozen=True)
class Grow:
    layer: str
    neurons: int


@dataclass(frozen=True)
class Prune:
    address: str


@dataclass(frozen=True)
class Rewind:
    pass


@dataclass(frozen=True)
class Undo:
    n: int


@dataclass(frozen=True)
class Step:
    """Meanwhile faults strike: by the number of a message, an address that is killed, or ``crash``."""

    unit: str
    n: int
    faults: Mapping[int, str]


@dataclass(frozen=True)
class Messages:
    """Played on by so many messages of the protocol: in the middle of a step it may be changed, and is begun anew."""

    n: int


@dataclass(frozen=True)
class Kill:
    address: str


@dataclass(frozen=True)
class Look:
    what: str


@dataclass(frozen=True)
class Bad:
    """Something that has to be refused."""

    method: str
    arguments: tuple[Any, ...] = ()
    options: Mapping[str, Any] | None = None


Action: TypeAlias = Set | SetPlan | Grow | Prune | Rewind | Undo | Step | Messages | Kill | Look | Bad

ACTIVATIONS = st.sampled_from(["identity", "sigmoid", "tanh", "relu", "leaky_relu", "softplus", "elu", "softsign"])
GRANULARITIES = st.sampled_from(["neuron", "layer"])
NUMBERS = st.sampled_from([-1.3, -0.62, 0.0, 0.41, 0.87])
RATES = st.sampled_from([0.0, 0.5, 1.0, 1.7])
LEARNING_RATES = st.sampled_from([0.004, 0.02, 0.05])
LESIONS = st.sampled_from([True, False, None, 0.7, -0.31])
UNITS = st.sampled_from(["batch", "sample", "epoch"])
LOOKS = st.sampled_from(["neuron", "watch", "health", "activations", "summary", "tree", "trace", "formula"])
SGD = st.fixed_dictionaries(
    {
        "name": st.just("sgd"),
        "learning_rate": LEARNING_RATES,
        "momentum": st.sampled_from([0.0, 0.9]),
        "nesterov": st.booleans(),
        "weight_decay": st.sampled_from([0.0, 0.01]),
    }
).map(lambda sgd: {**sgd, "nesterov": bool(sgd["nesterov"] and sgd["momentum"])})
# A small epsilon makes much of the last digit of a gradient that is nearly 0: not what is looked for here.
ADAM = st.fixed_dictionaries(
    {
        "name": st.just("adam"),
        "learning_rate": LEARNING_RATES,
        "beta_1": st.sampled_from([0.9, 0.5]),
        "beta_2": st.sampled_from([0.999, 0.8]),
        "epsilon": st.sampled_from([1e-3, 1e-2]),
        "weight_decay": st.sampled_from([0.0, 0.01]),
    }
)
OPTIMIZERS = {"sgd": SGD, "adam": ADAM}


def some(values: Mapping[str, st.SearchStrategy[Any]], most: int) -> st.SearchStrategy[dict[str, Any]]:
    """Draw 1 to *most* of these."""
    names = st.lists(st.sampled_from(sorted(values)), min_size=1, max_size=most, unique=True)
    return names.flatmap(lambda drawn: st.fixed_dictionaries({name: values[name] for name in drawn}))


def arrays(*shape: int) -> st.SearchStrategy[Any]:
    return st.integers(0, 999).map(lambda seed: np.random.default_rng(seed).normal(0, 0.8, shape))


def changes(plain: "PlainNetwork") -> st.SearchStrategy[Action]:
    """Draw a change that is not refused."""
    layers = plain.now.layers
    shapes = [(len(layer.neurons), len(layer.neurons[0].row) - 1) for layer in layers]
    hidden = range(len(layers) - 1)
    manner = {"frozen": st.booleans(), "lesioned": LESIONS, "rate": RATES, "activation": ACTIVATIONS}

    def of_layer(number: int) -> st.SearchStrategy[Action]:
        neurons, inputs = shapes[number]
        numbers = {"weights": arrays(neurons, inputs), "bias": NUMBERS | arrays(neurons)}
        given = some({**manner, **numbers, "granularity": GRANULARITIES}, 3)
        return given.map(lambda drawn: Set(f"dense_{number}", drawn))

    def of_neuron(place: tuple[int, int]) -> st.SearchStrategy[Action]:
        number, index = place
        inputs = shapes[number][1]
        one = st.dictionaries(st.integers(0, inputs - 1), NUMBERS, min_size=1, max_size=2)
        numbers = {"weights": arrays(inputs) | one, "bias": NUMBERS, "activation": ACTIVATIONS | st.none()}
        given = some({**manner, **numbers}, 3) | LEARNING_RATES.map(lambda rate: {"learning_rate": rate})
        return given.map(lambda drawn: Set(f"dense_{number}/{index}", drawn))

    places = [(number, index) for number, shape in enumerate(shapes) for index in range(shape[0])]
    can_grow = [i for i in hidden if shapes[i][0] < 7 and not all(neuron.frozen for neuron in layers[i].neurons)]
    can_prune = [f"dense_{i}/{index}" for i in hidden if shapes[i][0] > 1 for index in range(shapes[i][0])]
    kinds = {
        "neuron": st.sampled_from(places).flatmap(of_neuron),
        "layer": st.sampled_from(range(len(layers))).flatmap(of_layer),
        "plan": plans(plain),
        "rewind": st.builds(Rewind),
    }
    if can_grow:
        kinds["grow"] = st.builds(Grow, st.sampled_from(can_grow).map("dense_{}".format), st.integers(1, 2))
    if can_prune:
        kinds["prune"] = st.builds(Prune, st.sampled_from(can_prune))
    return one_of(kinds, {"neuron": 3, "layer": 2, "plan": 3, "grow": 2, "prune": 2})


def plans(plain: "PlainNetwork") -> st.SearchStrategy[Action]:
    parts = {
        "batch_size": st.integers(1, 5),
        "loss": st.sampled_from(["mean_squared_error", "huber"]),
        "learning_rate": LEARNING_RATES,
        "optimizer": OPTIMIZERS[plain.now.optimizer["name"]],
    }
    return (some(parts, 2) | st.fixed_dictionaries({"batch_size": st.integers(1, 3)})).map(SetPlan)


def bad_requests(plain: "PlainNetwork") -> st.SearchStrategy[Action]:
    """Draw something that has to be refused, as things are."""
    layers = plain.now.layers
    last = f"dense_{len(layers) - 1}"
    other = {"adam": "sgd", "sgd": "adam"}[plain.now.optimizer["name"]]
    neurons, width = len(layers[0].neurons), len(layers[0].neurons[0].row)
    bad = [
        Bad("set", (f"dense_0/{neurons}",), {"bias": 0.1}),
        Bad("set", ("dense_0/0",), {"bias": float("nan")}),
        Bad("set", ("dense_0/0",), {"frozen": True, "rate": 3.0, "weights": [0.5] * width}),
        Bad("set", ("dense_0",), {"activation": "relu", "bias": [1.0] * (neurons + 1)}),
        Bad("set", ("dense_0/0",), {"weights": {0: 1.0, width - 1: 1.0}}),
        Bad("set", ("dense_0/0",), {"lesioned": float("inf"), "bias": 2.0}),
        Bad("set", ("dense_0/0",), {"bias": 2.0, "activation": "softmax"}),
        Bad("set", ("dense_0/0",), {"granularity": "layer"}),
        Bad("set", ("dense_0/0",), {"rate": 1.0, "learning_rate": 0.1}),
        Bad("set", ("dense_0/0",)),
        Bad("grow", (last, 1)),
        Bad("grow", ("dense_0", 0)),
        Bad("grow", ("dense_0/0", 1)),
        Bad("prune", (f"{last}/0",)),
        Bad("prune", ("dense_0",)),
        Bad("undo", (0,)),
        Bad("undo", (len(plain.undos) + 1,)),
        Bad("kill", ("dense_9",)),
        Bad("run.set", (), {"learning_rate": 0.03, "batch_size": 0}),
        Bad("run.set", (), {"batch_size": 2, "learning_rate": -0.1}),
        Bad("run.set", (), {"batch_size": 2, "optimizer": other}),
        Bad("run.set", (), {"batch_size": 2, "loss": "nonsense"}),
        Bad("run.set"),
        Bad("run.step", ("neuron", 1)),
        Bad("run.step", ("batch", 0)),
    ]
    for number, layer in enumerate(layers[:-1]):
        if len(layer.neurons) == 1:
            bad += [Bad("prune", (f"dense_{number}/0",))] * 5
        if all(neuron.frozen for neuron in layer.neurons):
            bad += [Bad("grow", (f"dense_{number}", 1))] * 5
    return st.sampled_from(bad)


def steps(plain: "PlainNetwork", *, epochs: int = 2) -> st.SearchStrategy[Action]:
    faults = st.dictionaries(st.integers(1, 90), victims(plain) | st.just("crash"), max_size=4)
    most = {"batch": 5, "sample": 9, "epoch": epochs}
    return st.sampled_from(sorted(most)).flatmap(
        lambda unit: st.builds(Step, st.just(unit), st.integers(1, most[unit]), faults)
    )


def victims(plain: "PlainNetwork") -> st.SearchStrategy[str]:
    layers = [f"dense_{number}" for number in range(len(plain.now.layers))]
    neurons = [address for address, _, _ in plain.neurons()]
    return st.sampled_from(["trainer", "vault", "network"]) | st.sampled_from(layers) | st.sampled_from(neurons)


def actions(plain: "PlainNetwork") -> st.SearchStrategy[Action]:
    """Draw what to do next."""
    kinds = {
        "change": changes(plain),
        "step": steps(plain),
        "messages": st.builds(Messages, st.integers(1, 60)),
        "kill": st.builds(Kill, victims(plain)),
        "look": st.builds(Look, LOOKS),
        "bad": bad_requests(plain),
    }
    if plain.undos:
        kinds["undo"] = st.builds(Undo, st.integers(1, len(plain.undos)) | st.just(1))
    return one_of(kinds, {"change": 6, "step": 4, "undo": 3, "kill": 2})


def one_of(kinds: Mapping[str, st.SearchStrategy[Action]], weights: Mapping[str, int]) -> st.SearchStrategy[Action]:
    """Draw one of *kinds*, each as often as its weight says, 1 if it has none."""
    names = [name for name in kinds for _ in range(weights.get(name, 1))]
    return st.sampled_from(names).flatmap(lambda name: kinds[name])
