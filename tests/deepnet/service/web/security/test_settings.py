from typing import Any

import pytest

from deepnet.errors import InputError
from deepnet.service.web.security.settings import SecuritySettings

TOKEN = "0123456789abcdef" * 4


@pytest.mark.parametrize("token", [None, ""])
def test_without_a_token_nobody_is_let_in_by_accident(token: str | None) -> None:
    with pytest.raises(InputError, match="needs a token"):
        SecuritySettings(token=token, port=7077)
    assert SecuritySettings(token=token, port=7077, insecure_no_auth=True).token == token


@pytest.mark.parametrize(
    "host", ["*", "*.example", "", "a b", "a:80", "http://a", "a/b", "a.", ".a", "[", "ä.example", "a,b"]
)
def test_an_allowed_host_is_one_name(host: str) -> None:
    with pytest.raises(InputError, match="one name or address"):
        SecuritySettings(token=TOKEN, port=7077, allowed_hosts=("localhost", host))


def test_names_are_compared_in_one_spelling() -> None:
    given = ("Nets.Example", "[2001:DB8::1]", "::1", "10.0.0.7", "my_host")

    allowed = SecuritySettings(token=TOKEN, port=7077, allowed_hosts=given).allowed_hosts

    assert allowed == ("nets.example", "2001:db8::1", "::1", "10.0.0.7", "my_host")


def test_the_address_to_open_is_on_this_machine_unless_it_is_said() -> None:
    assert SecuritySettings(token=TOKEN, port=7077).origin == "http://127.0.0.1:7077"
    assert SecuritySettings(token=TOKEN, port=7077, tls=True).origin == "https://127.0.0.1:7077"
    given = SecuritySettings(token=TOKEN, port=7077, address="https://nets.example")
    assert given.origin == "https://nets.example"


def test_settings_do_not_show_the_token() -> None:
    settings: Any = SecuritySettings(token=TOKEN, port=7077)

    assert TOKEN not in f"{settings} {settings!r}"
