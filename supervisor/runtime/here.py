"""Which actor this thread is running at the moment, and on which scheduler."""

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from supervisor.runtime.mailbox import Mailbox
    from supervisor.runtime.scheduler import Scheduler


class Slot:
    """What one thread is doing: a plain object, which a worker can write to without looking up its thread."""

    __slots__ = ("mailbox",)

    def __init__(self) -> None:
        self.mailbox: Mailbox | None = None


class _Here(threading.local):
    def __init__(self) -> None:
        self.slot = Slot()
        self.scheduler: Scheduler | None = None
        """The scheduler that actors started by this thread are to live on."""

    @property
    def mailbox(self) -> "Mailbox | None":
        """The mailbox whose turn this thread is taking."""
        return self.slot.mailbox

    @mailbox.setter
    def mailbox(self, mailbox: "Mailbox | None") -> None:
        self.slot.mailbox = mailbox


here = _Here()
