"""Whether anything is left running at the end."""

import threading
import time
from collections.abc import Collection

_SECONDS = 0.5


def await_others(but: Collection[threading.Thread] = (), seconds: float = _SECONDS) -> bool:
    """Wait until no other thread is left, *but* for these; return whether that is so.

    A thread that waits for a disk, or for somebody who is gone, may be left. The interpreter would wait for it, and
    even for some daemons; but nothing that it could still do is of use by now.
    """
    known = {threading.current_thread(), *but}
    end = time.monotonic() + seconds
    while left := [each for each in threading.enumerate() if each not in known]:
        if time.monotonic() > end:
            return False
        left[0].join(0.01)
    return True
