"""What every verb of a running service shares: where the service is, the way to it, and ``--json``."""

import functools
import itertools
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import click

from deepnet.cli.main import DONE, UnreachableError
from deepnet.data.files import one_line
from deepnet.errors import DeepnetError, InputError, NotFoundError, ServiceError

if TYPE_CHECKING:
    from rich.console import Console

    from deepnet.client import Service

DATA_DIR = click.option(
    "--data-dir",
    metavar="DIR",
    help="The data folder of the service; by default DEEPNET_DATA_DIR, or that of the user.",
)
URL = click.option(
    "--url",
    metavar="URL",
    help="Reach it over the network instead; the token is in DEEPNET_TOKEN or DEEPNET_TOKEN_FILE.",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else on stdout.")

BACK_SECONDS = 30.0
"""How long a service that goes away while it is followed may take to come back."""

PAUSE_SECONDS = 0.25
STOPPING = 503
"""The status of HTTP with which a service answers that is about to stop."""


class Link:
    """The way to a service for one command, and how it answers whoever typed it.

    Attributes:
        service: what `deepnet.connect` returns.
        as_json: whether to print JSON, and nothing else.
    """

    def __init__(self, service: "Service", *, as_json: bool) -> None:
        self.service = service
        self.as_json = as_json

    def get(self, path: str, **query: Any) -> Any:
        """Return the document at *path*, such as ``/networks``, as plain data."""
        return self.service.request("GET", path, params=query)

    def post(self, path: str, **body: Any) -> Any:
        """Send *body*, leaving out what is None, and return the answer."""
        return self.service.request("POST", path, json={key: value for key, value in body.items() if value is not None})

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        """Have the service change what is at *path*; None is a value here."""
        return self.service.request("PATCH", path, json=dict(body))

    def items(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Yield all entries of a list, page after page."""
        return self.service.pages(path, **query)

    def first(self, path: str, most: int, **query: Any) -> list[dict[str, Any]]:
        """Return up to *most* entries of a list, from its beginning."""
        return list(itertools.islice(self.items(path, limit=min(most, 1000), **query), most))

    def frames(self, topic: str, **options: Any) -> Iterator[Any]:
        """Yield what a topic of the live stream sends, as plain data, until nobody asks for more.

        Raises:
            DeepnetError: there is nothing of that kind to be seen.
            ServiceError: the service has gone, and is not back within half a minute.
        """
        yield from self._again(lambda: self._frames(topic, options))

    def _frames(self, topic: str, options: Mapping[str, Any]) -> Iterator[Any]:
        with self.service.live() as live:
            live.subscribe(topic, **options)
            for frame in live:
                if frame.problem is not None and frame.over:
                    raise frame.problem
                if frame.problem is None and frame.gap is None:
                    yield frame.data
            raise ServiceError(f"the service has ended the stream: {live.reason}")

    def follow(self, after: int, wanted: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield events as they happen, those numbered above *after* first; a service that starts anew is waited for.

        Raises:
            ServiceError: the service has gone, and is not back within half a minute.
        """
        newest = [after]

        def rows() -> Iterator[dict[str, Any]]:
            for row in self.service.events(newest[0], follow=True, **wanted):
                newest[0] = int(row["id"])
                yield row

        yield from self._again(rows)

    def _again(self, stream: Callable[[], Iterator[Any]]) -> Iterator[Any]:
        """Yield what a stream yields, and opens anew whenever it ends, for a service that starts anew."""
        end = None
        while True:
            try:
                for one in stream():
                    end = None
                    yield one
            except ServiceError as error:
                if getattr(error, "status", STOPPING) != STOPPING:
                    raise
            if end is None:
                click.echo("deepnet: the service has gone: waiting for it to come back", err=True)
                end = time.monotonic() + BACK_SECONDS
            if time.monotonic() > end or not self.service.wait_until_back(end - time.monotonic()):
                raise UnreachableError("the service has gone, and is not back: see 'deepnet doctor'")
            time.sleep(PAUSE_SECONDS)  # it may be about to go, and still answer

    def content(self, path: str) -> bytes:
        """Return the file at *path*."""
        return self.service.content(path)

    def tell(self, document: Any, show: Callable[["Console"], object]) -> int:
        """Print *document* as one line of JSON, or have *show* print it for people; return the exit code for that."""
        if self.as_json:
            click.echo(json.dumps(document))
        else:
            from rich.console import Console  # noqa: PLC0415 - rich is for people only

            show(Console(highlight=False))
        return DONE

    def say(self, document: Any, text: str) -> int:
        """Print *document* as one line of JSON, or *text* for people; return the exit code for that."""
        click.echo(json.dumps(document) if self.as_json else text)
        return DONE

    def tell_change(self, where: object, change: dict[str, Any], *, undo: bool = False) -> int:
        """Print what was changed *where*, and perhaps how to *undo* it; return the exit code of what is done."""
        from deepnet.terminal.changes import show_change  # noqa: PLC0415 - rich is for people only

        def show(console: "Console") -> None:
            show_change(console, str(where), change)
            if undo:
                console.print(f"  deepnet undo {str(where).rpartition('-')[0]} brings back what was", soft_wrap=True)

        return self.tell(change, show)


def attached(command: Callable[..., int]) -> Callable[..., int]:
    """Give *command* the options ``--data-dir``, ``--url`` and ``--json``, and call it with the `Link` they lead to."""

    @functools.wraps(command)
    def call(*arguments: Any, data_dir: str | None, url: str | None, as_json: bool, **options: Any) -> int:
        try:
            with reach(data_dir, url) as service:
                return command(Link(service, as_json=as_json), *arguments, **options)
        except KeyboardInterrupt:
            if sys.stderr.isatty():  # below the ^C that it shows
                click.echo(err=True)
            raise click.Abort from None

    decorated: Callable[..., int] = call
    for option in (AS_JSON, URL, DATA_DIR):
        decorated = option(decorated)
    return decorated


def reach(data_dir: str | None, url: str | None) -> "Service":
    """Attach to the service in *data_dir*, or at *url*; whoever calls closes it.

    Raises:
        UnreachableError: no service runs there.
        InputError: both are given, or there is no token for *url*.
    """
    from deepnet.client import connect  # noqa: PLC0415 - it brings the HTTP client with it
    from deepnet.client.place import token_in  # noqa: PLC0415

    if url is not None and data_dir is not None:
        raise InputError("--url and --data-dir are two ways to one service: give one of them")
    if url is not None:
        _require_address(url)
    token = None if url is None else token_in(os.environ)
    if url is not None and token is None:
        raise InputError("--url needs the token of the service: set DEEPNET_TOKEN, or DEEPNET_TOKEN_FILE to its file")
    try:
        return connect(data_dir) if url is None else connect(url=url, token=token)
    except ServiceError as error:
        if hasattr(error, "status"):  # it has answered, and refuses
            raise
        raise UnreachableError(str(error)) from None


def _require_address(url: str) -> None:
    if not url.startswith(("http://", "https://")):
        raise InputError(f"--url begins with http:// or https://, such as http://127.0.0.1:7077, got {one_line(url)}")


def is_a_path(text: str, *, is_there: bool, data_dir: str | None, url: str | None) -> bool:
    """Whether *text* is meant as a path; where a network, or a run, of the service has that name, that one is meant.

    Args:
        text: as it was typed.
        is_there: whether there is a file or a folder of that name that would do.
        data_dir: of the service, as it was typed.
        url: likewise.
    """
    if os.sep in text or "." in text:  # no network is called so
        return True
    if not is_there:
        return False
    if _is_known(text, data_dir, url):
        click.echo(f"deepnet: {text} of the service is taken; the path of that name here is ./{text}", err=True)
        return False
    return True


def _is_known(name: str, data_dir: str | None, url: str | None) -> bool:
    with suppress(DeepnetError), reach(data_dir, url) as service:
        for kind in ("networks", "runs"):
            with suppress(DeepnetError):
                service.request("GET", f"/{kind}/{quote(name, safe='')}")
                return True
    return False


@contextmanager
def naming_the_file(text: str | None, kind: str = "file") -> Iterator[None]:
    """Say too that there is no *text* here, a *kind* of thing, where no service runs or it does not know it either."""
    try:
        yield
    except (UnreachableError, NotFoundError) as error:
        if text is None or not str(error).startswith(("no service", "there is no network")):
            raise
        raise type(error)(f"there is no {kind} {one_line(text)} here, and {error}") from None
