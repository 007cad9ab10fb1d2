"""The topics ``networks`` and ``summary``: what networks are, and how far they have come."""

from typing import Any

from deepnet.errors import DeepnetError
from deepnet.runs.network import Network
from deepnet.service.engine.engine import Engine
from deepnet.service.web.streams.samples import Sample, json_text
from deepnet.service.web.streams.topics.topic import OfNetwork, Options, Speed, needed
from deepnet.service.web.streams.wishes import Subscribe
from deepnet.wire.records import summary_to_dict


class SummaryTopic:
    """One network: its summary, its run, and how fast it learns."""

    name = "summary"
    blocks = False

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def options(self, wish: Subscribe) -> Options:
        return (needed(self.name, "network", wish.network),)

    def open(self, options: Options, rate: float) -> "SummarySampler":  # noqa: ARG002 - it is as cheap at any
        return SummarySampler(self._engine, str(options[0]))


class SummarySampler(OfNetwork):
    """Takes the summary of one network, with its speed since the last times."""

    def __init__(self, engine: Engine, name: str) -> None:
        super().__init__(engine, name)
        self._steps, self._messages = Speed(), Speed()

    def sample(self) -> Sample:
        network, run_id = self.at_hand()
        data = describe(network, run_id)
        data["steps_per_second"] = self._steps(data["step"])
        data["messages_per_second"] = self._messages(data["messages"])
        return Sample(json_text(data))


class NetworksTopic:
    """All networks: a summary each."""

    name = "networks"
    blocks = False

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def options(self, wish: Subscribe) -> Options:  # noqa: ARG002 - there is one set of all networks
        return ()

    def open(self, options: Options, rate: float) -> "NetworksSampler":  # noqa: ARG002 - as above
        return NetworksSampler(self._engine)


class NetworksSampler:
    """Takes the summaries of all networks; one that is down says so, and hides no other."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._steps: dict[str, Speed] = {}

    def sample(self) -> Sample:
        names = self._engine.names()
        self._steps = {name: self._steps.get(name) or Speed() for name in names}
        return Sample(json_text([self._one(name) for name in names]))

    def _one(self, name: str) -> dict[str, Any]:
        try:
            data = describe(*self._engine.at_hand(name))
        except DeepnetError as error:
            return {"name": name, "state": "down", "reason": str(error)}
        except Exception as error:  # noqa: BLE001 - one odd record must not blank a page
            return {"name": name, "state": "unknown", "reason": f"it cannot be read ({type(error).__name__})"}
        data["steps_per_second"] = self._steps[name](data["step"])
        return data

    def close(self) -> None:
        """Hold nothing."""


def describe(network: Network, run_id: str | None) -> dict[str, Any]:
    """Return the summary of a network and how its run stands, as plain data."""
    data = summary_to_dict(network.summary())
    run = network.run
    data["run"] = run_id
    if run is not None:
        place = run.position
        data["position"] = {"epoch": place.epoch, "batch": place.batch, "step": place.step}
        data["reason"] = run.reason
    return data
