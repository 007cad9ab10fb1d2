"""The same is done to a network in this process and to one of a service: what comes of it is the same, bit for bit."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from deepnet import SGD, Adam, Chain, Network, Until, start
from deepnet.client import RemoteNetwork, Service
from deepnet.errors import DeepnetError
from deepnet.maths.arrays import Batch

HOW = {"optimizer": Adam(0.01), "batch_size": 4, "validation": 0.2, "metrics": ["r2"], "until": Until(epochs=6)}


def plain(value: Any) -> Any:
    """A value as text that tells every bit of it; the clock and what others do at the same time are left out."""
    if isinstance(value, np.ndarray):
        return (str(value.dtype), value.shape, value.tobytes())
    if dataclasses.is_dataclass(value):
        left_out = {"seconds", "mailbox", "messages", "deaths"} if not hasattr(value, "kind") else set()
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)} | dict.fromkeys(
            left_out
        )
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if hasattr(value, "_asdict"):
        return plain(value._asdict())
    return [plain(part) for part in value] if isinstance(value, list | tuple) else repr(value)


def play(network: Any, rows: tuple[Batch, Batch]) -> list[Any]:
    """Train, look, change, break and undo; return all that was seen, step by step."""
    said: list[Any] = [network.summary(), network.neurons(), network.run is None]
    run = network.train(*rows, **HOW, pace=1000, paused=True)
    said += [run.state, run.position, run.batches, run.plan, run.resumed_at, run.last_epoch]
    with network.watch("dense_0/1") as watch:
        for _ in range(3):  # the service sends twenty a second: each is waited for
            said += [run.step("batch"), next(watch)]
        said += [network.neuron("dense_0/1")]
    said += [run.step("message", 10), run.step("epoch"), network.neuron("dense_1/0")]
    said += [network.set("dense_0/2", weights={1: 0.25}, bias=-1, frozen=True), network.set("dense_1", rate=0.5)]
    said += [
        network.set("dense_0", bias=np.array([0.1, 0.2, 0.3, 0.4], np.float32)),
        network.inject("noise", share=0.5),
    ]
    said += [network.grow("dense_0", 2), network.prune("dense_0/0"), network.undo(2), network.changes]
    said += [run.set(learning_rate=0.005), run.set(optimizer=Adam(0.02, beta_1=0.8), batch_size=5), run.plan]
    said += [run.set(pace=500), run.set(pace=None), run.plan.pace, network.undo().new, run.plan.pace]
    said += [run.history, run.last_epoch, run.epochs(0, 1), network.summary().metrics, network.model]
    said += [network.predict(rows[0]), network.predict([1, 2, 3]), network.activations(rows[0][:2])]
    said += [network.probe(), network.probe(3, fields=["weights", "delta"]), network.tile("dense_1", (0, 1, 2, 9))]
    said += [network.tile("dense_0")]
    said += [network.trace(rows[0][0], rows[1][0], loss="huber"), network.dead_neurons(rows[0]), run.health()]
    said += [run.inputs, run.targets, network.kill("dense_0/1").kind, run.resume().new]
    said += [run.wait(60).state, run.reason, run.position, run.history, run.failure, run.problems, run.is_over]
    cut = network.cut()
    said += [network.parameters(), cut.step, cut.epoch, cut.setup.to_dict(), list(cut)]
    return [*said, run.rewind(), network.parameters(), run.state, network.step]


@pytest.mark.parametrize(("dtype", "granularity"), [("float32", "neuron"), ("float64", "layer")])
def test_what_is_done_from_outside_comes_to_the_same(
    service: Service, model: Chain, rows: tuple[Batch, Batch], dtype: str, granularity: str
) -> None:
    how: dict[str, Any] = {"name": f"alike-{dtype}", "seed": 3, "dtype": dtype, "granularity": granularity}
    with start(model, kernels="numpy", **how) as network:
        here = play(network, rows)

    there = play(service.start(model, kernels="numpy", **how), rows)

    assert len(there) == len(here)
    for one, other in zip(there, here, strict=True):
        assert plain(one) == plain(other)


WRONG: list[Callable[[Any, Any], Any]] = [
    lambda network, _run: network.neuron("dense_9/1"),
    lambda network, _run: network.neuron("../../service"),
    lambda network, _run: network.neuron("dense_0/01"),
    lambda network, _run: network.watch("dense_9"),
    lambda network, _run: network.watch("dense_0/1", every=0),
    lambda network, _run: network.set("dense_0/77", bias=1),
    lambda network, _run: network.set("", bias=1),
    lambda network, _run: network.set("dense_0/1"),
    lambda network, _run: network.set("dense_0/1", activation="softest"),
    lambda network, _run: network.set("dense_0/1", rate=1, learning_rate=2),
    lambda network, _run: network.grow("nowhere"),
    lambda network, _run: network.prune("dense_1/0"),
    lambda network, _run: network.kill("dense_5"),
    lambda network, _run: network.undo(2),
    lambda network, _run: network.inject("gremlins"),
    lambda network, _run: network.predict([1, 2]),
    lambda network, _run: network.predict([[1, 2, "x"]]),
    lambda network, _run: network.activations([1, 2, np.nan]),
    lambda network, _run: network.trace([[1, 2, 3], [4, 5, 6]]),
    lambda network, _run: network.probe(10**6),
    lambda network, _run: network.probe(-1),
    lambda network, _run: network.probe(fields=["colour"]),
    lambda network, _run: network.surface(),
    lambda network, _run: network.tile("dense_7"),
    lambda network, _run: network.tile("dense_0/1"),
    lambda network, _run: network.tile("dense_0", [9, 12, 0, 1]),
    lambda network, _run: network.tile("dense_0", [1, 2, 3]),
    lambda _network, run: run.step("furlong"),
    lambda _network, run: run.step("batch", 0),
    lambda _network, run: run.step("message", 10**6),
    lambda _network, run: run.set(optimizer=SGD()),
    lambda _network, run: run.set(loss="what"),
    lambda _network, run: run.set(until=7),
    lambda _network, run: run.pause(-1),
    lambda _network, run: run.wait(),
]
"""What is refused in this process, and so from outside: with the same error and the same words."""


PLANS: list[Callable[[Any, Any], Any]] = [
    lambda network, _run: network.train([[1, 2, 3]], [[1, 2], [3, 4]], until=Until(epochs=1)),
    lambda network, _run: network.train([[1, 2, 3]], [[1, 2]], until=5),
    lambda network, _run: network.train([[1, 2, 3]], [[1, 2]], until=Until(epochs=1), optimizer="adm"),
    lambda network, _run: network.train([[1, 2, 3]], [[1, 2]], until=Until(epochs=1), optimizer=SGD),
    lambda network, _run: network.train([[1, 2, 3]], [[1, 2]], until=Until(epochs=1), batch_size=0),
    lambda network, _run: network.train([[1, 2, 3]], [[1, 2]], until=Until(epochs=1), loss="binary_cross_entropy"),
]
"""Likewise, before there is a run."""


def errors_of(network: Any, rows: tuple[Batch, Batch]) -> list[tuple[str, str]]:
    found = [error_of(wrong, network, None) for wrong in PLANS]
    run = network.train(*rows, **HOW, pace=1000, paused=True)
    network.set("dense_0/0", bias=1)
    found += [error_of(wrong, network, run) for wrong in WRONG]
    run.stop()
    return found


def error_of(wrong: Callable[[Any, Any], Any], network: Any, run: Any) -> tuple[str, str]:
    try:
        wrong(network, run)
    except (DeepnetError, TimeoutError) as error:
        return type(error).__name__, str(error)
    return "nothing", "was refused"


def test_what_is_refused_here_is_refused_there_in_the_same_words(
    service: Service, model: Chain, rows: tuple[Batch, Batch]
) -> None:
    with start(model, name="refused", seed=3, kernels="numpy") as network:
        here = errors_of(network, rows)

    there = errors_of(service.start(model, name="refused", seed=3, kernels="numpy"), rows)

    for one, other in zip(there, here, strict=True):
        assert one == other
    assert ("nothing", "was refused") not in here


def test_both_are_what_they_are_called() -> None:
    assert not issubclass(RemoteNetwork, Network)  # nothing of it is inherited by chance
