import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load, save

from deepnet.errors import DataError, InputError
from deepnet.maths.losses import LOSSES, Loss
from deepnet.maths.metrics import metric_named
from deepnet.maths.model import Chain, Dense
from deepnet.maths.parameters import LayerParameters
from deepnet.persistence.run_state_files import FACTS, TENSORS, from_files, require_known_format, to_files
from deepnet.training.handlers import Event
from deepnet.training.history import EpochRecord
from deepnet.training.position import Position
from deepnet.training.setup import Setup
from deepnet.training.state import RunState

deterministic = settings(derandomize=True, deadline=None, max_examples=40)
counts = st.integers(0, 10**12)


@st.composite
def states(draw: st.DrawFn) -> RunState:
    """Any state: 1 to 3 layers, both dtypes, 0 to 3 slots, and any bits in them, nan and infinity too."""
    rng = np.random.default_rng(draw(counts))
    dtype = draw(st.sampled_from(["float32", "float64"]))
    widths = draw(st.lists(st.integers(1, 4), min_size=2, max_size=4))
    shapes = [(after, before + 1) for before, after in pairwise(widths)]

    def array(shape: tuple[int, ...]) -> Any:
        size = int(np.prod(shape)) * np.dtype(dtype).itemsize
        return np.frombuffer(rng.bytes(size), dtype=dtype).reshape(shape)

    rows = tuple(np.asfortranarray(array(shape)) for shape in shapes)
    slots = draw(st.integers(0, 3))
    best = tuple(LayerParameters(array((n, m - 1)), array((n,))) for n, m in shapes)
    tallies = tuple(metric_named(name).tally(rng.random((4, 2)), rng.random((4, 2))) for name in ("r2", "f1", "mse"))
    epochs = draw(st.integers(0, 3))
    return RunState(
        position=Position(
            epochs + 1, draw(counts), draw(counts), draw(st.floats()), draw(counts), draw(st.sampled_from(list(Event))),
            tallies[: draw(st.integers(0, 3))], draw(counts), draw(counts),
        ),
        rows=rows,
        slots=tuple(tuple(array(shape) for _ in range(slots)) for shape in shapes),
        history=tuple(
            EpochRecord(epoch, draw(counts), draw(st.floats()), {"r2": draw(st.floats())}, {}, draw(st.floats()))
            for epoch in range(1, epochs + 1)
        ),
        best=(draw(st.integers(1, 9)), best) if draw(st.booleans()) else None,
        seconds=draw(st.floats(0, 1e9)),
    )  # fmt: skip


def back_from(files: dict[str, bytes]) -> RunState:
    return from_files("here", require_known_format("here", files[FACTS]), files[TENSORS])


@given(state=states())
@deterministic
def test_a_state_comes_back_bit_for_bit(state: RunState, bits: Callable[[Any], Any]) -> None:
    files = to_files(state)

    assert bits(back_from(files)) == bits(state)
    assert bits(list(to_files(back_from(files)).items())) == bits(list(files.items()))


def test_a_changed_setup_comes_back(
    state_at: Callable[[int], RunState], changed: Callable[[RunState], RunState], bits: Callable[[Any], Any]
) -> None:
    state = changed(state_at(1))

    back = back_from(to_files(state))

    assert back.setup is not None
    assert bits(back) == bits(state)


def test_a_setup_of_ones_own_making_is_not_written(
    state_at: Callable[[int], RunState], changed: Callable[[RunState], RunState]
) -> None:
    state = changed(state_at(1))
    assert state.setup is not None
    assert state.setup.plan is not None
    loss = Loss("mine", LOSSES["huber"].value, LOSSES["huber"].gradient)
    setup = replace(state.setup, plan=replace(state.setup.plan, loss=loss))

    with pytest.raises(InputError, match="the loss 'mine' is of your own making and cannot be kept in a file"):
        to_files(replace(state, setup=setup))


def test_files_of_version_1_are_read_as_of_a_run_that_nobody_has_changed(
    state_at: Callable[[int], RunState], bits: Callable[[Any], Any]
) -> None:
    state = state_at(1)
    files = to_files(state)
    facts = json.loads(files[FACTS])
    del facts["setup"]

    old = {FACTS: json.dumps({**facts, "version": 1}).encode(), TENSORS: files[TENSORS]}

    assert bits(back_from(old)) == bits(state)


def test_the_arrays_that_come_back_can_be_written_to(state_at: Callable[[int], RunState]) -> None:
    state = back_from(to_files(state_at(1)))

    state.rows[0][0] = 0
    state.slots[1][0][...] = 0


def test_the_files_are_what_any_program_reads(state_at: Callable[[int], RunState]) -> None:
    state = state_at(1)
    files = to_files(state)
    facts, tensors = json.loads(files[FACTS]), load(files[TENSORS])

    assert (facts["format"], facts["version"], facts["position"]["step"]) == ("deepnet-checkpoint", 2, 1)
    assert (facts["best_epoch"], facts["slots"], facts["setup"]) == (1, [2, 2], None)
    assert sorted(name for name in tensors if not name.startswith("best")) == [
        *(f"dense_{index}.{name}" for index in (0, 1) for name in ("rows", "slot_0", "slot_1"))
    ]
    assert tensors["dense_1.rows"].tobytes() == state.rows[1].tobytes()


def changed_facts(facts: dict[str, Any], tensors: dict[str, Any], **changes: Any) -> None:
    facts |= changes


