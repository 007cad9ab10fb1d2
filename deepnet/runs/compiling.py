"""Getting the kernels: the first time on a machine they are compiled, and whoever watches is told."""

import time

from deepnet import events
from deepnet.maths.kernels.choice import Kernels, kernels_named


def load_kernels(name: str, dtype: str, network: str, watchers: events.Watchers) -> Kernels:
    """Return the kernels called *name*; tell *watchers* of *network* if they have to be compiled, which takes seconds.

    Raises:
        InputError: they need numba, which is not installed.
        UnknownNameError: there are none of that name.
    """
    began: float | None = None

    def compiling() -> None:
        nonlocal began
        began = time.perf_counter()
        watchers.tell(events.KernelsCompiling(network, dtype))

    kernels = kernels_named(name, dtype, compiling)
    if began is not None:
        watchers.tell(events.KernelsCompiled(network, dtype, time.perf_counter() - began))
    return kernels
