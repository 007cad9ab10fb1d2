"""What creates something does it once, however often it is asked: the header Idempotency-Key.

Whoever does not know whether his request has arrived sends it again with the same key, and gets the same answer.
Answers are kept for a day, unless what was made is deleted. What was refused may be asked again.
"""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from starlette.responses import Response

from deepnet.errors import NotFoundError
from deepnet.service.engine.engine import Engine
from deepnet.service.web.answers import JSON
from deepnet.service.web.failures import is_json
from deepnet.service.web.problems import problem_response
from deepnet.service.web.security.roles import principal_of

_LONGEST_KEY = 128

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=_LONGEST_KEY,
        pattern=r"^[!-~]+$",
        description="a name for this request: sent again with it, it is not done again",
    ),
]


class KeyLocks:
    """One request with a key at a time: who comes second finds the answer of the first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[tuple[str, str], list[threading.Lock]] = {}

    @contextmanager
    def held(self, scope: str, key: str) -> Iterator[None]:
        with self._lock:
            waiting = self._held.setdefault((scope, key), [threading.Lock()])
            waiting.append(waiting[0])
        try:
            with waiting[0]:
                yield
        finally:
            with self._lock:
                waiting.pop()
                if len(waiting) == 1:
                    del self._held[scope, key]


@dataclass(frozen=True, slots=True)
class Once:
    """A request that creates something.

    Attributes:
        engine: where answers are kept.
        locks: of all requests with keys.
        scope: who asks, and for what.
        path: what was asked for.
        key: what he calls his request; None if it has no name.
        fingerprint: of its body, if that is JSON.
    """

    engine: Engine
    locks: KeyLocks
    scope: str
    path: str
    key: str | None
    fingerprint: str

    def answer(
        self,
        create: Callable[[], Response],
        fingerprint: str | None = None,
        *,
        there: Callable[[Any], bool] | None = None,
    ) -> Response:
        """Return what *create* does, or what it did when it was asked to with this key. Blocking.

        Args:
            create: makes the thing and the answer to that.
            fingerprint: of the body, where the route has read it by itself.
            there: tells of what was answered whether it is still there; else it is made anew.
        """
        if self.key is None:
            return create()
        fingerprint = fingerprint or self.fingerprint
        table = self.engine.store.idempotency
        with self.locks.held(self.scope, self.key):
            found = table.find(self.scope, self.key)
            if found is not None and found[0] != fingerprint:
                detail = f"the Idempotency-Key {self.key} was given with another body: give another key"
                return problem_response(422, "idempotency", detail, instance=self.path)
            if found is not None and there is not None and not there(json.loads(found[2])):
                table.forget(self.scope, self.key)
                found = None
            if found is not None:
                return Response(found[2], found[1], {"Idempotency-Replayed": "true"}, JSON)
            response = create()
            if response.status_code < 400:
                table.remember(self.scope, self.key, fingerprint, response.status_code, bytes(response.body))
            return response


async def once_of(request: Request, key: Key = None) -> Once:
    """Return the request as one that creates something; what is not JSON the route reads by itself."""
    body = b"" if key is None or not is_json(request) else await request.body()
    return Once(
        engine=request.app.state.engine,
        locks=request.app.state.key_locks,
        scope=f"{principal_of(request).name} {request.url.path}",
        path=request.url.path,
        key=key,
        fingerprint=hashlib.sha256(body).hexdigest(),
    )


def network_is_there(engine: Engine) -> Callable[[Any], bool]:
    """Return what tells of the answer to a request that made a network whether that is still there."""

    def there(answer: Any) -> bool:
        try:
            return bool(engine.row(answer["name"]).created == answer["created"])
        except NotFoundError:
            return False

    return there


def run_is_there(engine: Engine) -> Callable[[Any], bool]:
    """Return what tells of the answer to a request that began a run whether that is still there."""

    def there(answer: Any) -> bool:
        try:
            return bool(engine.run_row(answer["id"]).created == answer["created"])
        except NotFoundError:
            return False

    return there


Creating = Annotated[Once, Depends(once_of)]
