"""Which kernels compute, and what they call activations, optimizers and losses."""

from collections.abc import Callable
from importlib.util import find_spec

from deepnet.errors import InputError, UnknownNameError
from deepnet.maths.arrays import require_dtype
from deepnet.maths.kernels.codes import activation_code, loss_code, rule_of
from deepnet.maths.kernels.factors import factors_of
from deepnet.maths.kernels.kernels import Kernels
from deepnet.maths.kernels.plain import plain_kernels

__all__ = [
    "KERNELS",
    "Kernels",
    "activation_code",
    "default_kernels",
    "factors_of",
    "kernels_named",
    "loss_code",
    "rule_of",
]

KERNELS = ("numba", "numpy")
"""The kinds that there are: compiled by numba, or in plain numpy."""

_MADE: dict[tuple[str, str], Kernels] = {}


def default_kernels() -> str:
    """Return "numba" where it is installed, else "numpy"."""
    return "numba" if find_spec("numba") else "numpy"


def kernels_named(name: str, dtype: str, on_compile: Callable[[], object] | None = None) -> Kernels:
    """Return the kernels called *name* for arrays of *dtype*; they are made once.

    Those of numba are compiled here, which takes some seconds, and kept on disk for the next time.

    Args:
        name: one of `KERNELS`.
        dtype: float32 or float64.
        on_compile: called once, just before anything gets compiled; never where all of it is found on disk.

    Raises:
        InputError: numba is not installed.
        UnknownNameError: there are no such kernels, or there is no such dtype.
    """
    require_dtype(dtype)
    if name not in KERNELS:
        raise UnknownNameError("kernels", str(name), KERNELS)
    if (name, dtype) not in _MADE:
        _MADE[name, dtype] = plain_kernels(dtype) if name == "numpy" else _compiled(dtype, on_compile)
    return _MADE[name, dtype]


def _compiled(dtype: str, on_compile: Callable[[], object] | None) -> Kernels:
    if not find_spec("numba"):
        raise InputError('numba is not installed: run "pip install numba", or use kernels="numpy"')
    # Not before it is asked for: numba takes a third of a second to import.
    from deepnet.maths.kernels.compiled.entries import compiled_kernels  # noqa: PLC0415

    return compiled_kernels(dtype, on_compile)
