"""Which actor this thread is running at the moment, and on which scheduler."""

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from supervisor.runtime.mailbox import Mailbox
    from supervisor.runtime.scheduler import Scheduler


class _Here(threading.local):
    mailbox: "Mailbox | None" = None
    """The mailbox whose turn this thread is taking."""
    scheduler: "Scheduler | None" = None
    """The scheduler that actors started by this thread are to live on."""


here = _Here()
