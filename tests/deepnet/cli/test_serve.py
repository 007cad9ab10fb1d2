import os
import subprocess
import sys
from collections.abc import Callable
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

import pytest

from deepnet.cli.serve import command, usual_level

Deepnet = Callable[..., Any]


@pytest.fixture
def unit(deepnet: Deepnet) -> RawConfigParser:
    """The unit file that is printed; where a name is said twice, the last one counts here."""
    outcome = deepnet("serve", "--print-unit")
    assert outcome.code == 0
    parser = RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign] # names keep their capitals
    parser.read_string(outcome.out)
    return parser


def test_the_unit_starts_the_command_and_waits_for_it(unit: RawConfigParser) -> None:
    service = unit["Service"]

    assert service["ExecStart"].endswith(" serve")
    assert Path(service["ExecStart"].split()[0]).is_absolute()
    assert service["Type"] == "notify"
    assert int(service["TimeoutStopSec"]) > 30  # after our own backstop
    assert service["RestartPreventExitStatus"] == "2"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DynamicUser", "yes"),
        ("ProtectSystem", "strict"),
        ("StateDirectory", "deepnet"),
        ("StateDirectoryMode", "0700"),
        ("RuntimeDirectoryMode", "0700"),
        ("NoNewPrivileges", "yes"),
        ("PrivateDevices", "yes"),
        ("CapabilityBoundingSet", ""),
        ("RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX"),
        ("IPAddressDeny", "any"),
        ("WatchdogSec", "60"),
    ],
)
def test_the_unit_is_hardened(unit: RawConfigParser, name: str, value: str) -> None:
    assert unit["Service"][name] == value


def test_no_option_gives_the_token_for_everybody_could_see_it(deepnet: Deepnet) -> None:
    names = {name for option in command.params for name in option.opts}

    assert not [name for name in names if "token" in name or "password" in name]


def test_the_help_imports_nothing_of_the_service() -> None:
    code = (
        "import sys; from deepnet.cli.main import main; main(['serve', '--help'])\n"
        "print([name for name in ('fastapi', 'uvicorn', 'pydantic', 'sqlite3') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"
    for option in ("--data-dir", "--port", "--socket", "--allowed-host", "--insecure-no-auth", "--print-unit"):
        assert option in done.stdout


def test_on_a_terminal_it_tells_of_trouble_only(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "w") as terminal, os.fdopen(ours, "rb"), (tmp_path / "log").open("w") as file:
        assert (usual_level(terminal), usual_level(file)) == ("warning", "info")
