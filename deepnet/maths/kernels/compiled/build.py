"""How the functions of this package are compiled, and kept on disk until a source of theirs changes."""

import hashlib
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any, TypeVar

from numba import njit, types
from numba.core import event

Function = TypeVar("Function", bound=Callable[..., Any])

# Nothing is allocated, so nothing needs numba's counting of references: without it a call takes a third of the time.
# The sign of a zero may be lost, and a product be added without being rounded first; but nan and infinity stay what
# they are, and formulas are reckoned in the order in which they are written.
_OPTIONS: dict[str, Any] = {
    "fastmath": {"nsz", "contract"},
    "error_model": "numpy",
    "boundscheck": False,
    "_nrt": False,
}
_ANY_ORDER = _OPTIONS | {"fastmath": {"nsz", "contract", "reassoc"}}
_INNER = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}

_njit: Any = njit  # what it takes depends on the version, and some of it has no types

_KINDS = {"i": types.int64, "y": types.boolean}
"""What a letter of a signature stands for; a digit is an array of so many axes."""


def inner(function: Function) -> Function:
    """Let compiled functions call *function*; it gets no entry from Python of its own."""
    compiled: Function = _njit(**_OPTIONS, **_INNER)(function)
    return compiled


def inner_sum(function: Function) -> Function:
    """As `inner`, for a long sum: it is added up in the order that is fastest, fixed when compiled, so bits repeat."""
    compiled: Function = _njit(**_ANY_ORDER, **_INNER)(function)
    return compiled


def compiled(function: Callable[..., Any], signature: str, dtype: str, *, returns: bool) -> Callable[..., Any]:
    """Return *function* as a plain C function of just these types, compiled now or read from disk.

    It checks nothing: an array of another dtype, number of axes or order is read as if it were right. In return
    a call costs some 50 ns, where numba's own door, which looks at the types of all arguments, takes four times that.

    Args:
        function: plain Python that numba understands.
        signature: a letter or digit an argument, of `_KINDS`.
        dtype: of all arrays, and of the numbers in them.
        returns: whether it returns a float64, or nothing.
    """
    number = getattr(types, dtype)
    arguments = [_KINDS.get(kind) or types.Array(number, int(kind), "C") for kind in signature]
    plain: Any = function
    named = FunctionType(plain.__code__, plain.__globals__, plain.__name__)
    # numba looks only at the file of the function itself to tell if what it has on disk is still true.
    named.__qualname__ = f"{plain.__name__}_{_digest()}"
    try:
        dispatcher = _njit(cache=True, **_OPTIONS)(named)
    except RuntimeError:  # there is no directory that could be written to
        dispatcher = _njit(**_OPTIONS)(named)
    full = (types.float64 if returns else types.void)(*arguments)
    with suppress(OSError):  # what is compiled but cannot be kept is compiled all the same
        dispatcher.compile(full)
    (result,) = dispatcher.overloads.values()
    entry: Callable[..., Any] = result.entry_point
    return entry


@cache
def _digest() -> str:
    """Return what changes with any source that compiled functions, or the constants in them, come from."""
    maths = Path(__file__).parents[2]
    digest = hashlib.sha256()
    for room in ("activations", "kernels", "losses"):
        for path in sorted((maths / room).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


class _Once(event.Listener):
    """Calls back when the first function starts to be compiled; what comes from disk does not count."""

    def __init__(self, call: Callable[[], object]) -> None:
        self._call: Callable[[], object] | None = call

    def on_start(self, _event: object) -> None:
        if self._call is not None:
            call, self._call = self._call, None
            call()

    def on_end(self, _event: object) -> None:
        """Nothing."""


def watching(on_compile: Callable[[], object] | None) -> ExitStack:
    """Return a context in which *on_compile* is called once, just before anything is compiled."""
    stack = ExitStack()
    if on_compile is not None:
        stack.enter_context(event.install_listener("numba:compile", _Once(on_compile)))
    return stack
