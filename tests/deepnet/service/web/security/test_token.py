import multiprocessing
import os
import stat
from multiprocessing.queues import SimpleQueue
from pathlib import Path

import pytest

from deepnet.errors import InputError
from deepnet.service.web.security.token import read_or_make_token

GOOD = "83477f67945a686cda67dd9d710ff909b18aed64a6ef915858e8f421cfc0a5d7"


def test_it_is_made_of_32_random_bytes_in_a_file_for_its_owner_only(tmp_path: Path) -> None:
    before = os.umask(0)  # a lax umask must not show
    try:
        token = read_or_make_token(tmp_path, {})
    finally:
        os.umask(before)

    file = tmp_path / "token"
    assert len(bytes.fromhex(token)) == 32
    assert file.read_text() == f"{token}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["token"]


def test_it_stays_what_it_is_and_every_folder_has_its_own(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()

    assert read_or_make_token(first, {}) == read_or_make_token(first, {})
    assert read_or_make_token(first, {}) != read_or_make_token(second, {})


def _make(folder: Path, barrier: object, told: "SimpleQueue[str]") -> None:
    barrier.wait()  # type: ignore[attr-defined]
    told.put(read_or_make_token(folder, {}))


def test_processes_that_make_it_at_the_same_time_have_the_same(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    barrier, told = context.Barrier(4), context.SimpleQueue()
    processes = [context.Process(target=_make, args=(tmp_path, barrier, told)) for _ in range(4)]
    for process in processes:
        process.start()
    tokens = {told.get() for _ in processes}
    for process in processes:
        process.join()
        process.close()
    told.close()

    assert tokens == {read_or_make_token(tmp_path, {})}


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o620, 0o601])
def test_a_file_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    read_or_make_token(tmp_path, {})
    (tmp_path / "token").chmod(mode)

    with pytest.raises(InputError, match=r"can be read by others: make a new one, with mode 600$"):
        read_or_make_token(tmp_path, {})


def test_the_environment_gives_another_one_and_no_file_is_made(tmp_path: Path) -> None:
    assert read_or_make_token(tmp_path, {"DEEPNET_TOKEN": GOOD}) == GOOD

    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text(f"{GOOD}\n")
    elsewhere.chmod(0o600)
    assert read_or_make_token(tmp_path, {"DEEPNET_TOKEN_FILE": str(elsewhere)}) == GOOD
    assert not (tmp_path / "token").exists()


@pytest.mark.parametrize(
    ("token", "why"),
    [
        ("", "has 0 characters"),
        ("short", "has 5 characters"),
        (GOOD[:31], "has 31 characters"),
        ("x" * 2000, "has 2000 characters"),
        ("x" * 64, "can be guessed"),
        ("abc" * 20, "can be guessed"),
        (f"{GOOD} ", "a header cannot carry"),
        (f" {GOOD}", "a header cannot carry"),
        (f"{GOOD}\nX: y", "a header cannot carry"),
        (f"{GOOD}\xe9", "a header cannot carry"),
    ],
)
def test_what_could_be_guessed_or_not_be_sent_is_refused_and_not_repeated(tmp_path: Path, token: str, why: str) -> None:
    file = tmp_path / "given"
    file.write_bytes(token.encode("latin-1"))
    file.chmod(0o600)

    for given in ({"DEEPNET_TOKEN": token}, {"DEEPNET_TOKEN_FILE": str(file)}):
        with pytest.raises(InputError, match=why if len(token) < 1000 else "characters, not 32 to 1024") as refused:
            read_or_make_token(tmp_path, given)
        assert len(token) < 6 or token.strip() not in str(refused.value)
        assert "\n" not in str(refused.value)


def test_both_at_once_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="set one of them"):
        read_or_make_token(tmp_path, {"DEEPNET_TOKEN": GOOD, "DEEPNET_TOKEN_FILE": "anything"})


def test_what_is_no_file_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    for name, why in (("nothing", "No such file"), ("", "No such file|is not a file"), ("pipe", "is not a file")):
        with pytest.raises(InputError, match=why):
            read_or_make_token(tmp_path, {"DEEPNET_TOKEN_FILE": str(tmp_path / name) if name else ""})
    with pytest.raises(InputError, match="is not a file"):
        read_or_make_token(tmp_path, {"DEEPNET_TOKEN_FILE": str(tmp_path)})


def test_what_lies_where_it_belongs_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "token").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="cannot be read"):
        read_or_make_token(tmp_path, {})
    assert not (tmp_path / "elsewhere").exists()

    (tmp_path / "token").unlink()
    (tmp_path / "token").touch(0o600)
    with pytest.raises(InputError, match="has 0 characters"):
        read_or_make_token(tmp_path, {})
    assert (tmp_path / "token").read_bytes() == b""
