"""Writing checkpoints where it goes wrong: disks that are full, limits, read-only folders, and being killed."""

import inspect
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepnet.persistence.checkpoints import newest_whole, read_checkpoint, write_checkpoint
from deepnet.training.position import Position
from deepnet.training.state import RunState

KILLS = 24
Bits = Callable[[Any], Any]


def state_of(step: int) -> RunState:
    """The state of a run of 40-50-1 at a step; its numbers follow from it."""
    rng = np.random.default_rng(step)
    rows = tuple(rng.normal(size=shape) for shape in ((50, 41), (1, 51)))
    return RunState(Position(step=step), rows, tuple((layer, -layer) for layer in rows), seconds=float(step))


IMPORTS = """
import itertools, json, os, random, resource, subprocess, sys
from pathlib import Path
import numpy as np
from deepnet.errors import DataError
from deepnet.persistence.checkpoints import newest_whole, prune, write_checkpoint
from deepnet.training.position import Position
from deepnet.training.state import RunState
folder = Path(sys.argv[1])
"""

FAIL_WITH_LESS_AND_LESS_ROOM = """
def attempt(step):
    try:
        return write_checkpoint(folder, state_of(step)).name
    except DataError as error:
        newest = newest_whole(folder)
        return str(error), sorted(path.name for path in folder.iterdir()), newest.path.name, newest.problems

def with_limits():
    for limit in (0, 100, 1_000, 20_000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        yield attempt(2)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    yield attempt(3)

def with_a_full_disk():
    with open(folder / ".filler", "wb") as filler:
        while True:
            try:
                filler.write(bytes(4096))
                filler.flush()
            except OSError:
                break
        size = os.fstat(filler.fileno()).st_size
        for free in (0, 1, 4, 8, 12):
            os.ftruncate(filler.fileno(), size - free * 4096)
            yield attempt(2)
        os.ftruncate(filler.fileno(), 0)
        yield attempt(3)

def where_nothing_may_be_written():
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
    yield attempt(2)
    subprocess.run(["mount", "-o", "remount,rw", folder], check=True)
    yield attempt(3)

write_checkpoint(folder, state_of(1))
print(json.dumps(list(globals()[sys.argv[2]]())))
"""

IN_A_DISK_OF_ITS_OWN = 'mount -t tmpfs -o size=200k none "$1" && exec "$2" -c "$3" "$1" "$4"'
UNSHARE = ["unshare", "--map-root-user", "--mount", "sh", "-c"]


def can_mount() -> bool:
    if shutil.which("unshare") is None:
        return False
    tried = subprocess.run([*UNSHARE, "mount -t tmpfs none /mnt"], capture_output=True, check=False)
    return tried.returncode == 0


WAYS = {"with_limits": "File too large"}
if can_mount():  # elsewhere the limits alone have to do
    WAYS |= {"with_a_full_disk": "No space left on device", "where_nothing_may_be_written": "Read-only file system"}


@pytest.mark.parametrize("way", WAYS)
def test_a_write_that_fails_leaves_nothing_and_harms_nothing(tmp_path: Path, way: str) -> None:
    script = IMPORTS + inspect.getsource(state_of) + FAIL_WITH_LESS_AND_LESS_ROOM
    command = [sys.executable, "-c", script, str(tmp_path), way]
    if way != "with_limits":
        command = [*UNSHARE, IN_A_DISK_OF_ITS_OWN, "sh", str(tmp_path), sys.executable, script, way]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert told.returncode == 0, told.stderr

    *failures, last = json.loads(told.stdout)

    assert last == "step-000000003"
    assert failures
    for message, names, newest, problems in failures:
        advice = "give it room on a disk that takes files"
        assert message == f"{tmp_path}/step-000000002: cannot be written ({WAYS[way]}): {advice}"
        assert (set(names) - {".filler"}, newest, problems) == ({"step-000000001"}, "step-000000001", [])


WRITE_UNTIL_KILLED = """
for line in sys.stdin:
    first, pid = int(line), os.fork()
    if pid == 0:
        for step in itertools.count(first):
            write_checkpoint(folder, state_of(step))
            os.write(1, b"%d\\n" % step)
            prune(folder, keep=2)
    os.write(1, b"pid %d\\n" % pid)
    os.waitpid(pid, 0)
    os.write(1, b"dead\\n")
"""


@contextmanager
def writer(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """Start a process that starts another, which writes, whenever it is told a step to begin with."""
    script = IMPORTS + inspect.getsource(state_of) + WRITE_UNTIL_KILLED
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", script, str(folder)], stdin=pipe, stdout=pipe, text=True) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=30) == 0


def killed_after(process: "subprocess.Popen[str]", seconds: float, first: int) -> int:
    """Have steps written from *first* on, kill the process that writes, and return the last one that it finished."""
    assert process.stdin is not None
    assert process.stdout is not None
    print(first, file=process.stdin, flush=True)
    finished = first - 1
    for line in process.stdout:
        if line.startswith("pid"):
            time.sleep(seconds)
            os.kill(int(line.removeprefix("pid")), signal.SIGKILL)
        elif line == "dead\n":
            break
        else:
            finished = int(line)
    return finished


def test_whenever_it_is_killed_the_newest_is_whole_and_no_other_is_half(tmp_path: Path, bits: Bits) -> None:
    chance, last, broken_off, written = np.random.default_rng(5), 0, 0, 0
    began = time.perf_counter()
    write_checkpoint(tmp_path, state_of(0))
    longest = 5 * (time.perf_counter() - began)

    with writer(tmp_path) as process:
        for _ in range(KILLS):
            finished = killed_after(process, chance.uniform(0, longest), last + 1)
            broken_off += any(path.name.startswith(".deepnet-") for path in tmp_path.iterdir())
            newest = newest_whole(tmp_path)

            assert newest.state is not None
            assert newest.problems == ()
            for path in tmp_path.glob("step-*"):
                read_checkpoint(path)
            step = newest.state.position.step
            assert step in {finished, finished + 1}  # it may be killed between finishing a step and telling of it
            assert bits(newest.state) == bits(state_of(step))
            written, last = written + step - last, step

    assert broken_off > 0
    assert written > 0
