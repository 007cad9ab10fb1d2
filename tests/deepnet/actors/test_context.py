import threading
from typing import Any

import numpy as np
import pytest

from deepnet import events
from deepnet.actors.assignment import Assignment
from deepnet.actors.context import POISON_DEATHS, Context, InjectedCrashError
from deepnet.actors.deliver import deliver
from deepnet.actors.vault import Vault
from deepnet.data.sources import ArraySource
from deepnet.maths.model import Chain, Dense
from deepnet.maths.parameters import initial_parameters
from deepnet.training.history import EpochRecord
from deepnet.training.plan import Plan
from deepnet.training.position import Position
from deepnet.training.setup import Setup
from deepnet.training.state import RunState
from deepnet.training.until import Until
from supervisor import Crash, ScheduledActor, Scheduler
from supervisor.core.instructions import ChildStarted, ChildTerminated

MODEL = Chain(Dense(1, 1))


def a_context(*watchers: events.Watcher) -> Context:
    told = events.Watchers()
    for watcher in watchers:
        told.add(watcher)
    setup = Setup.of(MODEL, "neuron")
    context = Context("cars", RunState.at_rest(initial_parameters(MODEL, 0, "float32"), setup=setup), told)
    context.vault = Vault(context.restart_point.state)
    context.is_up = True
    return context


def an_assignment(ended: list[Any]) -> Assignment:
    source = ArraySource(np.ones((2, 1)), np.ones((2, 1)), batch_size=1, shuffle=False, seed=0)
    plan = Plan(until=Until(epochs=1))
    return Assignment(plan, "float32", source, None, (), on_end=lambda: ended.append(True), clock=lambda: 0.0)


def test_a_run_ends_once_and_those_who_watch_know_before_those_who_wait() -> None:
    happened: list[Any] = []
    context, assignment = a_context(happened.append), an_assignment(happened)
    context.vault.begin(assignment, assignment.plan)
    context.vault.seal(Position(step=7))

    threads = [
        threading.Thread(target=context.end_run, args=(assignment, "stopped", f"asked by {number}"))
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert happened == [events.RunEnded("cars", "stopped", assignment.reason, 0, 7), True]
    assert assignment.state == "stopped"
    assert assignment.reason.startswith("asked by ")


def test_those_who_wait_are_told_whatever_a_watcher_does() -> None:
    def leave(_event: events.Event) -> None:
        raise SystemExit

    ended: list[Any] = []
    context = a_context(leave)
    with pytest.raises(SystemExit):
        context.end_run(an_assignment(ended), "stopped", "")

    assert ended == [True]


def test_a_run_stands_where_its_vault_says_and_stays_where_it_ended() -> None:
    context, assignment = a_context(), an_assignment([])
    context.vault.move(Position(step=9))  # of the run before
    assert context.position_of(assignment) == Position()

    context.vault.begin(assignment, assignment.plan)
    context.vault.seal(Position(step=1))
    assert context.position_of(assignment).step == 1

    context.end_run(assignment, "finished", "")
    context.vault.seal(Position(step=2))
    assert context.position_of(assignment).step == 1


def test_records_of_steps_that_were_taken_back_are_dropped() -> None:
    context, assignment = a_context(), an_assignment([])
    assignment.history += [EpochRecord(epoch, 2 * epoch, 0.0, {}, {}) for epoch in (1, 2, 3)]
    context.vault.begin(assignment, assignment.plan)
    context.vault.seal(Position(step=4))
    context.end_run(assignment, "stopped", "")

    assert [record.step for record in assignment.history] == [2, 4]


def test_crashes_are_counted_by_address_until_they_are_forgotten() -> None:
    context = a_context()
    crash = Crash(ZeroDivisionError("no"))
    for address, reason, count in (
        ("dense_0/0", crash, POISON_DEATHS - 1),
        ("dense_0/1", Crash(InjectedCrashError("on purpose")), 9),
        ("dense_0", "killed", 9),
        ("trainer", crash, POISON_DEATHS - 1),
    ):
        for _ in range(count):
            context.hear("a supervisor", ChildTerminated(address, None, reason, will_restart=True))
    assert context.poisoned() is None

    last = Crash(KeyError("the last"))
    context.hear("a supervisor", ChildTerminated("trainer", None, last, will_restart=True))
    assert context.poisoned() == ("trainer", last)

    context.forget_crashes()
    assert context.poisoned() is None


def test_deaths_and_restarts_are_told_and_counted() -> None:
    told: list[events.Event] = []
    context = a_context(told.append)
    context.vault.move(Position(step=4))
    context.hear("a supervisor", ChildTerminated("dense_0/0", None, "killed", will_restart=True))
    context.hear("a supervisor", ChildStarted("dense_0/0", None, 1))

    assert told == [
        events.NeuronDied("cars", "dense_0/0", 5, "killed"),
        events.NeuronRestarted("cars", "dense_0/0", 1),
    ]
    assert context.restarts == {"dense_0/0": 1}


def test_what_starts_while_the_network_comes_up_is_no_restart() -> None:
    told: list[events.Event] = []
    context = a_context(told.append)
    context.is_up = False
    context.hear("a supervisor", ChildStarted("dense_0/0", None, 0))

    assert (told, context.restarts.total()) == ([], 0)


def test_the_dead_and_the_unknown_get_no_mail_and_nobody_minds() -> None:
    context = a_context()
    context.send("dense_0/0", "to nobody")
    with Scheduler(0) as scheduler:
        ref = scheduler.spawn(ScheduledActor)
        context.directory.register("dense_0/0", ref)
        ref.stop(block=False)
        scheduler.run_until_idle()
        context.send("dense_0/0", "to the dead")
        deliver(ref, "to the dead")
