import threading
from typing import Any

import numpy as np
import pytest

from deepnet import Chain, Dense, Until, start
from deepnet.client import RemoteNetwork, Service
from deepnet.client.live import Frame, Live
from deepnet.errors import InputError, NotFoundError, ServiceError
from deepnet.wire.records import neuron_from_dict


def first_of(live: Live, number: int) -> Frame:
    return next(frame for frame in live if frame.id == number)


def test_frames_come_of_all_that_is_subscribed_to(service: Service, network: RemoteNetwork, rows: Any) -> None:
    run = network.train(*rows, until=Until(epochs=10**6), paused=True)
    with service.live() as live:
        summary = live.subscribe("summary", network=network.name, rate=20)
        neuron = live.subscribe("neuron", network=network.name, address="dense_0/1")
        frame = first_of(live, summary)
        assert (frame.topic, frame.data["name"], frame.data["run"]) == ("summary", network.name, run.id)
        assert frame.time > 0
        state = neuron_from_dict(first_of(live, neuron).data)
        assert state.weights.tobytes() == network.neuron("dense_0/1").weights.tobytes()
        live.unsubscribe(neuron)
        live.ping()
        run.step("batch")
        while first_of(live, summary).data["step"] == 0:
            pass
    assert list(live) == []


def test_columns_come_as_arrays(service: Service, network: RemoteNetwork) -> None:
    with service.live() as live:
        frame = first_of(live, live.subscribe("columns", network=network.name, fields=["bias", "frozen"]))

    assert frame.topic == "columns"
    assert frame.about == {"step": "0", "epoch": frame.about["epoch"]}
    assert {name: array.shape for name, array in frame.data.items()} == {
        "dense_0.bias": (4,),
        "dense_0.frozen": (4,),
        "dense_1.bias": (2,),
        "dense_1.frozen": (2,),
    }
    assert frame.data["dense_0.bias"].dtype == np.float32


def test_what_cannot_be_seen_comes_as_a_problem_and_hurts_nothing_else(service: Service) -> None:
    with service.live() as live:
        nobody = live.subscribe("summary", network="nobody")
        nothing = live.subscribe("nothing")
        good = live.subscribe("service")
        frames: dict[int | None, Frame] = {}
        while len(frames) < 3:
            frame = next(live)
            frames.setdefault(frame.id, frame)

    assert type(frames[nobody].problem) is NotFoundError
    assert type(frames[nothing].problem) is InputError
    assert (frames[nobody].topic, frames[nobody].over, frames[nobody].data) == ("summary", True, None)
    assert frames[good].problem is None


def test_nothing_comes_within_a_time(service: Service) -> None:
    with service.live() as live, pytest.raises(TimeoutError, match=r"^no frame came within 0.01 s"):
        live.receive(0.01)


def test_it_is_closed_from_another_thread(service: Service) -> None:
    live = service.live()
    closing = threading.Timer(0.1, live.close)
    closing.start()

    assert list(live) == []
    closing.join()
    with pytest.raises(ServiceError, match=r"connect again$"):
        live.subscribe("service")


def test_neurons_of_a_layer_are_followed_and_what_is_missed_is_counted(network: RemoteNetwork, rows: Any) -> None:
    run = network.train(*rows, until=Until(steps=40), batch_size=8, paused=True)
    with network.watch("dense_1", every=2) as watch:
        records = []
        for _ in range(3):  # slowly: a network that is fast is not looked at at every step
            run.step("batch", 2)
            records += [next(watch), next(watch)]
        assert sorted((record.step, record.address) for record in records) == [
            (step, address) for step in (2, 4, 6) for address in ("dense_1/0", "dense_1/1")
        ]
        assert watch.missed == 0
        weights = network.neuron("dense_1/1").weights
        assert [record for record in records if record.address == "dense_1/1"][
            -1
        ].weights.tobytes() == weights.tobytes()
        run.resume()
        records += watch

    told = {address: [one.step for one in records if one.address == address] for address in ("dense_1/0", "dense_1/1")}
    assert all(steps == sorted(set(steps)) and all(step % 2 == 0 for step in steps) for steps in told.values())
    assert watch.missed == sum(steps[-1] // 2 - len(steps) for steps in told.values())


def test_the_newest_record_is_had_without_waiting(network: RemoteNetwork, rows: Any) -> None:
    run = network.train(*rows, until=Until(steps=40), paused=True)
    with network.watch("dense_0/0") as watch:
        assert watch.newest() is None
        run.step("batch", 3)
        while (newest := watch.newest()) is None or newest.step < 3:
            pass
        assert newest.step == 3
        assert watch.newest() is None
    watch.close()
    assert list(watch) == []


def test_a_surface_is_that_of_the_network_here(service: Service) -> None:
    model, rows = Chain(Dense(2, 3, "tanh"), Dense(3, 1)), ([[0, 1], [2, 3]], [[1], [0]])
    with start(model, seed=5, kernels="numpy") as network:
        network.train(*rows, until=Until(epochs=4)).wait(10)
        here = network.surface()
    remote = service.start(model, seed=5, kernels="numpy")
    remote.train(*rows, until=Until(epochs=4)).wait(10)
    there = remote.surface()

    assert (there.step, there.size, there.bounds) == (here.step, here.size, here.bounds)
    assert set(there.arrays) == set(here.arrays)
    for name, array in here.arrays.items():
        np.testing.assert_array_equal(there.arrays[name], array)
