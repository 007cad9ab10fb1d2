import resource
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepnet.errors import DataError, InputError
from deepnet.maths.model import Chain, Dense
from deepnet.maths.optimizers import SGD, Adam
from deepnet.persistence.checkpoints import write_checkpoint
from deepnet.persistence.run_description import RunDescription
from deepnet.persistence.run_folder import RunFolder
from deepnet.training.plan import Plan
from deepnet.training.setup import Setup
from deepnet.training.state import RunState
from deepnet.training.until import Until

StateAt = Callable[[int], RunState]
GIVEN = RunDescription(
    plan=Plan(until=Until(epochs=40), optimizer=Adam()),
    model=Chain(Dense(2, 3, "relu"), Dense(3, 1)),
    dtype="float32",
    granularity="neuron",
    seed=7,
    data="ab" * 32,
)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(DataError) as caught:
        call()
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


def test_a_run_is_begun_and_gone_on_with(tmp_path: Path, state_at: StateAt, bits: Callable[[Any], Any]) -> None:
    path = tmp_path / "runs" / "cars"
    with RunFolder.create(path, replace(GIVEN, origin={"file": "cars.csv"})) as folder:
        assert folder.newest() == (None, None, ())
        for step in (1, 2, 3):
            assert folder.write(state_at(step)).parent == folder.checkpoints == path / "checkpoints"
        assert folder.prune(keep=1, best=1) == (path / "checkpoints" / "step-000000002",)

    with RunFolder.open(path) as folder:
        folder.require_same(GIVEN)
        assert folder.description.origin == {"file": "cars.csv"}
        assert (folder.description.plan, folder.description.model) == (GIVEN.plan, GIVEN.model)
        assert bits(folder.newest().state) == bits(state_at(3))
    assert names(path) == ["checkpoints", "lock", "run.json"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    RunFolder.create(tmp_path, GIVEN).close()

    assert names(tmp_path) == ["checkpoints", "lock", "run.json"]


def test_what_a_creation_that_was_broken_off_has_left_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("123\n")
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / ".deepnet-0123456789abcdef.part").write_text("half")

    RunFolder.create(tmp_path, GIVEN).close()
    RunFolder.open(tmp_path).close()


@pytest.mark.parametrize(
    ("others", "told"),
    [
        (["notes.txt"], "notes.txt"),
        (["checkpoints/step-000000001/state.json", "lock"], "checkpoints"),
        (["d", "c", "b", "a"], "a, b, c and 1 more"),
        (["checkpoints"], "checkpoints"),
    ],
)
def test_other_things_in_the_folder_are_left_alone(tmp_path: Path, others: list[str], told: str) -> None:
    for name in others:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("mine")
    before = names(tmp_path)

    message = refused(lambda: RunFolder.create(tmp_path, GIVEN))

    assert message == f"{tmp_path}: holds other things ({told}): give a new folder, or an empty one"
    assert names(tmp_path) == before


def test_a_run_that_is_there_is_not_replaced(tmp_path: Path) -> None:
    RunFolder.create(tmp_path, GIVEN).close()
    before = (tmp_path / "run.json").read_bytes()

    message = refused(lambda: RunFolder.create(tmp_path, replace(GIVEN, seed=8)))

    assert message == f"{tmp_path}: holds a run already: go on with it, or give another folder"
    assert (tmp_path / "run.json").read_bytes() == before


def test_a_run_of_something_else_is_refused_with_all_that_differs(tmp_path: Path) -> None:
    other = replace(GIVEN, data="cd" * 32, granularity="layer", plan=replace(GIVEN.plan, optimizer=Adam(0.01)))

    with RunFolder.create(tmp_path, GIVEN) as folder:
        message = refused(lambda: folder.require_same(other))

    differences = (
        f'plan.optimizer.learning_rate was 0.001, is 0.01; granularity was "neuron", is "layer"; '
        f'data was "{"ab" * 32}", is "{"cd" * 32}"'
    )
    advice = "go on with what it was begun with, or give another folder"
    assert message == f"{tmp_path}: is of another run ({differences}): {advice}"


def test_only_one_at_a_time_has_it(tmp_path: Path) -> None:
    with RunFolder.create(tmp_path, GIVEN):
        assert "is in use by process" in refused(lambda: RunFolder.open(tmp_path))
    RunFolder.open(tmp_path).close()


def test_a_refusal_does_not_keep_the_lock(tmp_path: Path) -> None:
    RunFolder.create(tmp_path, GIVEN).close()
    content = (tmp_path / "run.json").read_bytes()
    (tmp_path / "run.json").write_bytes(content.replace(b"0.001", b"0.002"))

    assert refused(lambda: RunFolder.open(tmp_path)).startswith(f"{tmp_path}/run.json: is not what was written:")

    (tmp_path / "run.json").write_bytes(content)
    RunFolder.open(tmp_path).close()


