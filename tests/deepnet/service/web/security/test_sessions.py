import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from deepnet.errors import NotFoundError, StorageError
from deepnet.service.store.rows import SessionRow
from deepnet.service.store.sessions import Sessions as Table
from deepnet.service.store.store import Store
from deepnet.service.web.security.roles import Role
from deepnet.service.web.security.sessions import FRESH_SECONDS, Sessions


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "service.sqlite3") as store:
        yield store


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(store: Store, clock: Clock) -> Sessions:
    return Sessions(store.sessions, 3600, clock)


def test_a_session_is_found_by_its_key_and_by_nothing_else(sessions: Sessions) -> None:
    key, row = sessions.open(Role.OPERATOR, "desk")
    found = sessions.find(key)

    assert found == row
    assert (row.role, row.label, row.expires - row.created) == ("operator", "desk", 3600)
    for wrong in ("", key[:-1], key + "x", row.id, row.key_hash, "\udcff"):
        assert sessions.find(wrong) is None


def test_a_session_outlives_the_service(store: Store, sessions: Sessions, clock: Clock) -> None:
    key, row = sessions.open(Role.VIEWER, "")

    assert Sessions(store.sessions, 3600, clock).find(key) == row


def test_the_store_is_not_asked_again_for_a_while(sessions: Sessions, clock: Clock) -> None:
    key, row = sessions.open(Role.VIEWER, "")
    assert sessions.remembered(key) is None
    sessions.find(key)

    assert sessions.remembered(key) == row
    clock.now += FRESH_SECONDS
    assert sessions.remembered(key) is None


def test_what_is_remembered_ends_with_its_time(store: Store, clock: Clock) -> None:
    sessions = Sessions(store.sessions, FRESH_SECONDS / 2, clock)
    key, _ = sessions.open(Role.VIEWER, "")
    sessions.find(key)

    clock.now += FRESH_SECONDS / 2
    assert (sessions.remembered(key), sessions.find(key)) == (None, None)


def test_a_revoked_session_is_gone_at_once(sessions: Sessions) -> None:
    key, row = sessions.open(Role.VIEWER, "")
    sessions.find(key)

    assert sessions.revoke(row.id).id == row.id
    assert (sessions.remembered(key), sessions.find(key)) == (None, None)
    assert [each.revoked for each in sessions.page(None, 10)] == [True]


def test_one_that_is_revoked_while_it_is_looked_up_is_not_remembered(store: Store, clock: Clock) -> None:
    class Slow(Table):
        """The table itself; something happens while its answer is under way."""

        def touch(self, session: str, now: float) -> bool:
            busy.revoke(session)
            return super().touch(session, now)

    busy = Sessions(Slow(store.sessions._database), 3600, clock)
    key, _ = busy.open(Role.VIEWER, "")
    busy.find(key)

    assert (busy.remembered(key), busy.find(key)) == (None, None)


def test_of_what_there_is_not_none_can_be_revoked(sessions: Sessions) -> None:
    with pytest.raises(NotFoundError, match="there is no session 'x': see GET /api/v1/sessions"):
        sessions.revoke("x")


def test_a_full_disk_sends_nobody_away(store: Store, clock: Clock) -> None:
    class Full(Table):
        """The table itself, on a disk that is full."""

        def touch(self, session: str, now: float) -> bool:
            raise StorageError("the disk is full")

    key, row = Sessions(store.sessions, 3600, clock).open(Role.VIEWER, "")

    assert Sessions(Full(store.sessions._database), 3600, clock).find(key) == row


def test_what_is_over_is_swept_away_when_somebody_comes_in(sessions: Sessions, clock: Clock) -> None:
    sessions.open(Role.VIEWER, "before")
    clock.now += 3600
    sessions.open(Role.VIEWER, "after")

    assert [row.label for row in sessions.page(None, 10)] == ["after"]


def test_connections_are_cut_when_their_session_is_revoked_and_others_are_not(sessions: Sessions) -> None:
    rows = [sessions.open(Role.VIEWER, "")[1] for _ in range(2)]

    async def hold(row: SessionRow) -> str:
        try:
            async with sessions.connections.held(row.id, 3600):
                await asyncio.sleep(0.2 if row is rows[1] else 60)
        except TimeoutError:
            return "cut"
        return "finished"

    async def both() -> list[str]:
        holding = [asyncio.ensure_future(hold(row)) for row in rows]
        await asyncio.sleep(0)
        thread = threading.Thread(target=sessions.revoke, args=(rows[0].id,))
        thread.start()
        return await asyncio.gather(*holding)

    assert asyncio.run(both()) == ["cut", "finished"]
    sessions.connections.end(rows[0].id)  # there is nothing left, nor a loop: that is no failure
