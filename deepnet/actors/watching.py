"""Who looks at what neurons do while they learn. What nobody watches is not computed."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeAlias

from deepnet.actors.vault import Sealed
from deepnet.maths.arrays import Array, Batch, Vector

HISTORY = 100
"""How many of its last steps are remembered of a neuron that is watched."""


class Activity(NamedTuple):
    """What a neuron did at one step that has been sealed; all copies.

    Attributes:
        step: which step.
        row: (inputs + 1,): the weights and the bias that it did it with.
        inputs: (rows, inputs).
        sum: (rows,): the weighted sums z.
        output: (rows,): the outputs a.
        delta: (rows,): dL/dz.
        gradient: (inputs + 1,): dL/d(weights), then dL/d(bias), summed over the rows.
        numbers: (1 + slots, inputs + 1): its row and slots as that step has left them.
    """

    step: int
    row: Vector
    inputs: Batch
    sum: Vector
    output: Vector
    delta: Vector
    gradient: Vector
    numbers: Array


class Staged(NamedTuple):
    """What a layer's watched neurons did at a step that is not sealed yet."""

    layer: int
    step: int
    attempt: int
    activities: Mapping[int, Activity]


Follower: TypeAlias = Callable[[Mapping[str, Activity], Sealed], object]
"""Told what those that it follows did at a step, by address, and what is sealed by it; in the trainer's turn: be quick.
"""


class _Wish(NamedTuple):
    places: Mapping[str, frozenset[int]]
    every: int
    tell: Follower


class Watching:
    """Which neurons are watched, what they did last, and whom to tell.

    Attributes:
        layers: the indices of the watched neurons, by address of their layer; empty if nobody watches.
    """

    def __init__(self) -> None:
        self.layers: Mapping[str, frozenset[int]] = {}
        self._wishes: tuple[_Wish, ...] = ()
        self._strides: tuple[int, ...] = ()
        self._staged: dict[str, Staged] = {}
        self._last: dict[str, deque[Activity]] = {}
        self._changing = threading.Lock()

    def add(self, places: Mapping[str, frozenset[int]], every: int, tell: Follower) -> Callable[[], None]:
        """Follow these neurons; call what is returned to end that.

        Args:
            places: their indices, by address of their layer.
            every: only steps whose number this divides.
            tell: see `Follower`.
        """
        wish = _Wish(places, every, tell)
        with self._changing:
            self._set((*self._wishes, wish))
        return lambda: self._remove(wish)

    def _remove(self, wish: _Wish) -> None:
        with self._changing:
            self._set(tuple(kept for kept in self._wishes if kept is not wish))

    def _set(self, wishes: tuple[_Wish, ...]) -> None:
        layers: dict[str, frozenset[int]] = {}
        for places, _, _ in wishes:
            for address, indices in places.items():
                layers[address] = layers.get(address, frozenset()) | indices
        self._wishes, self._strides, self.layers = wishes, tuple({wish.every for wish in wishes}), layers
        watched = {f"{address}/{index}" for address, indices in layers.items() for index in indices}
        for address in [*self._last]:
            if address not in watched:
                del self._last[address]

    def is_due(self, step: int) -> bool:
        """Whether anybody at all looks at this step: asked at every one by every layer, so it is quick."""
        for every in self._strides:  # noqa: SIM110 - a generator takes three times as long
            if step % every == 0:
                return True
        return False

    def wants(self, address: str, step: int) -> frozenset[int]:
        """Which neurons of the layer are looked at in this step."""
        if address not in self.layers:
            return frozenset()
        parts = [places[address] for places, every, _ in self._wishes if address in places and step % every == 0]
        return frozenset().union(*parts)

    def stage(self, address: str, staged: Staged) -> None:
        """Keep what the neurons of a layer did until the step is sealed; a replay comes in its place."""
        self._staged[address] = staged

    def publish(self, step: int, attempt: int, sealed: Sealed) -> None:
        """Tell those who follow what was done at *step*, by which this is *sealed*; and forget all older tries."""
        if not self._staged:
            return
        staged, self._staged = self._staged, {}
        blocks = sealed.banks[sealed.bank].blocks
        activities = {
            f"{address}/{index}": activity._replace(numbers=blocks[of_layer.layer][:, index].copy())
            for address, of_layer in staged.items()
            if of_layer.step == step and of_layer.attempt == attempt
            for index, activity in of_layer.activities.items()
        }
        for address, activity in activities.items():
            self._last.setdefault(address, deque(maxlen=HISTORY)).append(activity)
        for wish in self._wishes:
            if step % wish.every == 0:
                own = {
                    name: activities[name]
                    for address, indices in wish.places.items()
                    for name in (f"{address}/{index}" for index in sorted(indices))
                    if name in activities
                }
                if own:
                    wish.tell(own, sealed)

    def forget(self) -> None:
        """Forget what was done so far: neurons go by other addresses now, or have gone back to an earlier step."""
        self._staged, self._last = {}, {}

    def last(self, address: str) -> Activity | None:
        """What a watched neuron did last; None if nobody watches it, or it has done nothing since."""
        history = self._last.get(address)
        return history[-1] if history else None

    def history(self, address: str) -> tuple[Activity, ...]:
        """What a watched neuron did lately, oldest first; empty if nobody watches it."""
        return tuple(self._last.get(address, ()))


def activities(
    step: int, indices: Iterable[int], rows: Array, inputs: Batch, sums: Batch, outputs: Batch, deltas: Batch
) -> dict[int, Activity]:
    """Return what the neurons of these *indices* did.

    Args:
        step: which step it is.
        indices: of neurons of the layer.
        rows: (neurons, inputs + 1): the committed ones.
        inputs: (rows, inputs + 1), ending in a column of ones.
        sums: (rows, neurons).
        outputs: (rows, neurons + 1).
        deltas: (rows, neurons).
    """
    plain = inputs[:, :-1].copy()
    return {
        index: Activity(
            step,
            rows[index].copy(),
            plain,
            sums[:, index].copy(),
            outputs[:, index].copy(),
            deltas[:, index].copy(),
            deltas[:, index] @ inputs,
            rows[index : index + 1],  # not known yet
        )
        for index in indices
        if index < len(rows)
    }
