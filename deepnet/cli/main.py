"""The `deepnet` command: finds the subcommand, and turns every error into one line and a stable exit code.

Exit codes: 0 it is done; 1 the run failed, or did not reach what was asked, or the service refused; 2 the input
cannot be used; 3 runs of `faults` are missing; 4 no service runs there, or it cannot be reached; 130 it was
interrupted.
"""

import json
import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module

import click

from deepnet.errors import DeepnetError, InputError, NotFoundError, ServiceError

_GROUPS = {
    "Learn here, in this process": {
        "demo": "Nine neurons learn [1,0,0] -> [1,1,1]; with --open, in the browser.",
        "train": "Learn a column of a table; with --service, in the service.",
        "predict": "Predict with a saved model, or a network of the service.",
        "resume": "Go on with a run: of a folder, or one that is paused.",
        "summary": "Show what a model is made of.",
        "plot": "Draw activations, a run's history or predictions.",
        "faults": "Break a network on purpose, and measure how it gets over it.",
    },
    "The service": {
        "serve": "Keep networks and runs, for as long as it takes.",
        "ps": "List networks and runs.",
        "top": "Watch it all on a screen, and steer by key.",
        "open": "Let a browser in, with a link that works once.",
        "events": "Tell what has happened, or happens (-f).",
        "doctor": "Say what is wrong with the service, its folder or this machine.",
        "completion": "Print what makes a shell complete commands and addresses.",
    },
    "Look at a network of the service": {
        "inspect": "Show a network, a layer or a neuron in full.",
        "tree": "Draw who supervises whom.",
        "watch": "Follow a neuron, or a network, while it learns.",
    },
    "Steer a run of the service": {
        "create": "Bring up a network that has learnt nothing yet.",
        "pause": "Have a run rest before its next step.",
        "step": "Play on by a step, an epoch, a sample or a message.",
        "stop": "End a run; with --service, the service.",
        "rewind": "Put a run back to its beginning.",
        "branch": "Begin a second network that goes on from here.",
        "checkpoint": "Save, list, restore or download states of a run.",
        "export": "Write a network to a model file.",
        "delete": "Take a network away, with its runs.",
    },
    "Change a network of the service": {
        "set": "Set what a run, a layer or a neuron is like: rates, frozen, ...",
        "edit": "Set weights and the bias of a neuron.",
        "kill": "Kill a neuron, a layer or more; it heals.",
        "grow": "Let neurons join a layer.",
        "prune": "Take a neuron out of its layer.",
        "undo": "Take the last changes back.",
    },
}
"""What there is. Each lives in a module of its name, imported when it is asked for, so that none pays for another."""
_COMMANDS = {name: told for group in _GROUPS.values() for name, told in group.items()}

DONE, FAILED, UNUSABLE, UNREACHABLE, INTERRUPTED = 0, 1, 2, 4, 130


_HERE, _THERE = "begin another one with network.train", "begin another one with 'deepnet train DATA --service NAME'"
"""What a message says to those who write Python, and what those who type are to do."""


class UnreachableError(ServiceError):
    """No service runs where one was looked for; the message says where, and what to do."""


class _Commands(click.Group):
    def list_commands(self, _context: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        command: click.Command | None = None
        if name in _COMMANDS:
            command = import_module(f"deepnet.cli.{name}").command
        return command

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(context, arguments)
        except click.UsageError:
            name = arguments[0] if arguments else ""
            like = get_close_matches(name, _COMMANDS, n=1)
            if name.startswith("-") or not like:
                raise
            raise click.UsageError(f"there is no command {name!r} (did you mean {like[0]!r}?)", context) from None

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        for title, commands in _GROUPS.items():
            with formatter.section(title):
                formatter.write_dl(list(commands.items()))


_EPILOG = (
    "Exit codes: 0 it is done; 1 the run failed, or the service refused; 2 the input cannot be used; 3 runs of faults "
    "are missing; 4 no service runs there; 130 interrupted. What is wrong is a line on stderr; with --json it is also "
    'an object on stdout: {"error": ..., "code": ...}.'
)


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]}, epilog=_EPILOG)
@click.version_option(package_name="deepnet")
def deepnet() -> None:
    """A neural network made of supervised actors: watch it learn, break it, see it heal."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; return its exit code."""
    as_json = "--json" in (sys.argv[1:] if arguments is None else arguments)
    code, message = _outcome(arguments)
    if message is not None:
        message = " ".join(message.split())
        click.echo(f"deepnet: {message}", err=True)
        if as_json and code != INTERRUPTED:
            click.echo(json.dumps({"error": message, "code": code}))
    return code


def _outcome(arguments: Sequence[str] | None) -> tuple[int, str | None]:
    """Run a command line; return its exit code, and what went wrong."""
    try:
        code = deepnet.main(args=arguments, prog_name="deepnet", standalone_mode=False)
    except click.ClickException as error:
        return _misused(error)
    except DeepnetError as error:
        return _code_of(error), str(error).replace(_HERE, _THERE)
    except TimeoutError as error:
        return FAILED, str(error) or "it took too long"
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED, "interrupted"
    except BrokenPipeError:  # whoever read our output has read enough
        sys.stderr.close()
        return DONE, None
    return (code if isinstance(code, int) else DONE), None


def _code_of(error: DeepnetError) -> int:
    if isinstance(error, UnreachableError):
        return UNREACHABLE
    return UNUSABLE if isinstance(error, (InputError, NotFoundError)) else FAILED


def _misused(error: click.ClickException) -> tuple[int, str | None]:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message())
        return UNUSABLE, None
    where = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "deepnet"
    return UNUSABLE, f"{error.format_message()} (see '{where} --help')"


def run() -> None:
    """Be the console script."""
    # Before numpy is imported: on few cores threads of BLAS wait for each other longer than they help.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.exit(main())
