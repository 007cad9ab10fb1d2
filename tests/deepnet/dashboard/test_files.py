from pathlib import Path

import pytest

from deepnet.dashboard.files import STATIC, built_file, built_names, built_page
from deepnet.errors import DeepnetError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A build with its sources beside it."""
    static = tmp_path / "static"
    (static / "within").mkdir(parents=True)
    for name in ("index.html", "app.2TXFHOUJ.js", "app.XLDFVE6H.css", "icon.svg", "notes.md", "within/secret.txt"):
        (static / name).write_text(name)
    (tmp_path / "build.mjs").write_text("source")
    return static


def test_what_was_built_is_there_with_its_page_and_what_that_loads() -> None:
    page = built_page().content.decode()
    loaded = [name for name in built_names() if f"/static/{name}" in page]

    assert {Path(name).suffix for name in loaded} >= {".js", ".css"}
    assert STATIC.name == "static"


@pytest.mark.parametrize(
    ("name", "media_type", "immutable"),
    [
        ("index.html", "text/html; charset=utf-8", False),
        ("app.2TXFHOUJ.js", "text/javascript; charset=utf-8", True),
        ("app.XLDFVE6H.css", "text/css; charset=utf-8", True),
        ("icon.svg", "image/svg+xml", False),
    ],
)
def test_a_file_has_its_type_and_only_a_name_with_a_hash_is_for_ever(
    folder: Path, name: str, media_type: str, immutable: bool
) -> None:
    file = built_file(name, folder)

    assert file is not None
    assert (file.content, file.media_type, file.immutable) == (name.encode(), media_type, immutable)


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../build.mjs", "within", "within/secret.txt", "nothing.js", "notes.md", "INDEX.HTML"]
)
def test_no_name_leads_anywhere_else(folder: Path, name: str) -> None:
    assert built_file(name, folder) is None
    assert built_file(str(folder / "index.html"), folder) is None


def test_a_build_that_is_missing_is_said_in_a_line_that_says_how_to_make_it(tmp_path: Path, folder: Path) -> None:
    (folder / "index.html").unlink()

    for place in (folder, tmp_path / "nothing", tmp_path / "build.mjs"):
        with pytest.raises(DeepnetError, match=r"^the dashboard has not been built: run '.*' in \S+$"):
            built_page(place)
