"""The command, as people type it, and the data beside the repository that some rows need."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deepnet.data.dataset import Dataset
from deepnet.data.idx import load_idx_folder

SHARED = Path(__file__).parents[2].parent / "shared" / "data"


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads(self.out)
        return facts


@pytest.fixture
def deepnet(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run the command in this process, as its console script would."""
    from deepnet.cli.main import main  # noqa: PLC0415

    def run(*arguments: str | Path) -> Outcome:
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def mnist() -> Dataset:
    folder = SHARED / "mnist"
    if not folder.is_dir():
        pytest.skip("needs ../shared/data/mnist beside the repository")
    return load_idx_folder(folder)


@pytest.fixture(scope="session")
def mnist_test(mnist: Dataset) -> Dataset:
    assert mnist.test is not None
    return mnist.test
