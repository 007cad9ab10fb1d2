"""Hooks of the courier that have somebody die at messages of given numbers, or count what is said."""

import itertools
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from deepnet.actors.context import InjectedCrashError
from deepnet.actors.courier import Hook, Verdict
from deepnet.actors.kernel_layer import KernelLayer
from deepnet.actors.neuron import Neuron

MORTALS = (Neuron, KernelLayer)
"""Those that compute: at granularity ``layer`` a layer dies for its neurons."""


def crashing_neurons(ordinals: frozenset[int]) -> Hook:
    """Have neurons crash at the messages of these numbers, counting from 1 what neurons are told."""
    numbers = itertools.count(1)  # each worker that takes one gets another

    def hook(actor: Any, _address: str, _message: Any) -> Verdict:
        if isinstance(actor, MORTALS):
            number = next(numbers)
            if number in ordinals:
                raise InjectedCrashError(f"crashed on purpose at neuron message {number}")
        return Verdict.DELIVER

    return hook


def striking(faults: Mapping[int, str], kill: Callable[[str], object]) -> Hook:
    """Let *faults* happen at messages of these numbers, counting from 1 what neurons, layers and trainer are told.

    A fault is an address, which is handed to *kill*, or ``crash``: whoever is about to handle the message raises.
    """
    numbers = itertools.count(1)

    def hook(_actor: Any, _address: str, _message: Any) -> Verdict:
        number = next(numbers)
        fault = faults.get(number)
        if fault == "crash":
            raise InjectedCrashError(f"crashed on purpose at message {number}")
        if fault is not None:
            kill(fault)
        return Verdict.DELIVER

    return hook


def crashing_anybody(first: int, others: Iterator[int]) -> Hook:
    """Have whoever is about to handle a message of these rising numbers crash: neurons, layers, the trainer."""
    number, hit, counting = 0, first, threading.Lock()

    def hook(_actor: Any, _address: str, _message: Any) -> Verdict:
        nonlocal number, hit
        with counting:
            number += 1
            if number != hit:
                return Verdict.DELIVER
            hit = next(others, 0)
            struck = number
        raise InjectedCrashError(f"crashed on purpose at message {struck}")

    return hook


def counting_neurons() -> tuple[Hook, Callable[[], int]]:
    """Count what neurons are told; the function that comes with the hook says how much it is so far."""
    count, counting = 0, threading.Lock()

    def hook(actor: Any, _address: str, _message: Any) -> Verdict:
        nonlocal count
        if isinstance(actor, MORTALS):
            with counting:
                count += 1
        return Verdict.DELIVER

    return hook, lambda: count
