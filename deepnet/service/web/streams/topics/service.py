"""The topic ``service``: how the service itself is."""

from collections.abc import Callable, Mapping
from typing import Any

from deepnet.service.engine.engine import Engine
from deepnet.service.web.streams.samples import Sample, json_text
from deepnet.service.web.streams.topics.topic import Options
from deepnet.service.web.streams.wishes import Subscribe


class ServiceTopic:
    """Plain figures of the engine and of the streams."""

    name = "service"
    blocks = True
    """It asks for the room on the disk."""

    def __init__(self, engine: Engine, figures: Callable[[], Mapping[str, Any]]) -> None:
        self._engine = engine
        self._figures = figures

    def options(self, wish: Subscribe) -> Options:  # noqa: ARG002 - there is one service
        return ()

    def open(self, options: Options, rate: float) -> "ServiceTopic":  # noqa: ARG002 - as above
        return self

    def sample(self) -> Sample:
        return Sample(json_text({**self._engine.status(), **self._figures()}))

    def close(self) -> None:
        """Hold nothing."""
