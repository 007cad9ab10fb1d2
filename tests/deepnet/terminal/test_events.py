from typing import Any

import pytest

from deepnet.terminal.events import event_line


def line(kind: str, **row: Any) -> str:
    """Return an event as it is printed, without its time."""
    whole = {"id": 7, "time": 0.0, "kind": kind, "network": "cars", "run": None, "address": None, "step": None}
    return event_line({**whole, "who": "service", "data": {}, **row}).plain.partition("  ")[2]


def test_a_death_names_who_when_and_why() -> None:
    told = line("neuron_died", address="dense_0/3", step=1200, data={"reason": "killed"})

    assert " ".join(told.split()) == "neuron died cars/dense_0/3 step 1,200, reason killed"


@pytest.mark.parametrize(
    ("address", "told"),
    [("trainer", "trainer died cars"), ("vault", "vault died cars"), ("dense_0", "layer died cars/dense_0")],
)
def test_a_death_of_another_actor_is_told_as_its_own(address: str, told: str) -> None:
    assert " ".join(line("neuron_died", address=address).split()) == told


def test_a_change_tells_what_was_and_what_is_and_who_did_it() -> None:
    data = {"kind": "set", "old": {"learning_rate": 0.01}, "new": {"learning_rate": 0.002}}
    told = line("intervened", address="run", step=5, who="operator@session:ab12", data=data)

    assert told.startswith("set ")
    assert told.endswith("step 5, learning rate 0.01 -> 0.002, by operator@session:ab12")


def test_who_is_unwell_is_named_without_the_evidence() -> None:
    found = [[f"dense_0/{index}", "dead", "its weighted sum is below 0"] for index in range(5)]
    told = line("health_changed", data={"epoch": 1200, "findings": found})

    assert told.endswith("epoch 1,200, findings dense_0/0 dead, dense_0/1 dead, dense_0/2 dead, ...")


@pytest.mark.parametrize("text", ["two\nlines", "\x1b[31mred"])
def test_nothing_an_event_holds_breaks_its_line(text: str) -> None:
    told = line("run_ended", data={"reason": text})

    assert told.isprintable()
