import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from deepnet.cli.main import _COMMANDS

Deepnet = Callable[..., Any]
WITHOUT_EXAMPLE = {"demo", "plot", "serve", "summary"}
HEAVY = ("numpy", "rich", "httpx2", "fastapi", "uvicorn", "textual", "pydantic", "polars")


def modules_after(*arguments: str) -> set[str]:
    """Return which of the heavy modules a command has imported."""
    code = (
        "import sys; from deepnet.cli.main import main; "
        f"main({list(arguments)!r}); print(*({{*{HEAVY!r}}} & sys.modules.keys()), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_all_commands_are_listed_in_groups_that_fit(deepnet: Deepnet) -> None:
    lines = deepnet("--help").out.splitlines()

    assert {line.split()[0] for line in lines if line.startswith("  ") and line.split()} >= _COMMANDS.keys()
    assert all(len(line) <= 80 for line in lines)
    assert "The service:" in lines


@pytest.mark.parametrize("command", sorted(_COMMANDS))
def test_every_command_explains_itself_with_an_example(command: str, deepnet: Deepnet) -> None:
    outcome = deepnet(command, "--help")
    example = any(line.strip().startswith("deepnet ") for line in outcome.out.splitlines())

    assert outcome.code == 0
    assert outcome.out.startswith(f"Usage: deepnet {command}")
    assert example or command in WITHOUT_EXAMPLE or 'eval "$(deepnet' in outcome.out


@pytest.mark.parametrize("arguments", [("--help",), ("kill", "--help"), ("top", "--help")])
def test_to_explain_itself_it_loads_nothing_heavy(arguments: tuple[str, ...]) -> None:
    assert modules_after(*arguments) == set()


def test_a_command_that_is_not_there_is_met_with_one_that_is(deepnet: Deepnet) -> None:
    outcome = deepnet("trian")

    assert (outcome.code, outcome.err) == (
        2,
        "deepnet: there is no command 'trian' (did you mean 'train'?) (see 'deepnet --help')\n",
    )
