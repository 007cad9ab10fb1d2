"""What `deepnet doctor` looks at: whether a service can run here, or runs well. It changes nothing."""

import http.client
import os
import socket
import sqlite3
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path

from deepnet.persistence.checkpoints import newest_whole
from deepnet.service.process.findings import (
    Finding,
    examine_clock,
    examine_disk,
    examine_python,
    fail,
    guarded,
    ok,
    warn,
)
from deepnet.service.process.options import DEFAULT_PORT
from deepnet.service.store.data_folder import VERSION
from deepnet.service.store.runtime_file import FILE, Runtime, read_runtime

_ANSWER_SECONDS = 5.0
_MOST_PROBLEMS = 10


def examine(data_dir: Path, environ: Mapping[str, str]) -> tuple[Finding, ...]:
    """Look at everything that a service needs, or that one over *data_dir* has.

    Args:
        data_dir: where it keeps, or would keep, everything.
        environ: the environment; DEEPNET_TOKEN and DEEPNET_TOKEN_FILE matter.

    Returns:
        What was found, one after the other; what is not there yet is not found to be wrong.
    """
    runtime = read_runtime(data_dir)
    checks: dict[str, Callable[[], Iterable[Finding]]] = {
        "python": examine_python,
        "disk": partial(examine_disk, data_dir),
        "clock": partial(examine_clock, data_dir),
        "data directory": partial(_examine_folder, data_dir),
        "token": partial(_examine_token, data_dir, environ),
        "service": partial(_examine_service, data_dir, runtime),
        "database": partial(_examine_database, data_dir, runtime),
        "checkpoints": partial(_examine_checkpoints, data_dir),
    }
    return tuple(finding for subject, check in checks.items() for finding in guarded(subject, check))


def _examine_folder(data_dir: Path) -> Iterable[Finding]:
    subject = "data directory"
    if not data_dir.exists():
        yield ok(subject, f"{data_dir} is not there yet: the first 'deepnet serve' makes it")
        return
    if not data_dir.is_dir():
        yield fail(subject, f"{data_dir} is no directory", "give another one with --data-dir")
        return
    if not os.access(data_dir, os.R_OK | os.W_OK | os.X_OK):
        yield fail(subject, f"{data_dir} cannot be written by you", "give another one, or be its owner")
        return
    yield from _examine_version(data_dir)
    yield from _examine_mode(subject, data_dir, 0o700)


def _examine_version(data_dir: Path) -> Iterable[Finding]:
    file = data_dir / "version"
    text = file.read_text("ascii", "replace").strip() if file.exists() else ""
    if text and not text.isdecimal():
        yield fail("data directory", f"its file 'version' says {text[:20]!r}", f"write {VERSION} into it")
    elif text and int(text) > VERSION:
        yield fail("data directory", f"it is of version {text}, and {VERSION} is known here", "use a newer deepnet")


def _examine_mode(subject: str, path: Path, wanted: int) -> Iterable[Finding]:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & ~wanted & 0o077:
        yield fail(subject, f"{path}: others may use it (mode {mode:04o})", f"run 'chmod {wanted:04o} {path}'")
    else:
        yield ok(subject, f"{path} (mode {mode:04o})")


def _examine_token(data_dir: Path, environ: Mapping[str, str]) -> Iterable[Finding]:
    if "DEEPNET_TOKEN" in environ:
        yield ok("token", "DEEPNET_TOKEN gives it")
        return
    path = Path(environ.get("DEEPNET_TOKEN_FILE") or data_dir / "token")
    if path.exists():
        yield from _examine_mode("token", path, 0o600)
    elif "DEEPNET_TOKEN_FILE" in environ:
        yield fail("token", f"{path}, named by DEEPNET_TOKEN_FILE, is not there", "make it, or unset the variable")
    else:
        yield ok("token", "there is none yet: the first 'deepnet serve' makes it")


def _examine_service(data_dir: Path, runtime: Runtime | None) -> Iterable[Finding]:
    if runtime is None:
        stale = " (one was killed, which loses nothing)" if (data_dir / FILE).exists() else ""
        yield ok("service", f"none runs{stale}: 'deepnet serve --data-dir {data_dir}' starts one")
        yield from _examine_port()
        return
    if runtime.socket is None or not Path(runtime.socket).is_socket():
        advice = f"stop it with 'kill {runtime.pid}' and start it again"
        yield fail("socket", f"{runtime.socket} is not there, though process {runtime.pid} runs", advice)
        return
    yield from _examine_mode("socket", Path(runtime.socket), 0o600)
    yield from _examine_mode("socket folder", Path(runtime.socket).parent, 0o755)
    yield from _ask(runtime, runtime.socket)


def _ask(runtime: Runtime, path: str) -> Iterable[Finding]:
    """Ask a service how it is, over its socket."""
    connection = http.client.HTTPConnection("localhost", timeout=_ANSWER_SECONDS)
    try:
        with closing(connection), socket.socket(socket.AF_UNIX) as made:
            made.settimeout(_ANSWER_SECONDS)
            made.connect(path)
            connection.sock = made
            connection.request("GET", "/healthz")
            status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        reason = str(error) or type(error).__name__
        advice = f"look at its log; 'kill {runtime.pid}' stops it, and its runs go on when it is started again"
        yield fail("service", f"process {runtime.pid} runs and does not answer ({reason})", advice)
        return
    where = f"process {runtime.pid}, deepnet {runtime.version}, port {runtime.port} of {runtime.host}"
    if status == http.client.OK:
        yield ok("service", f"{where} answers")
    else:
        yield warn("service", f"{where} answers with status {status}", "look at its log")


def _examine_port() -> Iterable[Finding]:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", DEFAULT_PORT))
            probe.listen(1)
        except OSError as error:
            yield warn("port", f"{DEFAULT_PORT} cannot be had ({error.strerror})", "give another one with --port")
        else:
            yield ok("port", f"{DEFAULT_PORT} is free")


def _examine_database(data_dir: Path, runtime: Runtime | None) -> Iterable[Finding]:
    path = data_dir / "service.sqlite3"
    if not path.exists():
        yield ok("database", "there is none yet")
    elif runtime is not None:
        yield ok("database", "a service has it open, so it is not searched for damage")
    else:
        yield _searched(path)


def _searched(path: Path) -> Finding:
    advice = "put back a copy; runs and networks are in the folders beside it, whole"
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            verdicts = [row[0] for row in connection.execute("PRAGMA quick_check(3)")]
    except sqlite3.Error as error:
        return fail("database", f"{path}: {error}", advice)
    if verdicts != ["ok"]:
        return fail("database", f"{path}: {'; '.join(map(str, verdicts))}", advice)
    return ok("database", f"{path} is whole")


def _examine_checkpoints(data_dir: Path) -> Iterable[Finding]:
    """Read the newest checkpoint of each run, and of each network at rest."""
    count, problems = 0, []
    for folder in _checkpoint_folders(data_dir):
        newest = newest_whole(folder)
        count += newest.path is not None
        if newest.path is None and newest.problems:
            problems.append(newest.problems[0])
    if problems:
        shown = "; ".join(problems[:_MOST_PROBLEMS])
        yield fail("checkpoints", f"{len(problems)} cannot be read: {shown}", "put back copies of these folders")
    else:
        yield ok("checkpoints", f"{count} can be read" if count else "there are none yet")


def _checkpoint_folders(data_dir: Path) -> Iterator[Path]:
    for pattern in ("runs/*/run/checkpoints", "runs/*/rest", "networks/*/rest"):
        yield from sorted(each for each in data_dir.glob(pattern) if each.is_dir())