def test_a_folder_without_a_run_is_named_and_gets_no_lock(tmp_path: Path) -> None:
    assert refused(lambda: RunFolder.open(tmp_path)).startswith(f"{tmp_path}/run.json: there is no such file:")
    assert names(tmp_path) == []


def test_where_no_folder_can_be_made_none_is(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "file" / "run", "/proc/run", "a\0b", tmp_path / ("n" * 300)):
        assert "cannot be made" in refused(lambda path=path: RunFolder.create(path, GIVEN))  # type: ignore[misc]
    assert names(tmp_path) == ["file"]


def test_what_could_not_be_begun_can_be_begun_once_there_is_room(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        message = refused(lambda: RunFolder.create(tmp_path, GIVEN))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert message.startswith(f"{tmp_path}/run.json: cannot be written (File too large)")
    RunFolder.create(tmp_path, GIVEN).close()
    RunFolder.open(tmp_path).close()


def test_what_cannot_be_kept_makes_no_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the origin of a run must be plain data"):
        RunFolder.create(tmp_path / "run", replace(GIVEN, origin={"file": object()}))

    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model": Chain(Dense(2, 1))}, "it has 2 dense layers, the run has 1"),
        ({"model": Chain(Dense(2, 3), Dense(3, 2))}, r"dense_1 has rows, dtype and slots \(\(1, 4\), 'float32', 2\)"),
        ({"dtype": "float64"}, r"the run has \(\(3, 3\), 'float64', 2\)"),
        ({"plan": replace(GIVEN.plan, optimizer=SGD())}, r"the run has \(\(3, 3\), 'float32', 0\)"),
    ],
)
def test_a_checkpoint_of_another_network_is_refused(
    tmp_path: Path, state_at: StateAt, changes: dict[str, Any], message: str
) -> None:
    with RunFolder.create(tmp_path, replace(GIVEN, **changes)) as folder:
        write_checkpoint(folder.checkpoints, state_at(1))

        with pytest.raises(DataError, match=f"step-000000001: is of another network .*{message}"):
            folder.newest()


def grown(model: Chain, plan: Plan | None = None) -> Setup:
    return replace(Setup.of(model, "neuron"), plan=plan)


def resized(state: RunState, hidden: int, slots: int) -> RunState:
    """The state of a network whose hidden layer has so many neurons."""
    rows = tuple(np.zeros(shape, dtype="float32") for shape in ((hidden, 3), (1, hidden + 1)))
    return replace(state, rows=rows, slots=tuple((layer,) * slots for layer in rows), best=None)


def test_a_network_that_has_been_changed_since_is_still_of_its_run(
    tmp_path: Path, state_at: StateAt, bits: Callable[[Any], Any]
) -> None:
    plan = replace(GIVEN.plan, optimizer=SGD(momentum=0.5))
    model = Chain(Dense(2, 5, "tanh"), Dense(5, 1))
    changed = replace(resized(state_at(1), 5, 1), setup=grown(model, plan))
    unplanned = replace(resized(state_at(2), 5, 2), setup=grown(model))

    with RunFolder.create(tmp_path, GIVEN) as folder:
        for state in (changed, unplanned):
            folder.write(state)
            assert bits(folder.newest().state) == bits(state)


@pytest.mark.parametrize(
    ("model", "slots", "message"),
    [
        (Chain(Dense(2, 5), Dense(5, 1)), 1, r"dense_0 has rows, .* 1\), the run has \(\(5, 3\), 'float32', 2\)"),
        (Chain(Dense(3, 3), Dense(3, 1)), 2, "it has 2 dense layers, 3 inputs and 1 outputs, the run has .* 2 inputs"),
        (Chain(Dense(2, 3), Dense(3, 2)), 2, "it has 2 dense layers, 2 inputs and 2 outputs, the run has"),
        (Chain(Dense(2, 1)), 2, "it has 1 dense layers"),
    ],
)
def test_what_no_change_could_have_led_to_is_refused(
    tmp_path: Path, state_at: StateAt, model: Chain, slots: int, message: str
) -> None:
    rows = tuple(np.zeros((layer.neurons, layer.inputs + 1), dtype="float32") for layer in model.dense)
    state = replace(
        state_at(1), rows=rows, slots=tuple((layer,) * slots for layer in rows), best=None, setup=grown(model)
    )

    with RunFolder.create(tmp_path, GIVEN) as folder:
        folder.write(state)

        with pytest.raises(DataError, match=f"step-000000001: is of another network .*{message}"):
            folder.newest()
