import pytest

from deepnet.errors import InputError
from deepnet.service.store.names import check_name


@pytest.mark.parametrize("name", ["a", "7", "xor-1", "a_b", "0-", "x" * 64])
def test_a_name_that_can_be_one_is_returned(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["", "-a", "_a", "A", "ä", "a b", "a/b", "..", ".", "a.b", "a\n", "a\x00", "x" * 65, "\u0661", "../etc/passwd"],
)
def test_whatever_else_is_refused_on_one_line(name: str) -> None:
    with pytest.raises(InputError) as caught:
        check_name(name, "network")

    message = str(caught.value)
    assert message.startswith("network ")
    assert message.endswith("give 1 to 64 of a-z, 0-9, - and _, beginning with a letter or a digit")
    assert message.isprintable()
    assert len(message) < 200
