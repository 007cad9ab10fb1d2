"""Requests to a service: over its Unix socket or the network, sent again where that does no harm."""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx2

from deepnet.client.place import API, Place
from deepnet.client.problems import raise_for
from deepnet.client.sockets import transport_to
from deepnet.errors import DeepnetError, InputError, ServiceError
from deepnet.persistence.plain_json import to_json

ANSWER_SECONDS = 90.0
"""How long an answer is waited for, unless somebody says otherwise: more than the service takes for anything."""
CONNECT_SECONDS = 5.0
SILENT_SECONDS = 60.0
"""A stream on which nothing at all comes for so long is dead: the service says something every 15 s."""
_IDLE_SECONDS = 4.0
"""A connection that nobody has used for so long is not used again: the service may be about to close it."""
_DROPPED = (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError, httpx2.CloseError)
_SAFE = ("GET", "HEAD")


class Link:
    """The way to one service; it may be used by several threads at once.

    Args:
        locate: says where the service is; asked again when it cannot be reached there any more.
    """

    def __init__(self, locate: Callable[[], Place]) -> None:
        self._locate = locate
        self._closed = False
        self.place = locate()
        self._client = _client(self.place)

    def ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        data: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float | None = ANSWER_SECONDS,
        creates: bool = False,
        again: bool = False,
    ) -> httpx2.Response:
        """Make a request and return the answer, whole.

        A request that only looks is sent once more if the connection breaks; so is one that *creates*, for it bears a
        key by which the service knows it again.

        Args:
            method: of HTTP.
            path: under the API, such as ``/networks``.
            params: of the query; what is None is left out.
            data: plain data to send as JSON.
            content: bytes to send instead.
            headers: that go with it.
            seconds: how long to wait for the answer; None for ever.
            creates: whether it makes something new.
            again: whether it only looks, though its method does not say so.

        Raises:
            ServiceError: the service cannot be reached, or the connection broke.
            TimeoutError: no answer came in time.
            DeepnetError: the service refuses; see `deepnet.client.problems`.
        """
        given = dict(headers or {})
        if creates:
            given.setdefault("Idempotency-Key", secrets.token_hex(16))
        if data is not None:
            given["Content-Type"] = "application/json"
            content = _encoded(data)
        request = _Request(method, path, _query(params), content, given, seconds)
        response = self._send(request, again=again or creates or method in _SAFE)
        raise_for(response)
        return response

    @contextmanager
    def stream(self, path: str, params: Mapping[str, Any], headers: Mapping[str, str]) -> Iterator[httpx2.Response]:
        """Get something that does not end; nothing is sent again.

        Raises:
            ServiceError, DeepnetError: as for `ask`.
        """
        with (
            self._telling(SILENT_SECONDS),
            self._client.stream(
                "GET", f"{API}{path}", params=_query(params), headers=dict(headers), timeout=_timeout(SILENT_SECONDS)
            ) as response,
        ):
            if response.status_code >= 300:
                response.read()
                raise_for(response)
            yield response

    def _send(self, request: "_Request", *, again: bool) -> httpx2.Response:
        with self._telling(request.seconds):
            try:
                return request.send(self._client)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                self._look_again()  # nothing has been sent: it may be elsewhere by now
            except _DROPPED:
                if not again:
                    raise
            return request.send(self._client)

    def _look_again(self) -> None:
        place = self._locate()
        if place != self.place:
            before, self._client, self.place = self._client, _client(place), place
            before.close()

    @contextmanager
    def _telling(self, seconds: float | None) -> Iterator[None]:
        """Raise deepnet's own errors in place of those of HTTP."""
        name = self.place.name
        if self._closed:
            raise ServiceError("this connection has been closed: connect again")
        try:
            yield
        except httpx2.ConnectTimeout:
            raise ServiceError(
                f"{name} does not take connections: see whether it is well, with 'deepnet doctor'"
            ) from None
        except httpx2.TimeoutException:
            waited = "" if seconds is None else f" within {seconds:g} s"
            raise TimeoutError(f"{name} did not answer{waited}: it may still do what it was asked to; look") from None
        except httpx2.ConnectError as error:
            raise ServiceError(f"{name} cannot be reached ({_reason(error)}): see whether it runs") from None
        except _DROPPED as error:
            what = "nobody knows whether it was done: look, then try again"
            raise ServiceError(f"the connection to {name} broke ({_reason(error)}), and {what}") from None
        except httpx2.HTTPError as error:
            raise ServiceError(f"{name} cannot be asked ({_reason(error)})") from None
        except httpx2.InvalidURL as error:
            raise InputError(f"that cannot be asked for: {error}") from None

    def wait_until_back(self, seconds: float) -> bool:
        """Wait up to *seconds* for a service that has gone away, such as to start anew; tell whether it is back."""
        end = time.monotonic() + seconds
        pause = 0.05
        while not self._closed:
            try:
                self.ask("GET", "/service", seconds=CONNECT_SECONDS)
            except ServiceError:
                pass
            except (DeepnetError, TimeoutError):
                return True
            else:
                return True
            if time.monotonic() + pause > end:
                return False
            time.sleep(pause)
            pause = min(1.0, pause * 1.5)
        return False

    def close(self) -> None:
        """End all connections; twice is no error."""
        self._closed = True
        self._client.close()


class _Request:
    """A request as it is sent, and perhaps sent again."""

    def __init__(
        self,
        method: str,
        path: str,
        params: dict[str, Any],
        content: bytes | None,
        headers: dict[str, str],
        seconds: float | None,
    ) -> None:
        self._arguments = (method, f"{API}{path}")
        self._options: dict[str, Any] = {"params": params, "headers": headers, "timeout": _timeout(seconds)}
        self._options["content"] = content
        self.seconds = seconds

    def send(self, client: httpx2.Client) -> httpx2.Response:
        return client.request(*self._arguments, **self._options)


def _client(place: Place) -> httpx2.Client:
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=8, keepalive_expiry=_IDLE_SECONDS)
    transport = transport_to(place.socket, limits)
    return httpx2.Client(base_url=place.url, headers=place.headers, transport=transport, trust_env=False)


def _timeout(seconds: float | None) -> httpx2.Timeout:
    return httpx2.Timeout(seconds, connect=CONNECT_SECONDS)


def _query(params: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (params or {}).items() if value is not None}


def _encoded(data: Any) -> bytes:
    try:
        return to_json(data)
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"that cannot be sent to a service ({error}): give numbers, texts, lists and such") from None


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
