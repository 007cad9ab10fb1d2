"""Whoever dies while a network learns, and whenever: the final bits are those of the undisturbed run."""

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pykka
import pytest

from deepnet.actors.context import InjectedCrashError
from deepnet.actors.messages import Activate, Answer, Backward, Correct, Forward, Learnt, Predicted
from deepnet.actors.system import in_a_turn
from deepnet.actors.vault import Vault
from deepnet.maths.model import Chain, Dense, mlp
from deepnet.maths.optimizers import SGD, Adam, Optimizer
from deepnet.maths.parameters import fingerprint
from deepnet.runs.network import Network, start
from deepnet.runs.run import Run
from deepnet.training.history import EpochRecord
from deepnet.training.until import Until
from supervisor import Supervisor
from supervisor import exit as send_exit

Strike = Callable[[Network, Mapping[int, str]], None]
DrawFaults = Callable[[Network, int, int], dict[int, str]]
Mortals = Callable[[Network], Sequence[str]]

WAIT_SECONDS = 30
SEEDS = 3
"""Of networks; the undisturbed run of each is made once."""


class Task(NamedTuple):
    """A model, what it is to learn, and how."""

    model: Chain
    inputs: list[list[float]]
    targets: list[list[float]]
    optimizer: Optimizer
    until: Until
    messages: int
    """About as many as its undisturbed run takes."""

    def start(self, seed: int, granularity: str = "neuron", workers: int = 1) -> Network:
        return start(self.model, seed=seed, granularity=granularity, workers=workers)

    def train(self, network: Network) -> Run:
        return network.train(self.inputs, self.targets, until=self.until, optimizer=self.optimizer, metrics=["r2"])


RNG = np.random.default_rng(0)
TASKS = {
    "3-3-3": Task(
        Chain(*(Dense(3, 3, "sigmoid", "centered_uniform", "centered_uniform") for _ in range(2))),
        [[1, 0, 0]],
        [[1, 1, 1]],
        SGD(4),
        Until(mean_squared_error=0.02, epochs=40),
        300,
    ),
    "7-32-8-1": Task(
        mlp(7, (32, 8), 1, "relu"),
        RNG.normal(size=(3, 7)).tolist(),
        RNG.normal(size=(3, 1)).tolist(),
        Adam(0.001),
        Until(steps=5),
        600,
    ),
}


class End(NamedTuple):
    """What must not depend on who died."""

    weights: str
    history: tuple[EpochRecord, ...]
    step: int
    reason: str


def end_of(network: Network, run: Run) -> End:
    run.wait(WAIT_SECONDS)
    return End(fingerprint(network.parameters()), run.history, run.position.step, run.reason)


