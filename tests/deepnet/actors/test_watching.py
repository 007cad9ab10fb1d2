"""Who is told what neurons did: by step, by neuron, once it is sealed, and only of the try that was."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from deepnet.actors.vault import Sealed, Vault
from deepnet.actors.watching import HISTORY, Activity, Staged, Watching, activities
from deepnet.maths.model import Chain, Dense
from deepnet.maths.parameters import initial_parameters
from deepnet.training.setup import Setup
from deepnet.training.state import RunState

MODEL = Chain(Dense(2, 3, "tanh"), Dense(3, 1))
ROWS, INPUTS = np.arange(9.0).reshape(3, 3), np.array([[1.0, 2.0, 1.0], [3.0, 4.0, 1.0]])
SUMS, OUTPUTS = np.arange(6.0).reshape(2, 3), np.ones((2, 4))
DELTAS = np.array([[0.5, 1.0, -1.0], [0.25, 0.0, 2.0]])


@pytest.fixture
def sealed() -> Sealed:
    parameters = initial_parameters(MODEL, 0, "float64")
    return Vault(RunState.at_rest(parameters, setup=Setup.of(MODEL, "neuron"))).sealed


def did(step: int, *indices: int) -> dict[int, Activity]:
    return activities(step, indices, ROWS, INPUTS, SUMS, OUTPUTS, DELTAS)


def play(watching: Watching, sealed: Sealed, step: int, *, attempt: int = 1, staged: int | None = None) -> None:
    """Do as layers and trainer do: what is wanted is staged, and published when the step is sealed."""
    for address in ("dense_0", "dense_1"):
        wanted = watching.wants(address, step)
        if wanted:
            watching.stage(address, Staged(int(address[-1]), step, staged or attempt, did(step, *wanted)))
    watching.publish(step, attempt, sealed)


class Reader:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[int, tuple[str, ...]]] = []

    def __call__(self, activities: Mapping[str, Activity], sealed: Sealed) -> None:
        (step,) = {activity.step for activity in activities.values()}
        self.told.append((step, tuple(activities)))


def test_the_gradient_is_the_sum_over_the_rows() -> None:
    activity = did(5, 2)[2]

    assert activity.gradient.tolist() == [-1 * 1 + 2 * 3, -1 * 2 + 2 * 4, -1 + 2]
    assert activity.inputs.tolist() == [[1, 2], [3, 4]]
    assert (activity.sum.tolist(), activity.delta.tolist()) == ([2, 5], [-1, 2])
    assert activity.row.tolist() == [6, 7, 8]


def test_what_is_kept_are_copies() -> None:
    arrays = [array.copy() for array in (ROWS, INPUTS, SUMS, OUTPUTS, DELTAS)]
    activity = activities(1, [0], *arrays)[0]
    before = [value.tolist() for value in activity[1:-1]]
    for array in arrays:
        array[:] = -7

    assert [value.tolist() for value in activity[1:-1]] == before


def test_who_is_not_there_any_more_is_left_out() -> None:
    assert [*did(1, 1, 3, 7)] == [1]


def test_nobody_is_looked_at_before_somebody_asks() -> None:
    watching = Watching()

    assert watching.layers == {}
    assert watching.wants("dense_0", 1) == frozenset()


def test_a_layer_is_asked_for_those_that_somebody_follows_at_that_step() -> None:
    watching = Watching()
    watching.add({"dense_0": frozenset({0})}, 2, Reader())
    end = watching.add({"dense_0": frozenset({1, 2}), "dense_1": frozenset({0})}, 3, Reader())

    wanted = {step: watching.wants("dense_0", step) for step in (1, 2, 3, 6)}
    assert wanted == {1: frozenset(), 2: {0}, 3: {1, 2}, 6: {0, 1, 2}}
    assert watching.wants("dense_1", 6) == {0}
    end()
    assert watching.wants("dense_0", 6) == {0}
    assert watching.layers == {"dense_0": {0}}


def test_each_is_told_of_his_own_neurons_at_his_own_steps(sealed: Sealed) -> None:
    watching, first, second = Watching(), Reader(), Reader()
    watching.add({"dense_0": frozenset({2, 0})}, 2, first)
    end = watching.add({"dense_0": frozenset({1}), "dense_1": frozenset({0})}, 3, second)
    for step in range(1, 7):
        play(watching, sealed, step)
    end()
    for step in range(7, 10):
        play(watching, sealed, step)

    assert first.told == [(step, ("dense_0/0", "dense_0/2")) for step in (2, 4, 6, 8)]
    assert second.told == [(step, ("dense_0/1", "dense_1/0")) for step in (3, 6)]


def test_a_try_that_was_not_sealed_is_not_told(sealed: Sealed) -> None:
    watching, reader = Watching(), Reader()
    watching.add({"dense_0": frozenset({0})}, 1, reader)
    play(watching, sealed, 1, attempt=2, staged=1)
    play(watching, sealed, 1, attempt=3)

    assert reader.told == [(1, ("dense_0/0",))]
    assert len(watching.history("dense_0/0")) == 1


def test_numbers_are_those_that_the_step_has_left(sealed: Sealed) -> None:
    watching = Watching()
    watching.add({"dense_0": frozenset({1})}, 1, Reader())
    play(watching, sealed, 1)
    (activity,) = watching.history("dense_0/1")
    block = sealed.banks[sealed.bank].blocks[0]
    expected = block[:, 1].tolist()
    block[:] = 0

    assert activity.numbers.tolist() == expected


def test_history_is_bounded_and_ends_with_the_last_who_watches(sealed: Sealed) -> None:
    watching = Watching()
    ends = [watching.add({"dense_0": frozenset({0})}, every, Reader()) for every in (1, 1)]
    for step in range(1, HISTORY + 11):
        play(watching, sealed, step)

    assert [activity.step for activity in watching.history("dense_0/0")] == list(range(11, HISTORY + 11))
    ends[0]()
    assert len(watching.history("dense_0/0")) == HISTORY
    ends[1]()
    assert watching.history("dense_0/0") == ()


def test_to_end_twice_is_no_error(sealed: Sealed) -> None:
    watching, reader = Watching(), Reader()
    end: Any = watching.add({"dense_0": frozenset({0})}, 1, reader)
    end()
    end()
    play(watching, sealed, 1)

    assert reader.told == []
