"""`deepnet doctor`: what is wrong with the service, its folder or this machine, and what to do."""

import json
import os
from dataclasses import asdict
from pathlib import Path

import click

from deepnet.cli.main import DONE, FAILED

_MARKS = {"ok": ("ok  ", "green"), "warn": ("warn", "yellow"), "fail": ("FAIL", "red")}


@click.command("doctor")
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The data folder of the service; by default DEEPNET_DATA_DIR, or that of the user.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else on stdout.")
def command(data_dir: Path | None, as_json: bool) -> int:
    """Look whether a service can run here, or runs well; nothing is changed. The exit code is 1 if something fails.

    \b
    deepnet doctor
    deepnet doctor --data-dir /var/lib/deepnet
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    from deepnet.service.process.doctor import examine  # noqa: PLC0415 - it looks at everything
    from deepnet.service.store.data_folder import default_data_dir  # noqa: PLC0415

    folder = (data_dir or default_data_dir(os.environ)).expanduser().absolute()
    findings = examine(folder, os.environ)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings]))
    else:
        from rich.console import Console  # noqa: PLC0415 - rich is for people only
        from rich.text import Text  # noqa: PLC0415

        console = Console(highlight=False)
        for finding in findings:
            line = Text.assemble(_MARKS[finding.verdict], f"  {finding.subject}: {finding.detail}")
            console.print(line.append(f": {finding.advice}" if finding.advice else ""), soft_wrap=True)
    return FAILED if any(finding.verdict == "fail" for finding in findings) else DONE
