import pytest

from deepnet.errors import InputError
from deepnet.service.web.paging import following, place_in


def test_a_page_that_is_full_has_one_after_it() -> None:
    assert following([1, 2], 2, "b") == "b"
    assert following([1], 2, "a") is None
    assert following([], 2, None) is None


def test_a_cursor_that_counts_is_read_strictly() -> None:
    assert place_in(None) == 0
    assert place_in("17") == 17
    for wrong in ("", "-1", "1.5", "x", "\u0661", "9" * 30, str(2**53)):
        with pytest.raises(InputError, match="is no cursor of this list"):
            place_in(wrong)
