"""What a supervisor says of its children, told to structlog: one event a fact."""

from collections.abc import Callable
from typing import TypeAlias

import structlog

from supervisor.core import instructions
from supervisor.core.reasons import Crash, ExitReason

Reporter: TypeAlias = Callable[[str, instructions.Report], object]
"""Told the supervisor's name and what happened, in the supervisor's own turn: it must be quick."""

_log = structlog.get_logger("supervisor")


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
            log.warning(
                "child_terminated", id=child_id, offender=str(process), reason=_text(reason), will_restart=will_restart
            )
        case instructions.StartFailed(child_id, reason):
            log.error("child_start_failed", id=child_id, reason=_text(reason))
        case instructions.GaveUp(offender, reason, restarts):
            log.error("supervisor_gave_up", offender=offender, reason=_text(reason), restart_count=restarts)


def _text(reason: ExitReason) -> str:
    return repr(reason.exception) if isinstance(reason, Crash) else str(reason)
