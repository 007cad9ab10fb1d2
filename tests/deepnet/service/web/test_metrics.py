from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from deepnet.maths.model import Chain, Dense
from deepnet.service.engine.engine import Engine
from deepnet.service.engine.specs import NetworkSpec, RunSpec
from deepnet.service.store.data_folder import DataFolder
from deepnet.service.store.event_log import EventLog
from deepnet.service.store.store import Store
from deepnet.service.tree.service import ServiceTree
from deepnet.service.web.metrics import Figures
from deepnet.service.web.streams.hub import Hub
from deepnet.training.until import Until

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with ExitStack() as stack:
        folder = stack.enter_context(DataFolder.open(tmp_path / "data"))
        store = Store.open(folder.database)
        stack.callback(store.close)
        engine = Engine(folder, store, EventLog(store))
        tree = ServiceTree(engine)
        stack.callback(tree.stop)
        tree.start()
        yield engine


def scrape(engine: Engine) -> Samples:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Figures(engine, Hub(engine)))
    text = generate_latest(registry).decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_figures_are_told_by_network_and_layer_and_of_no_single_neuron(engine: Engine) -> None:
    engine.create(NetworkSpec(name="mixed", model=Chain(Dense(2, 40), Dense(40, 1))))
    spec = RunSpec(inputs=np.eye(2), targets=np.ones((2, 1)), until=Until(epochs=3), optimizer="sgd")
    run = engine.live_run(engine.train("mixed", spec).id).wait(10)
    engine.network("mixed").kill("dense_0/7")
    engine.network("mixed").kill("dense_0/8")
    while engine.network("mixed").summary().restarts < 2:
        pass
    engine.log.write()
    found = scrape(engine)

    def of(name: str, **labels: str) -> float:
        return found[f"deepnet_{name}", tuple(sorted(labels.items()))]

    assert of("epoch", network="mixed") == 3
    assert of("loss", network="mixed") == run.history[-1].loss
    assert of("learning_rate", network="mixed") == 0.01
    assert of("steps_total", network="mixed") == 6
    assert of("messages_total", network="mixed") > 6
    assert of("neurons", network="mixed") == of("neurons_alive", network="mixed") == 41
    assert of("restarts_total", network="mixed", layer="dense_0") == 2
    assert of("mailbox_depth", network="mixed", layer="dense_1") == 0
    assert of("network_state", network="mixed", state="finished") == 1
    assert of("network_state", network="mixed", state="running") == 0
    assert of("events_written_total") == engine.store.events.last_id() > 3
    assert of("events_lost_total") == of("events_waiting") == 0
    assert of("stream_clients") == of("frames_sent_total") == of("frames_dropped_total") == 0
    assert of("loop_lag_seconds", quantile="0.99") == 0
    assert not [labels for _, labels in found if any("/" in value for _, value in labels)]
    assert len(found) < 60


def test_layers_that_compute_their_neurons_count_them_as_alive(engine: Engine) -> None:
    engine.create(NetworkSpec(name="dense", model=Chain(Dense(2, 40), Dense(40, 1)), granularity="layer"))

    found = scrape(engine)

    assert found["deepnet_neurons_alive", (("network", "dense"),)] == 41
    assert ("deepnet_loss", (("network", "dense"),)) not in found


def test_a_network_that_is_down_or_odd_blanks_no_page(engine: Engine) -> None:
    engine.create(NetworkSpec(name="down", model=Chain(Dense(2, 1))))
    engine.create(NetworkSpec(name="up", model=Chain(Dense(2, 1))))
    living = engine._living["down"]
    network, living.network = living.network, None
    down = scrape(engine)
    living.network = "odd"  # type: ignore[assignment] # that is the point
    odd = scrape(engine)
    living.network = network

    for found in (down, odd):
        assert found["deepnet_network_state", (("network", "down"), ("state", "down"))] == 1
        assert found["deepnet_neurons", (("network", "up"),)] == 1
        assert ("deepnet_events_written_total", ()) in found
