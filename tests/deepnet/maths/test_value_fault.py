import json
import pickle
from typing import Any

import numpy as np
import pytest

from deepnet.errors import InputError, UnknownNameError
from deepnet.maths.random import stream
from deepnet.maths.value_fault import VALUE_FAULTS, ValueFault, fault_from_dict


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "noise", "amount": np.inf}, "the amount of a noise fault must be a finite number of 0 or more"),
        ({"kind": "noise", "amount": -1}, "the amount of a noise fault must be a finite number of 0 or more, got -1"),
        ({"kind": "byzantine", "amount": -1}, "the amount of a byzantine fault must be a finite number of 0 or more"),
        ({"kind": "stuck_at", "amount": np.nan}, "the amount of a stuck_at fault must be a finite number, got nan"),
        ({"kind": "stuck_at", "amount": "1"}, "the amount of a stuck_at fault must be a finite number, got '1'"),
        ({"kind": "bit_flip", "amount": 64}, "must be a bit, a whole number up to 63, or below 0 for any, got 64"),
        ({"kind": "bit_flip", "amount": 1.5}, "must be a bit, a whole number up to 63, or below 0 for any, got 1.5"),
        ({"kind": "noise", "amount": 1, "rate": 0}, "must be a probability above 0, up to 1, got 0.0"),
        ({"kind": "noise", "amount": 1, "rate": 1.01}, "must be a probability above 0, up to 1, got 1.01"),
        ({"kind": "noise", "amount": 1, "rate": True}, "the rate of a fault must be a finite number, got True"),
        ({"kind": "noise", "amount": 1, "first": 0}, "the first step of a fault must be a whole number of 1 or more"),
        ({"kind": "noise", "amount": 1, "first": 5, "last": 4}, "the last step of a fault must be a whole number of 5"),
        ({"kind": "noise", "amount": 1, "seed": -1}, "the seed of a fault must be a whole number of 0 or more, got -1"),
    ],
)
def test_a_number_out_of_its_range_is_refused_by_name(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        ValueFault(**options)


@pytest.mark.parametrize("kind", ["crash", "", None, 3])
def test_another_kind_of_fault_is_refused_with_those_that_there_are(kind: Any) -> None:
    with pytest.raises(UnknownNameError, match="use one of stuck_at, noise, byzantine, bit_flip"):
        ValueFault(kind=kind, amount=1)


@pytest.mark.parametrize("kind", VALUE_FAULTS)
def test_a_fault_is_plain_data_and_comes_back_as_it_was(kind: str) -> None:
    amount: Any = np.float32(3)
    last: Any = np.int64(9)
    fault = ValueFault(kind=kind, amount=amount, rate=0.5, first=2, last=last, seed=4)

    assert fault_from_dict(json.loads(json.dumps(fault.to_dict()))) == fault
    assert pickle.loads(pickle.dumps(fault)) == fault
    assert fault_from_dict({"kind": kind, "amount": 3}) == ValueFault(kind=kind, amount=3)


@pytest.mark.parametrize("data", [{}, {"kind": "noise"}, {"kind": "noise", "amount": 1, "size": 2}, 5, "noise", None])
def test_data_that_describe_no_fault_are_refused(data: Any) -> None:
    with pytest.raises(InputError, match="these data describe no fault of value"):
        fault_from_dict(data)


def test_it_strikes_from_its_first_step_to_its_last() -> None:
    fault = ValueFault(kind="stuck_at", amount=1, first=3, last=5)
    forever = ValueFault(kind="stuck_at", amount=1, first=3)

    assert [step for step in range(9) if fault.strike(0, 0, step) is not None] == [3, 4, 5]
    assert [step for step in range(9) if forever.strike(0, 0, step) is not None] == [3, 4, 5, 6, 7, 8]


def test_it_strikes_at_its_rate_where_and_when_its_stream_says() -> None:
    fault = ValueFault(kind="noise", amount=1, rate=0.3, seed=11)
    struck = {(index, step) for index in range(20) for step in range(1, 101) if fault.strike(2, index, step)}
    drawn = {
        (index, step)
        for index in range(20)
        for step in range(1, 101)
        if stream(11, "noise fault", 2, index, step).random() < 0.3
    }

    assert struck == drawn
    assert 0.27 < len(struck) / 2000 < 0.33


def test_asked_again_it_draws_the_same_and_elsewhere_something_else() -> None:
    fault = ValueFault(kind="noise", amount=1)
    places = [(0, 0, 1), (0, 0, 1), (1, 0, 1), (0, 1, 1), (0, 0, 2)]
    chances = [fault.strike(*place) for place in places]
    drawn = [None if chance is None else float(chance.random()) for chance in chances]

    assert drawn[0] == drawn[1]
    assert len(set(drawn)) == 4
    assert None not in drawn
