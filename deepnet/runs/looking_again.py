"""Looking at a network again and again: whoever keeps what he looks with is not told again what has not changed."""

from deepnet.runs.looking import Looking
from deepnet.runs.probing import Probe, Prober
from deepnet.runs.surface import Surface, Surveyor
from deepnet.runs.tiles import Earlier, Tile, Tiler


def probe_again(network: Looking, prober: Prober) -> Probe:
    """Return what the neurons make of rows of the run now; see `Looking.probe`."""
    return prober.probe(network._context, network.run)  # noqa: SLF001 - it is of this package


def survey_again(network: Looking, surveyor: Surveyor) -> Surface:
    """Return the surfaces of all neurons now; see `Looking.surface`."""
    return surveyor.survey(network._context, network.run)  # noqa: SLF001 - as above


def tile_again(network: Looking, tiler: Tiler, earlier: Earlier | None = None) -> Tile:
    """Return the weights of a layer now, or how much they have changed since *earlier*; see `Looking.tile`."""
    return tiler.tile(network._context, earlier)  # noqa: SLF001 - as above
