"""Following neurons of a service, over its live stream."""

import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Self

from deepnet.actors.watching import HISTORY, Activity
from deepnet.client.link import Link
from deepnet.client.live import Frame, Live
from deepnet.runs.states import NeuronState
from deepnet.wire.records import neuron_from_dict

RATE = 20.0
"""Frames a second: the service sends no more."""
_BEGIN_SECONDS = 5.0
_LOOK_SECONDS = 0.2
"""How often one asks whether the run is over, while nothing comes."""


class RemoteWatch:
    """Neurons that are followed; made by `RemoteNetwork.watch`. Iterate over it and close it, or use a ``with`` block.

    Iteration ends when it is closed, and when no run is under way any more and all that was sent has been read.

    Attributes:
        missed: steps that were to be told, and were not: a network that is fast is not looked at at each of them.
    """

    def __init__(self, link: Link, network: str, addresses: Sequence[str], every: int) -> None:
        self.missed = 0
        self._link = link
        self._path = f"/networks/{network}"
        self._every = every
        self._closed = False
        self._waiting: deque[NeuronState] = deque()
        self._histories: dict[int, deque[Activity]] = {}
        self._live = Live(link.place)
        try:
            self._begin(network, addresses)
        except BaseException:
            self._live.close()
            raise

    def _begin(self, network: str, addresses: Sequence[str]) -> None:
        """Return once the service looks at all of them: whatever is done from now on is seen."""
        for address in addresses:
            self._live.subscribe("neuron", network=network, address=address, every=self._every, rate=RATE)
        end = time.monotonic() + _BEGIN_SECONDS
        while len(self._histories) < len(addresses) and (left := end - time.monotonic()) > 0:
            with suppress(TimeoutError):
                self._read(self._live.receive(left))

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> NeuronState:
        """Wait for the next record."""
        quiet = False
        while not self._waiting:
            if self._closed or (quiet and self._is_idle()):
                raise StopIteration
            quiet = not self._take(_LOOK_SECONDS)
        return self._waiting.popleft()

    def newest(self) -> NeuronState | None:
        """Return the newest record that nobody has read and leave out those before it, without waiting for one."""
        while not self._closed and self._take(0):
            pass
        if not self._waiting:
            return None
        found = self._waiting.pop()
        self._waiting.clear()
        return found

    def close(self) -> None:
        """Follow no longer. Twice is no error."""
        self._closed = True
        self._live.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def _take(self, seconds: float) -> bool:
        """Take what comes next, waiting up to so many seconds; tell whether there was something new in it."""
        end = time.monotonic() + seconds
        while not self._closed:
            try:
                if self._read(self._live.receive(max(0.0, end - time.monotonic()))):
                    return True
            except TimeoutError:
                break
            if time.monotonic() >= end:
                break
        return False

    def _read(self, frame: Frame | None) -> bool:
        """Add the records of a frame that are new; tell whether there are any."""
        if frame is None:
            self._closed = True
            return False
        if frame.problem is not None:
            raise frame.problem
        if frame.id is None or frame.data is None:
            return False
        state = neuron_from_dict(frame.data)
        if frame.id not in self._histories:  # what it did before somebody watched
            self._histories[frame.id] = deque(state.history, HISTORY)
            return False
        known = self._histories[frame.id]
        if known and state.history and state.history[-1].step < known[-1].step:
            known.clear()  # the run has gone back
        last = known[-1].step if known else 0
        news = [one for one in state.history if one.step > last]
        for activity in news:
            if known:
                self.missed += max(0, (activity.step - known[-1].step) // self._every - 1)
            known.append(activity)
            self._waiting.append(_as_of(state, activity, tuple(known)))
        return bool(news)

    def _is_idle(self) -> bool:
        state = self._link.ask("GET", self._path).json()["state"]
        return state not in {"running", "paused"}


def _as_of(state: NeuronState, activity: Activity, history: tuple[Activity, ...]) -> NeuronState:
    """Return the record of a neuron as that step has left it."""
    numbers = activity.numbers
    slots = dict(zip(state.slots, numbers[1:], strict=False))
    return replace(
        state,
        weights=numbers[0, :-1],
        bias=float(numbers[0, -1]),
        slots=slots,
        step=activity.step,
        history=history,
    )
