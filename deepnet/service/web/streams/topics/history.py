"""The topic ``history``: the records of epochs as they come."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from deepnet.runs.run import Run
from deepnet.service.engine.engine import Engine
from deepnet.service.web.streams.samples import Sample, json_text
from deepnet.service.web.streams.topics.topic import OfNetwork, Options, needed
from deepnet.service.web.streams.wishes import Subscribe
from deepnet.training.history import EpochRecord
from deepnet.wire.records import epoch_to_dict

MOST_RECORDS = 500
"""Records in a frame: of more, every so-manyth and the last are sent."""


class HistoryTopic:
    """The epochs of a network's run, or of one named run while it is its network's."""

    name = "history"
    blocks = False

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def options(self, wish: Subscribe) -> Options:
        if wish.run is not None:
            return (None, wish.run)
        return (needed(self.name, "network", wish.network), None)

    def open(self, options: Options, rate: float) -> "HistorySampler":  # noqa: ARG002 - it is as cheap at any
        network, run = options
        if run is not None:
            network = self._engine.run_row(str(run)).network
            self._engine.live_run(str(run))  # says what to take instead, if it is another's turn
        return HistorySampler(self._engine, str(network))


class HistorySampler(OfNetwork):
    """Takes what there is by now of the run that the network has."""

    def __init__(self, engine: Engine, name: str) -> None:
        super().__init__(engine, name)
        self._last: HistorySample | None = None

    def sample(self) -> Sample:
        network, run_id = self.at_hand()
        run = network.run
        newest = None if run is None else run.last_epoch
        last = self._last
        if last is not None and last.run is run and last.newest is newest:
            return last
        self._last = HistorySample("", run=run, run_id=run_id, newest=newest, made={})
        return self._last


@dataclass(frozen=True, slots=True, kw_only=True)
class HistorySample(Sample):
    """How far a run is; what of it somebody gets depends on what they have.

    Attributes:
        run: the run; None before the first.
        run_id: what it is called.
        newest: its newest record.
        made: what was encoded for those who had it up to a record, by that record's number.
    """

    run: Run | None
    run_id: str | None
    newest: EpochRecord | None
    made: dict[int, str]

    def after(self, mark: Any) -> tuple[str | bytes | None, Any]:
        """Return the records after the one that *mark*, (run, record), names; from the first if that is gone."""
        then: Run | None = None
        seen: EpochRecord | None = None
        if mark is not None:
            then, seen = mark
        if mark is not None and then is self.run and seen is self.newest:
            return None, mark
        number = self._number(then, seen)
        if number not in self.made:
            self.made[number] = self._encoded(number)
        return self.made[number], (self.run, self.newest)

    def says_the_same(self, other: Sample) -> bool:
        return self is other

    def _number(self, then: Run | None, seen: EpochRecord | None) -> int:
        """Return up to which epoch those have this run's records who saw that one last; 0 if it went back meanwhile."""
        if self.run is None or then is not self.run or seen is None:
            return 0
        there = self.run.epochs(seen.epoch - 1, seen.epoch)
        return seen.epoch if there and there[0] is seen else 0  # one that was learnt again may be equal

    def _encoded(self, number: int) -> str:
        last = 0 if self.newest is None else self.newest.epoch
        records = () if self.run is None else self.run.epochs(number, last)
        return json_text(
            {"run": self.run_id, "after": number, "records": [epoch_to_dict(record) for record in thinned(records)]}
        )


def thinned(records: Sequence[EpochRecord], most: int = MOST_RECORDS) -> Sequence[EpochRecord]:
    """Return at most *most* of them, evenly chosen, with the last."""
    if len(records) <= most:
        return records
    stride = -(-len(records) // most)
    return records[(len(records) - 1) % stride :: stride]
