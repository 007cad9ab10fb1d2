import numpy as np
import pytest

from deepnet.errors import InputError
from deepnet.maths.model import Chain, Dense
from deepnet.service.engine.engine import Engine
from deepnet.service.engine.specs import NetworkSpec
from deepnet.service.web.streams.topics.surface import SurfaceTopic
from deepnet.service.web.streams.wishes import Subscribe
from deepnet.wire.arrays import arrays_from_bytes


def test_a_surface_is_that_of_a_sealed_step_around_the_rows_of_the_run(engine: Engine) -> None:
    run = engine.live_run("xor-1")
    run.pause()
    topic = SurfaceTopic(engine)
    sampler = topic.open(topic.options(Subscribe(1, "surface", network="xor")), 10)
    sample = sampler.sample()
    arrays, about = arrays_from_bytes(bytes(sample.payload))  # type: ignore[arg-type] # it is binary
    cut, corner = engine.network("xor").cut(), engine.network("xor").predict([-0.1, 1.1])[0, 0]
    again = sampler.sample()
    run.resume()
    while sampler.sample() is sample:
        pass
    sampler.close()

    ends = {name: pytest.approx(float(about.pop(name))) for name in ("x0", "x1", "y0", "y1")}
    assert ends == {"x0": -0.1, "x1": 1.1, "y0": -0.1, "y1": 1.1}
    assert about == {"step": str(cut.step), "epoch": str(cut.epoch), "size": "48"}
    assert {name: array.shape for name, array in arrays.items()} == {
        "dense_0.outputs": (4, 48, 48),
        "dense_0.range": (4, 2),
        "dense_1.outputs": (1, 48, 48),
        "dense_1.range": (1, 2),
    }
    low, high = arrays["dense_1.range"][0]
    np.testing.assert_allclose(
        low + (high - low) * arrays["dense_1.outputs"][0, 47, 0] / 255, corner, atol=(high - low) / 500
    )
    assert again is sample  # nothing had changed


def test_a_network_of_other_than_two_inputs_is_refused(engine: Engine) -> None:
    topic = SurfaceTopic(engine)
    with pytest.raises(InputError, match="needs a network"):
        topic.options(Subscribe(1, "surface"))
    engine.create(NetworkSpec(name="three", model=Chain(Dense(3, 1))))
    with pytest.raises(InputError, match="this one has 3"):
        topic.open(("three",), 10)
    engine.delete("three")
