import json
from collections.abc import Callable

import pytest

from deepnet.errors import InputError
from deepnet.service.engine.engine import Engine
from deepnet.service.web.streams.topics.neuron import NeuronTopic
from deepnet.service.web.streams.wishes import Subscribe
from deepnet.wire.records import neuron_from_dict


def test_a_neuron_is_watched_for_as_long_as_somebody_looks(engine: Engine) -> None:
    network = engine.network("xor")
    topic = NeuronTopic(engine)
    sampler = topic.open(topic.options(Subscribe(1, "neuron", network="xor", address="dense_0/1")), 10)
    assert not network._context.watching.layers

    while not (state := neuron_from_dict(json.loads(str(sampler.sample().payload)))).history:
        assert network._context.watching.layers == {"dense_0": frozenset({1})}
    sampler.close()

    assert len(state.history) == 1
    assert state.address == "dense_0/1"
    assert state.last is not None
    assert state.last.inputs.shape == (1, 2)
    assert not network._context.watching.layers


def test_two_who_look_at_a_neuron_do_not_stop_each_other(engine: Engine) -> None:
    topic, network = NeuronTopic(engine), engine.network("xor")
    first, second = topic.open(("xor", "dense_0/1", None), 10), topic.open(("xor", "dense_0/1", None), 2)
    first.sample(), second.sample()
    first.close()

    assert network._context.watching.layers == {"dense_0": frozenset({1})}
    second.close()
    assert not network._context.watching.layers


def test_a_network_that_has_come_up_again_is_watched_in_place_of_the_old_one(engine: Engine) -> None:
    sampler = NeuronTopic(engine).open(("xor", "dense_0/1", None), 10)
    sampler.sample()
    before = engine.network("xor")
    engine.hands.take_down("xor")
    engine.hands.bring_up("xor")
    after = engine.network("xor")
    sampler.sample()

    assert after is not before
    assert not before._context.watching.layers
    assert after._context.watching.layers == {"dense_0": frozenset({1})}
    sampler.close()
    assert not after._context.watching.layers


def test_a_neuron_that_there_is_not_is_refused_with_those_there_are(engine: Engine) -> None:
    topic = NeuronTopic(engine)

    with pytest.raises(InputError, match="needs an address"):
        topic.options(Subscribe(1, "neuron", network="xor"))
    with pytest.raises(InputError, match="dense_0/0 to dense_0/3"):
        topic.open(("xor", "dense_0/4", None), 10)


def test_who_says_every_gets_all_steps_since_the_last_time_that_it_divides(
    engine: Engine, learn: Callable[..., str]
) -> None:
    run = engine.live_run(learn(engine, "steps", paused=True))
    topic = NeuronTopic(engine)
    sampler = topic.open(topic.options(Subscribe(1, "neuron", network="steps", address="dense_0/1", every=3)), 1e9)
    first, mark = sampler.sample().after(None)
    run.step("batch", 10)
    second, mark = sampler.sample().after(mark)
    third, mark = sampler.sample().after(mark)
    run.step("batch", 2)
    fourth, mark = sampler.sample().after(mark)
    run.rewind()
    run.step("batch", 4)
    fifth, _ = sampler.sample().after(mark)
    sampler.close()
    engine.delete("steps")

    told = [neuron_from_dict(json.loads(str(text))) for text in (first, second, third, fourth, fifth)]
    assert [[one.step for one in state.history] for state in told] == [[], [3, 6, 9], [], [12], [3]]
    assert [state.step for state in told] == [0, 10, 10, 12, 4]
