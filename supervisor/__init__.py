"""Keep actors running: OTP supervision trees and an M:N scheduler for pykka."""

from supervisor.core.backoff import Backoff
from supervisor.core.reasons import Crash, ExitReason, Shutdown
from supervisor.core.spec import ChildSpec
from supervisor.errors import (
    AlreadyPresent,
    AlreadyStarted,
    BadSpecError,
    CallbackFailed,
    ChildRestarting,
    ChildRunning,
    HungError,
    MaxChildren,
    NameNotFound,
    NotFound,
    NotSupported,
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
from supervisor.runtime.directory import Directory, register, unregister, whereis
from supervisor.runtime.dynamic import DynamicSupervisor
from supervisor.runtime.group import Group
from supervisor.runtime.handle import Handle
from supervisor.runtime.inspect import (
    Restarts,
    get_restarts,
    get_state,
    get_status,
    install,
    log,
    no_debug,
    remove,
    replace_state,
    resume,
    statistics,
    suspend,
    trace,
    tree,
)
from supervisor.runtime.launch import IGNORE
from supervisor.runtime.links import Exited, link, linked, unlink
from supervisor.runtime.mailbox import Mailbox
from supervisor.runtime.monitors import Monitor, demonitor, monitor
from supervisor.runtime.ref import exit  # noqa: A004 - OTP's word
from supervisor.runtime.scheduler import SKIP, Scheduler
from supervisor.runtime.send_after import send_after
from supervisor.runtime.supervisor import Supervisor
from supervisor.runtime.watch import Down

__all__ = [
    "IGNORE",
    "SKIP",
    "AlreadyPresent",
    "AlreadyStarted",
    "Backoff",
    "BadSpecError",
    "CallbackFailed",
    "ChildRestarting",
    "ChildRunning",
    "ChildSpec",
    "Crash",
    "Directory",
    "Down",
    "DynamicSupervisor",
    "ExitReason",
    "Exited",
    "Group",
    "Handle",
    "HungError",
    "Mailbox",
    "MaxChildren",
    "Monitor",
    "NameNotFound",
    "NotFound",
    "NotSupported",
    "Restarts",
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
    "demonitor",
    "exit",
    "get_child_spec",
    "get_restarts",
    "get_state",
    "get_status",
    "install",
    "link",
    "linked",
    "log",
    "monitor",
    "no_debug",
    "register",
    "remove",
    "replace_state",
    "restart_child",
    "resume",
    "send_after",
    "start_child",
    "statistics",
    "stop",
    "suspend",
    "terminate_child",
    "trace",
    "tree",
    "unlink",
    "unregister",
    "whereis",
    "which_children",
]
