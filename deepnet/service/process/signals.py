"""What the process is told from outside: to stop, to stop at once, to read its log level again."""

import os
import signal
import threading
from collections.abc import Callable
from typing import Self

STOPPING = (signal.SIGTERM, signal.SIGINT)
BACKSTOP_SECONDS = 30.0
_OVER = 0


class Signals:
    """Signals of the process as something to wait for, between ``with`` and its end; for the main thread.

    The first SIGTERM or SIGINT ends `wait`; a second one ends the process on the spot, which loses nothing that a power
    cut would not lose. SIGHUP calls *reload*, from another thread.

    Python calls handlers in the main thread only, once that does something; but the system may tell another thread, and
    then the main thread waits on. So what counts is what Python writes into a pipe at once, and a thread that reads it.

    Attributes:
        reload: called after a SIGHUP.
        thread: that reads.
    """

    def __init__(self, reload: Callable[[], object]) -> None:
        self.reload = reload
        self._stop = threading.Event()
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)
        self._before: dict[int, object] = {}
        self._pipe_before = -1
        self.thread = threading.Thread(target=self._listen, name="deepnet-signals", daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        self._pipe_before = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        for number in (*STOPPING, signal.SIGHUP):
            self._before[number] = signal.signal(number, _ignore)
        return self

    def __exit__(self, *_exception: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)  # type: ignore[arg-type] # it came from there
        signal.set_wakeup_fd(self._pipe_before)
        os.write(self._write, bytes([_OVER]))
        self.thread.join()
        os.close(self._read)
        os.close(self._write)

    def stop(self) -> None:
        """Have `wait` end, as a signal would; from any thread. A signal after that is the first one."""
        self._stop.set()

    @property
    def stopping(self) -> bool:
        """Whether the process is to stop."""
        return self._stop.is_set()

    def wait(self) -> None:
        """Wait until the process is to stop."""
        self._stop.wait()

    def _listen(self) -> None:
        told = False
        while True:
            for number in os.read(self._read, 64):
                if number == _OVER:
                    return
                if number == signal.SIGHUP:
                    self.reload()
                elif number in STOPPING:
                    if told:
                        hard_exit(128 + number)
                    told = True
                    self._stop.set()


class Backstop:
    """Ends the process if it has not ended by itself in time.

    Attributes:
        thread: that waits for it.
    """

    def __init__(self, seconds: float = BACKSTOP_SECONDS, code: int = 1) -> None:
        self.thread = threading.Timer(seconds, hard_exit, [code])
        self.thread.daemon = True

    def start(self) -> None:
        self.thread.start()

    def cancel(self) -> None:
        self.thread.cancel()


def hard_exit(code: int) -> None:
    """End the process here and now, whatever its threads are in the middle of; even writing could wait for ever."""
    os._exit(code)


def _ignore(_number: int, _frame: object) -> None:
    """Do nothing: that there is a handler has Python write into the pipe."""
