import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from deepnet.errors import InputError
from deepnet.maths.arrays import Array, Batch
from deepnet.maths.kernels.rows import pack, unpack
from deepnet.maths.local import forward, gradients
from deepnet.maths.losses import loss_named
from deepnet.maths.model import Chain, Dense, Dropout
from deepnet.maths.parameters import LayerParameters
from deepnet.maths.treatment import Treatments
from deepnet.runs.looking_again import probe_again
from deepnet.runs.network import Network, start
from deepnet.runs.probing import FIELDS, MOST_ROWS, Prober, rows_for
from deepnet.training.until import Until

RNG = np.random.default_rng(5)
INPUTS, TARGETS = RNG.normal(size=(40, 3)), RNG.normal(size=(40, 2))
MODEL = Chain(Dense(3, 5, "tanh"), Dropout(0.5), Dense(5, 4, "sigmoid"), Dense(4, 2))
FOREVER = Until(epochs=10**9)


@pytest.fixture
def network() -> Iterator[Network]:
    """One that rests after some steps of a run."""
    with start(MODEL, seed=3, dtype="float64") as network:
        run = network.train(INPUTS, TARGETS, batch_size=8, until=FOREVER, paused=True)
        run.step("batch", 7)
        yield network


def by_differences(
    model: Chain,
    parameters: Sequence[LayerParameters],
    treatments: Sequence[Treatments],
    rows: tuple[Batch, Batch],
    step: int,
) -> list[Array]:
    """dL/d(weights, bias) of every layer, (neurons, inputs + 1), from the way forward alone."""
    loss = loss_named("mean_squared_error")
    blocks = [pack(layer) for layer in parameters]
    found = [np.empty_like(block) for block in blocks]
    for layer, block in enumerate(blocks):
        for at in np.ndindex(block.shape):
            values = []
            for change in (1e-6, -1e-6):
                moved = [other.copy() for other in blocks]
                moved[layer][at] += change
                outputs = forward(model, [unpack(each) for each in moved], rows[0], treatments, step)
                values.append(loss.value(outputs, rows[1]))
            found[layer][at] = (values[0] - values[1]) / 2e-6
    return found


@pytest.mark.parametrize("row", [0, 7, 39])
def test_of_one_row_it_is_what_the_neurons_themselves_make_of_it(network: Network, row: int) -> None:
    probe = network.probe(row)
    own = network.activations(INPUTS[row])
    cut = network.cut()
    _, slopes = gradients(
        Chain(*MODEL.dense), cut.parameters, INPUTS[row : row + 1], TARGETS[row : row + 1], "mean_squared_error"
    )

    assert (probe.step, probe.epoch, probe.rows, probe.row) == (cut.step, cut.epoch, 1, row)
    for number, (address, seen) in enumerate(own.items()):
        np.testing.assert_allclose(probe.arrays[f"{address}.output"], seen.outputs[0], rtol=1e-6)
        np.testing.assert_allclose(probe.arrays[f"{address}.sum"], seen.sums[0], rtol=1e-6)
        np.testing.assert_allclose(probe.arrays[f"{address}.delta"], slopes[number].bias, rtol=1e-6)
        norms = np.linalg.norm(pack(slopes[number]), axis=1)
        np.testing.assert_allclose(probe.arrays[f"{address}.gradient"], norms, rtol=1e-6)
        np.testing.assert_allclose(probe.arrays[f"{address}.bias"], cut.parameters[number].bias, rtol=1e-6)
    np.testing.assert_allclose(probe.arrays["input"], INPUTS[row], rtol=1e-6)
    np.testing.assert_allclose(probe.arrays["target"], TARGETS[row], rtol=1e-6)
    assert {array.dtype for array in probe.arrays.values()} == {np.dtype(np.float32)}


def test_without_a_row_it_is_the_mean_over_the_first_rows(network: Network) -> None:
    probe = network.probe()
    each = [network.probe(row) for row in range(MOST_ROWS)]

    assert (probe.rows, probe.row) == (MOST_ROWS, None)
    for name, array in probe.arrays.items():
        if not name.endswith("gradient"):
            mean = np.mean([one.arrays[name] for one in each], axis=0)
            np.testing.assert_allclose(array, mean, rtol=1e-5, atol=1e-7, err_msg=name)


