from pathlib import Path

import pytest

from deepnet.data.files import listed, nearest, one_line, quoted, read_file
from deepnet.errors import DataError


def test_what_cannot_be_printed_on_a_line_is_escaped() -> None:
    assert one_line("plain name") == "plain name"
    assert one_line("two\nlines") == "'two\\nlines'"
    assert one_line("") == "''"


def test_long_values_and_long_lists_are_cut() -> None:
    assert quoted("x" * 100) == f"'{'x' * 40}...'"
    assert listed(list(range(25)), most=3) == "0, 1, 2 and 22 more"


def test_the_nearest_name_is_found_whatever_its_case() -> None:
    assert nearest("Wieght", ["mpg", "WEIGHT"]) == " (did you mean 'WEIGHT'?)"
    assert not nearest("colour", ["mpg", "weight"])


@pytest.mark.parametrize("path", ["a\0b", "x" * 5000, "/dev/null/file"])
def test_paths_that_cannot_be_are_refused_in_one_line(path: str) -> None:
    with pytest.raises(DataError, match="check the path") as caught:
        read_file(path)

    assert "\n" not in str(caught.value)


def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"\r\n\0")

    assert read_file(tmp_path / "f") == b"\r\n\0"


def test_a_file_one_may_not_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    # Root may read everything, so the refusal is played.
    monkeypatch.setattr(Path, "read_bytes", denied)

    with pytest.raises(DataError, match="no permission to read this file"):
        read_file(tmp_path / "f")