def changed_tensor(facts: dict[str, Any], tensors: dict[str, Any], name: str, change: Callable[[Any], Any]) -> None:
    tensors[name] = np.ascontiguousarray(change(tensors[name]))


def setup_with(*layers: Dense) -> dict[str, Any]:
    return Setup.of(Chain(*layers), "neuron").to_dict()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f, t: f.pop("history"), "KeyError: 'history'"),
        (lambda f, t: f.pop("position"), "KeyError: 'position'"),
        (lambda f, t: f.pop("setup"), "KeyError: 'setup'"),
        (lambda f, t: changed_facts(f, t, setup={}), "these data describe no setup: KeyError"),
        (lambda f, t: changed_facts(f, t, setup=3), "these data describe no setup: TypeError"),
        (lambda f, t: changed_facts(f, t, setup=setup_with(Dense(2, 1))), "is of 1 dense layers, it has 2"),
        (
            lambda f, t: changed_facts(f, t, setup=setup_with(Dense(2, 4), Dense(4, 1))),
            r"dense_0.rows has shape \(3, 3\), expected \(4, 3\)",
        ),
        (lambda f, t: changed_facts(f, t, slots=[2]), "belong to nothing"),
        (lambda f, t: changed_facts(f, t, slots=[2, 3]), "dense_1.slot_2"),
        (lambda f, t: changed_facts(f, t, slots=[2, 2, 0]), "dense_2.rows"),
        (lambda f, t: changed_facts(f, t, slots=[-1, 2]), "slots must be a whole number"),
        (lambda f, t: changed_facts(f, t, slots=[]), "its rows are not of float32 or float64"),
        (lambda f, t: changed_facts(f, t, slots=None), "TypeError"),
        (lambda f, t: changed_facts(f, t, best_epoch=0), "the best epoch must be a whole number of 1"),
        (lambda f, t: changed_facts(f, t, best_epoch=None), "belong to nothing"),
        (lambda f, t: changed_facts(f, t, seconds="soon"), "ValueError"),
        (lambda f, t: changed_facts(f, t, history=f["history"] * 2), "are not 1, 2, 3"),
        (lambda f, t: changed_facts(f, t, history=[3]), "TypeError"),
        (lambda f, t: changed_facts(f, t, tallies=[{"kind": "Mean"}]), "tallies.0.total"),
        (lambda f, t: changed_facts(f, t, tallies=[{"kind": "Popen"}]), "unknown tally"),
        (lambda f, t: t.pop("dense_1.rows"), "dense_1.rows"),
        (lambda f, t: t.pop("best.dense_1.bias"), r"best\.dense_1\.bias"),
        (lambda f, t: t.update(more=np.ones(1)), "belong to nothing"),
        (lambda f, t: changed_tensor(f, t, "dense_1.slot_0", lambda a: a.T), "a slot of dense_1 has shape"),
        (lambda f, t: changed_tensor(f, t, "dense_0.rows", lambda a: a.ravel()), "dense_0.rows has shape"),
        (lambda f, t: changed_tensor(f, t, "best.dense_0.weights", lambda a: a[:1]), "the best of dense_0 has shape"),
        (lambda f, t: changed_tensor(f, t, "dense_0.rows", lambda a: a.astype("f8")), "are float32, others are f"),
        (lambda f, t: changed_tensor(f, t, "dense_1.slot_1", lambda a: a.astype("f8")), "dense_1 are float64"),
        (lambda f, t: changed_tensor(f, t, "dense_0.rows", lambda a: a.astype("i4")), "not of float32 or float64"),
    ],
)  # fmt: skip
def test_parts_that_do_not_fit_are_refused_in_one_line(
    change: Callable[[dict[str, Any], dict[str, Any]], object], message: str, state_at: Callable[[int], RunState]
) -> None:
    files = to_files(state_at(1))
    facts, tensors = json.loads(files[FACTS]), load(files[TENSORS])
    change(facts, tensors)

    with pytest.raises(DataError, match=message) as caught:
        from_files("here", facts, save(tensors))

    assert str(caught.value).startswith("here: is a damaged checkpoint (")
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("tensors", [b"", b"no tensors", b"\xff" * 100])
def test_what_are_no_tensors_is_refused(tensors: bytes, state_at: Callable[[int], RunState]) -> None:
    facts = json.loads(to_files(state_at(1))[FACTS])

    with pytest.raises(DataError, match="here: is a damaged checkpoint"):
        from_files("here", facts, tensors)


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"[]", b"{}", b'"text"', b'{"format": "deepnet-model", "version": 1}', b"[" * 100_000]
    + [f'{{"format": "deepnet-checkpoint", "version": {v}}}'.encode() for v in ('"1"', "0", "true", "null", "1.0")],
)
def test_something_else_is_no_checkpoint(content: bytes) -> None:
    with pytest.raises(DataError, match="here: is no checkpoint of deepnet"):
        require_known_format("here", content)


def test_a_newer_format_is_refused() -> None:
    with pytest.raises(DataError, match=r"here: is a checkpoint of format version 3, .* up to 2: upgrade it"):
        require_known_format("here", b'{"format": "deepnet-checkpoint", "version": 3}')


def test_a_tally_of_ones_own_is_not_written(state_at: Callable[[int], RunState]) -> None:
    state = state_at(1)

    with pytest.raises(ValueError, match="a tally of your own"):
        to_files(replace(state, position=state.position._replace(tallies=(object(),))))
