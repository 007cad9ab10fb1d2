from collections.abc import Callable

import numpy as np
import pytest

from deepnet.errors import InputError, NotFoundError
from deepnet.maths.model import Chain, Dense
from deepnet.service.engine.engine import Engine
from deepnet.service.engine.specs import NetworkSpec
from deepnet.service.web.streams.topics.activity import ActivityTopic
from deepnet.service.web.streams.wishes import Subscribe
from deepnet.wire.arrays import arrays_from_bytes


def test_activity_is_that_of_a_row_at_a_sealed_step(engine: Engine) -> None:
    run = engine.live_run("xor-1")
    run.pause()
    topic = ActivityTopic(engine)
    sampler = topic.open(topic.options(Subscribe(1, "activity", network="xor", row=1)), 10)
    sample = sampler.sample()
    assert isinstance(sample.payload, bytes)
    arrays, about = arrays_from_bytes(sample.payload)
    cut, own = engine.network("xor").cut(), engine.network("xor").activations([0, 1])
    again = sampler.sample()
    run.resume()

    assert about == {"step": str(cut.step), "epoch": str(cut.epoch), "rows": "1", "row": "1"}
    fields = ("output", "delta", "sum", "gradient", "bias")
    assert set(arrays) == {f"dense_{layer}.{field}" for layer in (0, 1) for field in fields} | {"input", "target"}
    np.testing.assert_allclose(arrays["dense_0.output"], own["dense_0"].outputs[0], rtol=1e-6)
    assert (arrays["input"].tolist(), arrays["target"].tolist()) == ([0, 1], [1])
    assert again is sample  # nothing has changed meanwhile


def test_nobody_is_watched_for_it_and_frames_follow_the_learning(engine: Engine) -> None:
    network = engine.network("xor")
    sampler = ActivityTopic(engine).open(("xor", None, ("output", "weights")), 10)
    first = sampler.sample()
    while (second := sampler.sample()) is first:
        pass
    (_, before), (arrays, after) = (arrays_from_bytes(bytes(one.payload)) for one in (first, second))  # type: ignore[arg-type] # they are binary
    sampler.close()

    assert int(after["step"]) > int(before["step"])
    assert (after["rows"], after["row"]) == ("4", "")
    assert arrays["dense_0.weights"].shape == (4, 2)
    assert not network._context.watching.layers


def test_before_the_first_run_there_are_only_weights_and_biases(engine: Engine) -> None:
    engine.create(NetworkSpec(name="fresh", model=Chain(Dense(2, 3), Dense(3, 1))))
    topic = ActivityTopic(engine)
    sampler = topic.open(topic.options(Subscribe(1, "activity", network="fresh", row=9)), 10)
    arrays, about = arrays_from_bytes(bytes(sampler.sample().payload))  # type: ignore[arg-type] # it is binary
    engine.delete("fresh")

    assert set(arrays) == {"dense_0.bias", "dense_1.bias"}
    assert (about["rows"], about["step"]) == ("0", "0")


def test_what_cannot_be_seen_is_refused_with_what_can(engine: Engine, learn: Callable[..., str]) -> None:
    topic = ActivityTopic(engine)

    with pytest.raises(InputError, match="needs a network"):
        topic.options(Subscribe(1, "activity"))
    with pytest.raises(InputError, match="no field 'norm': use some of output"):
        topic.options(Subscribe(1, "activity", network="xor", fields=["norm"]))
    with pytest.raises(NotFoundError, match="nobody"):
        topic.open(("nobody", None, ("bias",)), 10)
    with pytest.raises(InputError, match="no row 4"):
        topic.open(("xor", "4", ("bias",)), 10).sample()
    engine.create(NetworkSpec(name="wide", model=Chain(Dense(2, 30_000), Dense(30_000, 1)), granularity="layer"))
    with pytest.raises(InputError, match="90,000 weights"):
        topic.open(("wide", None, ("weights",)), 10)
    engine.delete("wide")
