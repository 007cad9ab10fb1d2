"""Runs the `deepnet` command as people do, in a process of its own."""

import json
import os
import subprocess
import sys
import tempfile


def deepnet(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Return what `deepnet` *arguments* wrote, on either side, and its exit code."""
    return subprocess.run(
        [sys.executable, "-m", "deepnet", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "100", **environment},
    )


def killed_and_resumed(*arguments: str, after_seconds: float) -> tuple[int, bool]:
    """Kill `deepnet train` *arguments* outright after some seconds, resume it; return its exit code then, and bits.

    The second is whether the weights equal those of a run that nobody killed.
    """
    undisturbed = json.loads(deepnet("train", *arguments, "--json").stdout)
    with tempfile.TemporaryDirectory() as folder:
        run_dir = f"{folder}/run"
        command = [sys.executable, "-m", "deepnet", "train", *arguments, "--run-dir", run_dir, "--json"]
        process = subprocess.Popen([*command, "--checkpoint-steps", "50"], stdout=subprocess.DEVNULL)
        try:
            process.wait(after_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
        code = process.wait()
        resumed = json.loads(deepnet("resume", run_dir, "--json").stdout)
    return code, resumed["weights_sha256"] == undisturbed["weights_sha256"]
