from typing import Any

import pytest

from deepnet.errors import InputError
from deepnet.terminal.top.changes import Wanted, make, told


def asked(verb: str, run: str | None = "digits-1", **arguments: Any) -> Any:
    requests = []

    def ask(*request: Any) -> None:
        requests.append(request)

    make(Wanted(verb, "digits", run, arguments), ask)
    return requests[0]


@pytest.mark.parametrize(
    ("verb", "arguments", "request_made"),
    [
        ("kill", {"address": "dense_0/3"}, ("POST", "/networks/digits/kill", {"address": "dense_0/3"})),
        ("undo", {}, ("POST", "/networks/digits/undo", {"n": 1})),
        ("pause", {}, ("POST", "/runs/digits-1/pause", None)),
        ("resume", {}, ("POST", "/runs/digits-1/resume", None)),
        ("step", {}, ("POST", "/runs/digits-1/step", {"unit": "batch", "n": 1})),
        ("learning_rate", {"learning_rate": 0.2}, ("PATCH", "/runs/digits-1", {"learning_rate": 0.2})),
    ],
)
def test_each_key_is_one_request(verb: str, arguments: Any, request_made: Any) -> None:
    assert asked(verb, **arguments) == request_made


def test_what_needs_a_run_says_so_where_there_is_none() -> None:
    with pytest.raises(InputError, match="digits has no run to pause: train it first"):
        asked("pause", run=None)


def test_a_change_is_told_in_one_line() -> None:
    change = {
        "kind": "set",
        "address": "run",
        "step": 7,
        "old": {"learning_rate": 0.1},
        "new": {"learning_rate": 0.125},
    }
    assert told(change) == "set run after step 7: learning rate 0.1 -> 0.125"
    assert told({**change, "kind": "pause", "old": "running", "new": "paused"}) == (
        "pause run after step 7: running -> paused"
    )
    assert told(None) == "done"
