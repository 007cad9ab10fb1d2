from collections.abc import Callable
from pathlib import Path

import pytest

from deepnet.errors import StorageError
from deepnet.service.store.rows import NetworkRow
from deepnet.service.store.store import Store


def test_what_was_written_is_there_when_it_is_opened_again(
    tmp_path: Path, network_row: Callable[..., NetworkRow]
) -> None:
    with Store.open(tmp_path / "service.sqlite3") as store:
        store.networks.add(network_row("xor"))

    with Store.open(str(tmp_path / "service.sqlite3")) as store:
        assert store.networks.get("xor") == network_row("xor")
        assert store.path == tmp_path / "service.sqlite3"


def test_every_table_goes_on_after_it_was_reopened(store: Store, network_row: Callable[..., NetworkRow]) -> None:
    store.networks.add(network_row("xor"))
    store.close()
    with pytest.raises(StorageError, match="is closed"):
        store.networks.page()

    store.reopen()

    assert [row.name for row in store.networks.page()] == ["xor"]
    assert (store.runs.page(), store.events.last_id(), store.datasets.page()) == ([], 0, [])
    assert (store.sessions.page(), store.interventions.page(), store.idempotency.find("a", "b")) == ([], [], None)
