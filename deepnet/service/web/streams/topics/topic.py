"""What a topic is: something of the service that can be looked at again and again."""

import time
from collections import deque
from typing import Protocol, TypeAlias

from deepnet.errors import InputError
from deepnet.runs.network import Network
from deepnet.service.engine.engine import Engine
from deepnet.service.web.streams.samples import Sample
from deepnet.service.web.streams.wishes import Subscribe

Options: TypeAlias = tuple[str | tuple[str, ...] | None, ...]
"""What a subscription asks for: subscriptions of the same topic and options share their samples."""


class Sampler(Protocol):
    """Takes samples for one set of options, one at a time."""

    def sample(self) -> Sample:
        """Look, and say what there is.

        It may be called in the event loop if `Topic.blocks` is not set and it has been quick so far.

        Raises:
            NotFoundError, InputError: there will never be anything to see.
            DeepnetError: there is nothing to see at the moment.
        """

    def close(self) -> None:
        """Let go of what it holds; quick."""


class Topic(Protocol):
    """A kind of thing to look at."""

    name: str
    blocks: bool
    """Whether its samplers may wait for the disk or for somebody else."""

    def options(self, wish: Subscribe) -> Options:
        """Return what *wish* asks for.

        Raises:
            InputError: something is missing.
        """

    def open(self, options: Options, rate: float) -> Sampler:
        """Return what takes samples, about *rate* a second; in a thread, for it may wait.

        Raises:
            NotFoundError, InputError: there is no such thing.
            DeepnetError: there is nothing to see at the moment.
        """


def needed(topic: str, name: str, value: str | None) -> str:
    """Return *value*, which the topic needs.

    Raises:
        InputError: it is missing.
    """
    if value is None:
        raise InputError(
            f'the topic {topic} needs {"an" if name[0] in "aeiou" else "a"} {name}: subscribe with "{name}": "..."'
        )
    return value


class OfNetwork:
    """The part of a sampler that has to do with one network, which may be another object after it came up again."""

    def __init__(self, engine: Engine, name: str) -> None:
        self.engine = engine
        self.name = name

    def at_hand(self) -> tuple[Network, str | None]:
        """Return the network and the id of its run; see `Engine.at_hand`."""
        return self.engine.at_hand(self.name)

    def close(self) -> None:
        """Hold nothing."""


class Speed:
    """How fast a number rises: over about the last two seconds."""

    SECONDS = 2.0

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def __call__(self, number: int, now: float | None = None) -> float | None:
        """Note that it is *number* now; return by how much it rises in a second, None if nobody can say yet."""
        now = time.monotonic() if now is None else now
        if self._seen and number < self._seen[-1][1]:
            self._seen.clear()  # it began anew
        self._seen.append((now, number))
        while len(self._seen) > 2 and now - self._seen[1][0] >= self.SECONDS:
            self._seen.popleft()
        first, last = self._seen[0], self._seen[-1]
        return (last[1] - first[1]) / (last[0] - first[0]) if last[0] > first[0] else None
