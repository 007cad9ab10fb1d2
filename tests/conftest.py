"""What holds for all tests: with --no-skips a skip is a failure; and the command, as people type it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

OUTSIDE = "needs ../shared/data"
"""Data that are no part of the repository, and that nobody can install: tests of them may be skipped all the same."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="a skipped test is a failed one")


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
