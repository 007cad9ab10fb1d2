import json
from collections.abc import Callable

import pytest

from deepnet.errors import InputError, NotFoundError
from deepnet.service.engine.engine import Engine
from deepnet.service.web.streams.topics.summary import NetworksTopic, SummaryTopic
from deepnet.service.web.streams.wishes import Subscribe
from deepnet.wire.records import summary_from_dict


def test_a_summary_says_what_the_network_is_and_how_fast_it_learns(engine: Engine) -> None:
    topic = SummaryTopic(engine)
    sampler = topic.open(topic.options(Subscribe(1, "summary", network="xor")), 10)
    first = json.loads(str(sampler.sample().payload))
    while engine.network("xor").step == first["step"]:
        pass
    second = json.loads(str(sampler.sample().payload))

    assert (first["name"], first["run"], first["state"], first["neurons"]) == ("xor", "xor-1", "running", 5)
    assert first["steps_per_second"] is None
    assert second["steps_per_second"] > 0
    assert second["messages_per_second"] > second["steps_per_second"]
    assert second["position"]["step"] >= second["step"] > first["step"]
    assert summary_from_dict(second).layers == engine.network("xor").summary().layers


def test_a_summary_needs_a_network_that_there_is(engine: Engine) -> None:
    topic = SummaryTopic(engine)

    with pytest.raises(InputError, match="needs a network"):
        topic.options(Subscribe(1, "summary"))
    with pytest.raises(NotFoundError, match=r"no network 'yor'.*xor"):
        topic.open(("yor",), 10).sample()


def test_a_network_that_is_down_hides_no_other(engine: Engine, learn: Callable[..., str]) -> None:
    learn(engine, "broken")
    sampler = NetworksTopic(engine).open((), 10)
    living = engine._living["broken"]
    network, living.network = living.network, None
    down = json.loads(str(sampler.sample().payload))
    living.network = "no network at all"  # type: ignore[assignment] # that is the point
    odd = json.loads(str(sampler.sample().payload))
    living.network = network
    up = json.loads(str(sampler.sample().payload))
    engine.delete("broken")

    assert [(one["name"], one["state"]) for one in down] == [("broken", "down"), ("xor", "running")]
    assert [(one["name"], one["state"]) for one in odd] == [("broken", "unknown"), ("xor", "running")]
    assert [(one["name"], one["state"]) for one in up] == [("broken", "running"), ("xor", "running")]
    assert [one["name"] for one in json.loads(str(sampler.sample().payload))] == ["xor"]
