from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

from deepnet.errors import InputError
from deepnet.maths.model import Chain, Dense, Dropout
from deepnet.runs.looking_again import survey_again
from deepnet.runs.network import Network, start
from deepnet.runs.surface import MOST_POINTS, Bounds, Surveyor, bounds_around, in_levels, size_for
from deepnet.training.until import Until

INPUTS = np.array([[0.0, -4.0], [1.0, 2.0], [3.0, 6.0], [2.0, 0.0]])
TARGETS = np.array([[0.0], [1.0], [1.0], [0.0]])
AROUND = Bounds(-0.3, 3.3, -5.0, 7.0)


@pytest.fixture
def network() -> Iterator[Network]:
    with start(Chain(Dense(2, 5, "tanh"), Dropout(0.5), Dense(5, 3, "relu"), Dense(3, 1, "sigmoid")), seed=3) as one:
        one.train(INPUTS, TARGETS, until=Until(epochs=10**9), paused=True).step("batch", 20)
        yield one


def test_every_neuron_gives_at_each_point_what_the_network_makes_of_it(network: Network) -> None:
    network.set("dense_0/1", lesioned=0.25)
    network.set("dense_0/2", activation="softplus")
    surface = network.surface()

    assert (surface.step, surface.epoch, surface.size) == (network.step, network.cut().epoch, 48)
    assert surface.bounds == pytest.approx(AROUND)
    for row, column in [(0, 0), (0, 47), (47, 0), (31, 12)]:
        x = surface.bounds.x0 + (surface.bounds.x1 - surface.bounds.x0) * column / 47
        y = surface.bounds.y0 + (surface.bounds.y1 - surface.bounds.y0) * row / 47
        for address, seen in network.activations([[x, y]]).items():
            levels, ends = surface.arrays[f"{address}.outputs"], surface.arrays[f"{address}.range"]
            shown = ends[:, 0] + (ends[:, 1] - ends[:, 0]) * levels[:, row, column] / 255
            np.testing.assert_allclose(shown, seen.outputs[0], atol=float(np.ptp(ends, axis=1).max()) / 500 + 1e-6)
    assert set(np.unique(surface.arrays["dense_0.outputs"][1])) == {0}
    assert surface.arrays["dense_0.range"][1].tolist() == [0.25, 0.25]


def test_all_points_of_the_output_are_those_of_predict(network: Network) -> None:
    surface = network.surface()
    across, up = (np.linspace(*ends, surface.size) for ends in (surface.bounds[:2], surface.bounds[2:]))
    points = [[x, y] for y in up for x in across]

    low, high = surface.arrays["dense_2.range"][0]
    shown = low + (high - low) * surface.arrays["dense_2.outputs"][0].astype(float) / 255

    assert surface.arrays["dense_2.outputs"].dtype == np.uint8
    np.testing.assert_allclose(shown.reshape(-1, 1), network.predict(points), atol=(high - low) / 500)


def test_without_rows_it_is_the_middle_of_the_plane() -> None:
    with start(Chain(Dense(2, 2))) as network:
        assert network.surface().bounds == (-1, 1, -1, 1)


def test_a_network_of_other_than_two_inputs_has_none() -> None:
    with start(Chain(Dense(3, 2))) as network, pytest.raises(InputError, match="only a network of 2 inputs"):
        network.surface()


def test_what_has_not_changed_is_not_reckoned_again(network: Network) -> None:
    run, surveyor = network.run, Surveyor()
    assert run is not None
    first = survey_again(network, surveyor)
    assert survey_again(network, surveyor) is first
    run.step("batch")
    second = survey_again(network, surveyor)
    run.set(data=(INPUTS * 2, TARGETS))
    third = survey_again(network, surveyor)

    assert second is not first
    assert second.bounds == first.bounds
    assert third.bounds == pytest.approx([2 * end for end in AROUND])
    np.testing.assert_array_equal(first.arrays["dense_0.outputs"].shape, (5, 48, 48))


def test_around_rows_that_are_all_equal_there_is_something_to_see() -> None:
    assert bounds_around(np.array([[2.0, 1.0], [2.0, 3.0]])) == pytest.approx((1, 3, 0.8, 3.2))


@pytest.mark.parametrize(
    ("sizes", "points"), [((2, 8, 8, 1), 48), ((2, 128, 64, 1), 48), ((2, 2000, 1), 16), ((2, 9989, 100, 1), 8)]
)
def test_of_a_large_network_fewer_points_are_reckoned(sizes: tuple[int, ...], points: int) -> None:
    model = Chain(*(Dense(*pair) for pair in pairwise(sizes)))

    assert size_for(model) == points
    assert points**2 * model.neuron_count <= MOST_POINTS


def test_what_is_no_number_is_at_an_end_and_hides_no_other() -> None:
    values = np.array([[np.nan, np.nan, 1.0], [0.0, np.nan, np.inf], [4.0, np.nan, -np.inf], [np.inf, np.nan, 3.0]])

    levels, ends = in_levels(values)

    assert levels.tolist() == [[0, 0, 255, 255], [0, 0, 0, 0], [0, 255, 0, 255]]
    assert ends.tolist() == [[0, 4], [0, 0], [1, 3]]


@pytest.mark.parametrize("shape", [(64, 300), (300, 7), (5, 5)])
def test_levels_are_of_each_neuron_alone(shape: tuple[int, int]) -> None:
    values = np.random.default_rng(3).normal(size=shape)
    kept = values.copy()

    levels, ends = in_levels(values)

    np.testing.assert_allclose(ends, np.stack((values.min(axis=0), values.max(axis=0)), axis=1), rtol=1e-6)
    shown = ends[:, :1] + (ends[:, 1:] - ends[:, :1]) * levels / 255
    np.testing.assert_allclose(shown, values.T, atol=float(np.ptp(values, axis=0).max()) / 500)
    np.testing.assert_array_equal(values, kept)
