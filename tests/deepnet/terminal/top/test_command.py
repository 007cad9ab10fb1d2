"""`deepnet top` itself, on a terminal of its own."""

import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

COMMAND = [sys.executable, "-m", "deepnet", "top"]


def read_until(terminal: int, word: bytes) -> None:
    shown = b""
    while word not in shown:
        shown += os.read(terminal, 65536)


def test_it_is_shown_on_a_terminal_and_ends_with_q(server: Any, digits: Any) -> None:
    mine, its = pty.openpty()
    try:
        process = subprocess.Popen(
            [*COMMAND, "digits", "--data-dir", str(server.folder)],
            stdin=its,
            stdout=its,
            stderr=its,
            env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"},
        )
        os.close(its)
        read_until(mine, b"alive")
        os.write(mine, b"q")
        read_until(mine, b"\x1b[?1049l")  # the screen that was there before is back
        assert process.wait(15) == 0
    finally:
        os.close(mine)


@pytest.mark.parametrize(("words", "code"), [([], 2), (["--rate", "99"], 2)])
def test_what_it_cannot_do_is_one_line(tmp_path: Path, words: list[str], code: int) -> None:
    command = [*COMMAND, "--data-dir", str(tmp_path), *words]
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert ended.returncode == code
    assert ended.stderr.startswith("deepnet: ")
    assert ended.stderr.count("\n") == 1
