"""The guard: every request and every WebSocket passes here first, and every answer last.

In this order: a plain path; by the Unix socket, or by a Host that is ours; sent by none but our own pages; by somebody
who shows a token or a session (what is open to all is a short list); not too many at once; not too long a body. Only
then the app is asked: what does not exist is no secret to those who may come in, and is one to all others.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from deepnet.logs import are_on
from deepnet.service.store.who import current_who
from deepnet.service.web.security.answers import Answer
from deepnet.service.web.security.bodies import CountedBody, read_ahead, refuse_announced
from deepnet.service.web.security.credentials import OWNER, Admitted, came_by_socket, identify
from deepnet.service.web.security.headers import values
from deepnet.service.web.security.hosts import host_of, origin_of, refuse_foreign, refuse_others_than_the_owner
from deepnet.service.web.security.paths import body_limit, is_open, refuse_crooked
from deepnet.service.web.security.refusals import Refusal, nobody, too_large, too_many
from deepnet.service.web.security.roles import READING, Principal
from deepnet.service.web.security.security import Security

_log = structlog.get_logger("deepnet.service")

QUESTIONS = frozenset(("predict", "activations", "trace", "dead-neurons"))
"""What is asked by POST, and changes nothing."""


class Guard:
    """An ASGI app around *app*.

    Attributes:
        app: what is guarded.
    """

    def __init__(self, app: ASGIApp, security: Security) -> None:
        self.app = app
        self._security = security
        self._running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        began = time.monotonic()
        answer = Answer(scope, receive, send)
        try:
            await self._guarded(scope, receive, answer)
        except Refusal as refusal:
            await answer.refuse(refusal)
        except (ClientDisconnect, WebSocketDisconnect):
            pass  # there is nobody left to answer
        except Exception:  # noqa: BLE001 - the last one who can still answer
            if are_on():
                _log.exception("request_failed", method=_method(scope), path=quote(scope["path"]))
            await answer.fail()
        if are_on():
            _log_access(scope, answer, time.monotonic() - began)

    async def _guarded(self, scope: Scope, receive: Receive, answer: Answer) -> None:
        """Let the app answer; raise Refusal if it must not."""
        admitted = await self._admit(scope)
        scope["state"] = {**scope.get("state", {}), "changes": self._security.changes}
        if admitted is None:
            await self._ask_app(scope, receive, answer)
            return
        scope["state"]["principal"] = admitted.who
        reset = current_who.set(admitted.who.name)
        try:
            async with self._one_of_few(scope, admitted.who), self._while_it_may(scope, admitted):
                await self._ask_app(scope, receive, answer)
        finally:
            current_who.reset(reset)

    async def _admit(self, scope: Scope) -> Admitted | None:
        """Return who may come in, None where all may; raise Refusal."""
        refuse_crooked(scope)
        if came_by_socket(scope):
            refuse_others_than_the_owner(scope)
            return Admitted(OWNER)
        settings = self._security.settings
        host = host_of(scope, settings)
        vouched = refuse_foreign(scope, origin_of(scope, host, settings))
        return None if is_open(scope) else await identify(scope, self._security, vouched=vouched)

    async def _ask_app(self, scope: Scope, receive: Receive, answer: Answer) -> None:
        if scope["type"] == "websocket":
            await self.app(scope, receive, answer.send)
            return
        limit = body_limit(scope, self._security.settings)
        refuse_announced(scope, limit)
        settings, is_stranger = self._security.settings, "principal" not in scope["state"]
        unsized = bool(values(scope, "transfer-encoding"))
        if is_stranger or (unsized and limit <= settings.body_bytes):  # what may be longer is counted while it is read
            receive = await read_ahead(receive, limit, settings.login_body_seconds if is_stranger else None)
        body = CountedBody(receive, limit)

        async def send(message: Message) -> None:
            if not body.exceeded:
                await answer.send(message)

        try:
            await self.app(scope, body, send)
        finally:
            if body.exceeded:
                raise too_large(limit)

    @asynccontextmanager
    async def _one_of_few(self, scope: Scope, who: Principal) -> AsyncIterator[None]:
        """Count this request; WebSockets are counted by whoever serves them, and the owner gets in at any time."""
        if scope["type"] == "websocket" or who.via == "socket":
            yield
            return
        if self._running >= self._security.settings.concurrent:
            raise too_many("too many requests at one time", 1)
        self._running += 1
        try:
            yield
        finally:
            self._running -= 1

    @asynccontextmanager
    async def _while_it_may(self, scope: Scope, admitted: Admitted) -> AsyncIterator[None]:
        """End what may go on for long when the session does; a change that is under way is finished."""
        who, until = admitted
        if who.session is None or until is None or scope.get("method", "GET") not in READING:
            yield
            return
        try:
            async with self._security.sessions.connections.held(who.session, until - self._security.clock()):
                yield
        except TimeoutError as error:
            raise nobody("the session is over: see 'deepnet open'") from error


def _log_access(scope: Scope, answer: Answer, seconds: float) -> None:
    """Say who asked for what, without the values of a query.

    Only what may have changed something, or has failed, is said aloud: others can ask without end. Wrong tokens are
    in the event log.
    """
    who = scope.get("state", {}).get("principal")
    asks = _method(scope) in READING or scope["path"].rpartition("/")[2] in QUESTIONS
    is_quiet = answer.status < 500 and (asks or who is None)
    log = _log.debug if is_quiet else _log.info
    log(
        "request",
        method=_method(scope),
        path=quote(scope["path"]),  # nobody writes lines of their own into a log
        status=answer.status,
        who=who.name if who else None,
        milliseconds=round(1000 * seconds, 1),
    )


def _method(scope: Scope) -> str:
    return str(scope.get("method", "WEBSOCKET"))
