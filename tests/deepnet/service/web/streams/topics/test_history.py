import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from deepnet.errors import ConflictError, InputError, NotFoundError
from deepnet.service.engine.engine import Engine
from deepnet.service.web.streams.samples import Sample
from deepnet.service.web.streams.topics.history import HistoryTopic, thinned
from deepnet.service.web.streams.wishes import Subscribe
from deepnet.training.history import EpochRecord


def data(sample: Sample, mark: Any = None) -> tuple[dict[str, Any], Any]:
    payload, mark = sample.after(mark)
    return json.loads(str(payload)), mark


def records(count: int) -> list[EpochRecord]:
    return [EpochRecord(number, number, 0.5, {}, {}) for number in range(1, count + 1)]


def test_each_gets_the_records_that_they_have_not_and_those_who_have_them_all_get_nothing(
    engine: Engine, learn: Callable[..., str]
) -> None:
    run_id = learn(engine, "short", epochs=3)
    run = engine.live_run(run_id).wait(10)
    topic = HistoryTopic(engine)
    sampler = topic.open(topic.options(Subscribe(1, "history", network="short")), 10)
    first, mark = data(sampler.sample())

    assert (first["run"], first["after"]) == (run_id, 0)
    assert [record["epoch"] for record in first["records"]] == [1, 2, 3]
    assert first["records"][2]["loss"] == run.history[2].loss
    assert sampler.sample().after(mark) == (None, mark)
    assert sampler.sample().after((run, run.history[1]))[0] is not None
    assert data(sampler.sample(), (run, run.history[1]))[0]["after"] == 2
    engine.delete("short")


def test_after_a_rewind_everything_comes_anew(engine: Engine, learn: Callable[..., str]) -> None:
    run_id = learn(engine, "back")
    run = engine.live_run(run_id)
    run.pause()
    run.step("epoch", 3)
    sampler = HistoryTopic(engine).open(("back", None), 10)
    before, mark = data(sampler.sample())
    run.rewind()
    run.step("epoch", len(before["records"]) + 2)
    after, _ = data(sampler.sample(), mark)
    engine.delete("back")

    assert after["after"] == 0
    assert [record["epoch"] for record in after["records"]] == list(range(1, len(before["records"]) + 3))


def test_a_run_is_named_or_its_network_is(engine: Engine) -> None:
    topic = HistoryTopic(engine)
    with pytest.raises(InputError, match="needs a network"):
        topic.options(Subscribe(1, "history"))
    with pytest.raises(NotFoundError, match="no run 'xor-9'"):
        topic.open(topic.options(Subscribe(1, "history", run="xor-9")), 10)
    assert data(topic.open((None, "xor-1"), 10).sample())[0]["run"] == "xor-1"


def test_a_run_that_is_over_and_has_a_successor_is_refused_with_the_one_to_take(
    engine: Engine, learn: Callable[..., str]
) -> None:
    first = learn(engine, "twice", epochs=1)
    engine.live_run(first).wait(10)
    before = engine.network("twice").run
    assert before is not None
    engine._living["twice"].run_id = "twice-2"

    with pytest.raises(ConflictError, match="twice-2"):
        HistoryTopic(engine).open((None, first), 10)
    engine._living["twice"].run_id = first
    engine.delete("twice")


@pytest.mark.parametrize(("count", "most"), [(0, 5), (5, 5), (6, 5), (501, 500), (12_345, 500)])
def test_many_records_are_thinned_evenly_and_the_last_is_among_them(count: int, most: int) -> None:
    every = records(count)

    kept = thinned(every, most)

    assert len(kept) <= most
    assert list(kept[-1:]) == every[-1:]
    gaps = {after.epoch - before.epoch for before, after in pairwise(kept)}
    assert len(gaps) <= 1
