"""The `deepnet` command: finds the subcommand, and turns every error into one line and a stable exit code.

Exit codes: 0 it is done; 1 the run failed, or did not reach what was asked; 2 the input cannot be used;
130 it was interrupted.
"""

import sys
from collections.abc import Sequence
from importlib import import_module

import click

from deepnet.errors import DeepnetError, InputError

_COMMANDS = {name: f"deepnet.cli.{name}" for name in ("demo", "plot", "predict", "resume", "summary", "train")}
"""Where each subcommand lives; imported when it is asked for, so that none pays for another."""

DONE, FAILED, UNUSABLE, INTERRUPTED = 0, 1, 2, 130


class _Commands(click.Group):
    def list_commands(self, _context: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        command: click.Command | None = None
        if name in _COMMANDS:
            command = import_module(_COMMANDS[name]).command
        return command


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="deepnet")
def deepnet() -> None:
    """A neural network made of supervised actors: watch it learn, break it, see it heal."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; return its exit code."""
    try:
        code = deepnet.main(args=arguments, prog_name="deepnet", standalone_mode=False)
    except click.ClickException as error:
        return _misused(error)
    except InputError as error:
        return _complain(UNUSABLE, str(error))
    except DeepnetError as error:
        return _complain(FAILED, str(error))
    except (click.Abort, KeyboardInterrupt):
        return _complain(INTERRUPTED, "interrupted")
    except BrokenPipeError:  # whoever read our output has read enough
        sys.stderr.close()
        return DONE
    return code if isinstance(code, int) else DONE


def _misused(error: click.ClickException) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message())
        return UNUSABLE
    where = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "deepnet"
    return _complain(UNUSABLE, f"{error.format_message()} (see '{where} --help')")


def _complain(code: int, message: str) -> int:
    click.echo(f"deepnet: {' '.join(message.split())}", err=True)
    return code


def run() -> None:
    """Be the console script."""
    sys.exit(main())
