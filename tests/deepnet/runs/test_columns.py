from collections.abc import Iterator

import numpy as np
import pytest

from deepnet.errors import UnknownNameError
from deepnet.maths.model import Chain, Dense, Dropout
from deepnet.runs.columns import AT_REST, FIELDS, layer_figures, read_columns
from deepnet.runs.network import Network, start
from deepnet.training.until import Until


@pytest.fixture
def network() -> Iterator[Network]:
    with start(Chain(Dense(3, 4, activation="tanh"), Dropout(0.5), Dense(4, 2)), seed=3) as network:
        yield network


def test_columns_say_of_each_neuron_what_its_record_says(network: Network) -> None:
    network.set("dense_0/1", bias=0.25, frozen=True)
    network.set("dense_0/2", rate=0.5, lesioned=0.75)
    network.kill("dense_1/0")
    while not network.neuron("dense_1/0").restarts:
        pass
    columns = read_columns(network, AT_REST)

    assert set(columns.arrays) == {f"dense_{layer}.{field}" for layer in (0, 1) for field in AT_REST}
    for address in network.neurons():
        one, (layer, _, index) = network.neuron(address), address.partition("/")
        got = {field: columns.arrays[f"{layer}.{field}"][int(index)] for field in AT_REST}
        assert got["bias"] == np.float32(one.bias)
        assert got["norm"] == pytest.approx(np.linalg.norm(one.weights), rel=1e-6)
        assert (got["restarts"], got["deaths"]) == (one.restarts, len(one.deaths))
        assert (got["frozen"], got["rate"]) == (one.frozen, one.rate)
        assert np.isnan(got["lesioned"]) if one.lesioned is None else got["lesioned"] == one.lesioned


def test_what_neurons_did_is_told_of_those_that_are_watched(network: Network) -> None:
    with network.watch("dense_0/3"):
        network.train(np.ones((2, 3)), np.ones((2, 2)), batch_size=2, until=Until(steps=5)).wait(10)
        columns = read_columns(network, FIELDS)
        last = network.neuron("dense_0/3").last

    assert last is not None
    assert columns.step == last.step == 5
    np.testing.assert_array_equal(np.isnan(columns.arrays["dense_0.output"]), [True, True, True, False])
    for field in ("output", "delta", "sum"):
        assert columns.arrays[f"dense_0.{field}"][3] == pytest.approx(getattr(last, field).mean())
    assert np.isnan(read_columns(network, ["sum"]).arrays["dense_0.sum"]).all()


def test_a_field_that_there_is_not_is_refused_with_those_there_are(network: Network) -> None:
    with pytest.raises(UnknownNameError, match="bias, norm"):
        read_columns(network, ["colour"])


def test_actors_are_counted_by_layer(network: Network) -> None:
    network.kill("dense_0/1")
    network.kill("dense_0/2")
    while network.summary().restarts < 2:
        pass
    figures = layer_figures(network)

    assert figures.restarts == {"dense_0": 2}
    assert {layer: figures.alive[layer] for layer in ("dense_0", "dense_1")} == {"dense_0": 4, "dense_1": 2}
    assert set(figures.waiting) == {"vault", "trainer", "dense_0", "dropout_0", "dense_1"}
    assert not any(figures.waiting.values())
