from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from deepnet.runs.durable import Checkpoints
from deepnet.service.engine.engine import Engine
from deepnet.service.store.data_folder import DataFolder
from deepnet.service.store.event_log import EventLog
from deepnet.service.store.store import Store
from deepnet.service.tree.service import ServiceTree


@contextmanager
def running(path: Path) -> Iterator[Engine]:
    """A service without a face, on what lies in *path*."""
    with ExitStack() as stack:
        folder = stack.enter_context(DataFolder.open(path))
        store = Store.open(folder.database)
        stack.callback(store.close)
        engine = Engine(folder, store, EventLog(store), checkpoints=Checkpoints(every_seconds=0.2, keep=5))
        tree = ServiceTree(engine)
        stack.callback(tree.stop)
        tree.start()
        yield engine


@pytest.fixture
def service() -> Callable[[Path], object]:
    return running


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with running(tmp_path / "data") as engine:
        yield engine
