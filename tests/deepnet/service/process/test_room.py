import socket
from collections.abc import Iterator

import pytest

from deepnet.service.process.room import Room, Use


@pytest.fixture
def pairs() -> Iterator[list[tuple[socket.socket, socket.socket]]]:
    made = [socket.socketpair() for _ in range(5)]
    yield made
    for pair in made:
        for each in pair:
            each.close()


def was_sent_away(pair: tuple[socket.socket, socket.socket]) -> bool:
    pair[1].settimeout(0)
    try:
        return pair[1].recv(1) == b""
    except BlockingIOError:
        return False


def test_the_least_of_use_goes_and_of_these_the_oldest(pairs: list[tuple[socket.socket, socket.socket]]) -> None:
    room, uses = Room(3), [Use.RESTING, Use.STRANGER, Use.STRANGER]
    for pair, use in zip(pairs, uses, strict=False):
        assert room.enter(pair[0])
        room.tell(pair[0].fileno(), lambda use=use: use)  # type: ignore[misc]  # it has this default

    assert room.enter(pairs[3][0])
    assert [was_sent_away(pair) for pair in pairs[:4]] == [False, True, False, False]
    assert room.enter(pairs[4][0])
    assert [was_sent_away(pair) for pair in pairs[:4]] == [False, True, False, True]  # it has not said anything


def test_where_all_are_busy_nobody_comes_in_until_one_has_ended(
    pairs: list[tuple[socket.socket, socket.socket]],
) -> None:
    room = Room(2)
    for pair in pairs[:2]:
        room.enter(pair[0])
        room.tell(pair[0].fileno(), lambda: Use.BUSY)

    assert not room.enter(pairs[2][0])
    pairs[0][0].close()
    assert room.enter(pairs[2][0])


def test_those_sent_away_are_counted_until_they_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deepnet.service.process.room._LEAVING", 2)
    pairs = [socket.socketpair() for _ in range(4)]
    room = Room(1)

    assert [room.enter(pair[0]) for pair in pairs] == [True, True, True, False]
    pairs[0][0].close()
    assert room.enter(pairs[3][0])
    for pair in pairs:
        for each in pair:
            each.close()


def test_it_is_said_once_a_second_how_many_had_to_go(capsys: pytest.CaptureFixture[str]) -> None:
    now = 0.0
    room, pairs = Room(1, lambda: now), [socket.socketpair() for _ in range(9)]
    for pair in pairs[:8]:
        room.enter(pair[0])
    now = 1.0
    room.enter(pairs[8][0])
    for pair in pairs:
        for each in pair:
            each.close()

    said = [line for line in capsys.readouterr().out.splitlines() if "connections_sent_away" in line]
    assert len(said) == 2
    assert "count" in said[1]
