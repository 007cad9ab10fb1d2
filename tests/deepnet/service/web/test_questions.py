import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

import pytest

from deepnet.runs.network import Network
from deepnet.service.web import questions
from deepnet.service.web.questions import OF_A_NETWORK, OF_ONE_WHO_ASKS

ROWS = {"inputs": [[0.5, -1.0]]}


class SlowAnswers:
    """Has questions wait until they are let go."""

    def __init__(self) -> None:
        self.asked = threading.Semaphore(0)
        self.release = threading.Event()

    def activations(self, *_: object) -> dict[str, Any]:
        self.asked.release()
        self.release.wait(10)
        return {}


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowAnswers]:
    answers = SlowAnswers()
    monkeypatch.setattr(Network, "activations", lambda *_: answers.activations())
    yield answers
    answers.release.set()


def ask(who: Any, network: str) -> Any:
    return who.post(f"/api/v1/networks/{network}/activations", json=ROWS)


def test_one_who_asks_has_few_questions_waiting_and_keeps_nobody_else_from_an_answer(
    api: Any, viewer: Any, network: str, slow: SlowAnswers
) -> None:
    with ThreadPoolExecutor(45) as threads:
        asked = [threads.submit(ask, viewer, network) for _ in range(45)]
        answered = as_completed(asked, timeout=10)
        refused = [next(answered).result() for _ in range(45 - OF_ONE_WHO_ASKS)]
        assert slow.asked.acquire(timeout=10)
        api.ask("GET", "networks")
        slow.release.set()
        statuses = sorted(each.result().status_code for each in asked)

    assert {each.status_code for each in refused} == {429}
    assert {each.headers["retry-after"] for each in refused} == {"1"}
    assert refused[0].json()["type"] == "/problems/too-many"
    assert statuses == [200] * OF_ONE_WHO_ASKS + [429] * (45 - OF_ONE_WHO_ASKS)


def test_a_network_has_few_questions_waiting_whoever_asks(
    api: Any, viewer: Any, operator: Any, network: str, slow: SlowAnswers
) -> None:
    with ThreadPoolExecutor(6) as threads:
        asked = [threads.submit(ask, who, network) for who in (api, viewer, operator) for _ in range(2)]
        answered = as_completed(asked, timeout=10)
        refused = [next(answered).result().status_code for _ in range(6 - OF_A_NETWORK)]
        slow.release.set()

    assert refused == [429, 429]


def test_a_network_that_learns_rests_after_a_question(
    viewer: Any, network: str, begin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "SHARE", 0.001)
    begin()

    assert ask(viewer, network).status_code == 200
    monkeypatch.setattr(questions, "PATIENCE_SECONDS", 0.01)
    refused = ask(viewer, network)
    assert refused.status_code == 429
    assert "wait" in refused.json()["detail"]
    viewer.ask("POST", f"networks/{network}/predict", json=ROWS)


def test_questions_take_their_share_of_the_time(
    viewer: Any, network: str, begin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "SHARE", 0.5)

    def takes_a_while(*_: object) -> dict[str, Any]:
        time.sleep(0.05)
        return {}

    monkeypatch.setattr(Network, "activations", takes_a_while)
    begin()
    began = time.monotonic()

    assert [ask(viewer, network).status_code for _ in range(3)] == [200] * 3

    assert time.monotonic() - began >= 0.24  # three answers, and a rest between them


def test_a_network_that_does_not_learn_need_not_rest(
    viewer: Any, resting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "SHARE", 1e-9)

    assert [ask(viewer, resting).status_code for _ in range(3)] == [200] * 3


def test_who_waits_too_long_for_a_turn_is_told_to_come_back(
    api: Any, viewer: Any, network: str, slow: SlowAnswers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "PATIENCE_SECONDS", 0.05)
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(ask, api, network)
        assert slow.asked.acquire(timeout=10)

        assert ask(viewer, network).status_code == 429
        slow.release.set()
        assert first.result().status_code == 200
