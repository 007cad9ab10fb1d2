"""What a run cannot be told: one line that says why, and nothing has changed."""

import math
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepnet import SGD, Adam, AdamW, Chain, Dense, Patience, ReduceOnPlateau, Until, events, on, start
from deepnet.errors import DataError, InputError, RunError
from deepnet.runs.network import Network
from deepnet.runs.run import Run

WAIT_SECONDS = 20
MODEL = Chain(Dense(2, 4, "tanh"), Dense(4, 3, "sigmoid"), Dense(3, 2))
RNG = np.random.default_rng(1)
INPUTS, TARGETS = RNG.normal(size=(10, 2)), RNG.normal(size=(10, 2))
FOREVER = Until(epochs=10**9)


@pytest.fixture(params=["neuron", "layer"])
def granularity(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def network_of(granularity: str) -> Network:
    return start(MODEL, granularity=granularity, seed=2, dtype="float64")


@pytest.fixture
def network(granularity: str) -> Any:
    with network_of(granularity) as network:
        yield network


def paused(network: Network, steps: int = 0, *data: Any, **options: Any) -> Run:
    """Return a run that rests after so many steps; the first one of its folder, if it has one."""
    may_begin = threading.Event()
    handlers = [on("started", lambda _: may_begin.wait(WAIT_SECONDS) and None)]
    plan = {"until": FOREVER, "batch_size": 4, "optimizer": Adam(0.01), "handlers": handlers, **options}
    run = network.train(*(data or (INPUTS, TARGETS)), **plan)
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
    told: list[Any] = []
    network.watchers.add(lambda event: told.append(event) if isinstance(event, events.Intervened) else None)
    return told


REFUSED: dict[str, tuple[Callable[[Any], object], str]] = {
    "nothing given": (lambda run: run.set(), "nothing is to be set: give one of learning_rate"),
    "a rate of 0": (lambda run: run.set(learning_rate=0), "learning_rate must be"),
    "a rate below 0": (lambda run: run.set(learning_rate=-0.1), "learning_rate must be"),
    "a rate of nan": (lambda run: run.set(learning_rate=math.nan), "learning_rate must be"),
    "a rate of inf": (lambda run: run.set(learning_rate=math.inf), "learning_rate must be"),
    "a rate as text": (lambda run: run.set(learning_rate="0.1"), "learning_rate must be"),
    "batches of 0": (lambda run: run.set(batch_size=0), "batch_size must be a whole number of 1 or more, got 0"),
    "batches of halves": (lambda run: run.set(batch_size=1.5), "batch_size must be a whole number"),
    "another optimizer": (lambda run: run.set(optimizer=SGD(0.1)), "stays of its kind, adam, got sgd"),
    "a kind like it": (lambda run: run.set(optimizer=AdamW(0.1)), "stays of its kind, adam, got adamw"),
    "a class": (lambda run: run.set(optimizer=Adam), "write Adam()"),
    "an unknown optimizer": (lambda run: run.set(optimizer="lion"), "unknown optimizer 'lion'"),
    "an unknown loss": (lambda run: run.set(loss="mspe"), "unknown loss 'mspe'"),
    "a loss of other outputs": (lambda run: run.set(loss="binary_cross_entropy"), "binary_cross_entropy"),
    "a loss of other targets": (lambda run: run.set(loss="hinge"), "targets must be -1 or 1 for this loss"),
    "an unknown schedule": (lambda run: run.set(schedule="zigzag"), "unknown schedule 'zigzag'"),
    "epochs for a rule": (lambda run: run.set(until=5), "until must be an Until"),
    "no rule": (lambda run: run.set(until=None), "until must be an Until"),
    "a rule on rows held out": (lambda run: run.set(until=Patience(2, "validation_loss")), "this run has none"),
    "a schedule on them": (
        lambda run: run.set(schedule=ReduceOnPlateau(monitor="validation_loss")),
        "this run has none",
    ),
    "half good": (lambda run: run.set(learning_rate=0.5, batch_size=0), "batch_size must be"),
    "half good, with rows": (lambda run: run.set(data=(INPUTS, TARGETS), batch_size=0), "batch_size must be"),
    "no pair of rows": (lambda run: run.set(data=(INPUTS,)), "data must be a pair of inputs and targets"),
    "an array of rows": (lambda run: run.set(data=INPUTS), "data must be a pair of inputs and targets"),
    "rows of other inputs": (lambda run: run.set(data=(np.ones((3, 3)), np.ones((3, 2)))), "expected (any, 2)"),
    "rows of other outputs": (lambda run: run.set(data=(INPUTS, np.ones((10, 1)))), "expected (any, 2)"),
    "fewer targets": (lambda run: run.set(data=(INPUTS, TARGETS[:5])), "10 rows of inputs need as many of targets"),
    "rows of nan": (lambda run: run.set(data=(INPUTS * math.nan, TARGETS)), "must be finite"),
    "no rows": (lambda run: run.set(data=(INPUTS[:0], TARGETS[:0])), "0 rows of inputs"),
    "rows that are none": (lambda run: run.set(data=(None, TARGETS)), "inputs"),
    "numbers for rows": (lambda run: run.set(data=(5, 7)), "inputs"),
    "a step of no folder": (lambda run: run.branch(3), "no steps of this run are kept, for it has no folder"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_has_changed_nothing(network: Network, name: str) -> None:
    use, part = REFUSED[name]
    run = paused(network, 3)
    network.set("dense_1/1", rate=0.5)
    before, changes, told = everything(network), network.changes, intervened(network)
    with pytest.raises((InputError, RunError)) as error:
        use(run)

    assert part in str(error.value)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 250
    assert everything(network) == before
    assert (network.changes, told) == (changes, [])
    assert (run.state, run.position.step) == ("paused", 3)
    assert run.step().new == 4


def test_a_loss_that_the_targets_do_not_fit_is_refused(granularity: str) -> None:
    with start(Chain(Dense(2, 2, "sigmoid")), granularity=granularity) as network:
        run = paused(network, 3)
        before = everything(network)
        with pytest.raises(InputError, match="targets") as error:
            run.set(loss="binary_cross_entropy")
        assert "\n" not in str(error.value)
        assert everything(network) == before
        run.set(data=(INPUTS, (TARGETS > 0).astype(float)))
        run.set(loss="binary_cross_entropy")
        with pytest.raises(InputError, match="targets"):
            run.set(data=(INPUTS, TARGETS))
        network.undo(2)
        with pytest.raises(InputError, match="targets"):
            run.set(loss="binary_cross_entropy")
        assert everything(network) == before


def test_a_stream_is_neither_branched_nor_cut_anew(network: Network) -> None:
    def batches() -> Any:
        yield INPUTS[:5], TARGETS[:5]
        yield INPUTS[5:], TARGETS[5:]

    run = paused(network, 3, batches)
    before, told = everything(network), intervened(network)
    for use, part in (
        (run.branch, "the rows come from a stream, which two networks cannot read"),
        (lambda: run.set(batch_size=2), "stream"),
        (lambda: run.set(loss="huber"), "the rows of a stream cannot be checked for another loss"),
    ):
        with pytest.raises((InputError, RunError), match=part) as error:
            use()
        assert "\n" not in str(error.value)
    assert (everything(network), told) == (before, [])
    run.set(learning_rate=0.5)
    assert run.step("batch", 2).new == 5


def test_a_step_that_was_not_kept_is_not_branched(granularity: str, tmp_path: Path) -> None:
    with network_of(granularity) as network:
        run = paused(network, 3, run_dir=tmp_path / "run")
        before = everything(network)
        for step in (2, 999, -1, 1.5, "3"):
            with pytest.raises((InputError, DataError, RunError)) as error:
                run.branch(step)  # type: ignore[arg-type]
            assert "\n" not in str(error.value)
        with pytest.raises(RunError, match="a run that is kept in a folder is of its data: begin another one"):
            run.set(data=(INPUTS, TARGETS))
        assert everything(network) == before
        assert run.step().new == 4


def test_a_run_that_is_over_is_not_branched_where_it_stands_nor_set(network: Network) -> None:
    run = paused(network, 3)
    run.stop(WAIT_SECONDS)
    before = everything(network)
    for use in (run.branch, lambda: run.set(learning_rate=0.5), lambda: run.set(data=(INPUTS, TARGETS))):
        with pytest.raises(RunError, match="the run is over") as error:
            use()
        assert "\n" not in str(error.value)
    assert everything(network) == before
