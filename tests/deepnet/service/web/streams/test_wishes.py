import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.errors import InputError
from deepnet.service.web.streams.wishes import Ping, Subscribe, Unsubscribe, id_in, read_wish

DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["op", "id", "topic", "rate", "x"]), inner),
)


def test_what_a_client_wants_is_read() -> None:
    wish = read_wish('{"op": "subscribe", "id": 7, "topic": "neuron", "network": "a", "address": "dense_0/1"}')

    assert wish == Subscribe(7, "neuron", network="a", address="dense_0/1", rate=10.0)
    assert read_wish('{"op": "unsubscribe", "id": 7}') == Unsubscribe(7)
    assert read_wish('{"op": "ping"}') == Ping()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[" * 60_000,
        '{"op":' * 10_000,
        "null",
        '{"op": "dance"}',
        '{"op": "subscribe", "id": 1}',
        '{"op": "subscribe", "id": -1, "topic": "summary"}',
        '{"op": "subscribe", "id": 4294967296, "topic": "summary"}',
        '{"op": "subscribe", "id": 1, "topic": "summary", "rate": 0}',
        '{"op": "subscribe", "id": 1, "topic": "summary", "rate": 1e999}',
        '{"op": "subscribe", "id": 1, "topic": "summary", "rate": NaN}',
        '{"op": "subscribe", "id": 1, "topic": "summary", "more": 3}',
        '{"op": "subscribe", "id": 1, "topic": "' + "x" * 101 + '"}',
        '{"op": "subscribe", "id": 1e400, "topic": "summary"}',
        '{"op": "subscribe", "id": 1, "topic": "activity", "row": -1}',
        '{"op": "subscribe", "id": 1, "topic": "activity", "row": 1000000001}',
        '{"op": "subscribe", "id": 1, "topic": "weights", "window": [0, 1, 2]}',
        '{"op": "subscribe", "id": 1, "topic": "weights", "window": [0, 1, 2, -3]}',
        '{"op": "subscribe", "id": 1, "topic": "weights", "window": [0, 1, 2, 0.5]}',
        '{"op": "subscribe", "id": 1, "topic": "columns", "fields": ' + json.dumps(["bias"] * 33) + "}",
    ],
)
def test_what_says_nothing_is_refused_in_one_line_that_says_what_would(text: str) -> None:
    with pytest.raises(InputError, match=r'send \{"op": "subscribe"') as refused:
        read_wish(text)

    assert str(refused.value).isprintable()


@settings(max_examples=60)
@given(st.text() | DATA.map(json.dumps))
def test_whatever_is_said_is_read_or_refused(text: str) -> None:
    with suppress(InputError):
        assert isinstance(read_wish(text), Subscribe | Unsubscribe | Ping)
    number = id_in(text)
    assert number is None or 0 <= number < 2**32
