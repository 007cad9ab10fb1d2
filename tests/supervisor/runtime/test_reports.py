"""What is logged of a child's life, and that logging hurts nobody."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from supervisor import Crash, Shutdown
from supervisor.core import instructions
from supervisor.runtime.reports import log_report, report

BOOM = Crash(ValueError("boom"))


@pytest.fixture
def configured() -> Iterator[None]:
    structlog.configure()
    yield
    structlog.reset_defaults()


def logged(fact: Any) -> dict[str, Any]:
    with capture_logs() as entries:
        log_report("top", fact)
    (entry,) = entries
    return dict(entry)


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize(
    ("fact", "entry"),
    [
        (instructions.ChildStarted("a", "p", 0), {"event": "child_started", "log_level": "debug", "process": "p"}),
        (instructions.ChildStarted("a", "p", 2), {"event": "restart", "log_level": "info", "restart_count": 2}),
        (
            instructions.ChildTerminated("a", "p", BOOM, will_restart=True),
            {"event": "child_terminated", "log_level": "warning", "reason": "ValueError('boom')", "offender": "p"},
        ),
        (
            instructions.ShutdownFailed("a", "p", "killed"),
            {"event": "child_shutdown_failed", "log_level": "error", "reason": "killed", "offender": "p"},
        ),
        (
            instructions.StartFailed("a", BOOM),
            {"event": "child_start_failed", "log_level": "error", "reason": "ValueError('boom')"},
        ),
    ],
)
def test_a_fact_is_one_event(fact: Any, entry: dict[str, Any]) -> None:  # OTP 27
    found = logged(fact)

    assert found["supervisor"] == "top"
    assert found["id"] == "a"
    assert {key: found[key] for key in entry} == entry


@pytest.mark.usefixtures("configured")
def test_giving_up_names_the_offender() -> None:  # OTP 27
    assert logged(instructions.GaveUp("a", "shutdown", 4)) == {
        "event": "supervisor_gave_up",
        "log_level": "error",
        "supervisor": "top",
        "offender": "a",
        "reason": "shutdown",
        "restart_count": 4,
    }


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize("reason", ["normal", "shutdown", Shutdown("enough"), BOOM, "killed"])
@pytest.mark.parametrize("will_restart", [True, False])
def test_only_a_clean_end_that_needs_no_restart_is_no_news(reason: Any, will_restart: bool) -> None:  # OTP 27
    level = logged(instructions.ChildTerminated("a", "p", reason, will_restart))["log_level"]

    assert (level == "debug") == (reason in ("normal", "shutdown", Shutdown("enough")) and not will_restart)


def test_a_process_that_did_not_ask_for_logs_gets_none(capsys: pytest.CaptureFixture[str]) -> None:
    log_report("top", instructions.GaveUp("a", "shutdown", 4))

    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("error", [ValueError("boom"), KeyboardInterrupt()])
def test_a_reporter_that_raises_is_logged_and_no_more(error: BaseException, pykka_log: Callable[[], list[str]]) -> None:
    def broken(_name: str, _fact: Any) -> None:
        raise error

    report(broken, "top", instructions.GaveUp("a", "shutdown", 4))

    assert pykka_log() == ["The reporter of supervisor 'top' failed:"]
