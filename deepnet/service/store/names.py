"""Names of networks, runs and data sets: they become names of folders, so nothing else may be in them."""

import re

from deepnet.data.files import quoted
from deepnet.errors import InputError

LONGEST = 64
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def check_name(name: str, what: str = "name") -> str:
    """Return *name* if it can be one.

    Raises:
        InputError: it cannot; the message calls it *what*, and says how names are made.
    """
    if _NAME.fullmatch(name):
        return name
    rule = f"give 1 to {LONGEST} of a-z, 0-9, - and _, beginning with a letter or a digit"
    raise InputError(f"{what} {quoted(name)} cannot be used: {rule}")
