"""The topic ``surface``: the outputs of all neurons of a network of two inputs over the plane, as safetensors."""

from deepnet.runs.looking_again import survey_again
from deepnet.runs.surface import Surface, Surveyor, require_two_inputs
from deepnet.service.engine.engine import Engine
from deepnet.service.web.streams.samples import Sample
from deepnet.service.web.streams.topics.topic import OfNetwork, Options, needed
from deepnet.service.web.streams.wishes import Subscribe
from deepnet.wire.looks import surface_to_bytes


class SurfaceTopic:
    """The surface of decision of each neuron: see `deepnet.runs.surface`."""

    name = "surface"
    blocks = True
    """It computes some milliseconds: never in the event loop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def options(self, wish: Subscribe) -> Options:
        return (needed(self.name, "network", wish.network),)

    def open(self, options: Options, rate: float) -> "SurfaceSampler":  # noqa: ARG002 - it is as cheap at any
        name = str(options[0])
        require_two_inputs(self._engine.at_hand(name)[0].model)
        return SurfaceSampler(self._engine, name)


class SurfaceSampler(OfNetwork):
    """Reckons it; what has not changed since is not encoded again."""

    def __init__(self, engine: Engine, name: str) -> None:
        super().__init__(engine, name)
        self._surveyor = Surveyor()
        self._last: tuple[Surface, Sample] | None = None

    def sample(self) -> Sample:
        network, _ = self.at_hand()
        surface = survey_again(network, self._surveyor)
        if self._last is None or self._last[0] is not surface:
            self._last = surface, Sample(surface_to_bytes(surface))
        return self._last[1]
