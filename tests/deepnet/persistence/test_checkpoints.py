import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deepnet.errors import DataError, InputError
from deepnet.maths.model import Chain, Dense
from deepnet.persistence.checkpoints import newest_whole, of_step, prune, read_checkpoint, write_checkpoint
from deepnet.persistence.run_state_files import FACTS, TENSORS, to_files
from deepnet.persistence.whole_folder import SUMS, write_folder
from deepnet.training.setup import Setup
from deepnet.training.state import RunState

MODEL = Chain(Dense(2, 3), Dense(3, 1))
StateAt = Callable[[int], RunState]
Bits = Callable[[Any], Any]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def damage(path: Path, name: str = TENSORS) -> None:
    content = bytearray((path / name).read_bytes())
    content[len(content) // 2] ^= 4
    (path / name).write_bytes(content)
    os.utime(path / name, ns=(0, 0))  # the clock of files is too coarse for tests


@pytest.fixture
def five(tmp_path: Path, state_at: StateAt) -> Path:
    for step in (1, 2, 3, 4, 5):
        write_checkpoint(tmp_path, state_at(step))
    return tmp_path


def test_a_checkpoint_is_a_folder_that_is_named_after_its_step(tmp_path: Path, state_at: StateAt, bits: Bits) -> None:
    path = write_checkpoint(tmp_path, state_at(120))

    assert path == tmp_path / "step-000000120"
    assert names(path) == sorted([FACTS, TENSORS, SUMS])
    assert names(tmp_path) == ["step-000000120"]
    assert bits(read_checkpoint(path)) == bits(state_at(120))


@pytest.mark.parametrize("name", [FACTS, TENSORS, SUMS])
def test_a_flipped_byte_or_a_missing_end_anywhere_is_found(tmp_path: Path, state_at: StateAt, name: str) -> None:
    path = write_checkpoint(tmp_path, state_at(1))
    content = (path / name).read_bytes()
    for index in range(0, len(content), 7):
        for changed in (
            content[:index] + bytes([content[index] ^ 1 << index % 8]) + content[index + 1 :],
            content[:index],
        ):
            (path / name).write_bytes(changed)
            with pytest.raises(DataError) as caught:
                read_checkpoint(path)
            assert len(str(caught.value).splitlines()) == 1


def test_the_last_step_is_the_newest_however_many_digits_it_has(tmp_path: Path, state_at: StateAt) -> None:
    for step in (10**10, 999_999_999, 0):
        write_checkpoint(tmp_path, state_at(step))

    newest = newest_whole(tmp_path)

    assert newest.path == tmp_path / "step-10000000000"
    assert newest.state is not None
    assert (newest.state.position.step, newest.problems) == (10**10, ())


def test_damaged_ones_are_told_and_passed_over(five: Path, state_at: StateAt, bits: Bits) -> None:
    damage(five / "step-000000005")
    damage(five / "step-000000004", FACTS)
    (five / "step-000000003" / SUMS).unlink()

    newest = newest_whole(five)

    assert newest.path == five / "step-000000002"
    assert bits(newest.state) == bits(state_at(2))
    assert newest.problems == (
        f"{five}/step-000000005: is damaged (state.safetensors is not what was written): use an older one",
        f"{five}/step-000000004: is damaged (state.json is not what was written): use an older one",
        f"{five}/step-000000003/SHA256SUMS: there is no such file: check the path",
    )


def test_one_whose_parts_do_not_fit_is_passed_over_too(five: Path, state_at: StateAt) -> None:
    files = to_files(state_at(6))
    write_folder(five / "step-000000006", {**files, TENSORS: to_files(state_at(6))[TENSORS][:-1]})
    write_folder(five / "step-000000007", {FACTS: files[FACTS]})
    write_folder(five / "step-000000008", {TENSORS: files[TENSORS]})
    write_folder(five / "step-000000009", {**files, "surplus": b""})

    newest = newest_whole(five)

    assert newest.path == five / "step-000000005"
    assert [problem.split(": ")[0] for problem in newest.problems] == [f"{five}/step-00000000{n}" for n in (9, 8, 7, 6)]


def test_without_a_whole_one_the_run_begins_at_its_beginning(tmp_path: Path, state_at: StateAt) -> None:
    assert newest_whole(tmp_path) == (None, None, ())

    damage(write_checkpoint(tmp_path, state_at(1)))

    assert newest_whole(tmp_path)[:2] == (None, None)
    assert len(newest_whole(tmp_path).problems) == 1


def test_other_things_in_the_folder_are_no_checkpoints(five: Path) -> None:
    for name in ("notes", "step-6", "step-000000007.bak", "step-000000008-0", ".deepnet-00", "step-000000009-x"):
        shutil.copytree(five / "step-000000001", five / name)

    assert newest_whole(five).path == five / "step-000000005"


def test_a_whole_one_of_a_newer_format_is_not_passed_over(five: Path, state_at: StateAt) -> None:
    facts = {**json.loads(to_files(state_at(6))[FACTS]), "version": 3}
    write_folder(five / "step-000000006", {FACTS: json.dumps(facts).encode(), "state.new": b""})

    for read in (newest_whole, lambda folder: read_checkpoint(folder / "step-000000006")):
        with pytest.raises(DataError, match="step-000000006: is a checkpoint of format version 3"):
            read(five)


def test_a_second_one_of_the_same_step_replaces_nothing_and_counts(five: Path, state_at: StateAt, bits: Bits) -> None:
    damage(five / "step-000000005")

    assert write_checkpoint(five, state_at(5)) == five / "step-000000005-2"
    assert newest_whole(five).path == five / "step-000000005-2"
    assert bits(newest_whole(five).state) == bits(state_at(5))
    assert [write_checkpoint(five, state_at(5)).name for _ in range(9)][-1] == "step-000000005-11"
    assert newest_whole(five).path == five / "step-000000005-11"


def test_pruning_keeps_the_newest_and_the_best(five: Path) -> None:
    removed = prune(five, keep=2, best=1)

    assert names(five) == ["step-000000001", "step-000000004", "step-000000005"]
    assert removed == (five / "step-000000003", five / "step-000000002")
    assert prune(five, keep=2, best=1) == ()
    assert prune(five, keep=2) == (five / "step-000000001",)


@pytest.mark.parametrize("best", [4, 5, 99])
def test_a_best_one_that_is_new_or_gone_takes_no_place(five: Path, best: int) -> None:
    prune(five, keep=2, best=best)

    assert names(five) == ["step-000000004", "step-000000005"]


def test_damaged_ones_do_not_count_and_go_once_there_are_enough_newer_ones(five: Path, state_at: StateAt) -> None:
    for step in (1, 3, 5):
        damage(five / f"step-{step:09}")

    assert prune(five, keep=2, best=1) == (five / "step-000000001",)
    assert names(five) == [f"step-{step:09}" for step in (2, 3, 4, 5)]
    write_checkpoint(five, state_at(6))
    prune(five, keep=2)
    assert names(five) == [f"step-{step:09}" for step in (4, 5, 6)]
    write_checkpoint(five, state_at(7))
    prune(five, keep=2)
    assert names(five) == [f"step-{step:09}" for step in (6, 7)]


def test_sums_that_end_early_make_no_whole_one(five: Path) -> None:
    sums = five / "step-000000005" / SUMS
    lines = sums.read_text().splitlines(keepends=True)
    sums.write_text(lines[0])

    prune(five, keep=1)

    assert names(five) == ["step-000000004", "step-000000005"]
    assert newest_whole(five).path == five / "step-000000004"


def test_of_the_same_step_the_last_whole_one_is_kept(five: Path, state_at: StateAt) -> None:
    write_checkpoint(five, state_at(5))
    damage(write_checkpoint(five, state_at(5)))

    prune(five, keep=2)

    assert names(five) == ["step-000000004", "step-000000005-2", "step-000000005-3"]
    assert newest_whole(five).path == five / "step-000000005-2"


def test_one_that_was_whole_and_is_damaged_later_is_looked_at_again(five: Path) -> None:
    prune(five, keep=5)

    damage(five / "step-000000005")
    prune(five, keep=1)

    assert newest_whole(five).path == five / "step-000000004"


def test_pruning_sweeps_away_what_was_broken_off(five: Path) -> None:
    shutil.copytree(five / "step-000000001", five / ".deepnet-0123456789abcdef")

    prune(five, keep=9)

    assert names(five) == [f"step-{step:09}" for step in (1, 2, 3, 4, 5)]


@pytest.mark.parametrize("keep", [0, -1, 1.5, True])
def test_at_least_one_is_kept(five: Path, keep: Any) -> None:
    with pytest.raises(InputError, match="how many checkpoints to keep must be a whole number of 1 or more"):
        prune(five, keep=keep)

    assert len(names(five)) == 5


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, state_at: StateAt) -> None:
    missing = tmp_path / "none"
    calls: list[Callable[[], object]] = [
        lambda: newest_whole(missing), lambda: write_checkpoint(missing, state_at(1)), lambda: prune(missing)
    ]  # fmt: skip

    for call in calls:
        with pytest.raises(DataError, match=r"none: checkpoints cannot be looked for \(No such file or directory\)"):
            call()


def test_what_was_changed_later_is_newer_though_its_step_is_lower(five: Path, state_at: StateAt) -> None:
    changed = replace(state_at(2), setup=replace(Setup.of(MODEL, "neuron"), number=4))

    assert write_checkpoint(five, changed) == five / "change-000004-step-000000002"
    assert newest_whole(five).path == five / "change-000004-step-000000002"
    assert write_checkpoint(five, changed) == five / "change-000004-step-000000002-2"
    prune(five, 2)
    assert names(five) == ["change-000004-step-000000002-2", "step-000000005"]


def test_the_checkpoint_of_a_step_is_the_newest_one_of_it(five: Path, state_at: StateAt, bits: Bits) -> None:
    again = replace(state_at(3), seconds=77.0)
    write_checkpoint(five, again)

    assert bits(of_step(five, 3)) == bits(again)
    assert bits(of_step(five, 4)) == bits(state_at(4))


def test_a_step_without_a_checkpoint_is_refused_and_those_that_there_are_named(five: Path) -> None:
    damage(five / "step-000000002")

    for step in (2, 9):
        with pytest.raises(DataError, match=f"no checkpoint of step {step}: there are those of 1, 3, 4, 5"):
            of_step(five, step)
