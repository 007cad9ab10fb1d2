"""Runs the `deepnet` command as people do, in a process of its own."""

import os
import subprocess
import sys


def deepnet(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Return what `deepnet` *arguments* wrote, on either side, and its exit code."""
    return subprocess.run(
        [sys.executable, "-m", "deepnet", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "100", **environment},
    )
