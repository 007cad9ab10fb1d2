"""`deepnet completion`: what makes a shell complete commands, options, networks and addresses."""

import click
from click.shell_completion import get_completion_class

from deepnet.cli.main import DONE

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> int:
    """Print the script that makes SHELL complete commands, options, names of networks and addresses of neurons.

    \b
    eval "$(deepnet completion bash)"     in ~/.bashrc
    eval "$(deepnet completion zsh)"      in ~/.zshrc, after compinit
    deepnet completion fish | source      in ~/.config/fish/config.fish
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    from deepnet.cli.main import deepnet  # noqa: PLC0415 - it knows us, too

    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - click has all three
    script = kind(deepnet, {}, "deepnet", "_DEEPNET_COMPLETE").source()
    click.echo(script, nl=False)
    return DONE