def test_through_treated_neurons_it_is_that_of_central_differences(network: Network) -> None:
    network.set("dense_0/0", activation="softplus")
    network.set("dense_0/1", lesioned=0.3)
    network.set("dense_1/2", frozen=True)
    network.set("dense_2/1", activation="tanh")
    network.inject("noise", "dense_0/3", amount=0.7, rate=1)
    network.inject("stuck_at", "dense_1/1", amount=0.2, rate=1)
    assert network.run is not None
    network.run.step("batch")
    probe, cut = network.probe(fields=FIELDS), network.cut()
    rows = INPUTS[:MOST_ROWS], TARGETS[:MOST_ROWS]

    outputs = forward(cut.model, cut.parameters, rows[0], cut.setup.treatments, cut.step)
    np.testing.assert_allclose(probe.arrays["dense_2.output"], outputs.mean(axis=0), rtol=1e-5)
    expected = by_differences(Chain(*MODEL.dense), cut.parameters, cut.setup.treatments, rows, cut.step)
    for layer, slopes in enumerate(expected):
        norms = np.linalg.norm(slopes, axis=1)
        np.testing.assert_allclose(probe.arrays[f"dense_{layer}.gradient"], norms, rtol=1e-4, atol=1e-8)
        np.testing.assert_allclose(probe.arrays[f"dense_{layer}.delta"], slopes[:, -1], rtol=1e-4, atol=1e-8)
        np.testing.assert_allclose(probe.arrays[f"dense_{layer}.weights"], cut.parameters[layer].weights, rtol=1e-6)
    assert probe.arrays["dense_0.output"][1] == np.float32(0.3)
    assert probe.arrays["dense_0.gradient"][1] == 0  # it is lesioned
    assert probe.arrays["dense_1.gradient"][1] == 0  # its output is held
    assert probe.arrays["dense_1.gradient"][2] > 0  # it is frozen, and this is what it would learn by


def test_it_is_what_another_library_says() -> None:
    torch = pytest.importorskip("torch")
    labels = RNG.integers(3, size=12)
    inputs, model = RNG.normal(size=(12, 4)), Chain(Dense(4, 6, "tanh"), Dense(6, 3, "softmax"))
    with start(model, seed=2, dtype="float64") as network:
        network.train(inputs, np.eye(3)[labels], loss="crossentropy", until=FOREVER, paused=True)
        probe, cut = network.probe(), network.cut()

    layers = [
        [torch.tensor(part, requires_grad=True) for part in (layer.weights, layer.bias)] for layer in cut.parameters
    ]
    (w0, b0), (w1, b1) = layers
    hidden = torch.tanh(torch.tensor(inputs) @ w0.T + b0)
    torch.nn.functional.cross_entropy(hidden @ w1.T + b1, torch.tensor(labels)).backward()
    np.testing.assert_allclose(probe.arrays["dense_0.output"], hidden.mean(0).detach().numpy(), rtol=1e-5)
    for layer, (weights, bias) in enumerate(layers):
        both = torch.cat((weights.grad, bias.grad[:, None]), dim=1)
        np.testing.assert_allclose(probe.arrays[f"dense_{layer}.gradient"], both.norm(dim=1).numpy(), rtol=1e-5)
        np.testing.assert_allclose(probe.arrays[f"dense_{layer}.delta"], bias.grad.numpy(), rtol=1e-4, atol=1e-8)


def test_only_what_is_asked_for_is_given(network: Network) -> None:
    probe = network.probe(fields=["output", "output"])

    assert set(probe.arrays) == {"dense_0.output", "dense_1.output", "dense_2.output", "input", "target"}
    with pytest.raises(InputError, match="no field 'colour': use some of output, delta"):
        network.probe(fields=["colour"])


def test_without_rows_there_are_only_weights_and_biases() -> None:
    def batches() -> Any:
        yield INPUTS[:4], TARGETS[:4]

    with start(MODEL, seed=3) as network:
        before = network.probe(fields=FIELDS)
        run = network.train(batches, until=FOREVER, paused=True)
        of_a_stream = network.probe(5)
        run.stop()

    names = {f"dense_{layer}.{field}" for layer in range(3) for field in ("bias", "weights")}
    assert (before.rows, before.row, set(before.arrays)) == (0, None, names)
    assert (of_a_stream.rows, set(of_a_stream.arrays)) == (0, {f"dense_{layer}.bias" for layer in range(3)})


