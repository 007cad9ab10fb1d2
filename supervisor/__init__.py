"""Keep actors running: OTP supervision trees and an M:N scheduler for pykka."""

from supervisor.core.reasons import Crash, ExitReason, Shutdown
from supervisor.core.spec import ChildSpec
from supervisor.errors import (
    AlreadyPresent,
    AlreadyStarted,
    BadSpecError,
    ChildRestarting,
    ChildRunning,
    NotFound,
    SchedulerClosedError,
    StartError,
    SupervisorError,
    UnknownRequestError,
    WouldBlockError,
)
from supervisor.runtime.actor import ScheduledActor
from supervisor.runtime.administration import (
    count_children,
    delete_child,
    get_child_spec,
    restart_child,
    start_child,
    stop,
    terminate_child,
    which_children,
)
from supervisor.runtime.directory import Directory
from supervisor.runtime.launch import IGNORE
from supervisor.runtime.ref import exit  # noqa: A004 - OTP's word
from supervisor.runtime.scheduler import Scheduler
from supervisor.runtime.supervisor import Supervisor

__all__ = [
    "IGNORE",
    "AlreadyPresent",
    "AlreadyStarted",
    "BadSpecError",
    "ChildRestarting",
    "ChildRunning",
    "ChildSpec",
    "Crash",
    "Directory",
    "ExitReason",
    "NotFound",
    "ScheduledActor",
    "Scheduler",
    "SchedulerClosedError",
    "Shutdown",
    "StartError",
    "Supervisor",
    "SupervisorError",
    "UnknownRequestError",
    "WouldBlockError",
    "count_children",
    "delete_child",
    "exit",
    "get_child_spec",
    "restart_child",
    "start_child",
    "stop",
    "terminate_child",
    "which_children",
]
