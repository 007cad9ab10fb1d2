"""The command in a process of its own, and a service that it is asked of."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Deepnet = Callable[..., Any]


@pytest.fixture
def deepnet_process() -> Callable[..., subprocess.Popen[str]]:
    """Start the command in a process of its own."""

    def start(*arguments: str | Path) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "deepnet", *map(str, arguments)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    return start


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Run a service that all tests share: names of networks have to be their own. Return its data folder."""
    folder = tmp_path_factory.mktemp("service") / "data"
    command = [sys.executable, "-m", "deepnet", "serve", "--data-dir", str(folder), "--port", "0"]
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder.parent)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        assert "deepnet serves" in process.stdout.readline()
        yield folder
        process.terminate()
        process.wait(20)


@pytest.fixture
def there(deepnet: Deepnet, folder: Path) -> Deepnet:
    """Run a command on that service."""
    return lambda *arguments: deepnet(*arguments, "--data-dir", folder)


@pytest.fixture
def ask(there: Deepnet) -> Callable[..., Any]:
    """Run a command on that service; return the document it prints."""

    def run(*arguments: str | Path) -> Any:
        outcome = there(*arguments, "--json")
        assert (outcome.code, outcome.err) == (0, "")
        return json.loads(outcome.out)

    return run
