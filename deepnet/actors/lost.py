"""Who notices that a message is missing: by a rule, not by a time-out."""

import threading
from collections.abc import Callable

from deepnet.actors.courier import Courier

LOOK_SECONDS = 0.005
"""How often it is looked."""


class LostFinder:
    """Has a step played again of which a message was lost, once nothing else is left to happen.

    That is so if nobody is at work, nobody has mail and none is held back, at two looks in a row between which no
    message was handled. A thread looks while it is on; without workers somebody calls `find`.

    Args:
        courier: of the network.
        play_again: has the trainer play again what is under way.
    """

    def __init__(self, courier: Courier, play_again: Callable[[], object]) -> None:
        self._courier = courier
        self._play_again = play_again
        self._off = threading.Event()
        self._is_missing = False
        self._changing = threading.Lock()

    def lose(self) -> None:
        """Note that a message was lost."""
        self._is_missing = True

    def turn_on(self) -> None:
        """Look from now on."""
        off = self._off = threading.Event()
        scheduler = self._courier.scheduler
        if scheduler.threaded:
            threading.Thread(target=self._watch, args=(off,), name=f"{scheduler.name}-lost", daemon=True).start()

    def turn_off(self) -> None:
        """Look no more; what is missing now is played again."""
        self._off.set()
        self.tell()

    def find(self) -> bool:
        """Have the step played again if a message of it is missing; for those who take turns by hand."""
        return self._courier.is_quiet and self.tell()

    def tell(self) -> bool:
        """Have the step played again if any message was lost since the last time; whether it was."""
        with self._changing:
            was_missing, self._is_missing = self._is_missing, False
        if was_missing:
            self._play_again()
        return was_missing

    def _watch(self, off: threading.Event) -> None:
        scheduler, seen = self._courier.scheduler, None
        while not off.wait(LOOK_SECONDS) and not scheduler.closed:
            handled = scheduler.messages_handled if self._is_missing and self._courier.is_quiet else None
            if handled is not None and handled == seen:
                self.tell()
                handled = None
            seen = handled
