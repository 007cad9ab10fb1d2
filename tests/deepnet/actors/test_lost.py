"""Who notices that a message is missing: when, and when not."""

import threading
from collections import Counter
from typing import Any

import numpy as np
import pytest

from deepnet import Adam, Chain, Dense, Until, events, start
from deepnet.actors.courier import Rank, Verdict
from deepnet.actors.faults import DeliveryFault
from deepnet.actors.lost import LOOK_SECONDS
from deepnet.actors.message_gate import MessageGate
from deepnet.maths.parameters import fingerprint
from deepnet.runs.network import Network
from deepnet.runs.run import Run

MODEL = Chain(Dense(2, 3, "tanh"), Dense(3, 1))
RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(6, 2)), RNG.normal(size=(6, 1))
WAIT_SECONDS = 30


def learn(network: Network) -> Run:
    return network.train(*ROWS, until=Until(steps=6), optimizer=Adam(0.02), batch_size=2)


@pytest.fixture(scope="module")
def undisturbed() -> str:
    with start(MODEL) as network:
        learn(network).wait(WAIT_SECONDS)
        return fingerprint(network.parameters())


def test_who_looks_for_lost_messages_is_there_only_while_some_may_be_lost() -> None:
    def finders() -> list[threading.Thread]:
        return [thread for thread in threading.enumerate() if thread.name == "network:it-lost"]

    with start(MODEL, name="it") as network:
        faults = network.actors.delivery_faults
        numbers = []
        faults.inject(DeliveryFault("duplicate"))
        numbers.append(len(finders()))
        removals = [faults.inject(DeliveryFault("drop")), faults.inject(DeliveryFault("delay"))]
        numbers.append(len(finders()))
        for remove in removals:
            remove()
        for finder in finders():
            finder.join(WAIT_SECONDS)
        numbers.append(len(finders()))

    assert numbers == [0, 1, 0]


def test_what_waits_at_a_gate_is_not_taken_for_lost(undisturbed: str) -> None:
    replays: list[events.Event] = []

    def note(event: events.Event) -> None:
        if isinstance(event, events.StepReplayed):
            replays.append(event)

    with start(MODEL, watcher=note) as network:
        # One message is lost, of two that are on their way: as long as the other waits there is something to happen.
        remove = network.actors.delivery_faults.inject(DeliveryFault("drop", rate=1.0), {"dense_0/1"})
        gate = MessageGate(network.actors.courier)
        run = learn(network)
        assert [message.receiver for message in gate.let_through(3)] == ["dense_0", "dense_0/0", "dense_0/1"]
        threading.Event().wait(10 * LOOK_SECONDS)
        seen = list(replays)
        remove()
        gate.open()
        run.wait(WAIT_SECONDS)
        assert fingerprint(network.parameters()) == undisturbed

    assert seen == []
    assert len(replays) == 1


def test_messages_that_are_no_part_of_a_step_are_never_struck(undisturbed: str) -> None:
    seen: Counter[str] = Counter()

    def look(_actor: Any, address: str, message: Any) -> Verdict:
        seen[f"{address} {type(message).__name__}"] += 1
        return Verdict.DELIVER

    with start(MODEL) as network:
        network.actors.courier.add(look, rank=Rank.LOOK, sees_control=True)
        network.actors.delivery_faults.inject(DeliveryFault("drop", rate=1.0))
        run = learn(network)
        while seen["trainer Healed"] < 3:  # each is told once the step is known to be stuck again
            run.ended_within(0.001)
        network.actors.delivery_faults.clear()
        run.wait(WAIT_SECONDS)
        assert fingerprint(network.parameters()) == undisturbed

    assert seen["trainer Assigned"] == 1
