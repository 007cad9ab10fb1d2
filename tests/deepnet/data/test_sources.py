from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.data.batches import batch_slice, epoch_order
from deepnet.data.sources import ArraySource, Pair, Source, Stream, StreamSource
from deepnet.errors import DataError, InputError
from deepnet.maths.arrays import DTYPES, Batch
from deepnet.maths.losses import loss_named

deterministic = settings(derandomize=True, deadline=None, max_examples=40)


def rows(count: int, first: int = 0) -> tuple[Batch, Batch]:
    """Inputs (count, 2) and targets (count, 1), each row told from all others."""
    numbers = np.arange(first, first + count, dtype="float64")
    return np.column_stack((numbers, -numbers)), numbers[:, None] + 0.5


def epoch_of(source: Source, epoch: int) -> list[Pair]:
    """All batches of an epoch, in order."""
    batches: list[Pair] = []
    while (pair := source.batch(epoch, len(batches))) is not None:
        batches.append(pair)
    return batches


def equal(pair: Pair | None, other: Pair | None) -> bool:
    """Whether two batches are the same bits."""
    if pair is None or other is None:
        return pair is other
    return all(np.array_equal(one, two) and one.dtype == two.dtype for one, two in zip(pair, other, strict=True))


# Arrays.


@given(
    count=st.integers(1, 20),
    batch_size=st.integers(1, 25),
    shuffle=st.booleans(),
    seed=st.integers(0, 99),
    epoch=st.integers(1, 9),
)
@deterministic
def test_an_epoch_visits_the_rows_in_its_order(
    count: int, batch_size: int, shuffle: bool, seed: int, epoch: int
) -> None:
    inputs, targets = rows(count)
    source = ArraySource(inputs, targets, batch_size=batch_size, shuffle=shuffle, seed=seed)
    order = epoch_order(count, seed=seed, epoch=epoch, shuffle=shuffle)

    batches = epoch_of(source, epoch)

    assert len(batches) == source.batches
    for index, (some_inputs, some_targets) in enumerate(batches):
        expected = order[batch_slice(index, batch_size, count)]
        np.testing.assert_array_equal(some_inputs[:, :-1], inputs[expected])
        np.testing.assert_array_equal(some_inputs[:, -1], 1)
        np.testing.assert_array_equal(some_targets, targets[expected])
    assert source.rows == sum(len(some_targets) for _, some_targets in batches) == count


