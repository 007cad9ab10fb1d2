"""What the engine asks of whoever runs it: that networks come up and go, and that things are seen to."""

from typing import Any, Protocol


class Hands(Protocol):
    """The supervision tree of the service, as its engine sees it."""

    def bring_up(self, name: str) -> None:
        """Have the network of that name brought up and kept up; return when it is up.

        Raises:
            DeepnetError: it cannot be.
        """

    def take_down(self, name: str) -> None:
        """Have it no longer; return when it is down. One that is not there is no error."""

    def see_to(self, name: str) -> None:
        """Have `Engine.settle` called for it soon, in another thread; returns at once."""

    def tree(self) -> dict[str, Any]:
        """Return who supervises whom: name, kind, strategy, restarts and children of each."""

    def kill_child(self, name: str) -> None:
        """Have one of the service's own children die, to show that it heals.

        Raises:
            NotFoundError: there is no such child; the message says which there are.
        """