def test_a_row_that_there_is_not_is_refused_with_those_there_are(network: Network) -> None:
    with pytest.raises(InputError, match="no row 40: it has 40, so take one of 0 to 39"):
        network.probe(40)
    with pytest.raises(InputError, match="row must be a whole number of 0 or more"):
        network.probe(-1)


def test_the_weights_of_a_large_network_are_not_given_at_once() -> None:
    with start(Chain(Dense(256, 256), Dense(256, 1)), granularity="layer") as network:
        assert "dense_0.bias" in network.probe().arrays
        with pytest.raises(InputError, match="65,792 weights, more than the 65,536"):
            network.probe(fields=["weights"])


def test_what_has_not_changed_is_not_reckoned_again(network: Network) -> None:
    run, prober = network.run, Prober()
    assert run is not None
    first = probe_again(network, prober)

    assert probe_again(network, prober) is first
    changes: list[Callable[[], Any]] = [
        lambda: run.step("batch"),
        lambda: network.set("dense_0/1", lesioned=0.25),
        lambda: run.set(data=(INPUTS[::-1].copy(), TARGETS)),
        lambda: network.grow("dense_0", 2),
        lambda: network.undo(1),
    ]
    seen = [first]
    for change in changes:
        change()
        seen.append(probe_again(network, prober))
        assert seen[-1] is not seen[-2]
        assert probe_again(network, prober) is seen[-1]
    assert seen[2].arrays["dense_0.output"][1] == 0.25
    np.testing.assert_allclose(seen[3].arrays["input"], INPUTS[-MOST_ROWS:].mean(axis=0), rtol=1e-5)
    assert len(seen[4].arrays["dense_0.output"]) == 7
    np.testing.assert_array_equal(seen[5].arrays["dense_0.sum"], seen[3].arrays["dense_0.sum"])
    assert len(first.arrays["dense_0.output"]) == 5  # those before are still what they were


def test_while_it_learns_each_is_of_one_sealed_step(seals: Any) -> None:
    with start(MODEL, seed=3) as network:
        cuts = seals(network)
        run = network.train(INPUTS, TARGETS, batch_size=8, until=Until(steps=3000))
        prober = Prober(fields=["bias", "sum"])
        probes = []
        while not run.is_over:
            probes.append(probe_again(network, prober))
            time.sleep(0.001)  # else it would be a race for the interpreter
        run.wait(20)
    by_step = {cut.position.step: cut for cut in cuts}
    found = [probe for probe in probes if probe.step in by_step]

    assert len({probe.step for probe in found}) > 3
    for probe in found:
        parameters = by_step[probe.step].parameters
        for layer, (_, bias) in enumerate(parameters):
            np.testing.assert_array_equal(probe.arrays[f"dense_{layer}.bias"], bias)
        sums = INPUTS[:MOST_ROWS].astype("f4") @ parameters[0].weights.T + parameters[0].bias
        np.testing.assert_allclose(probe.arrays["dense_0.sum"], sums.mean(axis=0), rtol=1e-4, atol=1e-6)


def test_it_disturbs_nothing() -> None:
    def learnt(look: bool) -> bytes:
        with start(MODEL, seed=3) as network:
            network.inject("noise", "dense_0/3", amount=0.7)
            run = network.train(INPUTS, TARGETS, batch_size=8, until=Until(steps=300))
            while look and not run.is_over:
                network.probe(2)
                time.sleep(0.001)
            run.wait(20)
            return b"".join(part.tobytes() for layer in network.parameters() for part in layer)

    assert learnt(look=True) == learnt(look=False)


@pytest.mark.parametrize(
    ("sizes", "rows"), [((3, 3, 3), 32), ((2, 1000, 100, 1), 32), ((100, 9000, 10), 4), ((5000, 1000, 1), 1)]
)
def test_of_a_large_network_fewer_rows_are_reckoned(sizes: tuple[int, ...], rows: int) -> None:
    model = Chain(*(Dense(*pair) for pair in pairwise(sizes)))

    assert rows_for(model) == rows
    assert rows == 1 or rows * model.parameter_count <= 4_000_000


def test_what_diverges_is_told_as_it_is(network: Network) -> None:
    network.set("dense_2/0", weights=[1e300] * 4, bias=1e300)

    probe = network.probe()

    assert np.isinf(probe.arrays["dense_2.bias"][0])
    assert not np.isfinite(probe.arrays["dense_0.gradient"]).all()
