import pytest

from deepnet.errors import NameTakenError
from deepnet.service.store.rows import DatasetRow
from deepnet.service.store.store import Store


def _row(name: str, target: str | None = None) -> DatasetRow:
    return DatasetRow(name, 1.0, "csv", 2**40, 398, ["mpg", "a,b", "größe"], target)


def test_a_data_set_is_as_it_was_written_until_it_is_removed(store: Store) -> None:
    store.datasets.add(_row("cars", "mpg"))

    assert store.datasets.get("cars") == _row("cars", "mpg")
    assert store.datasets.get("iris") is None
    with pytest.raises(NameTakenError, match="there is a data set 'cars' already: take another name"):
        store.datasets.add(_row("cars"))
    assert [store.datasets.remove("cars"), store.datasets.remove("cars")] == [True, False]
    assert store.datasets.get("cars") is None


def test_pages_go_by_name(store: Store) -> None:
    for name in ("c", "a", "b"):
        store.datasets.add(_row(name))

    assert [row.name for row in store.datasets.page(limit=2)] == ["a", "b"]
    assert [row.name for row in store.datasets.page("b")] == ["c"]
    assert store.datasets.count() == 3
