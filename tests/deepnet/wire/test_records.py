import json
import math
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest

from deepnet.actors.assignment import Failure
from deepnet.errors import RunError, ShapeError
from deepnet.runs.states import Change
from deepnet.training.health import HealthReport
from deepnet.training.history import EpochRecord
from deepnet.wire import records
from deepnet.wire.records import (
    activations_from_dict,
    activations_to_dict,
    change_from_dict,
    change_to_dict,
    epoch_from_dict,
    epoch_to_dict,
    failure_from_dict,
    failure_to_dict,
    health_from_dict,
    health_to_dict,
    message_from_dict,
    message_to_dict,
    neuron_from_dict,
    neuron_to_dict,
    plan_from_dict,
    plan_to_dict,
    position_from_dict,
    position_to_dict,
    summary_from_dict,
    summary_to_dict,
    tree_from_dict,
    tree_to_dict,
)


def sent(data: Any) -> Any:
    """What comes out at the other end of a connection; strict JSON, or it does not leave."""
    return json.loads(json.dumps(data, allow_nan=False))


def same(one: Any, other: Any) -> bool:  # noqa: PLR0911 - a row for each kind
    """Whether two values are the same to the last bit, kinds of containers and of numbers included."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())
    if isinstance(one, float):
        return repr(one) == repr(other)
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if is_dataclass(one):
        return all(same(getattr(one, field.name), getattr(other, field.name)) for field in fields(one))
    return bool(one == other)


def test_a_neuron_comes_back_to_the_last_bit(lived: Any) -> None:
    neuron = lived.neuron

    back = neuron_from_dict(sent(neuron_to_dict(neuron)))

    assert same(back, neuron)
    assert neuron.history
    assert neuron.deaths
    assert str(back) == str(neuron)
    assert back.formula() == neuron.formula()


def test_of_a_neuron_only_the_last_steps_are_told_if_that_is_asked_for(lived: Any) -> None:
    neuron = lived.neuron

    assert neuron_to_dict(neuron, history=1)["history"] == neuron_to_dict(neuron)["history"][-1:]
    assert neuron_to_dict(neuron, history=0)["history"] == []
    assert len(neuron_to_dict(neuron, history=1000)["history"]) == len(neuron.history)


def test_changes_come_back_with_all_that_they_replaced(lived: Any) -> None:
    for change in lived.changes:
        back = change_from_dict(sent(change_to_dict(change)))

        assert same(back, change), str(change)
        assert str(back) == str(change) == change_to_dict(change)["text"]
    assert lived.changes[2].messages


def test_numbers_that_json_does_not_know_come_back() -> None:
    array = np.array([np.nan, np.inf, -np.inf, 1.5], np.float32)
    change = Change("set", "dense_0", 7, {"bias": array, "rate": math.nan}, [math.inf, (-math.inf, None, True, 2)])

    assert same(change_from_dict(sent(change_to_dict(change))), change)


def test_every_message_of_a_trace_comes_back(lived: Any) -> None:
    lived.run.step("batch")  # a question is answered between two steps only
    for message in lived.network.trace([1, 2, 3], [0.5, 0.5]):
        assert same(message_from_dict(sent(message_to_dict(message))), message)


def test_what_is_read_of_a_whole_network_comes_back(lived: Any) -> None:
    network = lived.network
    lived.run.step("batch")

    assert same(summary_from_dict(sent(summary_to_dict(network.summary()))), network.summary())
    assert tree_from_dict(sent(tree_to_dict(network.tree()))) == network.tree()
    activations = network.activations([[1, 2, 3], [4, 5, 6]])
    assert same(activations_from_dict(sent(activations_to_dict(activations))), activations)


def test_what_a_run_has_come_to_comes_back(lived: Any) -> None:
    run = lived.run

    assert plan_from_dict(sent(plan_to_dict(run.plan))) == run.plan
    assert same(position_from_dict(sent(position_to_dict(run.position))), run.position)
    assert [epoch_from_dict(sent(epoch_to_dict(record))) for record in run.history] == list(run.history)


def test_an_epoch_without_figures_comes_back() -> None:
    record = EpochRecord(1, 0, math.nan, {"r2": -math.inf}, {"loss": math.inf}, math.nan, 0.1)

    assert same(epoch_from_dict(sent(epoch_to_dict(record))), record)


def test_a_health_report_comes_back(lived: Any) -> None:
    report = lived.run.health()

    back = health_from_dict(sent(health_to_dict(report)))

    assert same(back, report)
    assert isinstance(back, HealthReport)
    assert health_to_dict(report)["lines"] == str(report).splitlines()


@pytest.mark.parametrize(
    ("error", "back"),
    [
        (ZeroDivisionError("by 0"), ZeroDivisionError("by 0")),
        (ShapeError("(1, 2) and (3,)"), ShapeError("(1, 2) and (3,)")),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no"), None),
        (RuntimeError("two\nlines"), RuntimeError("two\nlines")),
    ],
)
def test_a_failure_comes_back_with_an_error_of_its_kind(error: Exception, back: Exception | None) -> None:
    failure = failure_from_dict(sent(failure_to_dict(Failure("dense_0/1", 7, (1, 2), error))))

    assert (failure.address, failure.step, failure.rows) == ("dense_0/1", 7, (1, 2))
    wanted = back or RunError(f"UnicodeDecodeError: {error}")
    assert (type(failure.error), str(failure.error)) == (type(wanted), str(wanted))
    assert failure_from_dict(sent(failure_to_dict(Failure("trainer", 1, None, error)))).rows is None


def test_no_error_is_made_by_a_name_that_is_not_known() -> None:
    data = {"address": "a", "step": 1, "rows": None, "error": {"type": "SystemExit", "message": "0"}}

    assert type(failure_from_dict(data).error) is RunError


def test_each_record_has_both_ways() -> None:
    names = {name.removesuffix(way) for name in records.__all__ for way in ("_to_dict", "_from_dict") if way in name}

    one_way = {name for name in names if f"{name}_to_dict" not in records.__all__}
    assert one_way == {"optimizer", "schedule", "rule"}  # which have to_dict themselves
