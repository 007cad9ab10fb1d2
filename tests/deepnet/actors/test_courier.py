"""Hooks: who is called, for which messages, in which order; and what a skipped message means."""

from collections.abc import Iterator
from typing import Any

import pytest

from deepnet import Chain, Dense, Dropout, Until, start
from deepnet.actors.courier import STEP_MESSAGES, Courier, Hook, Rank, Verdict
from deepnet.actors.messages import Assigned, Forward, Healed
from deepnet.maths.parameters import fingerprint
from deepnet.runs.network import Network

MODEL = Chain(Dense(2, 3, "tanh"), Dropout(0.2), Dense(3, 1))
ROWS = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]
WAIT_SECONDS = 20


def _first(_waiting: int) -> int:
    """Whose turn is next: that of whoever has waited longest."""
    return 0


@pytest.fixture
def network() -> Iterator[Network]:
    """By hand, so that the order of all messages is known."""
    with start(MODEL, workers=0, order=_first) as network:
        yield network


def learn(network: Network) -> str:
    network.train(*ROWS, until=Until(steps=3))
    network.actors.run_until_idle()
    return fingerprint(network.parameters())


def noting(journal: list[tuple[str, str]], verdict: Verdict = Verdict.DELIVER) -> Hook:
    def hook(_actor: Any, address: str, message: Any) -> Verdict:
        journal.append((address, type(message).__name__))
        return verdict

    return hook


def test_without_a_hook_nobody_is_asked(network: Network) -> None:
    courier, scheduler = network.actors.courier, network.actors._scheduler
    interceptors = [scheduler.interceptor]
    remove, remove_other = courier.add(noting([])), courier.add(noting([]))
    interceptors.append(scheduler.interceptor)
    remove()
    remove()
    interceptors.append(scheduler.interceptor)
    remove_other()

    assert [interceptor is None for interceptor in interceptors] == [True, False, False]
    assert scheduler.interceptor is None


def test_a_hook_sees_every_message_of_a_step_and_changes_nothing(network: Network) -> None:
    journal: list[tuple[str, str]] = []
    network.actors.courier.add(noting(journal))
    bits = learn(network)

    neurons, layers = {("dense_0/0", "Activate"), ("dense_1/0", "Correct")}, {("dropout_0", "Forward")}
    assert neurons | layers | {("dense_0", "Answer"), ("trainer", "Predicted"), ("trainer", "Learnt")} < set(journal)
    assert {kind for _, kind in journal} <= {kind.__name__ for kind in STEP_MESSAGES}
    assert len(journal) == 3 * (3 + 4 + 4 + 1 + 3 + 4 + 4 + 1)
    with start(MODEL) as other:
        other.train(*ROWS, until=Until(steps=3)).wait(WAIT_SECONDS)
        assert fingerprint(other.parameters()) == bits


def test_what_is_not_of_a_step_is_shown_only_where_it_is_asked_for_and_passes_whatever_is_said(
    network: Network,
) -> None:
    journal: list[tuple[str, str]] = []
    remove = network.actors.courier.add(noting(journal, Verdict.SKIP), sees_control=True)
    network.train(*ROWS, until=Until(steps=3))
    network.actors.run_until_idle()
    seen = tuple(journal)
    remove()
    network.actors.tell("trainer", Healed(""))
    network.actors.run_until_idle()

    assert seen == (("trainer", Assigned.__name__), ("dense_0", Forward.__name__))
    assert network.summary().state == "finished"
    with start(MODEL) as other:
        other.train(*ROWS, until=Until(steps=3)).wait(WAIT_SECONDS)
        assert fingerprint(other.parameters()) == fingerprint(network.parameters())


def test_who_skips_a_message_keeps_it_from_those_of_higher_rank_only(network: Network) -> None:
    looked: list[tuple[str, str]] = []
    struck: list[tuple[str, str]] = []
    held: list[tuple[str, str]] = []
    courier = network.actors.courier
    courier.add(noting(looked), rank=Rank.LOOK)
    courier.add(noting(struck, Verdict.SKIP), rank=Rank.STRIKE)
    courier.add(noting(held), rank=Rank.HOLD)
    network.train(*ROWS, until=Until(steps=3))
    network.actors.run_until_idle()

    assert held == struck == [("dense_0", "Forward")]
    assert looked == []


def test_hooks_of_a_rank_are_called_in_the_order_in_which_they_came(network: Network) -> None:
    order: list[str] = []

    def named(name: str) -> Hook:
        def hook(_actor: Any, _address: str, _message: Any) -> Verdict:
            order.append(name)
            return Verdict.DELIVER

        return hook

    for name, rank in (("c", Rank.LOOK), ("a", Rank.HOLD), ("d", Rank.LOOK), ("b", Rank.HOLD)):
        network.actors.courier.add(named(name), rank=rank)
    learn(network)

    assert order[:4] == ["a", "b", "c", "d"]
    assert len(order) % 4 == 0


def test_what_a_hook_raises_the_actor_dies_of_and_the_bits_stay() -> None:
    deaths = iter(range(4))

    def hook(_actor: Any, address: str, message: Any) -> Verdict:
        if address == "dense_0/1" and message.step == 2 and next(deaths, 9) < 2:
            raise ValueError(message.step)
        return Verdict.DELIVER

    with start(MODEL, workers=0, order=_first) as network:
        bits = learn(network)
    with start(MODEL, workers=0, order=_first) as network:
        network.actors.courier.add(hook)
        assert learn(network) == bits
        assert network.neuron("dense_0/1").restarts == 2


def test_a_network_that_stops_lets_go_what_is_held_up() -> None:
    let_go: list[str] = []
    with start(MODEL) as network:
        courier = network.actors.courier
        courier.add(noting([]), let_go=lambda: let_go.append("first"))
        courier.add(noting([]), rank=Rank.HOLD, let_go=lambda: let_go.append("held"))

    assert let_go == ["held", "first"]
    assert network.actors._scheduler.interceptor is None


def test_it_is_quiet_when_nobody_moves_and_nothing_is_held_back(network: Network) -> None:
    courier: Courier = network.actors.courier
    looks = [courier.is_quiet]
    courier.count_held(1)
    looks.append(courier.is_quiet)
    courier.count_held(-1)
    network.actors.tell("trainer", Assigned())
    looks.append(courier.is_quiet)
    network.actors.run_until_idle()
    looks.append(courier.is_quiet)
    network.actors._scheduler.pause()
    looks.append(courier.is_quiet)
    network.actors._scheduler.resume()

    assert looks == [True, False, False, True, False]


def test_strikes_and_counts_take_each_others_place(network: Network) -> None:
    count = network.actors.neuron_messages()
    learn(network)
    counted = count()
    network.actors.crash_at_messages(iter((3, 5)))
    learn(network)
    restarts = network.summary().restarts
    network.actors.strike({2: "dense_0/1", 4: "crash"})
    learn(network)
    restarts_again = network.summary().restarts - restarts
    network.actors.crash_at(frozenset())

    assert counted == count() == 3 * 2 * 4
    assert (restarts, restarts_again) == (2, 2)
    assert network.actors._scheduler.interceptor is None