@given(count=st.integers(1, 20), batch_size=st.integers(1, 20))
@deterministic
def test_without_the_short_batch_all_are_of_one_size(count: int, batch_size: int) -> None:
    inputs, targets = rows(count)
    options: dict[str, Any] = {"batch_size": batch_size, "shuffle": True, "seed": 3}
    if batch_size > count:
        with pytest.raises(InputError, match=f"{count} rows make no batch of {batch_size}: give more rows, or keep"):
            ArraySource(inputs, targets, **options, drop_last=True)
        return

    kept = epoch_of(ArraySource(inputs, targets, **options, drop_last=True), 1)

    assert [len(some_targets) for _, some_targets in kept] == [batch_size] * (count // batch_size)
    everything = epoch_of(ArraySource(inputs, targets, **options), 1)
    assert all(equal(one, other) for one, other in zip(kept, everything, strict=False))


@given(asked=st.lists(st.tuples(st.integers(1, 4), st.integers(0, 4)), max_size=20))
@deterministic
def test_arrays_give_the_same_batch_in_whatever_order_they_are_asked(asked: list[tuple[int, int]]) -> None:
    def source() -> ArraySource:
        return ArraySource(*rows(7), batch_size=2, shuffle=True, seed=5)

    one = source()

    for epoch, index in asked:
        assert equal(one.batch(epoch, index), source().batch(epoch, index))
        assert (one.batch(epoch, index) is None) == (index >= 4)


@pytest.mark.parametrize("shuffle", [True, False])
def test_rows_that_are_too_many_to_rearrange_make_the_same_batches(shuffle: bool) -> None:
    one, other = (
        ArraySource(*rows(7), batch_size=2, shuffle=shuffle, seed=5, rearranged_bytes=most) for most in (0, 10**6)
    )

    for epoch in (1, 2):
        batches = epoch_of(one, epoch)
        assert len(batches) == 4
        assert all(equal(pair, another) for pair, another in zip(batches, epoch_of(other, epoch), strict=True))
        assert all(array.flags.c_contiguous for pair in batches for array in pair), "kernels count on it"


def test_an_epoch_that_could_not_be_begun_is_begun_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    source, expected = (ArraySource(*rows(7), batch_size=2, shuffle=True, seed=5) for _ in range(2))
    source.batch(1, 0)
    targets = source._targets
    monkeypatch.setattr(source, "_targets", None)  # so that it fails in the middle
    with pytest.raises(TypeError):
        source.batch(2, 0)
    monkeypatch.setattr(source, "_targets", targets)

    assert equal(source.batch(2, 0), expected.batch(2, 0))
    assert equal(source.batch(1, 3), expected.batch(1, 3))


def test_all_rows_are_there_without_their_ones() -> None:
    inputs, targets = rows(5)
    found = ArraySource(inputs, targets, batch_size=2, shuffle=True, seed=0).all_rows()

    assert found is not None
    np.testing.assert_array_equal(found[0], inputs)
    np.testing.assert_array_equal(found[1], targets)


@pytest.mark.parametrize("dtype", DTYPES)
def test_arrays_keep_their_dtype(dtype: str) -> None:
    inputs, targets = (array.astype(dtype) for array in rows(3))
    pair = ArraySource(inputs, targets, batch_size=2, shuffle=False, seed=0).batch(1, 0)

    assert pair is not None
    assert [array.dtype for array in pair] == [dtype, dtype]


# Streams.


def any_targets(_targets: Batch) -> None:
    """Every target will do."""


def streamed(stream: Stream, check_targets: Callable[[Batch], None] = any_targets) -> StreamSource:
    return StreamSource(stream, inputs=2, outputs=1, dtype="float64", check_targets=check_targets)


BATCHES = [rows(2), rows(3, first=10), rows(1, first=20)]


def generated() -> Iterator[tuple[Batch, Batch]]:
    yield from BATCHES


@pytest.mark.parametrize(
    "stream",
    [BATCHES, tuple(BATCHES), generated, lambda: BATCHES, lambda: iter(BATCHES), lambda: map(tuple, BATCHES)],
    ids=["list", "tuple", "generator function", "function of a list", "function of an iterator", "function of a map"],
)
def test_what_can_be_begun_anew_is_as_many_epochs_as_are_asked_for(stream: Stream) -> None:
    source = streamed(stream)

    for epoch in (1, 2, 3):
        batches = epoch_of(source, epoch)
        assert len(batches) == 3
        for (inputs, targets), (expected_inputs, expected_targets) in zip(batches, BATCHES, strict=True):
            np.testing.assert_array_equal(inputs, np.column_stack((expected_inputs, np.ones(len(expected_inputs)))))
            np.testing.assert_array_equal(targets, expected_targets)
    assert (source.rows, source.batches, source.all_rows()) == (None, None, None)


def test_a_generator_is_one_epoch_and_a_second_one_is_refused_with_advice() -> None:
    source = streamed(generated())

    assert len(epoch_of(source, 1)) == 3
    for _ in range(2):
        with pytest.raises(
            InputError,
            match="the stream can be read only once, and epoch 2 needs it again: give a function that returns it",
        ):
            source.batch(2, 0)


def test_a_function_that_returns_a_used_up_generator_gives_no_batch() -> None:
    used = generated()
    source = streamed(lambda: used)
    epoch_of(source, 1)

    with pytest.raises(DataError, match="the stream gave no batch in epoch 2: give one or more"):
        source.batch(2, 0)


@given(asked=st.lists(st.tuples(st.integers(1, 3), st.integers(0, 4)), max_size=20))
@deterministic
def test_a_stream_gives_the_same_batch_in_whatever_order_it_is_asked(asked: list[tuple[int, int]]) -> None:
    source = streamed(generated)

    for epoch, index in asked:
        assert equal(source.batch(epoch, index), streamed(generated).batch(epoch, index))
        assert (source.batch(epoch, index) is None) == (index >= 3)


def test_a_batch_asked_again_is_not_read_again() -> None:
    read = 0

    def counted() -> Iterator[tuple[Batch, Batch]]:
        nonlocal read
        for batch in BATCHES:
            read += 1
            yield batch

    source = streamed(counted())
    for index in (0, 0, 1, 1, 1, 2):
        assert source.batch(1, index) is not None
        assert read == index + 1
    assert [source.batch(1, 3), source.batch(1, 3), source.batch(1, 9)] == [None] * 3


@pytest.mark.parametrize("dtype", DTYPES)
def test_whatever_rows_are_given_as_they_become_arrays_of_the_networks_dtype(dtype: str) -> None:
    stream: list[Any] = [([[1, 2], [3, 4]], [[1], [0]]), [np.array([5, 6], "int8"), [True]]]
    source = StreamSource(stream, inputs=2, outputs=1, dtype=dtype, check_targets=any_targets)

    for index, expected in enumerate([[[1, 2, 1], [3, 4, 1]], [[5, 6, 1]]]):
        pair = source.batch(1, index)
        assert pair is not None
        assert [array.dtype for array in pair] == [dtype, dtype]
        np.testing.assert_array_equal(pair[0], expected)


# What can be wrong with a stream.

GOOD = rows(2)
NOT_A_NUMBER = np.array([[0.0, 1.0], [2.0, np.nan]])


def breaking() -> Iterator[Any]:
    yield GOOD
    raise OSError("the disk is gone\nand so is the rest")


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (5, "is no pair of inputs and targets: give (inputs, targets)"),
        (None, "is no pair of inputs and targets: give (inputs, targets)"),
        (GOOD[0][:1], "is no pair of inputs and targets: give (inputs, targets)"),
        ((*GOOD, GOOD), "is no pair of inputs and targets: give (inputs, targets)"),
        ((NOT_A_NUMBER, GOOD[1]), "inputs must be finite in float64: row 1, column 1 is nan"),
        ((GOOD[0], [[1], [np.inf]]), "targets must be finite in float64: row 1, column 0 is inf"),
        ((GOOD[0], [["a"], ["b"]]), "targets must be rows of 1 numbers: could not convert string to float"),
        (([[1, 2], [3]], GOOD[1]), "inputs must be rows of 2 numbers: setting an array element with a sequence"),
        ((np.ones((2, 3)), GOOD[1]), "inputs has shape (2, 3), expected (any, 2)"),
        ((GOOD[0], np.ones((2, 2))), "targets has shape (2, 2), expected (any, 1)"),
        ((GOOD[0], np.ones((3, 1))), "2 rows of inputs need as many of targets, one or more: 3"),
        (
            (np.ones((0, 2)), np.ones((0, 1))),
            "0 rows of inputs need as many of targets, one or more: 0",
        ),
        (({"a": 1}, GOOD[1]), "inputs must be rows of 2 numbers"),
    ],
)
def test_a_bad_batch_is_named_with_its_place_and_stays_bad(second: Any, message: str) -> None:
    def stream() -> Iterator[Any]:
        yield from (GOOD, second, GOOD, GOOD)

    source = streamed(stream())
    assert source.batch(1, 0) is not None

    for index in (1, 1, 2):  # the good ones after it are not taken in its place
        with pytest.raises(DataError) as caught:
            source.batch(1, index)
        assert str(caught.value).startswith(f"batch 1 of epoch 1 of the stream: {message}")
        assert "\n" not in str(caught.value)


