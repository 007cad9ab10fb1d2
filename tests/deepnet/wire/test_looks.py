from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from deepnet.errors import InputError
from deepnet.maths.model import Chain, Dense
from deepnet.runs.network import start
from deepnet.training.until import Until
from deepnet.wire.arrays import arrays_from_bytes, arrays_to_bytes
from deepnet.wire.looks import probe_of, probe_to_bytes, surface_of, surface_to_bytes, tile_from_bytes, tile_to_bytes


def same(one: Any, other: Any) -> None:
    """They are equal in all that they have."""
    for field in fields(one):
        mine, its = getattr(one, field.name), getattr(other, field.name)
        if field.name == "arrays":
            assert set(mine) == set(its)
            for name in mine:
                np.testing.assert_array_equal(mine[name], its[name])
                assert mine[name].dtype == its[name].dtype
        else:
            np.testing.assert_array_equal(mine, its)
            assert type(mine) is type(its)


def test_what_is_looked_at_comes_back_as_it_was() -> None:
    with start(Chain(Dense(2, 3, "tanh"), Dense(3, 1)), seed=1) as network:
        at_rest = network.probe()
        run = network.train([[0, 1], [2, 3]], [[1], [0]], until=Until(epochs=10**9), paused=True)
        run.step("batch", 3)
        probes, surface, tile = (at_rest, network.probe(), network.probe(1)), network.surface(), network.tile("dense_0")

    for probe in probes:
        same(probe, probe_of(*arrays_from_bytes(probe_to_bytes(probe))))
    same(surface, surface_of(*arrays_from_bytes(surface_to_bytes(surface))))
    same(tile, tile_from_bytes(tile_to_bytes(tile)))


def test_what_is_none_of_them_is_refused() -> None:
    other = arrays_to_bytes({"x": np.zeros(3)}, {"step": "1"})
    for read in (probe_of, surface_of):
        with pytest.raises(InputError, match="take them as they were sent"):
            read(*arrays_from_bytes(other))
    with pytest.raises(InputError, match="no tile of weights"):
        tile_from_bytes(other)
