import threading

import pytest

from deepnet.errors import NetworkStoppedError
from deepnet.maths.model import mlp
from deepnet.runs.network import start
from deepnet.training.until import Until
from supervisor import Restarts

MODEL = mlp(2, (2,), 1, "tanh")


def test_a_network_of_neurons_is_this_tree() -> None:
    with start(MODEL, name="cars") as network:
        tree = [(depth, node.name, node.kind, node.strategy) for depth, node in network.tree().walk()]

    assert tree == [
        (0, "network:cars", "supervisor", "rest_for_one"),
        (1, "vault", "vault", None),
        (1, "layers", "supervisor", "one_for_one"),
        (2, "dense_0 supervisor", "supervisor", "one_for_one"),
        (3, "dense_0", "layer", None),
        (3, "dense_0 neurons", "supervisor", "one_for_one"),
        (4, "dense_0/0", "neuron", None),
        (4, "dense_0/1", "neuron", None),
        (2, "dense_1 supervisor", "supervisor", "one_for_one"),
        (3, "dense_1", "layer", None),
        (3, "dense_1 neurons", "supervisor", "one_for_one"),
        (4, "dense_1/0", "neuron", None),
        (1, "trainer", "trainer", None),
    ]


def test_where_layers_compute_there_are_no_neurons_in_the_tree() -> None:
    with start(MODEL, granularity="layer") as network:
        names = [node.name for _, node in network.tree().walk() if node.kind != "supervisor"]

    assert names == ["vault", "dense_0", "dense_1", "trainer"]


def test_the_tree_counts_restarts() -> None:
    with start(MODEL) as network:
        run = network.train([[0, 1]], [[1]], until=Until(steps=10**6))
        for _ in range(3):
            before = network.neuron("dense_0/1").restarts
            network.kill("dense_0/1")
            for _ in range(2000):
                if network.neuron("dense_0/1").restarts > before:
                    break
                threading.Event().wait(0.001)
        run.stop()
        restarts = {node.name: node.restarts for _, node in network.tree().walk()}

    assert restarts.pop("dense_0/1") == 3
    assert set(restarts.values()) == {0}


def test_each_supervisor_tells_how_much_of_its_restart_limit_is_used() -> None:
    with start(MODEL, max_restarts=7, max_seconds=1000) as network:
        network.kill("dense_0/1")
        for _ in range(2000):
            if network.neuron("dense_0/1").restarts:
                break
            threading.Event().wait(0.001)
        limits = {node.name: node.limit for _, node in network.tree().walk()}

    used = {name: limit.used for name, limit in limits.items() if limit is not None}
    assert used.pop("dense_0 neurons") == 1
    assert set(used.values()) == {0}
    assert {limit for limit in limits.values() if limit is not None} == {Restarts(0, 7, 1000), Restarts(1, 7, 1000)}
    assert [name for name, limit in limits.items() if limit is None] == [
        "vault",
        "dense_0",
        "dense_0/0",
        "dense_0/1",
        "dense_1",
        "dense_1/0",
        "trainer",
    ]


def test_it_tells_how_many_messages_wait_for_each() -> None:
    with start(MODEL) as network:
        waiting = {node.name: node.mailbox for _, node in network.tree().walk()}

    assert set(waiting.values()) == {0}


@pytest.mark.parametrize("workers", [1, 4])
def test_the_tree_can_be_drawn_while_its_branches_die(workers: int) -> None:
    with start(MODEL, workers=workers, max_restarts=2) as network:
        run = network.train([[0, 1]], [[1]], until=Until(steps=10**6))
        for index in range(300):
            try:
                tree = network.tree()
                network.kill(("dense_0/0", "dense_1", "trainer", "dense_0/1")[index % 4])
            except NetworkStoppedError:
                break
            assert [node.name for node in tree.children] == ["vault", "layers", "trainer"]
        run.ended_within(20)

        assert run.state == "failed"
