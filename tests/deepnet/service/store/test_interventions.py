from deepnet.service.store.rows import NewEvent
from deepnet.service.store.store import Store


def _change(network: str, run: str | None, kind: str) -> NewEvent:
    data = {"kind": kind, "old": None, "new": [1, 2]}
    return NewEvent(4.0, "intervened", network, run, "dense_0/1", None, "me", data)


def test_they_are_paged_by_number_of_all_or_of_one_network_or_run(store: Store) -> None:
    changes = [("xor", "xor-1", "set"), ("and", None, "kill"), ("xor", "xor-2", "grow"), ("xor", None, "undo")]
    store.events.append([_change(*change) for change in changes])

    def kinds(**asked: object) -> list[str]:
        return [row.kind for row in store.interventions.page(**asked)]  # type: ignore[arg-type]  # as asked below

    assert kinds() == ["set", "kill", "grow", "undo"]
    assert kinds(after=1, limit=2) == ["kill", "grow"]
    assert kinds(network="xor") == ["set", "grow", "undo"]
    assert kinds(network="xor", run="xor-2") == ["grow"]
    assert kinds(run="or-1") == []
    assert store.interventions.count() == 4
    assert store.interventions.page()[0].new == [1, 2]


def test_the_newest_are_kept(store: Store) -> None:
    store.events.append([_change("xor", None, kind) for kind in ("set", "kill", "grow", "undo")])

    assert store.interventions.trim(4) == 0
    assert store.interventions.trim(2) == 2
    assert [row.kind for row in store.interventions.page()] == ["grow", "undo"]
