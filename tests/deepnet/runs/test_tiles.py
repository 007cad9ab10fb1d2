from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from deepnet.errors import DataError, InputError, RunError
from deepnet.maths.arrays import Array
from deepnet.maths.model import Chain, Dense
from deepnet.runs.looking_again import tile_again
from deepnet.runs.network import Network, start
from deepnet.runs.tiles import Block, Tile, Tiler, Window, histogram_of, norm_of, pooled
from deepnet.training.until import Until

RNG = np.random.default_rng(11)


@pytest.fixture
def network() -> Iterator[Network]:
    with start(Chain(Dense(3, 700, "tanh"), Dense(700, 4)), seed=3, granularity="layer") as network:
        yield network


def largest(weights: Array, block: Block) -> list[list[float]]:
    """The number of the largest size of each block, one block after the other."""
    rows, columns = weights.shape
    parts = [
        [
            weights[row : row + block.rows, column : column + block.columns].ravel()
            for column in range(0, columns, block.columns)
        ]
        for row in range(0, rows, block.rows)
    ]
    return [[float(part[np.abs(part).argmax()]) for part in row] for row in parts]


def figures_are_those_of(tile: Tile, numbers: Array) -> None:
    assert (tile.low, tile.high) == (numbers.min(), numbers.max())
    assert tile.mean == pytest.approx(numbers.mean(dtype=np.float64))
    assert tile.norm == pytest.approx(np.linalg.norm(numbers.astype(np.float64)), rel=1e-6)
    counts, edges = np.histogram(numbers, 64, (tile.low, tile.high))
    np.testing.assert_allclose(tile.edges, edges, rtol=1e-5, atol=1e-6)
    assert tile.histogram.sum() == numbers.size
    assert np.abs(tile.histogram - counts).sum() <= 4  # what is on an edge may be rounded to either side


def test_each_cell_is_the_weight_of_the_largest_size_in_its_block(network: Network) -> None:
    weights = network.parameters()[0].weights

    tile = network.tile("dense_0")

    assert (tile.address, tile.step, tile.rows, tile.columns) == ("dense_0", 0, 700, 3)
    assert (tile.window, tile.block, tile.against) == ((0, 700, 0, 3), (3, 1), None)
    assert tile.tile.tolist() == largest(weights, tile.block)
    assert [str(array.dtype) for array in (tile.tile, tile.histogram, tile.edges)] == ["float32", "int32", "float32"]
    assert (tile.histogram.shape, tile.edges.shape) == ((64,), (65,))
    figures_are_those_of(tile, weights)


@pytest.mark.parametrize("shape", [(1, 1), (256, 256), (257, 300), (40, 2049), (513, 2304), (2000, 3)])
def test_blocks_of_all_shapes_are_pooled_to_their_last_row_and_column(shape: tuple[int, int]) -> None:
    weights = RNG.normal(size=shape).astype(np.float32)
    block = Block(-(-shape[0] // 256), -(-shape[1] // 256))

    lows, highs = pooled(weights, block)

    assert max(highs.shape) <= 256
    np.testing.assert_array_equal(np.where(highs >= -lows, highs, lows), largest(weights, block))


def test_a_window_shows_its_part_and_what_is_beyond_the_layer_is_left_out(network: Network) -> None:
    weights = network.parameters()[1].weights

    tile = network.tile("dense_1", (1, 3, 650, 9999))

    assert (tile.window, tile.block) == (Window(1, 3, 650, 700), (1, 1))
    np.testing.assert_array_equal(tile.tile, weights[1:3, 650:])
    figures_are_those_of(tile, weights[1:3, 650:])


@pytest.mark.parametrize("window", [(4, 5, 0, 1), (0, 0, 0, 1), (2, 1, 0, 1), (0, 1, 700, 701)])
def test_a_window_in_which_there_is_nothing_is_refused(network: Network, window: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="nothing of the 4 rows and 700 columns is in the window"):
        network.tile("dense_1", window)


def test_what_is_no_window_or_no_layer_is_refused_with_what_would_be(network: Network) -> None:
    for window in ((1, 2, 3), (), (0, 1, 2, 3, 4)):
        with pytest.raises(InputError, match="a window is four whole numbers"):
            network.tile("dense_1", window)
    with pytest.raises(InputError, match="row0 must be a whole number of 0 or more"):
        network.tile("dense_1", (-1, 2, 3, 4))
    with pytest.raises(InputError, match="use one of dense_0, dense_1"):
        network.tile("dense_2")


def test_against_a_step_that_was_kept_it_is_the_change_since(tmp_path: Path) -> None:
    inputs, targets = RNG.normal(size=(20, 3)), RNG.normal(size=(20, 2))
    with start(Chain(Dense(3, 5, "tanh"), Dense(5, 2)), seed=1) as network:
        with pytest.raises(RunError, match="begin a run with run_dir="):
            network.tile("dense_0", against=0)
        run = network.train(inputs, targets, until=Until(epochs=10**9), run_dir=tmp_path / "run", paused=True)
        before = network.parameters()[0].weights
        run.step("batch", 30)
        change = network.parameters()[0].weights - before

        tile = network.tile("dense_0", against=0)

        np.testing.assert_array_equal(tile.tile, change)
        assert (tile.against, tile.step) == (0, 30)
        figures_are_those_of(tile, change)
        part = network.tile("dense_0", (1, 3, 0, 2), against=0)
        np.testing.assert_array_equal(part.tile, change[1:3, :2])
        with pytest.raises(DataError):
            network.tile("dense_0", against=77)
        network.grow("dense_0", 1)
        with pytest.raises(InputError, match="had 5 neurons of 3 inputs at step 0 and has 6 of 3 now"):
            network.tile("dense_0", against=0)
        run.stop()


def test_what_has_not_changed_is_not_reckoned_again(network: Network) -> None:
    tiler = Tiler("dense_0")
    first = tile_again(network, tiler)
    assert tile_again(network, tiler) is first
    network.set("dense_0/699", weights=[9, -10, 9])
    second = tile_again(network, tiler)

    assert second is not first
    assert second.tile[-1, 1] == -10
    assert first.tile[-1, 1] != -10


def test_numbers_that_are_none_are_shown_and_are_in_no_bin() -> None:
    numbers = np.array([[1, np.nan, 3], [np.inf, 2, -np.inf]], np.float32)

    counts, edges = histogram_of(numbers, float(numbers.min()), float(numbers.max()))

    assert (counts.sum(), counts[0], counts[-1]) == (3, 1, 1)
    assert (edges[0], edges[-1]) == (1, 3)
    assert np.isnan(pooled(numbers, Block(2, 3))[0]).all()
    assert histogram_of(np.full((2, 2), np.nan, np.float32), np.nan, np.nan)[0].sum() == 0


@pytest.mark.parametrize("number", [0.0, -3.5, 1e30, -3e38])
def test_numbers_that_are_all_equal_are_in_one_bin_in_the_middle(number: float) -> None:
    numbers = np.full((4, 5), number, np.float32)
    counts, edges = histogram_of(numbers, float(numbers[0, 0]), float(numbers[0, 0]))

    assert (counts[32], counts.sum()) == (20, 20)
    assert edges[0] < number < edges[-1]


def test_numbers_at_the_ends_of_their_dtype_are_counted() -> None:
    most = float(np.finfo(np.float32).max)
    numbers = np.array([[-most, most, 0]], np.float32)

    assert histogram_of(numbers, -most, most)[0].sum() == 3
    assert norm_of(numbers) == pytest.approx(most * np.sqrt(2))
