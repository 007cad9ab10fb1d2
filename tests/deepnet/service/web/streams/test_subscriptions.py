import json
from typing import Any

from deepnet.errors import NotFoundError
from deepnet.service.web.streams.samples import Sample
from deepnet.service.web.streams.subscriptions import StateSubscription, problem_message


class Counts:
    frames_dropped = 0


def subscription(rate: float) -> tuple[StateSubscription, Counts, list[str]]:
    woken: list[str] = []
    counts = Counts()
    return StateSubscription(7, "made", rate, wake=lambda: woken.append("woken"), counts=counts), counts, woken


def taken(mine: StateSubscription) -> dict[str, Any] | None:
    message = mine.take()
    return None if message is None else json.loads(message)


def test_only_the_newest_frame_is_held_and_those_before_it_are_counted() -> None:
    mine, counts, woken = subscription(rate=10)
    for number in range(5):
        mine.offer(Sample(str(number)), now=100 + number)
    got = taken(mine)

    assert got is not None
    assert (got["data"], got["seq"]) == (4, 5)
    assert taken(mine) is None
    assert mine.skipped == counts.frames_dropped == 4
    assert len(woken) == 5


def test_who_wants_fewer_than_others_gets_every_so_manyth_evenly() -> None:
    mine, _, _ = subscription(rate=5)
    got = []
    for tick in range(40):  # sampled twenty times a second
        mine.offer(Sample(str(tick)), now=100 + tick / 20)
        message = taken(mine)
        if message is not None:
            got.append(message["data"])

    assert got == list(range(0, 40, 4))
    assert mine.skipped == 0


def test_why_there_is_nothing_comes_before_the_newest_frame() -> None:
    mine, _, _ = subscription(rate=10)
    mine.offer(Sample("1"), now=100.0)
    mine.fail(NotFoundError("gone"), over=True)
    first, second = taken(mine), taken(mine)

    assert first is not None
    assert second is not None
    assert (first["op"], second["op"], mine.is_over) == ("error", "frame", True)


def test_a_problem_is_one_line_and_not_endless() -> None:
    said = json.loads(problem_message(NotFoundError("there\nis " + "no " * 1000), None, over=False))

    assert said["problem"]["type"] == "/problems/not-found"
    assert said["problem"]["detail"].startswith("there is no no")
    assert len(said["problem"]["detail"]) <= 1000
    assert (said["id"], said["over"]) == (None, False)
