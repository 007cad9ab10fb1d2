import numpy as np
import pytest

from deepnet.errors import InputError
from deepnet.service.engine.engine import Engine
from deepnet.service.web.streams.topics.columns import ColumnsTopic
from deepnet.service.web.streams.wishes import Subscribe
from deepnet.wire.arrays import arrays_from_bytes


def test_columns_are_those_of_a_sealed_step(engine: Engine) -> None:
    run = engine.live_run("xor-1")
    run.pause()
    topic = ColumnsTopic(engine)
    sampler = topic.open(topic.options(Subscribe(1, "columns", network="xor", fields=["bias", "norm"])), 10)
    payload = sampler.sample().payload
    assert isinstance(payload, bytes)
    arrays, about = arrays_from_bytes(payload)
    cut = engine.network("xor").cut()
    run.resume()

    assert about == {"step": str(cut.step), "epoch": str(cut.epoch)}
    assert set(arrays) == {"dense_0.bias", "dense_0.norm", "dense_1.bias", "dense_1.norm"}
    np.testing.assert_array_equal(arrays["dense_0.bias"], cut.parameters[0].bias)
    np.testing.assert_allclose(arrays["dense_0.norm"], np.linalg.norm(cut.parameters[0].weights, axis=1), rtol=1e-6)


def test_what_only_watched_neurons_tell_has_all_of_them_watched_until_nobody_looks(engine: Engine) -> None:
    network = engine.network("xor")
    sampler = ColumnsTopic(engine).open(("xor", ("output",)), 10)
    while True:
        arrays, _ = arrays_from_bytes(bytes(sampler.sample().payload))  # type: ignore[arg-type] # it is binary
        if all(np.isfinite(column).all() for column in arrays.values()):
            break

    assert {name: column.shape for name, column in arrays.items()} == {"dense_0.output": (4,), "dense_1.output": (1,)}
    assert set(network._context.watching.layers) == {"dense_0", "dense_1"}
    sampler.close()
    assert not network._context.watching.layers


def test_fields_are_all_that_need_no_watching_unless_they_are_named(engine: Engine) -> None:
    topic = ColumnsTopic(engine)

    assert topic.options(Subscribe(1, "columns", network="xor")) == (
        "xor",
        ("bias", "norm", "restarts", "deaths", "frozen", "lesioned", "rate"),
    )
    with pytest.raises(InputError, match="no field 'colour'"):
        topic.options(Subscribe(1, "columns", network="xor", fields=["colour"]))
