"""The life of a supervised child: one table, and nothing else knows it."""

import enum

from supervisor.errors import SupervisorError


class Life(enum.Enum):
    """The states of a child."""

    DOWN = "down"  # known, not running, and nobody is about to start it
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    RESTARTING = "restarting"  # its last start failed; the supervisor will try again


class Signal(enum.Enum):
    """What can happen to a child."""

    START = "start"
    UP = "up"
    IGNORED = "ignored"
    FAILED = "failed"
    RETRY = "retry"
    STOP = "stop"
    GONE = "gone"


LIFE: dict[tuple[Life, Signal], Life] = {
    (Life.DOWN, Signal.START): Life.STARTING,
    (Life.RESTARTING, Signal.START): Life.STARTING,
    (Life.STARTING, Signal.UP): Life.RUNNING,
    (Life.STARTING, Signal.IGNORED): Life.DOWN,
    (Life.STARTING, Signal.FAILED): Life.DOWN,
    (Life.DOWN, Signal.RETRY): Life.RESTARTING,
    (Life.RUNNING, Signal.STOP): Life.STOPPING,
    (Life.RUNNING, Signal.GONE): Life.DOWN,
    (Life.STOPPING, Signal.GONE): Life.DOWN,
    (Life.RESTARTING, Signal.STOP): Life.DOWN,
}


class IllegalSignalError(SupervisorError):
    """A child was sent a signal that its state has no rule for: a bug in the supervisor."""

    def __init__(self, life: Life, signal: Signal) -> None:
        super().__init__(life, signal)
        self.life = life
        self.signal = signal

    def __str__(self) -> str:
        return f"a {self.life.value} child has no rule for {self.signal.value}"


def next_life(life: Life, signal: Signal) -> Life:
    """Return the state that a child enters on *signal*.

    Raises:
        IllegalSignalError: the table lacks the pair.
    """
    try:
        return LIFE[life, signal]
    except KeyError:
        raise IllegalSignalError(life, signal) from None