def test_an_exception_in_the_middle_is_named_with_its_place_and_is_no_end() -> None:
    source = streamed(breaking)

    for _ in range(2):
        assert source.batch(1, 0) is not None
        for _ in range(2):
            with pytest.raises(DataError) as caught:
                source.batch(1, 1)
            assert str(caught.value) == "batch 1 of epoch 1 of the stream: OSError: the disk is gone and so is the rest"
            assert isinstance(caught.value.__cause__, OSError)


def test_a_target_that_the_loss_cannot_take_is_named_with_its_place() -> None:
    source = streamed(
        [(GOOD[0], [[0], [1]]), (GOOD[0], [[0.5], [2]])], loss_named("binary_cross_entropy").check_targets
    )

    assert source.batch(1, 0) is not None
    with pytest.raises(
        DataError,
        match=r"batch 1 of epoch 1 of the stream: targets must be numbers from 0 to 1 .*: row 1, column 0 is 2",
    ):
        source.batch(1, 1)


@pytest.mark.parametrize("stream", [[], (), lambda: iter(())], ids=["list", "tuple", "function"])
def test_a_stream_without_a_batch_is_refused(stream: Stream) -> None:
    for epoch in (1, 2):
        with pytest.raises(DataError, match=f"the stream gave no batch in epoch {epoch}: give one or more"):
            streamed(stream).batch(epoch, 0)


def refusing() -> Iterable[Any]:
    raise ConnectionError("no route\nto the host")


@pytest.mark.parametrize(
    ("stream", "message"),
    [
        (5, "the stream cannot be begun: TypeError: 'int' object is not iterable"),
        (lambda: None, "the stream cannot be begun: TypeError: 'NoneType' object is not iterable"),
        (lambda _epoch: BATCHES, "the stream cannot be begun: TypeError: .* missing 1 required positional argument"),
        (refusing, "the stream cannot be begun: ConnectionError: no route to the host"),
    ],
    ids=["number", "function of nothing", "function that wants more", "function that raises"],
)
def test_what_cannot_be_begun_is_refused_on_one_line(stream: Any, message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        streamed(stream).batch(1, 0)

    assert "\n" not in str(caught.value)
