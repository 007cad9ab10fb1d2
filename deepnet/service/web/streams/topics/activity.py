"""The topic ``activity``: what all neurons make of rows of the run, as safetensors."""

from deepnet.runs.looking_again import probe_again
from deepnet.runs.probing import USUAL, Probe, Prober, checked_fields
from deepnet.service.engine.engine import Engine
from deepnet.service.web.streams.samples import Sample
from deepnet.service.web.streams.topics.topic import OfNetwork, Options, needed
from deepnet.service.web.streams.wishes import Subscribe
from deepnet.wire.looks import probe_to_bytes


class ActivityTopic:
    """One row of the run, or the mean over its first ones: see `deepnet.runs.probing`. Nobody is watched for it."""

    name = "activity"
    blocks = True
    """It reads all weights of a network: never in the event loop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def options(self, wish: Subscribe) -> Options:
        row = None if wish.row is None else str(wish.row)
        return (needed(self.name, "network", wish.network), row, checked_fields(wish.fields or USUAL))

    def open(self, options: Options, rate: float) -> "ActivitySampler":  # noqa: ARG002 - it is as cheap at any
        name, row, fields = options
        network, _ = self._engine.at_hand(str(name))
        prober = Prober(None if row is None else int(str(row)), tuple(fields or ()))
        prober.require_few_weights(network.model)
        return ActivitySampler(self._engine, str(name), prober)


class ActivitySampler(OfNetwork):
    """Reckons it; what has not changed since is not encoded again."""

    def __init__(self, engine: Engine, name: str, prober: Prober) -> None:
        super().__init__(engine, name)
        self._prober = prober
        self._last: tuple[Probe, Sample] | None = None

    def sample(self) -> Sample:
        network, _ = self.at_hand()
        probe = probe_again(network, self._prober)
        if self._last is None or self._last[0] is not probe:
            self._last = probe, Sample(probe_to_bytes(probe))
        return self._last[1]
