import threading

import pytest

from deepnet.errors import ConflictError
from deepnet.service.web.security.roles import Role
from deepnet.service.web.security.tickets import MOST_TICKETS, Grant, Tickets


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_ticket_is_good_once() -> None:
    tickets = Tickets(60, Clock())
    ticket, grant = tickets.issue(Role.OPERATOR, "desk")

    assert tickets.redeem(ticket) == grant == Grant(Role.OPERATOR, "desk", 1060.0)
    assert tickets.redeem(ticket) is None


def test_a_ticket_is_good_for_a_minute() -> None:
    tickets = Tickets(60, clock := Clock())
    in_time, too_late = tickets.issue(Role.VIEWER, "")[0], tickets.issue(Role.VIEWER, "")[0]

    clock.now += 59.9
    assert tickets.redeem(in_time)
    clock.now += 0.1
    assert tickets.redeem(too_late) is None


def test_nothing_else_is_a_ticket() -> None:
    tickets = Tickets(60, Clock())
    ticket, _ = tickets.issue(Role.VIEWER, "")

    for wrong in ("", ticket[:-1], ticket + "x", ticket.upper(), "\ud800", "dnticket_"):
        assert tickets.redeem(wrong) is None
    assert tickets.redeem(ticket)


def test_no_two_are_alike_and_none_is_kept_as_it_is() -> None:
    tickets = Tickets(60, Clock())
    issued = {tickets.issue(Role.VIEWER, "")[0] for _ in range(50)}

    assert len(issued) == 50
    assert not issued & {key.decode("latin-1") for key in tickets._grants}


def test_only_so_many_wait_and_old_ones_make_room() -> None:
    tickets = Tickets(60, clock := Clock())
    for _ in range(MOST_TICKETS):
        tickets.issue(Role.VIEWER, "")

    with pytest.raises(ConflictError, match="wait a minute"):
        tickets.issue(Role.VIEWER, "")
    clock.now += 60
    assert tickets.issue(Role.VIEWER, "")


def test_of_threads_that_use_one_at_the_same_time_one_gets_it() -> None:
    tickets = Tickets(60, Clock())
    for _ in range(20):
        ticket, _ = tickets.issue(Role.VIEWER, "")
        barrier = threading.Barrier(4)
        got: list[bool] = []

        def use(ticket: str = ticket, barrier: threading.Barrier = barrier, got: list[bool] = got) -> None:
            barrier.wait()
            got.append(tickets.redeem(ticket) is not None)

        threads = [threading.Thread(target=use) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(got) == [False, False, False, True]
