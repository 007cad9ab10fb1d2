"""What is drawn of a network, as bytes: activity of neurons, surfaces, tiles of weights; safetensors with texts.

Each record has a function that makes bytes of it, and one that takes it back from them, or from what a frame of the
live stream holds: what comes back is equal to it.
"""

from collections.abc import Mapping
from typing import Any

from deepnet.errors import InputError
from deepnet.runs.probing import Probe
from deepnet.runs.surface import Bounds, Surface
from deepnet.runs.tiles import Block, Tile, Window
from deepnet.wire.arrays import arrays_from_bytes, arrays_to_bytes


def probe_to_bytes(probe: Probe) -> bytes:
    """Return its arrays, with the texts ``step``, ``epoch``, ``rows`` and ``row``, which is empty without one."""
    about = {
        "step": str(probe.step),
        "epoch": str(probe.epoch),
        "rows": str(probe.rows),
        "row": "" if probe.row is None else str(probe.row),
    }
    return arrays_to_bytes(probe.arrays, about)


def probe_of(arrays: Mapping[str, Any], about: Mapping[str, str]) -> Probe:
    """Return the record of these arrays and texts; InputError if they are none."""
    try:
        row = int(about["row"]) if about["row"] else None
        return Probe(int(about["step"]), int(about["epoch"]), int(about["rows"]), row, arrays)
    except (KeyError, ValueError):
        raise InputError("these arrays are no activity of neurons: take them as they were sent") from None


def surface_to_bytes(surface: Surface) -> bytes:
    """Return its arrays, with the texts ``step``, ``epoch``, ``size`` and ``x0``, ``x1``, ``y0``, ``y1``."""
    about = {"step": str(surface.step), "epoch": str(surface.epoch), "size": str(surface.size)}
    return arrays_to_bytes(surface.arrays, about | {name: repr(end) for name, end in surface.bounds._asdict().items()})


def surface_of(arrays: Mapping[str, Any], about: Mapping[str, str]) -> Surface:
    """Return the record of these arrays and texts; InputError if they are none."""
    try:
        bounds = Bounds(*(float(about[name]) for name in Bounds._fields))
        return Surface(int(about["step"]), int(about["epoch"]), int(about["size"]), bounds, arrays)
    except (KeyError, ValueError):
        raise InputError("these arrays are no surface of neurons: take them as they were sent") from None


def tile_to_bytes(tile: Tile) -> bytes:
    """Return ``tile``, ``histogram`` and ``edges``, with all else as texts; ``against`` only where there is such."""
    about = {
        "address": tile.address,
        "step": str(tile.step),
        "epoch": str(tile.epoch),
        "rows": str(tile.rows),
        "columns": str(tile.columns),
        "window": ",".join(map(str, tile.window)),
        "block": ",".join(map(str, tile.block)),
        "min": repr(tile.low),
        "max": repr(tile.high),
        "mean": repr(tile.mean),
        "norm": repr(tile.norm),
    }
    if tile.against is not None:
        about["against"] = str(tile.against)
    return arrays_to_bytes({"tile": tile.tile, "histogram": tile.histogram, "edges": tile.edges}, about)


def tile_from_bytes(content: bytes) -> Tile:
    """Return the record; InputError if these bytes are none."""
    arrays, about = arrays_from_bytes(content)
    try:
        return Tile(
            address=about["address"],
            step=int(about["step"]),
            epoch=int(about["epoch"]),
            rows=int(about["rows"]),
            columns=int(about["columns"]),
            window=Window(*map(int, about["window"].split(","))),
            block=Block(*map(int, about["block"].split(","))),
            tile=arrays["tile"],
            histogram=arrays["histogram"],
            edges=arrays["edges"],
            low=float(about["min"]),
            high=float(about["max"]),
            mean=float(about["mean"]),
            norm=float(about["norm"]),
            against=int(about["against"]) if "against" in about else None,
        )
    except (KeyError, ValueError, TypeError):
        raise InputError("these bytes are no tile of weights: take them as they were sent") from None
