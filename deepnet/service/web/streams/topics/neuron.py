"""The topic ``neuron``: one neuron, which is watched for as long as somebody looks at it."""

from dataclasses import dataclass, field

from deepnet.runs.following import Watch
from deepnet.runs.network import Network
from deepnet.runs.states import NeuronState
from deepnet.service.engine.engine import Engine
from deepnet.service.web.streams.samples import Sample, json_text
from deepnet.service.web.streams.topics.pace import Pace
from deepnet.service.web.streams.topics.topic import OfNetwork, Options, needed
from deepnet.service.web.streams.wishes import Subscribe
from deepnet.wire.records import neuron_to_dict


class NeuronTopic:
    """One neuron: its state, and what it did at the last step that was looked at."""

    name = "neuron"
    blocks = False

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def options(self, wish: Subscribe) -> Options:
        every = None if wish.every is None else str(wish.every)
        return (needed(self.name, "network", wish.network), needed(self.name, "address", wish.address), every)

    def open(self, options: Options, rate: float) -> "NeuronSampler":
        network, address, every = str(options[0]), str(options[1]), options[2]
        self._engine.at_hand(network)[0].neuron(address)  # says which there are, if there is none of that address
        return NeuronSampler(self._engine, network, address, Pace(rate, None if every is None else int(str(every))))


class NeuronSampler(OfNetwork):
    """Watches a neuron, about as often as somebody wants to see it."""

    def __init__(self, engine: Engine, name: str, address: str, pace: Pace) -> None:
        super().__init__(engine, name)
        self._address = address
        self._tells_all = pace.is_settled
        self._watched = Watched(address, pace)

    def sample(self) -> Sample:
        network, _ = self.at_hand()
        self._watched.follow(network)
        state = network.neuron(self._address)
        payload = json_text(neuron_to_dict(state, history=1))
        return WatchedSample(payload, state=state) if self._tells_all else Sample(payload)

    def close(self) -> None:
        self._watched.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedSample(Sample):
    """A neuron, and what it did at each step that was looked at and that somebody has not been told of.

    Attributes:
        state: the neuron.
        made: what was encoded, by how many steps it tells of.
    """

    state: NeuronState
    made: dict[int, str] = field(default_factory=dict)

    def after(self, mark: int | None) -> tuple[str | bytes | None, int]:
        """Return the neuron with its steps after the one numbered *mark*; with all if the run has gone back since."""
        newest = 0 if self.state.last is None else self.state.last.step
        seen = mark if mark is not None and mark <= newest else 0
        count = sum(one.step > seen for one in self.state.history)
        if count not in self.made:
            self.made[count] = json_text(neuron_to_dict(self.state, history=count))
        return self.made[count], newest


class Watched:
    """Keeps a neuron or a layer of a network watched, at a pace that suits how fast the network is."""

    def __init__(self, address: str, pace: Pace) -> None:
        self._address = address
        self._pace = pace
        self._network: Network | None = None
        self._every = 0
        self._watch: Watch | None = None

    def follow(self, network: Network) -> None:
        """Watch it in *network*, as it is now."""
        neurons = 1 if "/" in self._address else network.model.neuron_count
        every = self._pace.every(network.step, neurons=neurons)
        if self._watch is not None and network is self._network and every == self._every:
            self._watch.newest()  # what waits is let go; the network remembers the last steps by itself
            return
        before, self._watch = self._watch, network.watch(self._address, every=every)
        self._network, self._every = network, every
        if before is not None:
            before.close()  # after the new one is there: in between, what is remembered would be forgotten

    def close(self) -> None:
        if self._watch is not None:
            self._watch.close()
            self._watch = None
