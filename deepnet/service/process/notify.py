"""What systemd is told: that we are ready, how it goes, that we are alive, that we are stopping."""

import os
import socket
import threading
from collections.abc import Callable, Mapping

import structlog

_log = structlog.get_logger("deepnet.service")


class Notifier:
    """Tells the service manager how it goes, by the protocol of sd_notify(3); where there is none, nobody.

    Args:
        environ: where NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID are looked up.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        address = environ.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address
        microseconds = environ.get("WATCHDOG_USEC", "")
        ours = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self._watchdog_seconds = int(microseconds) / 1e6 if ours and microseconds.isdecimal() else 0.0

    @property
    def watchdog_seconds(self) -> float:
        """After so many seconds without a sign of life we are killed; 0: nobody watches."""
        return self._watchdog_seconds

    def ready(self, status: str) -> None:
        self._tell("READY=1", f"STATUS={status}", f"MAINPID={os.getpid()}")

    def stopping(self) -> None:
        self._tell("STOPPING=1", "STATUS=stopping: runs go to a sealed step, and are kept")

    def alive(self, status: str) -> None:
        self._tell("WATCHDOG=1", f"STATUS={status}")

    def _tell(self, *lines: str) -> None:
        if not self._address:
            return
        message = "\n".join(" ".join(line.split()) for line in lines)
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.settimeout(1.0)
                sender.sendto(message.encode(), self._address)
        except OSError as error:  # whoever started us has gone, or does not listen: no reason to stop
            _log.debug("notify_failed", reason=str(error))


class Watchdog:
    """Says that the process is alive as long as all that matters in it has been heard of lately.

    Where nobody watches it still tells people how it goes.

    Args:
        notifier: whom it is said to.
        silent_seconds: tells for how long nothing has been heard of the event loop. If that is long, nothing is said,
            and the service manager starts us anew.
        status: tells people how it goes, which the engine has to answer; if it cannot, nothing is said either.
    """

    def __init__(self, notifier: Notifier, silent_seconds: Callable[[], float], status: Callable[[], str]) -> None:
        self._notifier = notifier
        self._silent_seconds = silent_seconds
        self._status = status
        self._over = threading.Event()
        self._every = notifier.watchdog_seconds / 3 or 5.0
        self._thread = threading.Thread(target=self._watch, name="deepnet-watchdog", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End it; whoever stops has time until the service manager's own limit for that."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(2.0)

    def _watch(self) -> None:
        self._look()
        while not self._over.wait(self._every):
            self._look()

    def _look(self) -> None:
        try:
            silent, status = self._silent_seconds(), self._status()
        except Exception:  # noqa: BLE001 - whatever it is, it is no sign of life
            _log.exception("no_sign_of_life")
            return
        if self._notifier.watchdog_seconds and silent > self._notifier.watchdog_seconds:
            _log.error("no_sign_of_life", seconds=round(silent, 1))
        else:
            self._notifier.alive(status)
