import numpy as np
import pytest

from deepnet.errors import InputError
from deepnet.service.engine.engine import Engine
from deepnet.service.web.streams.topics.weights import WeightsTopic
from deepnet.service.web.streams.wishes import Subscribe
from deepnet.wire.looks import tile_from_bytes


def test_a_tile_is_of_a_sealed_step_and_new_when_something_was_learnt(engine: Engine) -> None:
    run = engine.live_run("xor-1")
    run.pause()
    topic = WeightsTopic(engine)
    wish = Subscribe(1, "weights", network="xor", address="dense_0", window=[1, 9, 0, 1])
    sampler = topic.open(topic.options(wish), 10)
    sample = sampler.sample()
    tile = tile_from_bytes(bytes(sample.payload))  # type: ignore[arg-type] # it is binary
    cut = engine.network("xor").cut()
    again = sampler.sample()
    run.resume()
    while sampler.sample() is sample:
        pass
    sampler.close()

    assert (tile.step, tile.epoch, tile.window) == (cut.step, cut.epoch, (1, 4, 0, 1))
    np.testing.assert_array_equal(tile.tile, cut.parameters[0].weights[1:, :1])
    assert again is sample  # nothing had changed


def test_what_cannot_be_seen_is_refused_with_what_can(engine: Engine) -> None:
    topic = WeightsTopic(engine)

    with pytest.raises(InputError, match="needs an address"):
        topic.options(Subscribe(1, "weights", network="xor"))
    with pytest.raises(InputError, match="use one of dense_0, dense_1"):
        topic.open(("xor", "dense_7", None), 10)
    with pytest.raises(InputError, match="nothing of the 4 rows and 2 columns"):
        topic.open(("xor", "dense_0", ("4", "9", "0", "2")), 10).sample()
