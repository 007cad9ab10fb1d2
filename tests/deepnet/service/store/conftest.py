from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from deepnet.service.store.event_log import EventLog
from deepnet.service.store.rows import NetworkRow
from deepnet.service.store.store import Store


class Clock:
    """Time stands still until somebody says what it is."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    with Store.open(tmp_path / "service.sqlite3", clock) as store:
        yield store


@pytest.fixture
def log(store: Store, clock: Clock) -> EventLog:
    return EventLog(store, clock)


@pytest.fixture
def network_row() -> Callable[..., NetworkRow]:
    def make(name: str, **facts: Any) -> NetworkRow:
        usual: dict[str, Any] = {"created": 5.0, "seed": 7, "granularity": "neuron", "dtype": "float32"}
        return NetworkRow(name, **(usual | {"kernels": "numpy", "model": {"layers": [3, 1]}} | facts))

    return make
