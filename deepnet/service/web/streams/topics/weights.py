"""The topic ``weights``: the weights of a layer, or a part of them, as a picture; in safetensors."""

from deepnet.runs.looking_again import tile_again
from deepnet.runs.tiles import Tile, Tiler, layer_number
from deepnet.service.engine.engine import Engine
from deepnet.service.web.streams.samples import Sample
from deepnet.service.web.streams.topics.topic import OfNetwork, Options, needed
from deepnet.service.web.streams.wishes import Subscribe
from deepnet.wire.looks import tile_to_bytes


class WeightsTopic:
    """A tile of the weights of one layer: see `deepnet.runs.tiles`."""

    name = "weights"
    blocks = True
    """It reads all weights of a layer: never in the event loop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def options(self, wish: Subscribe) -> Options:
        window = None if wish.window is None else tuple(map(str, wish.window))
        return (needed(self.name, "network", wish.network), needed(self.name, "address", wish.address), window)

    def open(self, options: Options, rate: float) -> "WeightsSampler":  # noqa: ARG002 - it is as cheap at any
        name, address, window = str(options[0]), str(options[1]), options[2]
        layer_number(self._engine.at_hand(name)[0].model, address)  # says which there are
        return WeightsSampler(self._engine, name, Tiler(address, None if window is None else tuple(map(int, window))))


class WeightsSampler(OfNetwork):
    """Reads it; what has not changed since is not encoded again."""

    def __init__(self, engine: Engine, name: str, tiler: Tiler) -> None:
        super().__init__(engine, name)
        self._tiler = tiler
        self._last: tuple[Tile, Sample] | None = None

    def sample(self) -> Sample:
        network, _ = self.at_hand()
        tile = tile_again(network, self._tiler)
        if self._last is None or self._last[0] is not tile:
            self._last = tile, Sample(tile_to_bytes(tile))
        return self._last[1]
