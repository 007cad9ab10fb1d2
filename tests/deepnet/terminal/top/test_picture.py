from typing import Any

import pytest

from deepnet import Until
from deepnet.terminal.top.news import News
from deepnet.terminal.top.picture import EVENTS, Picture


def summary(**changed: Any) -> News:
    data = {
        "name": "digits",
        "layers": [{"address": "dense_0", "neurons": 32}, {"address": "dense_1", "neurons": 10}],
        "neurons": 42,
        "parameters": 458,
        "dtype": "float32",
        "granularity": "neuron",
        "state": "running",
        "epoch": 3,
        "step": 120,
        "loss": 0.5,
        "metrics": {"mean_squared_error": 0.25},
        "learning_rate": 0.1,
        "restarts": 0,
        "messages": 9,
        "run": "digits-1",
        "steps_per_second": 80.0,
        "messages_per_second": None,
    }
    return News("summary", "digits", data | changed, 100.0)


def event(number: int, kind: str, address: str, step: int | None = None) -> dict[str, Any]:
    row = {"id": number, "time": 100.0, "kind": kind, "network": "digits", "run": "digits-1", "who": None}
    return row | {"address": address, "step": step, "data": {}}


def events(*rows: dict[str, Any]) -> News:
    return News("events", "digits", list(rows), 100.0)


@pytest.fixture
def picture() -> Picture:
    picture = Picture("digits")
    picture.take([summary()])
    return picture


def test_news_of_another_network_are_let_go(picture: Picture) -> None:
    picture.take([News("summary", "cars", {"name": "cars"}, 1.0)])
    assert picture.vitals is not None
    assert picture.vitals.name == "digits"


def test_a_neuron_that_died_is_not_alive_until_it_is_back(picture: Picture) -> None:
    picture.take([events(event(1, "neuron_died", "dense_0/3", 121))])
    assert picture.alive == (41, 42)
    picture.take([events(event(2, "neuron_restarted", "dense_0/3"))])
    assert picture.alive == (42, 42)


def test_a_layer_that_died_takes_its_neurons_with_it(picture: Picture) -> None:
    picture.take([events(event(1, "neuron_died", "dense_0", 121))])
    assert picture.alive == (10, 42)


def test_the_trainer_is_no_neuron(picture: Picture) -> None:
    picture.take([events(event(1, "neuron_died", "trainer", 121))])
    assert picture.alive == (42, 42)


def test_nobody_is_alive_in_a_network_that_is_down(picture: Picture) -> None:
    picture.take([News("down", "digits", "it comes up again", 1.0)])
    assert picture.alive == (0, 42)
    picture.take([summary()])
    assert picture.alive == (42, 42)


def test_the_loss_shown_is_the_figure_that_the_run_is_about(picture: Picture) -> None:
    assert picture.vitals is not None
    assert picture.vitals.loss == 0.5
    rule = Until(mean_squared_error=0.02).to_dict()
    picture.take([News("run", "digits", {"plan": {"until": rule}}, 1.0)])
    assert (picture.vitals.loss, picture.vitals.goal.threshold) == (0.25, 0.02)
    picture.take([summary()])
    assert (picture.vitals.loss, picture.vitals.goal.threshold) == (0.25, 0.02)


def test_another_run_has_another_goal(picture: Picture) -> None:
    picture.take([News("run", "digits", {"plan": {"until": Until(mean_squared_error=0.02).to_dict()}}, 1.0)])
    picture.take([summary(run="digits-2")])
    assert picture.goal.threshold is None


def test_an_event_is_taken_in_once(picture: Picture) -> None:
    row = event(5, "run_started", "run")
    picture.take([events(row), events(row, event(6, "run_ended", "run"))])
    assert [row["id"] for row in picture.events] == [5, 6]


def test_weeks_of_events_take_a_bounded_room(picture: Picture) -> None:
    picture.take([events(*(event(number, "epoch_ended", "run") for number in range(1, EVENTS + 100)))])
    assert len(picture.events) == EVENTS
    assert picture.events[-1]["id"] == EVENTS + 99


def test_events_from_before_take_their_place(picture: Picture) -> None:
    picture.take([events(event(7, "run_ended", "run")), events(*(event(number, "x", "run") for number in (5, 6, 7)))])
    assert [row["id"] for row in picture.events] == [5, 6, 7]


def test_another_network_begins_anew(picture: Picture) -> None:
    picture.look_at("cars")
    assert picture.vitals is None
    assert picture.alive == (0, 0)
