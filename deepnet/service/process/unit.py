"""The unit file for systemd that comes with the package."""

import shlex
import shutil
import sys
from importlib.resources import files

_COMMAND = "@COMMAND@"


def unit_file() -> str:
    """Return the hardened unit file; it starts the command that is installed here."""
    installed = shutil.which("deepnet")
    command = shlex.quote(installed) if installed else f"{shlex.quote(sys.executable)} -m deepnet"
    text = files("deepnet.service.process").joinpath("deepnet.service").read_text(encoding="utf-8")
    return text.replace(_COMMAND, command)
