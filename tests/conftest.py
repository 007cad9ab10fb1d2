"""What holds for all tests: with --no-skips a skip is a failure; and the product as people run it."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
import structlog

OUTSIDE = "needs ../shared/data"
"""Data that are no part of the repository, and that nobody can install: tests of them may be skipped all the same."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="a skipped test is a failed one")
    parser.addoption(
        "--new-screenshots", action="store_true", help="take the reference pictures anew: look at them then"
    )
    parser.addoption("--long", action="store_true", help="those too that take minutes together")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what only the long form has: see scripts/test-dashboard."""
    if config.getoption("--long") or config.getoption("--new-screenshots"):
        return
    left_out = [item for item in items if item.get_closest_marker("long") is not None]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item.get_closest_marker("long") is None]


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport, config: pytest.Config) -> None:
    if report.skipped and not hasattr(report, "wasxfail") and config.getoption("--no-skips"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        if OUTSIDE in str(reason):
            return
        report.outcome = "failed"
        report.longrepr = f"with --no-skips nothing may be skipped: {reason}"


@pytest.fixture(autouse=True)
def _quiet_again() -> Iterator[None]:
    """Undo what a test, or a command it ran, has configured of structlog."""
    yield
    structlog.reset_defaults()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report: pytest.TestReport = yield  # type: ignore[assignment]
    _fail_if_skipped(report, item.config)
    return report  # type: ignore[return-value]


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    report: pytest.CollectReport = yield  # type: ignore[assignment]
    _fail_if_skipped(report, collector.config)
    return report  # type: ignore[return-value]


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads(self.out)
        return facts


@pytest.fixture
def deepnet(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run the command in this process, as its console script would."""
    from deepnet.cli.main import main  # noqa: PLC0415

    def run(*arguments: str | Path) -> Outcome:
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return run


WITHIN = 30.0
"""Seconds after which what should have happened long ago has not."""
_READY = re.compile(r"deepnet serves (?P<dir>.+) on (?P<url>https?://\S+) and unix:(?P<socket>.+) \(pid (?P<pid>\d+)\)")


@dataclass
class ServiceProcess:
    """A service that runs.

    Attributes:
        process: it.
        data_dir: where it keeps everything.
        log: the file that its standard error goes to.
        printed: what it has printed: two lines.
        url: where it can be reached by TCP.
        socket: where its Unix socket is.
    """

    process: subprocess.Popen[str]
    data_dir: Path
    log: Path
    printed: list[str]
    url: str
    socket: Path
    _clients: list[httpx2.Client] = field(default_factory=list)

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    @property
    def token(self) -> str:
        return (self.data_dir / "token").read_text().strip()

    @property
    def logged(self) -> str:
        return self.log.read_text()

    def client(self, *, over_socket: bool = False, **options: Any) -> httpx2.Client:
        """Return a client that shows the token, or that comes over the Unix socket; it is closed at the end."""
        if over_socket:
            made = httpx2.Client(
                transport=httpx2.HTTPTransport(uds=str(self.socket)),
                base_url="http://deepnet",
                timeout=WITHIN,
                **options,
            )
        else:
            headers = {"Authorization": f"Bearer {self.token}"}
            made = httpx2.Client(base_url=self.url, headers=headers, timeout=WITHIN, **options)
        self._clients.append(made)
        return made

    def send(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal, and return the exit code; with SIGKILL nothing is tidied up."""
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        code = self.process.wait(WITHIN)
        self.close()
        return code

    def close(self) -> None:
        for client in self._clients:
            client.close()
        self._clients.clear()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(WITHIN)
        if self.process.stdout is not None:
            self.process.stdout.close()


StartService = Callable[..., ServiceProcess]


def _start(folder: Path, *options: str | Path, data_dir: Path | None = None, **environ: str) -> ServiceProcess:
    """Start a service and wait until it is ready.

    Args:
        folder: for its data and its log.
        options: further ones, as on the command line.
        data_dir: where it keeps everything; the same one as before if it is to go on.
        environ: further variables.
    """
    place = data_dir or folder / "data"
    log = folder / f"log-{len(list(folder.glob('log-*')))}"
    # Not the runtime folder of whoever runs the tests.
    variables = {name: value for name, value in os.environ.items() if name != "XDG_RUNTIME_DIR"}
    command = [sys.executable, "-m", "deepnet", "serve", "--data-dir", str(place), "--port", "0", *map(str, options)]
    with log.open("w") as errors:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, env={**variables, **environ}
        )
    assert process.stdout is not None
    printed = [process.stdout.readline().rstrip("\n") for _ in range(2)]
    ready = _READY.fullmatch(printed[0])
    if ready is None:
        process.kill()
        process.wait(WITHIN)
        process.stdout.close()
        raise AssertionError(f"it did not come up, and said: {printed} {log.read_text()}")
    return ServiceProcess(process, place, log, printed, ready["url"], Path(ready["socket"]))


@contextmanager
def _starting(folder: Path) -> Iterator[StartService]:
    """Give what starts services; they are killed at the end, unless they have ended by then."""
    started: list[ServiceProcess] = []

    def start(*options: str | Path, data_dir: Path | None = None, **environ: str) -> ServiceProcess:
        started.append(_start(folder, *options, data_dir=data_dir, **environ))
        return started[-1]

    yield start
    for each in started:
        each.close()


@pytest.fixture
def start_service(tmp_path: Path) -> Iterator[StartService]:
    """Start services for one test."""
    with _starting(tmp_path) as start:
        yield start


@pytest.fixture(scope="module")
def start_module_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartService]:
    """Start services that the tests of a module share."""
    with _starting(tmp_path_factory.mktemp("module")) as start:
        yield start


@pytest.fixture
def service_process(start_service: StartService) -> ServiceProcess:
    """A service with a data directory of its own."""
    return start_service()


@pytest.fixture(scope="session")
def shared_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    """A service that many tests use: names of networks have to be their own, and nobody may stop it."""
    service = _start(tmp_path_factory.mktemp("shared"))
    yield service
    service.close()
