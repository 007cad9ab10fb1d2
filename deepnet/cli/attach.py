"""What every verb of a running service shares: where the service is, the way to it, and ``--json``."""

import functools
import itertools
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deepnet.cli.main import DONE, UnreachableError
from deepnet.data.files import one_line
from deepnet.errors import InputError, NotFoundError, ServiceError

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
            ServiceError: the service has ended the stream.
        """
        with self.service.live() as live:
            live.subscribe(topic, **options)
            for frame in live:
                if frame.problem is not None and frame.over:
                    raise frame.problem
                if frame.problem is None and frame.gap is None:
                    yield frame.data
            raise ServiceError(f"the service has ended the stream: {live.reason}")

    def follow(self, after: int, wanted: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield events as they happen, those numbered above *after* first.

        Raises:
            ServiceError: the service has ended that.
        """
        yield from self.service.events(after, follow=True, **wanted)
        raise ServiceError("the service has ended the stream: it stops, or starts anew")

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

    def tell_change(self, where: object, change: dict[str, Any]) -> int:
        """Print what was changed *where*; return the exit code of what is done."""
        from deepnet.terminal.changes import show_change  # noqa: PLC0415 - rich is for people only

        return self.tell(change, lambda console: show_change(console, str(where), change))


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
    token = None if url is None else token_in(os.environ)
    if url is not None and token is None:
        raise InputError("--url needs the token of the service: set DEEPNET_TOKEN, or DEEPNET_TOKEN_FILE to its file")
    try:
        return connect(data_dir) if url is None else connect(url=url, token=token)
    except ServiceError as error:
        if hasattr(error, "status"):  # it has answered, and refuses
            raise
        raise UnreachableError(str(error)) from None


def looks_like_a_path(text: str) -> bool:
    """Whether *text* is there as a file or a folder, or can be nothing else: then no service is asked about it."""
    return os.sep in text or "." in text or Path(text).exists()


@contextmanager
def naming_the_file(text: str | None) -> Iterator[None]:
    """Say too that there is no file *text* where no service runs, or it knows no *text*: one of the two was meant."""
    try:
        yield
    except (UnreachableError, NotFoundError) as error:
        if text is None or not str(error).startswith(("no service", "there is no network")):
            raise
        raise type(error)(f"there is no file {one_line(text)} here, and {error}") from None
