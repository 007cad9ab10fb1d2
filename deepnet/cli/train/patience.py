"""A word on stderr where a service takes its time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import click

SECONDS = 2.0
"""What takes longer is told about."""


@contextmanager
def saying_that_it_takes_time(seconds: float = SECONDS) -> Iterator[None]:
    """Say so, once, if what is done in the ``with`` block takes longer than *seconds*."""
    timer = threading.Timer(seconds, _say)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def _say() -> None:
    click.echo(
        "deepnet: the service is at it: the first run of a kind compiles its arithmetic, which takes some seconds",
        err=True,
    )
