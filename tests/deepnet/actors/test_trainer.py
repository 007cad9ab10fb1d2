"""How runs end that cannot go on, and what the trainer remembers when it dies."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from deepnet import events
from deepnet.actors.messages import (
    Activate,
    Answer,
    Asked,
    Assigned,
    Backward,
    Correct,
    Forward,
    GoOn,
    Healed,
    Learnt,
    Poisoned,
    Predicted,
    StopAtSeal,
)
from deepnet.actors.vault import Cut
from deepnet.errors import RunError
from deepnet.maths.arrays import Batch
from deepnet.maths.losses import Loss, loss_named
from deepnet.maths.model import Chain, Dense, mlp
from deepnet.maths.parameters import fingerprint
from deepnet.runs.network import Network, start
from deepnet.training.until import Until
from supervisor import Crash
from supervisor.core.instructions import ChildTerminated

Intercept = Callable[[Network, Callable[[Any, Any], object] | None], None]
Strike = Callable[[Network, Mapping[int, str]], None]
Seals = Callable[[Network], list[Cut]]

MODEL = Chain(*(Dense(3, 3, "sigmoid", "centered_uniform", "centered_uniform") for _ in range(2)))
INPUTS, TARGETS = [[1, 0, 0], [0, 1, 0]], [[1, 1, 1], [0, 0, 1]]
EPOCHS = 4
WAIT_SECONDS = 20
MSE = loss_named("mean_squared_error")


def bits_after(steps: int, granularity: str = "neuron") -> str:
    with start(MODEL, granularity=granularity) as network:
        network.train(INPUTS, TARGETS, until=Until(steps=steps), shuffle=False).wait(WAIT_SECONDS)
        return fingerprint(network.parameters())


# A poison: somebody who cannot get past a step.


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("address", ["dense_0/1", "dense_1/2", "dense_0", "dense_1", "trainer"])
@pytest.mark.parametrize("kind", [Forward, Backward])
def test_whoever_dies_again_and_again_at_one_step_ends_the_run_and_is_named(
    address: str, kind: type[Any], workers: int, intercept: Intercept
) -> None:
    if address == "trainer":
        kind = Predicted
    elif "/" in address:
        kind = Activate if kind is Forward else Correct

    def poison(actor: Any, message: Any) -> None:
        if actor_address(actor) == address and type(message) is kind and message.step == 5:
            raise ZeroDivisionError("it cannot be done.")

    with start(MODEL, workers=workers) as network:
        intercept(network, poison)
        run = network.train(INPUTS, TARGETS, until=Until(epochs=EPOCHS), shuffle=False)
        with pytest.raises(RunError) as error:
            run.wait(WAIT_SECONDS)

        over = f"batch {4 % len(INPUTS)} of epoch {1 + 4 // len(INPUTS)} (row {4 % len(INPUTS)})"
        assert str(error.value) == (
            f"{address} died again and again at step 5, over {over}: ZeroDivisionError: it cannot be done"
        )
        assert run.failure is not None
        assert (run.failure.address, run.failure.step, run.failure.rows) == (address, 5, (4 % len(INPUTS),))
        assert isinstance(run.failure.error, ZeroDivisionError)
        assert (run.state, run.reason, run.position.step) == ("failed", str(error.value), 4)
        assert fingerprint(network.parameters()) == bits_after(4)
        assert np.isfinite(network.predict(INPUTS)).all()
        assert network.summary().restarts >= 2

        intercept(network, None)
        network.train(INPUTS, TARGETS, until=Until(steps=4), shuffle=False).wait(WAIT_SECONDS)
        assert fingerprint(network.parameters()) == bits_after(8)


def actor_address(actor: Any) -> str:
    return getattr(actor, "address", "trainer")


@pytest.mark.parametrize("workers", [1, 4])
def test_a_whole_layer_of_poisoned_neurons_ends_one_run_and_no_other(workers: int, intercept: Intercept) -> None:
    model = mlp(3, (30,), 3, "tanh")

    def poison(actor: Any, message: Any) -> None:
        if type(message) is Activate and actor_address(actor).startswith("dense_0/"):
            raise ZeroDivisionError

    with start(model, workers=workers) as network:
        for _ in range(5):
            intercept(network, poison)
            with pytest.raises(
                RunError, match=r"^dense_0/\d+ died again and again at step 1, over .*: ZeroDivisionError"
            ):
                network.train(INPUTS, TARGETS, until=Until(epochs=1)).wait(WAIT_SECONDS)
            intercept(network, None)
            network.train(INPUTS, TARGETS, until=Until(epochs=1)).wait(WAIT_SECONDS)


def test_faults_on_purpose_are_no_poison(strike: Strike) -> None:
    with start(MODEL) as network:
        strike(network, dict.fromkeys(range(1, 60, 2), "crash"))
        network.train(INPUTS, TARGETS, until=Until(steps=3), shuffle=False).wait(WAIT_SECONDS)

        assert fingerprint(network.parameters()) == bits_after(3)


def test_two_crashes_at_every_step_are_no_poison(intercept: Intercept) -> None:
    crashes: dict[int, int] = {}

    def crash_twice(actor: Any, message: Any) -> None:
        if type(message) is Activate and actor_address(actor) == "dense_1/0":
            crashes[message.step] = crashes.get(message.step, 0) + 1
            if crashes[message.step] <= 2:
                raise ZeroDivisionError

    with start(MODEL) as network:
        intercept(network, crash_twice)
        network.train(INPUTS, TARGETS, until=Until(steps=6), shuffle=False).wait(WAIT_SECONDS)

        assert fingerprint(network.parameters()) == bits_after(6)
        assert network.neuron("dense_1/0").restarts == 12


def test_what_is_told_late_of_a_poison_does_not_end_the_next_run() -> None:
    with start(MODEL) as network:
        run = network.train(INPUTS, TARGETS, until=Until(epochs=200))
        network.actors.tell("trainer", Poisoned("dense_0/0"))
        run.wait(WAIT_SECONDS)

        assert run.state == "finished"
        assert network.summary().restarts == 0


def test_crashes_that_befell_nobodys_step_are_not_counted_against_the_next_run() -> None:
    with start(MODEL) as network:
        for _ in range(3):
            crash = ChildTerminated("dense_0/0", None, Crash(ZeroDivisionError()), will_restart=True)
            network._context.hear("a supervisor", crash)
        run = network.train(INPUTS, TARGETS, until=Until(epochs=2)).wait(WAIT_SECONDS)

        assert run.state == "finished"


# A loss that raises is the trainer's poison, wherever it is asked for.


def failing(at_rows: int) -> Loss:
    """A loss that raises for so many rows."""

    def value(outputs: Batch, targets: Batch) -> float:
        if len(outputs) == at_rows:
            raise KeyError("no such loss")
        return MSE.value(outputs, targets)

    return Loss("failing", value, MSE.gradient)


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize(("at_rows", "step"), [(1, 1), (3, 3)], ids=["in a step", "in a validation"])
def test_a_loss_that_always_raises_ends_the_run_and_the_network_lives_on(at_rows: int, step: int, workers: int) -> None:
    held_out = (np.eye(3), np.eye(3))
    with start(MODEL, workers=workers) as network:
        run = network.train(INPUTS, TARGETS, until=Until(epochs=2), loss=failing(at_rows), validation=held_out)
        where = r"step 1, over batch 0 of epoch 1 \(row \d\)" if at_rows == 1 else "the end of epoch 1"
        with pytest.raises(RunError, match=rf"^trainer died again and again at {where}: KeyError: 'no such loss'$"):
            run.wait(WAIT_SECONDS)

        assert run.position.step == step - 1
        assert network.train(INPUTS, TARGETS, until=Until(epochs=1)).wait(WAIT_SECONDS).state == "finished"


def test_a_gradient_that_does_not_fit_ends_the_run() -> None:
    loss = Loss("narrow", MSE.value, lambda outputs, targets: MSE.gradient(outputs, targets)[:, :1])
    said = r"at step 1, over .*: the gradient of the loss 'narrow' has shape \(1, 1\), expected \(1, 3\)"
    with start(MODEL) as network, pytest.raises(RunError, match=said):
        network.train(INPUTS, TARGETS, until=Until(epochs=1), loss=loss).wait(WAIT_SECONDS)


@pytest.mark.parametrize("shape", [(-1,), (1, 1, 1, -1)], ids=["flat", "tall"])
@pytest.mark.parametrize("granularity", ["neuron", "layer"])
def test_a_loss_that_turns_its_arrays_about_does_so_with_views_of_its_own(
    granularity: str, shape: tuple[int, ...]
) -> None:
    def gradient(outputs: Batch, targets: Batch) -> Batch:
        found = MSE.gradient(outputs, targets)
        targets.shape = shape
        return found

    bits = []
    for loss in (Loss("plain", MSE.value, MSE.gradient), Loss("turning", MSE.value, gradient)):
        with start(MODEL, granularity=granularity) as network:
            network.train(INPUTS, TARGETS, until=Until(epochs=EPOCHS), loss=loss).wait(WAIT_SECONDS)
            bits.append(fingerprint(network.parameters()))
    assert bits[0] == bits[1]


@pytest.mark.parametrize("at_rows", [1, 3], ids=["in a step", "between seal and record"])
def test_a_loss_that_raises_now_and_then_leaves_no_trace(at_rows: int) -> None:
    calls = []

    def value(outputs: Batch, targets: Batch) -> float:
        if len(outputs) == at_rows:
            calls.append(True)
            if len(calls) % 2:
                raise KeyError
        return MSE.value(outputs, targets)

    histories = []
    for loss in (Loss("calm", MSE.value, MSE.gradient), Loss("moody", value, MSE.gradient)):
        with start(MODEL) as network:
            run = network.train(
                INPUTS,
                TARGETS,
                until=Until(epochs=EPOCHS),
                loss=loss,
                validation=(np.eye(3), np.eye(3)),
                metrics=["r2"],
            ).wait(WAIT_SECONDS)
            histories.append((run.history, fingerprint(network.parameters())))

    assert len(calls) > EPOCHS
    assert histories[0] == histories[1]


# What the trainer is told, it takes up once, and at its time.


def test_to_be_told_again_what_is_known_changes_nothing() -> None:
    with start(MODEL, workers=4) as network:
        run = network.train(INPUTS, TARGETS, until=Until(steps=300), shuffle=False)
        for _ in range(200):
            network.actors.tell("trainer", Assigned())
            network.actors.tell("trainer", Healed("dense_0/0"))
            network.actors.tell("dense_0", Answer(0))
        run.wait(WAIT_SECONDS)

        assert fingerprint(network.parameters()) == bits_after(300)


def test_a_trainer_without_a_run_ignores_all_but_an_assignment() -> None:
    with start(MODEL) as network:
        for message in (Healed("dense_0/0"), Poisoned("dense_0/0"), StopAtSeal(), Assigned(), Learnt(7, 1)):
            network.actors.tell("trainer", message)
        network.train(INPUTS, TARGETS, until=Until(steps=2), shuffle=False).wait(WAIT_SECONDS)

        assert fingerprint(network.parameters()) == bits_after(2)
        assert network.summary().restarts == 0


def test_a_run_that_begins_while_its_trainer_is_dead_is_taken_up_by_the_next() -> None:
    for _ in range(30):
        with start(MODEL, workers=4) as network:
            network.kill("trainer")
            run = network.train(INPUTS, TARGETS, until=Until(steps=2), shuffle=False)
            network.kill("trainer")
            run.wait(WAIT_SECONDS)

            assert fingerprint(network.parameters()) == bits_after_two()


_two: list[str] = []


def bits_after_two() -> str:
    if not _two:
        _two.append(bits_after(2))
    return _two[0]


@pytest.mark.parametrize("granularity", ["neuron", "layer"])
def test_old_mail_of_a_run_that_failed_does_not_reach_the_next(granularity: str, intercept: Intercept) -> None:
    """The first run ends in mid-step, with messages on their way, while the second is begun at once."""
    begin = threading.Event()

    def poison(actor: Any, message: Any) -> None:
        if actor_address(actor).startswith("dense_1") and type(message) is Backward and not begin.is_set():
            raise ZeroDivisionError

    expected = bits_after(6, granularity)
    for _ in range(30):
        begin.clear()
        with start(MODEL, granularity=granularity, workers=4) as network:
            intercept(network, poison)
            with pytest.raises(RunError):
                network.train(INPUTS, TARGETS, until=Until(steps=6), shuffle=False).wait(WAIT_SECONDS)
            begin.set()
            network.train(INPUTS, TARGETS, until=Until(steps=6), shuffle=False).wait(WAIT_SECONDS)

            assert fingerprint(network.parameters()) == expected


def test_every_step_is_sealed_once_and_in_order_whoever_dies(seals: Seals, strike: Strike) -> None:
    with start(MODEL, workers=4) as network:
        cuts = seals(network)
        strike(network, {at: ("crash", "trainer", "dense_0", "dense_1/1")[at % 4] for at in range(3, 600, 41)})
        network.train(INPUTS, TARGETS, until=Until(steps=12), shuffle=False).wait(WAIT_SECONDS)

    assert [cut.position.step for cut in cuts] == list(range(1, 13))


# The vault.


def test_a_vault_that_dies_after_a_run_does_not_forget_what_was_learnt() -> None:
    with start(MODEL) as network:
        run = network.train(INPUTS, TARGETS, until=Until(steps=6), shuffle=False).wait(WAIT_SECONDS)
        old = network._context.vault
        network.kill("vault")
        wait_for_a_new_vault(network, old)

        assert fingerprint(network.parameters()) == bits_after(6)
        assert network.summary().step == run.position.step == network.neuron("dense_0/0").step == 6
        network.train(INPUTS, TARGETS, until=Until(steps=2), shuffle=False).wait(WAIT_SECONDS)
        assert fingerprint(network.parameters()) == bits_after(8)


def wait_for_a_new_vault(network: Network, old: object) -> None:
    for _ in range(2000):
        if network._context.vault is not old and network._context.directory.whereis("trainer") is not None:
            return
        threading.Event().wait(0.001)
    raise AssertionError("no new vault")


def test_a_run_that_is_stopped_after_its_vault_died_tells_only_what_its_weights_have_learnt(
    intercept: Intercept,
) -> None:
    runs: list[Any] = []

    def stop_soon_after(_actor: Any, message: Any) -> None:
        if type(message) is Forward and message.step == 9 and network.summary().restarts == 0:
            network.kill("vault")
        if type(message) is Forward and message.step == 4 and network.summary().restarts > 0:
            runs[0].assignment.stop_asked = True

    ended: list[events.Event] = []
    with start(MODEL, watcher=ended.append) as network:
        intercept(network, stop_soon_after)
        runs.append(network.train(INPUTS, TARGETS, until=Until(epochs=50), shuffle=False))
        runs[0].wait(WAIT_SECONDS)

        assert (runs[0].state, runs[0].position.step) == ("stopped", 4)
        assert [record.step for record in runs[0].history] == [2, 4]
        assert fingerprint(network.parameters()) == bits_after(4)
    assert ended[-1] == events.RunEnded(network.name, "stopped", "asked to stop after step 4", 2, 4)


def test_a_trainer_begins_nothing_before_the_whole_network_is_up() -> None:
    """Whoever died meanwhile would not be heard of, and the step would wait for him for ever."""
    with start(MODEL) as network:
        run = network.train(INPUTS, TARGETS, until=Until(epochs=10**9))
        run.pause()
        context = network._context
        context.is_up = False  # as while it comes up again
        old = context.directory.whereis("trainer")
        network.kill("trainer")
        while context.directory.whereis("trainer") in {old, None}:
            time.sleep(0.001)
        before = run.position.step
        for message in (GoOn(), Asked(), StopAtSeal()):
            network.actors.tell("trainer", message)
        run.assignment.rest = None
        network.actors.tell("trainer", GoOn())
        network.actors._scheduler.drain()
        assert run.position.step == before

        context.is_up = True
        network.actors.tell("trainer", Assigned())
        run.step("batch", 10, timeout=10)
        assert run.position.step > before
