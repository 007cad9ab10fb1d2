"""pykka's own tests, from its source distribution, with ScheduledActor as their runtime."""

import os
import subprocess
import sys
import tarfile
from importlib.metadata import version
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ORACLES = Path(sys.prefix) / "oracles"  # inside .venv


@pytest.fixture(scope="session")
def pykka_tests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """pykka's tests of the installed version, with our runtime in their conftest."""
    release = f"pykka-{version('pykka')}"
    archive = ORACLES / f"{release}.tar.gz"
    if not archive.exists():
        ORACLES.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps"]
        command += ["--no-binary=:all:", "-d", str(ORACLES), release.replace("-", "==", 1)]
        fetched = subprocess.run(command, capture_output=True, text=True, check=False)
        if not archive.exists():
            pytest.skip(
                f"needs pykka's source distribution: run '{' '.join(command)}' ({fetched.stderr.strip()[-200:]})"
            )
    folder = tmp_path_factory.mktemp("pykka")
    with tarfile.open(archive) as tar:
        if hasattr(tarfile, "data_filter"):  # Python 3.11.4 and newer; from 3.14 on it is the default
            tar.extraction_filter = tarfile.data_filter
        tar.extractall(folder)  # noqa: S202 - pykka's own release
    tests = folder / release / "tests"
    (tests / "test_threading_actor.py").unlink()  # about the threads of ThreadingActor, and nothing else
    # The one stated difference: a BaseException ends its own actor, and the log says so.
    logging_tests = tests / "test_logging.py"
    logging_tests.write_text(logging_tests.read_text().replace("Stopping all actors.", "Stopping this actor."))
    with (tests / "conftest.py").open("a") as conftest:
        conftest.write((HERE / "scheduled_runtime.py").read_text())
    (folder / release / "pyproject.toml").write_text("[tool.pytest.ini_options]\npythonpath = ['.']\n")
    return folder / release


@pytest.mark.parametrize("workers", [1, 4])
def test_pykkas_own_suite_passes_with_scheduled_actors(pykka_tests: Path, workers: int) -> None:
    for attempt in range(3):
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "tests"],
            cwd=pykka_tests,
            env={**os.environ, "SCHEDULER_WORKERS": str(workers)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

        assert run.returncode == 0, f"run {attempt + 1}:\n{run.stdout[-4000:]}{run.stderr[-2000:]}"
        assert " passed" in run.stdout.splitlines()[-1]
