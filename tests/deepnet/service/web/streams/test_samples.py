import json

import numpy as np

from deepnet.service.web.streams.samples import Sample, frame, json_text


def test_arrays_and_numbers_that_json_does_not_know_are_plain() -> None:
    text = json_text({"a": np.array([0.5, np.nan], np.float32), "b": np.int64(3), "c": float("inf"), "d": 1j})

    assert json.loads(text) == {"a": [0.5, None], "b": 3, "c": None, "d": "1j"}


def test_a_frame_of_text_has_its_payload_in_an_envelope() -> None:
    assert json.loads(frame(7, "summary", 3, 12.5, '{"a":1}')) == {
        "op": "frame",
        "id": 7,
        "topic": "summary",
        "seq": 3,
        "time": 12.5,
        "data": {"a": 1},
    }


def test_a_binary_frame_begins_with_id_and_number_in_little_endian() -> None:
    assert frame(258, "columns", 3, 0.0, b"tensors") == b"\x02\x01\0\0" + b"\x03" + b"\0" * 7 + b"tensors"


def test_samples_say_the_same_whenever_they_were_taken() -> None:
    assert Sample("a", 1.0).says_the_same(Sample("a", 2.0))
    assert not Sample("a", 1.0).says_the_same(Sample("b", 1.0))
