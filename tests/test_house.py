"""The rules of the house that no linter knows."""

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("deepnet", "supervisor")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def tracked_texts() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    files = [ROOT / name for name in listed.stdout.splitlines()] or MODULES
    return [path for path in files if path.exists() and path.suffix not in {".png", ".svg"}]


@pytest.mark.parametrize("path", [*MODULES, *sorted((ROOT / "tests").rglob("*.py"))], ids=str)
def test_no_file_is_longer_than_400_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400


def test_every_module_begins_with_a_docstring() -> None:
    silent = [str(path) for path in MODULES if not ast.get_docstring(ast.parse(path.read_text()))]

    assert silent == []


def test_every_package_says_that_it_is_typed() -> None:
    assert all((ROOT / package / "py.typed").exists() for package in PACKAGES)


def test_no_file_names_the_machine_it_was_written_on() -> None:
    home = str(ROOT.parent)
    named = [str(path) for path in tracked_texts() if home != "/" and home in path.read_text(errors="ignore")]

    assert named == []


def imported_names(path: Path) -> set[str]:
    nodes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Import | ast.ImportFrom)]
    return {name.name for node in nodes for name in node.names} | {getattr(node, "module", "") or "" for node in nodes}


def test_nothing_that_runs_code_from_a_file_is_imported() -> None:
    forbidden = {"pickle", "cloudpickle", "marshal", "shelve"}

    assert [str(path) for path in MODULES if forbidden & imported_names(path)] == []
