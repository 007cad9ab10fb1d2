"""The `deepnet` command: finds the subcommand, and turns every error into one line and a stable exit code.

Exit codes: 0 it is done; 1 the run failed, or did not reach what was asked; 2 the input cannot be used;
3 runs of `faults` are missing; 130 it was interrupted.
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from deepnet.errors import DeepnetError, InputError

_COMMANDS = {
    "demo": "Nine neurons learn [1,0,0] -> [1,1,1] under supervision.",
    "faults": "Break a network on purpose, and measure how it gets over it.",
    "plot": "Draw activations, a run's history or predictions.",
    "predict": "Predict a column with a saved model.",
    "resume": "Go on with a run that was ended, by whatever.",
    "summary": "Show what a model is made of.",
    "train": "Learn a column of a table, or what a set of arrays holds.",
}
"""What there is. Each lives in a module of its name, imported when it is asked for, so that none pays for another."""

DONE, FAILED, UNUSABLE, INTERRUPTED = 0, 1, 2, 130


class _Commands(click.Group):
    def list_commands(self, _context: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        command: click.Command | None = None
        if name in _COMMANDS:
            command = import_module(f"deepnet.cli.{name}").command
        return command

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


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
    # Before numpy is imported: on few cores threads of BLAS wait for each other longer than they help.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.exit(main())
