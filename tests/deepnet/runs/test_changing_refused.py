"""What cannot be changed of a network: one line that says why, and nothing has changed."""

import math
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from deepnet import Adam, Chain, Dense, Until, events, on, start
from deepnet.errors import InputError, NetworkStoppedError, RunError
from deepnet.runs.network import Network
from deepnet.runs.run import Run

WAIT_SECONDS = 20
MODEL = Chain(Dense(2, 4, "tanh"), Dense(4, 3, "sigmoid"), Dense(3, 2))
RNG = np.random.default_rng(1)
INPUTS, TARGETS = RNG.normal(size=(10, 2)), RNG.normal(size=(10, 2))
FOREVER = Until(epochs=10**9)


@pytest.fixture(params=["neuron", "layer"])
def network(request: pytest.FixtureRequest) -> Any:
    with start(MODEL, granularity=request.param, seed=2, dtype="float64", name="cars") as network:
        yield network


def train(network: Network, **options: Any) -> Run:
    return network.train(INPUTS, TARGETS, **{"until": FOREVER, "batch_size": 4, "optimizer": Adam(0.01), **options})


def paused(network: Network, steps: int = 0, **options: Any) -> Run:
    """Return a run that rests after so many steps."""
    may_begin = threading.Event()
    run = train(network, handlers=[on("started", lambda _: may_begin.wait(WAIT_SECONDS) and None)], **options)
    with pytest.raises(TimeoutError):
        run.pause(timeout=0)
    may_begin.set()
    run.pause(WAIT_SECONDS)
    if steps:
        run.step("batch", steps)
    return run


def everything(network: Network) -> tuple[Any, ...]:
    """All that is committed, to the last bit, and what it is of."""
    state = network._context.state_of(None)
    setup = state.setup
    assert setup is not None
    numbers = [array.tobytes() for rows, slots in zip(state.rows, state.slots, strict=True) for array in (rows, *slots)]
    plan = None if setup.plan is None else setup.plan.to_dict()
    return (numbers, setup.model, setup.granularities, setup.treatments, plan, setup.recut, state.position)


def intervened(network: Network) -> list[Any]:
    """List what is told of changes from now on."""
    told: list[Any] = []
    network.watchers.add(lambda event: told.append(event) if isinstance(event, events.Intervened) else None)
    return told


