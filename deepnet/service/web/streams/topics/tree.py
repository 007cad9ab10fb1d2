"""The topic ``tree``: who supervises whom, of one network or of the service."""

from collections.abc import Callable
from typing import Any

from deepnet.service.engine.engine import Engine
from deepnet.service.web.streams.samples import Sample, json_text
from deepnet.service.web.streams.topics.topic import Options
from deepnet.service.web.streams.wishes import Subscribe
from deepnet.wire.records import tree_to_dict


class TreeTopic:
    """A supervision tree: that of a network, or without one that of the service."""

    name = "tree"
    blocks = True
    """The supervisors themselves are asked, and one of them may be busy."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def options(self, wish: Subscribe) -> Options:
        return (wish.network,)

    def open(self, options: Options, rate: float) -> "TreeSampler":  # noqa: ARG002 - it is asked when it is asked
        name = options[0]
        if name is None:
            return TreeSampler(self._engine.tree)
        engine, network = self._engine, str(name)
        engine.at_hand(network)
        return TreeSampler(lambda: tree_to_dict(engine.at_hand(network)[0].tree()))


class TreeSampler:
    """Asks for the tree."""

    def __init__(self, ask: Callable[[], dict[str, Any]]) -> None:
        self._ask = ask

    def sample(self) -> Sample:
        return Sample(json_text(self._ask()))

    def close(self) -> None:
        """Hold nothing."""
