import json
from pathlib import Path

import pytest

from deepnet.errors import DataError
from deepnet.plots.activations import activation_chart
from deepnet.plots.page import check_picture_path, write_picture


def test_a_page_holds_the_chart_and_what_draws_it(tmp_path: Path) -> None:
    pytest.importorskip("vl_convert", reason="needs an extra: run 'scripts/environment test plot'")
    check_picture_path(tmp_path / "relu.html")
    write_picture(activation_chart(["relu"]), tmp_path / "relu.html")
    text = (tmp_path / "relu.html").read_text()

    assert "relu: value and slope" in text
    assert 'src="http' not in text


def test_other_files_are_those_of_any_chart(tmp_path: Path) -> None:
    check_picture_path(tmp_path / "relu.json")
    write_picture(activation_chart(["relu"]), tmp_path / "relu.json")

    assert json.loads((tmp_path / "relu.json").read_text()) == json.loads(json.dumps(activation_chart(["relu"])))


@pytest.mark.parametrize("name", ["chart.pdf", "chart"])
def test_other_suffixes_are_refused_with_those_there_are(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match=r"\.json, \.svg, \.png, \.html"):
        check_picture_path(tmp_path / name)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    pytest.importorskip("vl_convert", reason="needs an extra: run 'scripts/environment test plot'")
    with pytest.raises(DataError, match="nowhere"):
        check_picture_path(tmp_path / "nowhere" / "chart.html")
