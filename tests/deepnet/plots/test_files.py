import builtins
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deepnet.errors import DataError
from deepnet.plots import activation_chart, check_chart_path, write_chart

SPEC = activation_chart(["tanh"])


@pytest.fixture
def without_converter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be a place where the extra is not installed."""
    true_import: Callable[..., Any] = builtins.__import__

    def refusing_import(name: str, *rest: Any) -> Any:
        if name == "vl_convert":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return true_import(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refusing_import)


def test_json_is_the_specification_itself(tmp_path: Path, without_converter: None) -> None:
    path = tmp_path / "chart.json"
    check_chart_path(path)
    write_chart(SPEC, path)

    assert json.loads(path.read_text()) == json.loads(json.dumps(SPEC))


@pytest.mark.parametrize(("suffix", "begins"), [(".svg", b"<svg"), (".png", b"\x89PNG"), (".PNG", b"\x89PNG")])
def test_pictures_are_what_their_suffix_says(tmp_path: Path, suffix: str, begins: bytes) -> None:
    pytest.importorskip("vl_convert", reason="needs an extra: run 'scripts/environment test plot'")
    path = tmp_path / f"chart{suffix}"
    write_chart(SPEC, path)

    assert path.read_bytes().startswith(begins)


def test_the_same_chart_gives_the_same_picture(tmp_path: Path) -> None:
    pytest.importorskip("vl_convert", reason="needs an extra: run 'scripts/environment test plot'")
    first, second = tmp_path / "first.svg", tmp_path / "second.svg"
    write_chart(SPEC, first)
    write_chart(SPEC, second)

    assert first.read_bytes() == second.read_bytes()
    assert b"tanh: value and slope" in first.read_bytes()


def test_a_png_has_twice_the_pixels_that_the_chart_is_wide(tmp_path: Path) -> None:
    converter = pytest.importorskip("vl_convert", reason="needs an extra: run 'scripts/environment test plot'")
    path = tmp_path / "chart.png"
    write_chart(SPEC, path)
    width = float(re.search(r'width="([\d.]+)"', converter.vegalite_to_svg(SPEC))[1])  # type: ignore[index]

    assert int.from_bytes(path.read_bytes()[16:20]) == pytest.approx(2 * width, abs=2)  # where PNG keeps its width


@pytest.mark.parametrize("write", [check_chart_path, lambda path: write_chart(SPEC, path)])
def test_where_the_extra_is_missing_its_command_is_named(
    tmp_path: Path, without_converter: None, write: Callable[[Path], None]
) -> None:
    with pytest.raises(DataError, match=r"chart\.svg: .*pip install vl-convert-python.*\.json") as caught:
        write(tmp_path / "chart.svg")

    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["chart.pdf", "chart", "chart.", "chart.svg.gz", "chart.s\nvg"])
def test_other_suffixes_are_refused_in_one_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match=r"end it with one of \.json, \.svg, \.png") as caught:
        check_chart_path(tmp_path / name)

    assert "\n" not in str(caught.value)


def test_a_folder_that_is_not_there_is_refused_before_anything_is_drawn(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no folder"):
        check_chart_path(tmp_path / "none" / "chart.json")
