import io
from typing import Any

import pytest
from rich.console import Console

from deepnet.terminal.changes import differences, show_change


def shown(change: dict[str, Any]) -> list[str]:
    file = io.StringIO()
    show_change(Console(file=file, width=40, color_system=None), "cars/dense_0/3", {"address": "", **change})
    return file.getvalue().splitlines()


def test_each_thing_that_was_replaced_has_a_line() -> None:
    change = {"kind": "set", "step": 1200, "old": {"rate": 1.0, "frozen": False}, "new": {"rate": 0.5, "frozen": True}}

    assert shown(change) == [
        "cars/dense_0/3 set, after step 1,200",
        "  rate: 1 -> 0.5",
        "  frozen: false -> true",
    ]


def test_messages_that_were_handled_are_told_one_by_one() -> None:
    change = {
        "kind": "step",
        "step": 3,
        "old": "paused",
        "new": "paused",
        "messages": [{"text": "first, " * 20 + "last"}, {"text": "second"}],
    }

    assert shown(change)[2:] == ["  " + "first, " * 20 + "last", "  second"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("running", "paused", [("", "running", "paused")]),
        (None, None, []),
        ({"numbered": {"2": 0.5}}, {"numbered": {"2": 1.0}}, [("2", 0.5, 1.0)]),
        ({"until": {"epochs": 3, "steps": 9}}, {"until": {"epochs": 4, "steps": 9}}, [("until epochs", 3, 4)]),
        ([{"rate": 1}, {"bias": 2}], [{"rate": 2}, {"bias": 3}], [("rate", 1, 2), ("bias", 2, 3)]),
        (None, {"rows": 3}, [("rows", None, 3)]),
    ],
)
def test_what_has_changed_is_told_by_name(old: Any, new: Any, told: list[Any]) -> None:
    assert differences(old, new) == told
