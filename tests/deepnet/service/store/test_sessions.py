from dataclasses import replace

import pytest

from deepnet.errors import NameTakenError
from deepnet.service.store.rows import SessionRow
from deepnet.service.store.store import Store


def _row(name: str, expires: float = 2000.0) -> SessionRow:
    return SessionRow(name, f"hash-{name}", "viewer", 1000.0, expires, 1000.0, "laptop")


def test_a_session_is_found_by_the_hash_of_its_secret(store: Store) -> None:
    store.sessions.add(_row("s1"))
    store.sessions.add(_row("s2"))

    assert store.sessions.get_by_hash("hash-s2") == _row("s2")
    assert store.sessions.get("s1") == _row("s1")
    assert store.sessions.get_by_hash("s2") is None
    with pytest.raises(NameTakenError, match="there is a session 's1' already"):
        store.sessions.add(_row("s1"))


def test_a_revoked_one_is_still_listed(store: Store) -> None:
    for name in ("s1", "s2", "s3"):
        store.sessions.add(_row(name))

    assert [store.sessions.revoke(name) for name in ("s2", "s2", "s9")] == [True, False, False]

    assert store.sessions.page() == [_row("s1"), replace(_row("s2"), revoked=True), _row("s3")]
    assert store.sessions.page("s1", limit=1) == [replace(_row("s2"), revoked=True)]


def test_being_used_is_written_once_a_minute(store: Store) -> None:
    store.sessions.add(_row("s1"))
    store.sessions.add(_row("s2"))

    written = [store.sessions.touch("s1", now) for now in (1001.0, 1059.0, 1060.0, 1061.0, 1121.0, 900.0)]

    assert written == [False, False, True, False, True, True]  # at last the clock was put back
    assert [row.last_seen for row in store.sessions.page()] == [900.0, 1000.0]
    assert not store.sessions.touch("s9", 5000.0)


def test_those_that_have_expired_are_swept(store: Store) -> None:
    for name, expires in (("s1", 10.0), ("s2", 11.0), ("s3", 9.0)):
        store.sessions.add(_row(name, expires))

    assert store.sessions.sweep(10.0) == 2
    assert store.sessions.page() == [_row("s2", 11.0)]
