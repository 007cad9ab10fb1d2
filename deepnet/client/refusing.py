"""What can only be done in the process of a network, and how that is said."""

from typing import Any, Never

from deepnet.errors import InputError

_HERE = "that needs the process of the network"


def refuse(what: str, instead: str) -> Never:
    """Raise InputError: *what* cannot be done from outside; *instead* says what can."""
    raise InputError(f"{what} of a network of a service cannot be had from outside, {_HERE}: {instead}")


def refuse_given(given: dict[str, Any], usual: dict[str, Any], instead: dict[str, str]) -> None:
    """Do nothing if all options that a service does not take are as they usually are.

    Raises:
        InputError: one is not; the message says what to do instead.
    """
    for name, value in given.items():
        if value is not usual[name] and value != usual[name]:
            raise InputError(f"{name} cannot be given from outside, {_HERE}: {instead[name]}")
