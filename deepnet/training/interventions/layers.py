"""Models, and tuples with an entry a layer, with some of their layers replaced."""

from collections.abc import Mapping
from typing import TypeVar

from deepnet.maths.model import Chain, Dense

Entry = TypeVar("Entry")


def with_entries(entries: tuple[Entry, ...], changed: Mapping[int, Entry]) -> tuple[Entry, ...]:
    """Return *entries* with those of the numbers in *changed* replaced."""
    return tuple(changed.get(number, entry) for number, entry in enumerate(entries))


def with_dense(model: Chain, changed: Mapping[int, Dense]) -> Chain:
    """Return *model* with the dense layers of these numbers replaced.

    Raises:
        ShapeError: two neighbours do not join.
    """
    dense = iter(with_entries(model.dense, changed))
    return Chain(*(next(dense) if isinstance(layer, Dense) else layer for layer in model.layers))
