"""Everything supervisor raises on purpose.

    SupervisorError
    ├── BadSpecError (also a ValueError)   a child spec or a flag is wrong: nothing was started
    ├── StartError                         a child, or a whole supervisor, could not be started
    ├── AlreadyStarted                     the id, or the name, belongs to a living actor
    ├── AlreadyPresent                     the id is known, but its child is not running
    ├── ChildRunning                       the child has to be terminated first
    ├── ChildRestarting                    the child is between a death and its next start
    ├── NotFound                           no child has that id
    ├── NameNotFound                       nobody goes by the name at present
    ├── MaxChildren                        a dynamic supervisor has as many children as it may
    ├── NotSupported                       a dynamic supervisor knows its children by their process only
    ├── UnknownRequestError                a supervisor was asked for something that supervisors do not do
    ├── CallbackFailed                     a function that was to make a new state raised
    ├── WouldBlockError                    a turn wanted to wait for an answer
    ├── HungError                          what an actor died of that was given up
    └── SchedulerClosedError               the scheduler takes no more actors

Every message is one line. Every error survives pickling: its arguments are plain values.
"""


class SupervisorError(Exception):
    """Root of everything supervisor raises on purpose."""


class BadSpecError(SupervisorError, ValueError):
    """A child spec or a supervisor's flag is wrong; the message names the field and what it may be."""


class StartError(SupervisorError):
    """A child could not be started, and with it perhaps its supervisor.

    Attributes:
        child_id: the child that failed.
        reason: why: a `Crash`, or another exit reason.
    """

    def __init__(self, child_id: object, reason: object) -> None:
        super().__init__(child_id, reason)
        self.child_id = child_id
        self.reason = reason

    def __str__(self) -> str:
        return f"child {self.child_id!r} failed to start: {self.reason}".replace("\n", " ")


class AlreadyStarted(SupervisorError):  # noqa: N818 - OTP's word
    """The id, or the name, belongs to a living actor."""

    def __init__(self, name: object) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"{self.name!r} is started already"


class _ChildError(SupervisorError):
    """A request named a child that is not in a fit state for it."""

    state = ""

    def __init__(self, child_id: object) -> None:
        super().__init__(child_id)
        self.child_id = child_id

    def __str__(self) -> str:
        return f"child {self.child_id!r} {self.state}"


class AlreadyPresent(_ChildError):  # noqa: N818 - OTP's word
    """The id is known, but its child is not running: restart it, or delete it first."""

    state = "is present but not running: restart it, or delete it first"


class ChildRunning(_ChildError):  # noqa: N818 - OTP's word
    """The child is running: terminate it first."""

    state = "is running: terminate it first"


class ChildRestarting(_ChildError):  # noqa: N818 - OTP's word
    """The child is between a death and its next start: terminate it first, or wait."""

    state = "is restarting: terminate it first, or wait"


class NotFound(_ChildError):  # noqa: N818 - OTP's word
    """No child has that id."""

    state = "is not known to this supervisor"


class NameNotFound(SupervisorError):  # noqa: N818 - in line with NotFound
    """Nobody goes by the name at present."""

    def __init__(self, name: object) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"nobody goes by the name {self.name!r} at present: wait for its restart, or use a handle that queues"


class MaxChildren(SupervisorError):  # noqa: N818 - Elixir's word
    """A dynamic supervisor has as many children, running or restarting, as it may."""

    def __init__(self, max_children: int | None) -> None:
        super().__init__(max_children)
        self.max_children = max_children

    def __str__(self) -> str:
        return f"the supervisor has its {self.max_children} children already: terminate one first"


class NotSupported(SupervisorError):  # noqa: N818 - in line with the others
    """A dynamic supervisor knows its children by their process: what goes by an id is not for it."""

    def __init__(self, request: str) -> None:
        super().__init__(request)
        self.request = request

    def __str__(self) -> str:
        return f"a dynamic supervisor has no {self.request}: its children go by their ref, and are not kept once down"


class UnknownRequestError(SupervisorError):
    """A supervisor was asked for something that supervisors do not do."""

    def __init__(self, supervisor: str, request: str) -> None:
        super().__init__(supervisor, request)
        self.supervisor = supervisor
        self.request = request

    def __str__(self) -> str:
        return f"supervisor {self.supervisor!r} does not know the request {self.request}".replace("\n", " ")


class CallbackFailed(SupervisorError):  # noqa: N818 - OTP's word
    """A function that was to make a new state of an actor raised; the state is what it was.

    Attributes:
        error: what it raised.
    """

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.error = error

    def __str__(self) -> str:
        return f"the function raised {type(self.error).__name__}: {self.error}".replace("\n", " ")


class WouldBlockError(SupervisorError):
    """A turn wanted to wait for an answer, which would hold the worker that may have to give it.

    Attributes:
        waiting: the actor whose handler called ``Future.get()``.
        awaited: the actor that was asked, or None if the future does not say.
    """

    def __init__(self, waiting: str, awaited: str | None) -> None:
        super().__init__(waiting, awaited)
        self.waiting = waiting
        self.awaited = awaited

    def __str__(self) -> str:
        whom = self.awaited or "a future"
        return (
            f"{self.waiting} must not wait for {whom} inside a turn: "
            f"send a message and handle the answer, or make it a pykka.ThreadingActor"
        )


class HungError(SupervisorError):
    """A handler did not return, and its actor was given up: what the actor died of; nobody raises it.

    Attributes:
        actor: who it was.
        seconds: for how long at least it had been at one message, or None if nobody looked.
    """

    def __init__(self, actor: str, seconds: float | None = None) -> None:
        super().__init__(actor, seconds)
        self.actor = actor
        self.seconds = seconds

    def __str__(self) -> str:
        after = "" if self.seconds is None else f" after {self.seconds:.3f} s"
        return f"{self.actor} was given up{after}: its handler did not return".replace("\n", " ")


class SchedulerClosedError(SupervisorError):
    """The scheduler is closed and takes no more actors."""
