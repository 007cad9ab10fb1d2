"""A line that breaks at the worst moment: the service has done it, and nobody has heard."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from deepnet import Chain, Until, connect
from deepnet.client import RemoteNetwork, Service
from deepnet.errors import ServiceError


@pytest.fixture
def far(bad_line: Any, token: str) -> Iterator[Service]:
    with connect(url=bad_line.url, token=token) as service:
        yield service


def test_what_only_looks_is_asked_again(far: Service, bad_line: Any) -> None:
    bad_line.cuts = 1
    before = bad_line.requests

    assert far.status()["pid"]
    assert bad_line.requests == before + 2


def test_it_is_asked_again_only_once(far: Service, bad_line: Any) -> None:
    bad_line.cuts = 2

    with pytest.raises(ServiceError, match=r"^the connection to the service at .* broke \(.*\), and nobody knows"):
        far.status()
    assert far.status()["pid"]


def test_what_creates_something_creates_it_once(far: Service, bad_line: Any, model: Chain, rows: Any) -> None:
    bad_line.cuts = 1
    network = far.start(model, name="created-once", kernels="numpy")
    bad_line.cuts = 1
    run = network.train(*rows, until=Until(epochs=1), paused=True)
    bad_line.cuts = 1
    branch = run.branch(name="branched-once")

    assert [one.id for one in far.runs("created-once")] == [run.id]
    assert branch.name == "branched-once"
    assert [one.name for one in far.networks() if one.name.endswith("-once")] == ["branched-once", "created-once"]


def test_predictions_are_asked_for_again(far: Service, bad_line: Any, network: RemoteNetwork) -> None:
    there = far.network(network.name)
    bad_line.cuts = 1

    assert there.predict([1, 2, 3]).tolist() == network.predict([1, 2, 3]).tolist()


def test_a_change_is_not_made_twice(far: Service, bad_line: Any, network: RemoteNetwork) -> None:
    there = far.network(network.name)
    bad_line.cuts = 1

    with pytest.raises(ServiceError, match=r"nobody knows whether it was done: look, then try again$"):
        there.grow("dense_0")
    assert network.model.dense[0].neurons == 5


def test_what_takes_too_long_is_told(service: Service, network: RemoteNetwork, rows: Any) -> None:
    run = network.train(*rows, until=Until(epochs=10**6))

    with pytest.raises(
        TimeoutError, match=r"did not answer within 0.001 s: it may still do what it was asked to; look$"
    ):
        service.request(
            "POST", f"/runs/{run.id}/step", json={"unit": "epoch", "n": 10**5, "timeout": 60}, timeout=0.001
        )
    network.delete()


def test_several_threads_use_one_connection(service: Service, network: RemoteNetwork) -> None:
    found: list[list[float]] = []
    threads = [
        threading.Thread(target=lambda: found.extend(network.predict([1, 2, 3]).tolist() for _ in range(10)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 40
    assert all(one == found[0] for one in found)
