import hashlib
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from deepnet.data.fingerprint import data_fingerprint
from deepnet.maths.arrays import Batch

deterministic = settings(derandomize=True, deadline=None, max_examples=40)
INPUTS = np.array([[1, 2], [3, 4]], "float32")
TARGETS = np.array([[5], [6]], "float32")


def test_it_is_the_hash_of_names_dtypes_shapes_and_little_endian_numbers() -> None:
    content = b"inputs f4 2x2\n" + struct.pack("<4f", 1, 2, 3, 4) + b"targets f4 2x1\n" + struct.pack("<2f", 5, 6)
    held_out = b"held out inputs f8 1x2\n" + struct.pack("<2d", 7, 8) + b"held out targets f8 1x1\n"
    held_out += struct.pack("<d", 9)

    assert data_fingerprint(INPUTS, TARGETS) == hashlib.sha256(content).hexdigest()
    assert (
        data_fingerprint(INPUTS, TARGETS, (np.array([[7.0, 8.0]]), np.array([[9.0]])))
        == hashlib.sha256(content + held_out).hexdigest()
    )


def test_how_the_numbers_lie_in_memory_does_not_matter() -> None:
    expected = data_fingerprint(INPUTS, TARGETS)

    assert data_fingerprint(INPUTS.astype(">f4"), TARGETS) == expected
    assert data_fingerprint(np.asfortranarray(INPUTS), TARGETS) == expected
    assert data_fingerprint(np.repeat(INPUTS, 2, axis=1)[:, ::2], TARGETS) == expected


@pytest.mark.parametrize(
    ("inputs", "targets", "held_out"),
    [
        (INPUTS.astype("float64"), TARGETS, None),
        (INPUTS.reshape(1, 4), TARGETS, None),
        (INPUTS[::-1], TARGETS, None),
        (INPUTS, TARGETS[:1], None),
        (INPUTS[:1], np.concatenate([INPUTS[1:].reshape(2, 1), TARGETS]), None),
        (INPUTS, TARGETS, (INPUTS[:0], TARGETS[:0])),
        (INPUTS, TARGETS, (INPUTS, TARGETS)),
    ],
)
def test_other_data_have_another_one(inputs: Batch, targets: Batch, held_out: tuple[Batch, Batch] | None) -> None:
    assert data_fingerprint(inputs, targets, held_out) != data_fingerprint(INPUTS, TARGETS)


@given(
    inputs=arrays.arrays("float64", (3, 2), elements=st.floats(-10, 10)),
    row=st.integers(0, 2),
    column=st.integers(0, 1),
)
@deterministic
def test_a_single_bit_is_seen(inputs: Batch, row: int, column: int) -> None:
    changed = inputs.copy()
    changed[row, column] = np.nextafter(changed[row, column], 99)

    assert data_fingerprint(changed, TARGETS) != data_fingerprint(inputs, TARGETS)
    assert data_fingerprint(inputs.copy(), TARGETS) == data_fingerprint(inputs, TARGETS)