@cache
def undisturbed(name: str, seed: int, granularity: str = "neuron") -> End:
    task = TASKS[name]
    with task.start(seed, granularity) as network:
        return end_of(network, task.train(network))


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("schedule", range(200))
def test_faults_at_any_message_leave_no_trace(
    name: str, schedule: int, strike: Strike, draw_faults: DrawFaults
) -> None:
    task, seed = TASKS[name], schedule % SEEDS
    with task.start(seed) as network:
        strike(network, draw_faults(network, schedule, task.messages))
        end = end_of(network, task.train(network))

    assert end == undisturbed(name, seed)


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("schedule", range(40))
def test_nor_do_they_with_four_workers(name: str, schedule: int, strike: Strike, draw_faults: DrawFaults) -> None:
    task, seed = TASKS[name], schedule % SEEDS
    with task.start(seed, workers=4) as network:
        strike(network, draw_faults(network, schedule, task.messages))
        end = end_of(network, task.train(network))

    assert end == undisturbed(name, seed)


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("schedule", range(15))
def test_nor_do_they_where_layers_compute(
    name: str, schedule: int, workers: int, strike: Strike, draw_faults: DrawFaults
) -> None:
    task, seed = TASKS[name], schedule % SEEDS
    with task.start(seed, "layer", workers) as network:
        strike(network, draw_faults(network, schedule, task.messages // 6))
        end = end_of(network, task.train(network))

    assert end == undisturbed(name, seed, "layer")


MESSAGES = (Forward, Activate, Answer, Predicted, Backward, Correct, Learnt)


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("kind", MESSAGES)
@pytest.mark.parametrize("victim", ["dense_0/1", "dense_1/2", "dense_0", "dense_1", "trainer", "vault", "itself"])
def test_anyone_may_die_at_any_kind_of_message(
    victim: str, kind: type[Any], workers: int, intercept: Callable[[Network, Any], None]
) -> None:
    """For instance a layer while its neurons answer."""
    task, seed = TASKS["3-3-3"], 2
    struck: Counter[int] = Counter()

    def before(actor: Any, message: Any) -> None:
        # The second and the third to be told it in every other step.
        if type(message) is kind and message.step % 2:
            struck[message.step] += 1
            if struck[message.step] in {2, 3}:
                if victim == "itself":
                    raise InjectedCrashError(str(actor))
                network.kill(victim)

    with task.start(seed, workers=workers) as network:
        intercept(network, before)
        end = end_of(network, task.train(network))
        restarts = network.summary().restarts

    assert end == undisturbed("3-3-3", seed)
    assert restarts > 0 or kind in {Predicted, Learnt}  # of these the trainer is told one a step


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("method", ["begin", "next_attempt", "seal", "move", "read"])
def test_the_trainer_may_die_before_and_after_whatever_it_does_to_the_vault(
    method: str, when: str, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For instance between the seal of a step and the record of its epoch."""
    task, seed = TASKS["3-3-3"], 1
    calls = itertools.count()
    do = getattr(Vault, method)

    def fail_sometimes(vault: Vault, *arguments: Any) -> Any:
        fails = in_a_turn() and next(calls) % 3 == 0
        if fails and when == "before":
            raise InjectedCrashError(method)
        result = do(vault, *arguments)
        if fails:
            raise InjectedCrashError(method)
        return result

    expected = undisturbed("3-3-3", seed)
    with task.start(seed, workers=workers) as network:
        monkeypatch.setattr(Vault, method, fail_sometimes)
        end = end_of(network, task.train(network))
        monkeypatch.undo()
        restarts = network.tree().children[-1].restarts

    assert end == expected
    assert restarts > 0


def shoot(network: Network, run: Run, schedule: int, targets: Callable[[], Sequence[Any]]) -> int:
    """From this thread, kill up to 20 of *targets* while *run* goes on; tell how many."""
    chance = np.random.default_rng(schedule)
    shots = 0
    while run.state == "running" and shots < 20:
        candidates = targets()
        target = candidates[int(chance.integers(len(candidates)))] if candidates else None
        if isinstance(target, str):
            network.kill(target)
        elif isinstance(target, pykka.ActorRef):
            send_exit(target, "kill")
        shots += 1
        time.sleep(chance.uniform(0, 0.001))
    return shots


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("schedule", range(15))
def test_kills_from_another_thread_leave_no_trace(name: str, schedule: int, workers: int, mortals: Mortals) -> None:
    task, seed = TASKS[name], schedule % SEEDS
    with task.start(seed, workers=workers) as network:
        run = task.train(network)
        assert shoot(network, run, schedule, lambda: mortals(network)) > 0
        end = end_of(network, run)

    assert end == undisturbed(name, seed)


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("schedule", range(8))
def test_supervisors_may_die_too(schedule: int, workers: int) -> None:
    task, seed = TASKS["3-3-3"], schedule % SEEDS
    with task.start(seed, workers=workers) as network:
        root = network.actors._root

        def supervisors() -> Sequence[Any]:
            return [ref for ref in pykka.ActorRegistry.get_by_class(Supervisor) if ref != root]

        run = task.train(network)
        shoot(network, run, schedule, supervisors)
        end = end_of(network, run)

    assert end == undisturbed("3-3-3", seed)


def test_everybody_but_the_vault_may_die_at_once(mortals: Mortals) -> None:
    task = TASKS["7-32-8-1"]
    with task.start(0, workers=4) as network:
        run = task.train(network)
        for address in mortals(network)[:-1]:
            network.kill(address)
        end = end_of(network, run)

    assert end == undisturbed("7-32-8-1", 0)


@pytest.mark.parametrize("granularity", ["neuron", "layer"])
def test_the_same_actor_may_die_at_every_step(granularity: str, strike: Strike) -> None:
    task = TASKS["3-3-3"]
    with task.start(1, granularity) as network:
        every = 30 if granularity == "neuron" else 6
        strike(network, dict.fromkeys(range(1, 1000, every), "dense_1/2"))
        end = end_of(network, task.train(network))
        restarts = network.summary().restarts

    assert restarts > 5
    assert end == undisturbed("3-3-3", 1, granularity)


def test_a_kill_of_one_network_is_not_felt_by_another(mortals: Mortals) -> None:
    task = TASKS["3-3-3"]
    with task.start(0) as first, task.start(0) as second:
        runs = [task.train(network) for network in (first, second)]
        shooter = threading.Thread(target=shoot, args=(first, runs[0], 0, lambda: mortals(first)))
        shooter.start()
        ends = [end_of(network, run) for network, run in zip((first, second), runs, strict=True)]
        shooter.join()

        assert second.summary().restarts == 0
    assert ends == [undisturbed("3-3-3", 0)] * 2
