"""What the guard and the routes share: the sessions, the tickets, and how often who may fail."""

import time
from collections.abc import Callable
from typing import Any, Protocol

from deepnet.service.store.sessions import Sessions as SessionTable
from deepnet.service.web.security.rates import Rates
from deepnet.service.web.security.refusals import Refusal, nobody, too_many
from deepnet.service.web.security.sessions import Sessions
from deepnet.service.web.security.settings import SecuritySettings
from deepnet.service.web.security.tickets import Tickets


class Note(Protocol):
    """How something gets into the event log."""

    def __call__(self, kind: str, /, *, who: str | None = None, **data: Any) -> None: ...


class Security:
    """Who may, and who has tried."""

    def __init__(
        self, settings: SecuritySettings, table: SessionTable, note: Note, clock: Callable[[], float] = time.time
    ) -> None:
        self.settings = settings
        self.note = note
        self.clock = clock
        self.sessions = Sessions(table, settings.session_seconds, clock)
        self.tickets = Tickets(settings.ticket_seconds, clock)
        self.changes = Rates(settings.changes_per_second, settings.changes_at_once)
        self.failures = Rates(settings.failures_per_minute / 60, max(1, round(settings.failures_per_minute)))

    def failed(self, client: str, reason: str) -> Refusal:
        """Count a wrong ticket or token from *client*; return what to answer.

        What is right always gets in: the secrets are too long to be guessed at any rate, and a neighbour who fails on
        purpose must not lock others out. The limit keeps the event log, and the work, small.
        """
        wait = self.failures.take(client)
        if wait:
            return too_many("too many wrong tickets and tokens", wait)
        self.note("login_failed", who=f"unknown@{client}", reason=reason)
        return nobody(f"{reason}: see 'deepnet open'")