REFUSED: dict[str, tuple[Callable[..., object], str]] = {
    "unknown neuron": (lambda n: n.set("dense_0/4", bias=1), "there are dense_0/0 to dense_0/3"),
    "unknown layer": (lambda n: n.set("dense_3", bias=1), "there are dense_0"),
    "no address": (lambda n: n.set("", bias=1), "there are dense_0"),
    "another kind of address": (lambda n: n.set(3, bias=1), "there are dense_0"),
    "the trainer": (lambda n: n.set("trainer", frozen=True), "there are dense_0"),
    "nothing given": (lambda n: n.set("dense_0/1"), "nothing is to be set at dense_0/1: give one of weights, bias"),
    "weights of another shape": (lambda n: n.set("dense_0/1", weights=[1, 2, 3]), "has shape (3,), expected (2"),
    "weights of a layer of another shape": (lambda n: n.set("dense_0", weights=np.ones((2, 4))), "expected (4, 2)"),
    "biases of another shape": (lambda n: n.set("dense_0", bias=[1, 2]), "has shape (2,), expected (4"),
    "unknown input": (lambda n: n.set("dense_0/1", weights={2: 1.0}), "has no input 2: its inputs are 0 to 1"),
    "no inputs": (lambda n: n.set("dense_0/1", weights={}), "is empty"),
    "nan": (lambda n: n.set("dense_0/1", bias=math.nan), "must be finite in float64: it is nan"),
    "inf": (lambda n: n.set("dense_0/1", weights=[1, math.inf]), "must be finite in float64: at (1,) it is inf"),
    "inf in a layer": (lambda n: n.set("dense_0", bias=-math.inf), "must be finite in float64"),
    "text": (lambda n: n.set("dense_0/1", bias="1"), "must be a number"),
    "text for weights": (lambda n: n.set("dense_0/1", weights="12"), "weights of dense_0/1"),
    "none": (lambda n: n.set("dense_0/1", weights=None), "must be numbers"),
    "an object": (lambda n: n.set("dense_0/1", bias=object()), "must be a number"),
    "ragged weights": (lambda n: n.set("dense_0", weights=[[1, 2], [3]]), "must be numbers"),
    "unknown activation": (lambda n: n.set("dense_0/1", activation="swoosh"), "unknown activation 'swoosh'"),
    "softmax for one": (lambda n: n.set("dense_0/1", activation="softmax"), "set it for dense_0"),
    "a negative rate": (lambda n: n.set("dense_0/1", rate=-1), "rate must be"),
    "a rate that is none": (lambda n: n.set("dense_0/1", rate=math.nan), "rate must be"),
    "a learning rate that is none": (lambda n: n.set("dense_0/1", learning_rate=math.inf), "learning_rate must be"),
    "both rates": (lambda n: n.set("dense_0/1", rate=1, learning_rate=1), "give one of them"),
    "frozen as a number": (lambda n: n.set("dense_0/1", frozen=1), "frozen must be True or False, got 1"),
    "lesioned at nan": (lambda n: n.set("dense_0/1", lesioned=math.nan), "lesioned must be finite"),
    "lesioned as text": (lambda n: n.set("dense_0/1", lesioned="0"), "lesioned must be a number"),
    "half good": (lambda n: n.set("dense_0/1", bias=1.0, frozen=1), "frozen must be True or False"),
    "granularity of a neuron": (lambda n: n.set("dense_0/1", granularity="layer"), "give dense_0"),
    "unknown granularity": (lambda n: n.set("dense_0", granularity="atom"), "unknown granularity 'atom'"),
    "the last layer grown": (lambda n: n.grow("dense_2"), "dense_2 is the last layer: its neurons are the network's"),
    "a neuron grown": (lambda n: n.grow("dense_0/1"), "give dense_0"),
    "an unknown layer grown": (lambda n: n.grow("dense_9"), "there are dense_0"),
    "grown by none": (lambda n: n.grow("dense_0", 0), "neurons must be a whole number of 1 or more, got 0"),
    "grown by halves": (lambda n: n.grow("dense_0", 1.5), "neurons must be a whole number"),
    "grown beyond": (lambda n: n.grow("dense_0", 10**6), "neurons must be 100000 or fewer"),
    "an output pruned": (lambda n: n.prune("dense_2/0"), "dense_2 is the last layer"),
    "a layer pruned": (lambda n: n.prune("dense_0"), "give one such as dense_0/0"),
    "an unknown neuron pruned": (lambda n: n.prune("dense_0/4"), "there are dense_0/0 to dense_0/3"),
    "undo of more than there is": (lambda n: n.undo(2), "there is 1 change to undo, not 2"),
    "undo of none": (lambda n: n.undo(0), "the number of changes to undo must be a whole number of 1 or more, got 0"),
    "undo of less than none": (lambda n: n.undo(-1), "must be a whole number of 1 or more, got -1"),
    "undo of a text": (lambda n: n.undo("1"), "must be a whole number of 1 or more, got '1'"),
    "killing nobody": (lambda n: n.kill("dense_0/4"), "there are dense_0/0 to dense_0/3"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_has_changed_nothing(network: Network, name: str) -> None:
    use, part = REFUSED[name]
    run = paused(network, 3)
    network.set("dense_1/1", rate=0.5)
    before, changes, told = everything(network), network.changes, intervened(network)
    setup = network.cut().setup
    with pytest.raises((InputError, RunError)) as error:
        use(network)

    assert part in str(error.value)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 250
    assert everything(network) == before
    assert network.cut().setup is setup
    assert network.changes == changes
    assert told == []
    assert (run.state, run.position.step) == ("paused", 3)
    assert run.step().new == 4


def test_who_asks_again_and_again_does_not_keep_a_run_from_learning(network: Network) -> None:
    run = train(network, until=Until(steps=300))
    end = time.monotonic() + 5
    uses = [use for use, _ in REFUSED.values()]
    network.set("dense_1/1", rate=1.0)
    while not run.is_over:
        assert time.monotonic() < end, f"the run does not get past step {run.position.step}"
        for use in uses:
            with pytest.raises((InputError, RunError)):
                use(network)
    with start(MODEL, granularity=network.summary().granularity, seed=2, dtype="float64") as other:
        train(other, until=Until(steps=300)).wait(WAIT_SECONDS)
        assert everything(other)[:4] == everything(network)[:4]


def test_what_depends_on_what_was_changed_before_is_refused_too(network: Network) -> None:
    paused(network, 3)
    network.set("dense_0", frozen=True)
    for address in ("dense_1/0", "dense_1/0"):
        network.prune(address)
    network.set("dense_2", activation="softmax")
    before, changes, told = everything(network), network.changes, intervened(network)
    uses: list[tuple[Callable[[], object], str]] = [
        (lambda: network.grow("dense_0"), "all neurons of dense_0 are frozen: thaw them before it grows"),
        (lambda: network.prune("dense_1/0"), "dense_1/0 is the last neuron of dense_1: lesion it instead"),
        (lambda: network.prune("dense_1/1"), "there are dense_0/0 to dense_0/3, dense_1/0, "),
        (lambda: network.set("dense_2/1", activation="tanh"), "set the activation of dense_2 instead"),
    ]
    for use, part in uses:
        with pytest.raises((InputError, RunError), match=part) as error:
            use()
        assert "\n" not in str(error.value)
        assert everything(network) == before
    assert network.changes == changes
    assert told == []


def test_there_is_nothing_to_undo_and_no_rate_of_a_run_before_there_is_one(network: Network) -> None:
    before, told = everything(network), intervened(network)
    with pytest.raises(InputError, match=r"^there is nothing to undo$"):
        network.undo()
    with pytest.raises(RunError, match=r"^dense_0 can have no learning rate before there is a run: give rate="):
        network.set("dense_0", learning_rate=0.5)

    assert everything(network) == before
    assert told == []


@pytest.mark.parametrize("teller", ["watcher", "handler"])
def test_who_is_waited_for_cannot_change_the_network(network: Network, teller: str) -> None:
    refused: list[str] = []

    def meddle(_: Any) -> None:
        uses: list[Callable[[], object]] = [
            lambda: network.set("dense_0/1", bias=1.0), lambda: network.grow("dense_0"),
            lambda: network.prune("dense_0/1"), network.undo,
        ]  # fmt: skip
        for use in uses:
            try:
                use()
            except RunError as error:
                refused.append(str(error))

    if teller == "watcher":
        network.watchers.add(lambda event: meddle(event) if isinstance(event, events.EpochEnded) else None)
    handlers = [on("epoch_completed", meddle)] if teller == "handler" else []
    run = train(network, until=Until(epochs=1), handlers=handlers).wait(WAIT_SECONDS)

    assert len(refused) == 4
    assert all("a watcher or handler cannot wait for the actors" in message for message in refused)
    assert all("\n" not in message for message in refused)
    assert (run.state, network.changes) == ("finished", ())
    network.set("dense_0/1", bias=1.0)


def test_a_network_that_was_stopped_is_not_changed(network: Network) -> None:
    run = train(network)
    network.set("dense_0/1", bias=1.0)
    network.stop()
    before = everything(network)
    uses: list[Callable[[], object]] = [
        lambda: network.set("dense_0/1", bias=2.0),
        lambda: network.grow("dense_0"),
        lambda: network.prune("dense_0/1"),
        network.undo,
        run.rewind,
    ]
    for use in uses:
        with pytest.raises((NetworkStoppedError, RunError)) as error:
            use()
        assert "\n" not in str(error.value)
    assert everything(network) == before
