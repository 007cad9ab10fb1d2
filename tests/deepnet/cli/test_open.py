import os
from pathlib import Path

from deepnet.cli.open import leading_to

URL = "http://127.0.0.1:7077/login#ticket=dnticket_abc&x"


def test_the_page_for_the_browser_is_for_nobody_else(tmp_path: Path) -> None:
    page = leading_to(URL, tmp_path)

    assert page.stat().st_mode & 0o777 == 0o600
    assert "url=http://127.0.0.1:7077/login#ticket=dnticket_abc&amp;x" in page.read_text()


def test_pages_whose_link_is_dead_are_removed(tmp_path: Path) -> None:
    old, recent = leading_to(URL, tmp_path), leading_to(URL, tmp_path)
    mine = tmp_path / "mine.html"
    mine.touch()
    for path in (old, mine):
        os.utime(path, (1, 1))
    newest = leading_to(URL, tmp_path)

    assert sorted(tmp_path.iterdir()) == sorted([recent, newest, mine])
