"""The live stream over real sockets; `test_live_fuzzed` says whatever comes to mind."""

import json
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from deepnet.maths.model import Chain, Dense
from deepnet.runs.network import start
from deepnet.service.engine.specs import NetworkSpec, RunSpec
from deepnet.service.web.streams import channel
from deepnet.service.web.streams.client import MOST_SUBSCRIPTIONS
from deepnet.service.web.streams.hub import MOST_STREAMS
from deepnet.training.until import Until
from deepnet.wire.arrays import arrays_from_bytes

TOPICS = [
    ("service", {}),
    ("networks", {}),
    ("summary", {"network": "xor"}),
    ("history", {"network": "xor"}),
    ("history", {"run": "xor-1"}),
    ("neuron", {"network": "xor", "address": "dense_0/0"}),
    ("tree", {"network": "xor"}),
    ("tree", {}),
]


@pytest.fixture(autouse=True)
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has not changed is sent all the same, and what is missing is looked for again at once."""
    monkeypatch.setattr(channel, "BEAT_SECONDS", 0.0)
    monkeypatch.setattr(channel, "RETRY_SECONDS", 0.02)


def frame_of(text: dict[str, Any]) -> bytes:
    """A text message as a client masks it."""
    content = json.dumps(text).encode()
    assert len(content) < 126
    return bytes([0x81, 0x80 | len(content)]) + bytes(4) + content


def test_frames_of_every_topic_come_one_after_the_other(served: Any) -> None:
    frames: dict[int, list[dict[str, Any]]] = {number: [] for number in range(len(TOPICS))}
    with served.learning(), served.live() as client:
        for number, (topic, options) in enumerate(TOPICS):
            client.say(op="subscribe", id=number, topic=topic, rate=20, **options)
        while min(map(len, frames.values())) < 3:
            heard = client.hear()
            if heard["op"] == "subscribed":
                assert heard == {"op": "subscribed", "id": heard["id"], "rate": 20.0}
                assert not frames[heard["id"]]
            else:
                frames[heard["id"]].append(heard)

    for number, (topic, _) in enumerate(TOPICS):
        assert [frame["seq"] for frame in frames[number]] == list(range(1, len(frames[number]) + 1))
        assert {frame["topic"] for frame in frames[number]} == {topic}
        times = [frame["time"] for frame in frames[number]]
        assert sorted(times) == times


def test_columns_come_as_safetensors_after_id_and_number(served: Any) -> None:
    with served.live() as client:
        client.subscribe(258, "columns", network="xor", fields=["bias"])
        frames = [client.next("binary", 258) for _ in range(2)]

    assert [frame["seq"] for frame in frames] == [1, 2]
    arrays, about = arrays_from_bytes(frames[1]["data"])
    assert {name: column.shape for name, column in arrays.items()} == {"dense_0.bias": (4,), "dense_1.bias": (1,)}
    assert int(about["step"]) == served.engine.network("xor").step


def test_pictures_come_as_safetensors_too(served: Any) -> None:
    wanted: dict[str, dict[str, Any]] = {
        "activity": {"row": 2, "fields": ["output"]},
        "surface": {},
        "weights": {"address": "dense_0", "window": [1, 3, 0, 2]},
    }
    frames: dict[str, tuple[Any, Any]] = {}
    with served.live() as client:
        for number, (topic, options) in enumerate(wanted.items()):
            client.subscribe(number, topic, network="xor", **options)
            frames[topic] = arrays_from_bytes(client.next("binary", number)["data"])
        client.say(op="subscribe", id=9, topic="activity", network="xor", row=4)
        refused = client.next("error", 9)

    network = served.engine.network("xor")
    output = frames["activity"][0]["dense_1.output"]
    np.testing.assert_allclose(output, network.predict([1, 0])[0], rtol=1e-5)
    assert frames["surface"][0]["dense_0.outputs"].shape == (4, 48, 48)
    np.testing.assert_array_equal(frames["weights"][0]["tile"], network.parameters()[0].weights[1:3])
    assert {about["step"] for _, about in frames.values()} == {str(network.step)}
    assert (refused["over"], refused["problem"]["status"]) == (True, 422)
    assert "no row 4" in refused["problem"]["detail"]


def test_what_nobody_watches_is_not_sampled_and_what_many_watch_is_sampled_once(served: Any) -> None:
    served.wait(lambda: served.hub.channel_count() == 0)
    before = served.hub.samples
    with ExitStack() as stack:
        clients = [stack.enter_context(served.live()) for _ in range(5)]
        for client in clients:
            client.subscribe(1, "summary", network="xor", rate=5)
        clients[0].subscribe(2, "summary", network="xor", rate=20)
        began = time.monotonic()
        fast = [clients[0].next("frame", 2) for _ in range(8)]
        slow = [client.next("frame", 1) for client in clients]
        assert served.hub.channel_count() == 1
        samples = served.hub.samples - before
        at_most = 4 + 30 * (time.monotonic() - began)  # 20 a second; one by one they would be 45
    served.wait(lambda: served.hub.channel_count() == 0)

    assert [frame["seq"] for frame in fast] == list(range(1, 9))
    assert samples <= at_most
    data = {json.dumps(frame["data"]) for frame in slow}
    assert data & {json.dumps(frame["data"]) for frame in fast}


def test_after_unsubscribing_nothing_comes_under_that_id(served: Any) -> None:
    with served.live() as client:
        client.subscribe(1, "summary", network="xor", rate=20)
        client.subscribe(2, "networks", rate=20)
        client.next("frame", 1)
        client.say(op="unsubscribe", id=1)
        client.say(op="ping")
        client.next("pong")
        later = [client.hear() for _ in range(5)]

    assert {frame["id"] for frame in later} == {2}


def test_events_come_one_by_one_and_only_those_that_are_wanted(served: Any) -> None:
    with served.live() as client:
        began = client.subscribe(1, "events", network="made-up", kinds=["happened"])
        for number in range(3):
            served.engine.log.note("happened", network="made-up", number=number)
            served.engine.log.note("happened", network="another")
            served.engine.log.note("unwanted", network="made-up")
        frames = [client.next("frame", 1) for _ in range(3)]

    assert [frame["data"]["data"]["number"] for frame in frames] == [0, 1, 2]
    assert [frame["seq"] for frame in frames] == [frame["data"]["id"] for frame in frames]
    assert frames[0]["seq"] > began["seq"]


def test_wrong_wishes_are_answered_and_the_others_go_on(served: Any) -> None:
    with served.live() as client:
        client.subscribe(1, "summary", network="xor", rate=20)
        wrong = [
            ({"op": "subscribe", "id": 1, "topic": "networks"}, 409, "in use"),
            ({"op": "subscribe", "id": 2, "topic": "weather"}, 422, "service, networks, summary"),
            ({"op": "subscribe", "id": 3, "topic": "neuron", "network": "xor"}, 422, "needs an address"),
            ({"op": "unsubscribe", "id": 4}, 404, "nothing is subscribed"),
            ({"op": "sing", "id": 5}, 422, "this says nothing"),
        ]
        for said, status, why in wrong:
            client.say(**said)
            error = client.next("error", said["id"])
            assert (error["problem"]["status"], why in error["problem"]["detail"]) == (status, True)
            assert error["over"] is (said["id"] != 1)
        client.connection.send(b"\0\1\2")
        assert client.next("error")["id"] is None
        assert client.next("frame", 1)["seq"] > 0


def test_what_is_not_there_ends_its_subscription_with_the_reason(served: Any) -> None:
    with served.live() as client:
        client.subscribe(1, "summary", network="nobody")
        error = client.next("error", 1)
        assert (error["problem"]["type"], error["over"]) == ("/problems/not-found", True)
        assert client.subscribe(1, "neuron", network="xor", address="dense_9/9")
        error = client.next("error", 1)
        assert (error["problem"]["status"], error["over"]) == (422, True)
        client.subscribe(1, "summary", network="xor")
        assert client.next("frame", 1)


def test_a_network_that_is_deleted_ends_what_watched_it(served: Any, learn: Callable[..., str]) -> None:
    learn(served.engine, "gone", paused=True)
    with served.live() as client:
        client.subscribe(1, "neuron", network="gone", address="dense_0/0")
        client.next("frame", 1)
        served.engine.delete("gone")
        while not (error := client.next("error", 1))["over"]:
            pass

    assert error["problem"]["status"] == 404


def test_a_network_that_is_down_is_said_to_be_and_frames_come_again_when_it_is_up(
    served: Any, learn: Callable[..., str]
) -> None:
    learn(served.engine, "ill", paused=True)
    with served.live() as client:
        client.subscribe(1, "summary", network="ill", rate=20)
        client.next("frame", 1)
        served.engine.hands.take_down("ill")
        error = client.next("error", 1)
        served.engine.hands.bring_up("ill")
        frame = client.next("frame", 1)
    served.engine.delete("ill")

    assert (error["problem"]["type"], error["over"]) == ("/problems/network-stopped", False)
    assert frame["data"]["state"] == "paused"


def test_a_stream_has_only_so_many_subscriptions(served: Any) -> None:
    with served.live() as client:
        for number in range(MOST_SUBSCRIPTIONS):
            client.say(op="subscribe", id=number, topic="networks", rate=0.1)
        for number in range(MOST_SUBSCRIPTIONS):
            client.next("subscribed", number)
        client.say(op="subscribe", id=99, topic="networks")
        assert "50 subscriptions at most" in client.next("error", 99)["problem"]["detail"]
        client.say(op="unsubscribe", id=0)
        assert client.subscribe(99, "networks")


def test_the_stream_after_the_last_that_may_be_is_refused_and_let_in_when_one_has_gone(served: Any) -> None:
    served.wait(lambda: served.hub.streams == 0)
    with ExitStack() as stack:
        clients = [stack.enter_context(served.live()) for _ in range(MOST_STREAMS)]
        with pytest.raises(InvalidStatus) as refused:
            stack.enter_context(served.live())
        answer = refused.value.response
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "5")
        assert answer.headers["Content-Type"] == "application/problem+json"
        with served.http() as http:
            assert http.get("/api/v1/events/stream").status_code == 429
        clients[0].connection.close()
        served.wait(lambda: served.hub.streams < MOST_STREAMS)
        with served.live() as client:
            client.say(op="ping")
            assert client.next("pong") == {"op": "pong", "skipped": 0}


def test_a_message_that_is_too_long_ends_the_stream_of_who_sent_it(served: Any) -> None:
    with served.live() as other, served.live() as client:
        client.connection.send("x" * (65 << 10))
        with pytest.raises(ConnectionClosed) as closed:
            client.hear()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009
        other.say(op="ping")
        assert other.next("pong")


@contextmanager
def stuck(served: Any, *wishes: dict[str, Any]) -> Iterator[socket.socket]:
    """A client that subscribes and does not read; here once its buffers are full."""
    before = served.hub.frames_dropped
    with served.deaf() as raw:
        for wish in wishes:
            raw.sendall(frame_of({"op": "subscribe", **wish}))
        served.wait(lambda: served.hub.frames_dropped > before + 3, "a dropped frame")
        yield raw


def test_who_does_not_read_skips_frames_while_others_get_all_and_the_bits_are_the_same(served: Any) -> None:
    model, rows = Chain(Dense(2, 300, activation="tanh"), Dense(300, 1)), np.random.default_rng(7).random((8, 3))
    how: dict[str, Any] = {"until": Until(steps=50), "optimizer": "adam", "batch_size": 4}
    with start(model, seed=5) as alone:
        alone.train(rows[:, :2], rows[:, 2:], **how).wait(30)
        expected = alone.parameters()
    served.engine.create(NetworkSpec(name="watched", model=model, seed=5))
    run_id = served.engine.train("watched", RunSpec(inputs=rows[:, :2], targets=rows[:, 2:], paused=True, **how)).id
    run = served.engine.live_run(run_id)
    everything = {"topic": "columns", "network": "watched", "rate": 20}
    fields = ["bias", "norm", "output", "delta", "sum"]
    with (
        stuck(served, *({"id": number, **everything} for number in range(10))) as raw,
        served.live() as client,
    ):
        client.say(op="subscribe", id=1, topic="columns", network="watched", fields=fields, rate=20)
        client.say(op="subscribe", id=2, topic="summary", network="watched", rate=20)
        run.resume()
        seen: dict[int, list[int]] = {1: [], 2: []}
        while not run.is_over or min(map(len, seen.values())) < 3:
            frame = client.hear()
            if "seq" in frame:
                seen[frame["id"]].append(frame["seq"])
        run.wait(30)
        client.say(op="ping")
        assert client.next("pong")["skipped"] == 0
        raw.shutdown(socket.SHUT_RDWR)
    got = served.engine.network("watched").parameters()
    served.engine.delete("watched")

    for numbers in seen.values():
        assert numbers == list(range(1, len(numbers) + 1))
    for mine, other in zip(got, expected, strict=True):
        np.testing.assert_array_equal(mine.weights, other.weights)
        np.testing.assert_array_equal(mine.bias, other.bias)


def test_who_reads_events_too_slowly_is_told_which_were_missed_and_gets_all_others(
    served: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served.hub.feed, "_entries", deque(maxlen=20))
    with served.live(max_queue=1, narrow=True, close_timeout=0.1) as client:
        first = client.subscribe(1, "events")["seq"]
        for number in range(1000):
            served.engine.log.note("happened", network="made-up", number=number)
        served.wait(lambda: served.hub.feed.last_id >= first + 1000)
        heard: list[int] = []
        missed: list[int] = []
        while max([0, *heard]) < first + 1000:
            message = client.hear()
            if message["op"] == "gap":
                missed += range(message["from"], message["to"] + 1)
            else:
                heard.append(message["seq"])

    assert missed
    assert sorted(heard + missed) == list(range(first + 1, max(heard) + 1))
    assert heard == sorted(heard)


def test_at_the_end_everybody_is_told_whether_they_read_or_not(
    serve: Callable[[Path], Any], learn: Callable[..., str], tmp_path: Path
) -> None:
    with serve(tmp_path / "data") as served:
        learn(served.engine, "xor", neurons=200, paused=True)
        wishes = [{"id": number, "topic": "columns", "network": "xor", "rate": 20} for number in range(10)]
        with stuck(served, *wishes), served.live() as client, served.http() as http:
            client.subscribe(1, "summary", network="xor")
            with http.stream("GET", "/api/v1/events/stream") as events:
                served.hub.close("time to go")
                assert client.next("bye") == {"op": "bye", "reason": "time to go"}
                with pytest.raises(ConnectionClosed) as closed:
                    client.hear()
                assert closed.value.rcvd is not None
                assert closed.value.rcvd.code == 1001
                assert list(events.iter_lines())[-3:] == ["event: bye", 'data: {"reason":"time to go"}', ""]
            served.wait(lambda: served.hub.streams == 0)
            assert not served.engine.network("xor")._context.watching.layers
