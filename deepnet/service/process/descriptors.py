"""How many files and sockets this process may have open at once."""

import resource
from contextlib import suppress

MOST = 1 << 16
"""More are never needed, and some libraries go through all that there may be."""


def raise_descriptor_limit() -> int:
    """Allow as many open files as the system lets us have, up to `MOST`; return how many those are."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST if hard == resource.RLIM_INFINITY else min(hard, MOST)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):  # then it stays as it is, which is enough for most
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
