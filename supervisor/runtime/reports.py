"""What a supervisor says of its children, told to structlog: one event a fact."""

import logging
from collections.abc import Callable
from typing import TypeAlias

import structlog

from supervisor.core import instructions
from supervisor.core.reasons import Crash, ExitReason, is_clean

Reporter: TypeAlias = Callable[[str, instructions.Report], object]
"""Told the supervisor's name and what happened, in the supervisor's own turn: it must be quick.
What it raises is logged, and it is told the next time all the same."""

_log = structlog.get_logger("supervisor")


def report(reporter: Reporter, supervisor: str, fact: instructions.Report) -> None:
    """Tell *reporter* the *fact*; should it fail, that is its own affair."""
    try:
        reporter(supervisor, fact)
    except BaseException:
        logging.getLogger("pykka").exception("The reporter of supervisor %r failed:", supervisor)


def log_report(supervisor: str, report: instructions.Report) -> None:
    """Log *report*, if the process has configured structlog: a library is quiet until it is asked."""
    if not structlog.is_configured():
        return
    log = _log.bind(supervisor=supervisor)
    match report:
        case instructions.ChildStarted(child_id, process, 0):
            log.debug("child_started", id=child_id, process=str(process))
        case instructions.ChildStarted(child_id, process, restarts):
            log.info("restart", id=child_id, process=str(process), restart_count=restarts)
        case instructions.ChildTerminated(child_id, process, reason, will_restart):
            tell = log.debug if is_clean(reason) and not will_restart else log.warning  # it was done: no news
            tell(
                "child_terminated", id=child_id, offender=str(process), reason=_text(reason), will_restart=will_restart
            )
        case instructions.ShutdownFailed(child_id, process, reason):
            log.error("child_shutdown_failed", id=child_id, offender=str(process), reason=_text(reason))
        case instructions.StartFailed(child_id, reason):
            log.error("child_start_failed", id=child_id, reason=_text(reason))
        case instructions.GaveUp(offender, reason, restarts):
            log.error("supervisor_gave_up", offender=offender, reason=_text(reason), restart_count=restarts)


def _text(reason: ExitReason) -> str:
    return repr(reason.exception) if isinstance(reason, Crash) else str(reason)
