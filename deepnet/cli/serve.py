"""`deepnet serve`: be the service that creates, trains and shows networks, until it is told to stop."""

import os
import sys
from pathlib import Path
from typing import TextIO

import click

from deepnet.cli.options import POSITIVE
from deepnet.settings import LOG_FORMATS, read_settings


@click.command("serve")
@click.option(
    "--data-dir",
    envvar="DEEPNET_DATA_DIR",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where everything is kept [DEEPNET_DATA_DIR; by default the user's data directory].",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=7077, show_default=True, help="The port; 0 takes any that is free."
)
@click.option("--socket", type=click.Path(path_type=Path), metavar="PATH", help="The Unix socket of the command line.")
@click.option("--allowed-host", "allowed_hosts", multiple=True, metavar="NAME", help="A name that it may be called by.")
@click.option("--behind-proxy", is_flag=True, help="A proxy in front of it speaks TLS.")
@click.option("--certfile", type=click.Path(path_type=Path), metavar="FILE", help="A certificate, to speak TLS: PEM.")
@click.option(
    "--keyfile", type=click.Path(path_type=Path), metavar="FILE", help="Its key, if that is a file of its own."
)
@click.option(
    "--insecure-no-auth", is_flag=True, help="Ask nobody who they are. Every user of this machine may do all."
)
@click.option(
    "--checkpoint-seconds",
    type=POSITIVE,
    default=5.0,
    show_default=True,
    help="How often a run under way is written to the disk.",
)
@click.option("--log-format", type=click.Choice(LOG_FORMATS), help="How records are written [DEEPNET_LOG_FORMAT].")
@click.option("--print-unit", is_flag=True, help="Print a unit file for systemd, and do nothing else.")
def command(
    data_dir: Path | None,
    *,
    host: str,
    port: int,
    socket: Path | None,
    allowed_hosts: tuple[str, ...],
    behind_proxy: bool,
    certfile: Path | None,
    keyfile: Path | None,
    insecure_no_auth: bool,
    checkpoint_seconds: float,
    log_format: str | None,
    print_unit: bool,
) -> int:
    """Serve networks: create, train, change and ask them from other programs, and find all as it was after a restart.

    It listens on the loopback and on a Unix socket. Ctrl-C or SIGTERM stops it at a sealed step of each run; when it is
    started again, the runs go on. What it logs goes to stderr (DEEPNET_LOG says from which level on; by default info,
    and on a terminal warning); SIGHUP has it read another level from DIR/service.log-level.
    """
    # What serves is imported here, so that the help is quick.
    from deepnet.service.process.options import ServeOptions  # noqa: PLC0415
    from deepnet.service.process.unit import unit_file  # noqa: PLC0415

    if print_unit:
        click.echo(unit_file(), nl=False)
        return 0
    from deepnet.service.process.serve import serve  # noqa: PLC0415
    from deepnet.service.store.data_folder import default_data_dir  # noqa: PLC0415

    settings = read_settings()
    return serve(
        ServeOptions(
            data_dir=(data_dir or default_data_dir(os.environ)).expanduser().absolute(),
            host=host,
            port=port,
            socket=socket,
            allowed_hosts=allowed_hosts,
            behind_proxy=behind_proxy,
            certfile=certfile,
            keyfile=keyfile,
            insecure_no_auth=insecure_no_auth,
            checkpoint_seconds=checkpoint_seconds,
            log_level=settings.log_level or usual_level(sys.stderr),
            log_format=log_format or settings.log_format,
        )
    )


def usual_level(stderr: TextIO) -> str:
    """Return from which level on it logs if nobody has said: people at a terminal want to hear of trouble only."""
    return "warning" if stderr.isatty() else "info"
