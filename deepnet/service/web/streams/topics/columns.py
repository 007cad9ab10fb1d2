"""The topic ``columns``: figures of all neurons, as safetensors."""

from deepnet.errors import InputError
from deepnet.runs.columns import AT_REST, FIELDS, WATCHED, read_columns
from deepnet.service.engine.engine import Engine
from deepnet.service.web.streams.samples import Sample
from deepnet.service.web.streams.topics.neuron import Watched
from deepnet.service.web.streams.topics.pace import Pace
from deepnet.service.web.streams.topics.topic import OfNetwork, Options, needed
from deepnet.service.web.streams.wishes import Subscribe
from deepnet.wire.arrays import arrays_to_bytes


class ColumnsTopic:
    """Fields of all neurons of a network: see `deepnet.runs.columns`. All are watched while a field needs that."""

    name = "columns"
    blocks = True
    """It may read all weights of a large network: never in the event loop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def options(self, wish: Subscribe) -> Options:
        fields = tuple(dict.fromkeys(wish.fields or AT_REST))
        unknown = [field for field in fields if field not in FIELDS]
        if unknown:
            raise InputError(f"there is no field {unknown[0]!r}: use some of {', '.join(FIELDS)}")
        return (needed(self.name, "network", wish.network), fields)

    def open(self, options: Options, rate: float) -> "ColumnsSampler":
        network, fields = options
        self._engine.at_hand(str(network))
        return ColumnsSampler(self._engine, str(network), tuple(fields or ()), rate)


class ColumnsSampler(OfNetwork):
    """Reads columns, and has all layers watched if that is needed."""

    def __init__(self, engine: Engine, name: str, fields: tuple[str, ...], rate: float) -> None:
        super().__init__(engine, name)
        self._fields = fields
        self._rate = rate
        self._watched: dict[str, Watched] = {}

    def sample(self) -> Sample:
        network, _ = self.at_hand()
        if any(field in WATCHED for field in self._fields):
            for address in network.model.named_dense():
                self._watched.setdefault(address, Watched(address, Pace(self._rate))).follow(network)
        columns = read_columns(network, self._fields)
        about = {"step": str(columns.step), "epoch": str(columns.epoch)}
        return Sample(arrays_to_bytes(columns.arrays, about))

    def close(self) -> None:
        for watched in self._watched.values():
            watched.close()
