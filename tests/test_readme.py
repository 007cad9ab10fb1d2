"""What the README shows, runs."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import supervisor
from supervisor import Scheduler

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
SUPERVISOR = (ROOT / "supervisor" / "README.md").read_text()


def blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def commands(*, of_service: bool = False) -> list[str]:
    """What is to be typed, without remarks: where there is a service, or where there is none."""
    chosen = [block for block in blocks("sh") if bool(re.search("deepnet serve|--service", block)) == of_service]
    lines = [line.partition("  ")[0].strip() for block in chosen for line in block.splitlines()]
    return [line for line in lines if line.startswith("deepnet ")]


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[str]]:
    """A service where every command looks for one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DEEPNET_DATA_DIR", str(tmp_path / "data"))
    command = [sys.executable, "-m", "deepnet", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("deepnet serves")
        yield process
        process.terminate()


def test_it_has_examples_at_all() -> None:
    assert blocks("python")
    assert len(commands()) >= 4


@pytest.mark.parametrize("code", [block for block in blocks("python") if "connect()" not in block])
def test_its_python_runs(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102 - it is our own

    printed = capsys.readouterr().out
    assert "is below 0.01" in printed or "[[" in printed


@pytest.mark.parametrize("plan", blocks("toml"))
def test_its_plan_runs(plan: str, tmp_path: Path) -> None:
    from deepnet.cli.main import main  # noqa: PLC0415

    path = tmp_path / "plan.toml"
    path.write_text(plan)

    assert main(["train", str(path), "--quiet", "--granularity", "layer"]) == 0


@pytest.mark.parametrize("code", blocks("python", SUPERVISOR))
def test_the_supervisors_python_runs(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(code, "supervisor/README.md", "exec"), {})  # noqa: S102 - it is our own

    assert capsys.readouterr().out == "0.5\n"


def test_every_name_in_the_supervisors_readme_is_there() -> None:
    table = SUPERVISOR.split("## What there is")[1].split("## What differs")[0]
    named = set(re.findall(r"`([A-Za-z_]+)`", table)) - {"FakeClock", "reporter", "Down"}

    assert [name for name in sorted(named) if not hasattr(supervisor, name) and not hasattr(Scheduler, name)] == []


def test_its_commands_run_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from deepnet.cli.main import main  # noqa: PLC0415

    monkeypatch.chdir(tmp_path)

    assert [main(shlex.split(command)[1:]) for command in commands()] == [0] * len(commands())


@pytest.mark.parametrize("code", [block for block in blocks("python") if "connect()" in block])
def test_its_python_runs_with_a_service(
    code: str, service: subprocess.Popen[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):  # whoever tries it tries it again
        exec(compile(code, "README.md", "exec"), {})  # noqa: S102 - it is our own

    assert capsys.readouterr().out.count("is below 0.01") == 2


def test_its_commands_for_a_service_run_in_their_order(service: subprocess.Popen[str]) -> None:
    from deepnet.cli.main import main  # noqa: PLC0415

    first, *typed = commands(of_service=True)
    assert first == "deepnet serve"
    assert "deepnet top" in typed  # which wants a screen, and has tests of its own
    for command in typed:
        if command != "deepnet top":
            assert main(shlex.split(command)[1:]) == 0, command
    assert service.wait(10) == 0


def test_the_scripts_and_files_it_names_are_there() -> None:
    named = set(re.findall(r"\bscripts/[a-z_/]+(?:\.py)?|\.github/[a-z.]+", README)) | {"LICENSE", "supervisor"}

    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
