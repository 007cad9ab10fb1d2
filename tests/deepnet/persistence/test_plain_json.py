import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.persistence.plain_json import to_json


@given(number=st.floats())
@settings(derandomize=True, deadline=None, max_examples=40)
def test_any_number_comes_back_bit_for_bit(number: float) -> None:
    back = float(json.loads(to_json({"deep": [number]}))["deep"][0])

    assert back.hex() == number.hex()


@pytest.mark.parametrize("data", [{"a": [1, 2.5, None, True, "größe"]}, [], {"b": {"c": -0.0}}])
def test_plain_data_come_back_as_they_were(data: Any) -> None:
    assert json.loads(to_json(data)) == data
    assert json.loads(to_json(data, indent=2)) == data


def test_no_number_is_written_that_json_does_not_know() -> None:
    content = to_json({"a": (math.nan, [math.inf], {"b": -math.inf}), "c": 1})

    assert content == b'{"a": ["nan", ["inf"], {"b": "-inf"}], "c": 1}\n'


def test_what_is_not_plain_is_refused() -> None:
    with pytest.raises(TypeError):
        to_json({"a": object()})
