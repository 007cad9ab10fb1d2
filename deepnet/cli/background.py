"""A service that goes on when the command that has started it is over."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import deepnet
from deepnet.cli.attach import reach
from deepnet.cli.main import UnreachableError
from deepnet.data.files import one_line
from deepnet.errors import ServiceError
from deepnet.wire.runtime import read_runtime

LOG = "service.log"
"""In the data folder: what a service says that nobody looks at."""
COMING_UP_SECONDS = 60.0
_PORT = 7077
_LOOK_SECONDS = 0.05


def runs(folder: Path) -> bool:
    """Whether a service has this data folder, one that is coming up as well."""
    try:
        reach(str(folder), None).close()
    except UnreachableError as error:
        if str(error).startswith("no service"):
            return False
        raise
    return True


def start_service(folder: Path) -> None:
    """Start a service with a data folder as a process of its own, and return once it is ready.

    It has no terminal, and goes on until somebody stops it: ``deepnet stop --service``.

    Raises:
        ServiceError: it does not come up; the message says why.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(folder / LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise ServiceError(
            f"{one_line(str(folder))}: cannot be used as a data folder ({error.strerror}): give another one"
        ) from None
    serve = ["serve", "--data-dir", str(folder), "--port", str(_free_port())]
    command = [sys.executable, *_from_elsewhere(), "-m", "deepnet", *serve]
    with os.fdopen(handle, "wb") as log:
        process = subprocess.Popen(  # noqa: S603 - this very program
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            env={"DEEPNET_LOG": "warning", **os.environ},
            start_new_session=True,  # so that it outlives the terminal, and Ctrl-C is not for it
        )
    _await_ready(process, folder)
    process.returncode = 0  # nobody waits for it: it is not ours any more


def _from_elsewhere() -> list[str]:
    """Return what keeps Python from importing what happens to lie in the current folder, where we do not ourselves."""
    return [] if Path(deepnet.__file__).parents[1] == Path.cwd() else ["-P"]


def _await_ready(process: subprocess.Popen[bytes], folder: Path) -> None:
    end = time.monotonic() + COMING_UP_SECONDS
    while read_runtime(folder) is None:
        if process.poll() is not None:
            if runs(folder):  # somebody else has started one this moment
                return
            raise ServiceError(f"the service does not come up: {_last_line(folder / LOG)}")
        if time.monotonic() > end:
            raise ServiceError(f"the service is not ready after {COMING_UP_SECONDS:g} s: see {folder / LOG}")
        time.sleep(_LOOK_SECONDS)


def _free_port() -> int:
    """Return the usual port, or 0 for any where another service has that one."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", _PORT))
        except OSError:
            return 0
    return _PORT


def _last_line(log: Path) -> str:
    """Return the last thing it has said."""
    lines = log.read_text("utf-8", "replace").strip().splitlines()
    return lines[-1].removeprefix("deepnet: ") if lines else f"see {log}"
