import json
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.errors import DataError, InputError
from deepnet.maths.losses import Loss
from deepnet.maths.model import Chain, Dense, Dropout
from deepnet.maths.optimizers import Adam
from deepnet.maths.schedules import Cosine
from deepnet.persistence.run_description import RunDescription, from_text, to_text
from deepnet.training.patience import Patience
from deepnet.training.plan import Plan
from deepnet.training.rules import StopRule
from deepnet.training.until import Until

deterministic = settings(derandomize=True, deadline=None, max_examples=40)
GIVEN = RunDescription(
    plan=Plan(until=Until(epochs=40) | Patience(5), optimizer=Adam(0.001), schedule=Cosine(20), batch_size=4),
    model=Chain(Dense(2, 3, "relu"), Dropout(0.5), Dense(3, 1)),
    dtype="float32",
    granularity="neuron",
    seed=7,
    data="ab" * 32,
    origin={"file": "größe.csv", "split": 0.2},
)
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    origin=st.dictionaries(st.text(), plain, max_size=3),
    seed=st.integers(0, 2**64),
    dtype=st.sampled_from(["float32", "float64"]),
)
@deterministic
def test_a_description_comes_back(origin: dict[str, Any], seed: int, dtype: str) -> None:
    description = replace(GIVEN, origin=origin, seed=seed, dtype=dtype)

    back = from_text("here", to_text(description))

    assert back.to_dict() == json.loads(json.dumps(description.to_dict()))
    assert (back.plan, back.model) == (description.plan, description.model)
    assert back.differences(description) == description.differences(back) == ()


def test_people_can_read_it() -> None:
    text = to_text(GIVEN).decode()

    assert text.startswith('{\n  "format": "deepnet-run",\n  "version": 1,\n  "plan": {\n')
    assert '"file": "größe.csv"' in text
    assert set(json.loads(text)) == {field.name for field in fields(RunDescription)} | {"format", "version", "checksum"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"origin": {"file": "elsewhere.csv"}}, ()),
        ({"seed": 8}, ("seed was 7, is 8",)),
        ({"dtype": "float64"}, ('dtype was "float32", is "float64"',)),
        ({"granularity": "layer"}, ('granularity was "neuron", is "layer"',)),
        ({"data": "cd" * 32}, (f'data was "{"ab" * 32}", is "{"cd" * 32}"',)),
        (
            {"model": Chain(Dense(2, 3, "tanh"), Dropout(0.5), Dense(3, 1))},
            ('model.layers[0].activation was "relu", is "tanh"',),
        ),
        (
            {"plan": replace(GIVEN.plan, seed=1, optimizer=Adam(0.01))},
            ("plan.optimizer.learning_rate was 0.001, is 0.01", "plan.seed was 0, is 1"),
        ),
    ],
)
def test_all_that_would_change_the_bits_is_told(changes: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert from_text("here", to_text(GIVEN)).differences(replace(GIVEN, **changes)) == expected


def told(content: bytes) -> RunDescription | str:
    """Return what a file says, or why it is refused."""
    try:
        return from_text("here", content)
    except DataError as error:
        return str(error)


def test_a_changed_byte_gives_one_line_or_was_but_a_blank() -> None:
    content = to_text(GIVEN)

    for index, byte in enumerate(content):
        read = told(content[:index] + bytes([byte ^ 1 << index % 8]) + content[index + 1 :])
        if isinstance(read, str):
            assert len(read.splitlines()) == 1
        else:
            assert content[index : index + 1].isspace()
            assert read.to_dict() == GIVEN.to_dict()


def test_a_truncated_file_is_refused() -> None:
    content = to_text(GIVEN)

    assert all(isinstance(told(content[:length]), str) for length in range(len(content) - 1))


def test_what_was_changed_by_hand_is_found() -> None:
    changed = to_text(GIVEN).replace(b'"learning_rate": 0.001', b'"learning_rate": 0.01')

    with pytest.raises(DataError, match="here: is not what was written: put the file back as it was"):
        from_text("here", changed)


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b"{}", b"3", b'{"format": "deepnet-run"}', b"[" * 100_000])
def test_something_else_describes_no_run(content: bytes) -> None:
    with pytest.raises(DataError, match="here: does not describe a run of deepnet"):
        from_text("here", content)


def test_a_newer_format_is_refused() -> None:
    newer = to_text(GIVEN).replace(b'"version": 1', b'"version": 2')

    with pytest.raises(DataError, match="here: is a run of format version 2, this deepnet reads up to 1: upgrade it"):
        from_text("here", newer)


class Whim(StopRule):
    kind = "whim"
    __dataclass_fields__ = {}  # noqa: RUF012 - as a dataclass without fields has it


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"origin": {"file": object()}}, "the origin of a run must be plain data"),
        ({"origin": {"file": {1, 2}}}, "the origin of a run must be plain data"),
        ({"plan": Plan(until=Until(epochs=1), loss=Loss("own", lambda *_: 0.0, lambda a, _: a))}, "your own making"),
        ({"plan": Plan(until=Until(epochs=1) | Whim())}, r"describes no run \(unknown stop rule 'whim'"),
    ],
)  # fmt: skip
def test_what_no_file_can_hold_is_refused_before_anything_is_written(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        to_text(replace(GIVEN, **changes))


@pytest.mark.parametrize(
    ("changes", "message"), [({"seed": -1}, "seed must be a whole number"), ({"dtype": "int"}, "unknown dtype 'int'")]
)
def test_what_no_network_could_be_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        replace(GIVEN, **changes)
