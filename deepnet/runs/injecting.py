"""The fault laboratory: what can be made to go wrong, by name, with plain numbers."""

from collections.abc import Collection
from dataclasses import asdict

import numpy as np

from deepnet.actors.context import Context
from deepnet.actors.faults import DELIVERY_FAULTS, DeliveryFault
from deepnet.actors.system import ActorSystem
from deepnet.errors import InputError, UnknownNameError
from deepnet.maths.checks import positive_number
from deepnet.maths.treatment import VALUE_FAULTS, ValueFault
from deepnet.runs.intervening import Intervener
from deepnet.runs.states import Change
from deepnet.training.interventions import Inject
from deepnet.training.interventions.faults import EVERYWHERE, drawn_places

FAULTS = (*DELIVERY_FAULTS, *VALUE_FAULTS)
"""Those of delivery, which change nothing in the result, and those of value, which do."""

AMOUNTS = {"stuck_at": 0.0, "noise": 0.1, "byzantine": 1.0, "bit_flip": -1.0, "hang": 0.01, "delay": 0.01}
"""How much of each there is unless somebody says so; of bits, any."""


def fault_named(
    kind: str, dtype: str, *, amount: float | None, rate: float | None, first: int, last: int | None, seed: int
) -> DeliveryFault | ValueFault:
    """Return the fault of these numbers; `Changing.inject` says what they mean.

    Raises:
        InputError: a number is out of its range, or *amount* means nothing for it.
        UnknownNameError: there is no such fault.
    """
    if kind not in FAULTS:
        raise UnknownNameError("fault", str(kind), FAULTS)
    if amount is not None and kind not in AMOUNTS:
        raise InputError(f"a fault of kind {kind} has no amount: leave it out")
    much = AMOUNTS.get(kind, 0.01) if amount is None else amount
    bits = np.dtype(dtype).itemsize * 8
    if kind == "bit_flip" and much >= bits:
        raise InputError(f"a {dtype} has bits 0 to {bits - 1}, got {much:g}")
    if kind in DELIVERY_FAULTS:
        positive_number("amount", much)
        often = 0.01 if rate is None else rate
        return DeliveryFault(kind, rate=often, seconds=much, first=first, last=last, seed=seed)
    fault = ValueFault(kind=kind, amount=much, rate=1.0 if rate is None else rate, first=first, last=last, seed=seed)
    if kind != "bit_flip" and abs(fault.amount) > float(np.finfo(dtype).max):
        raise InputError(f"the amount of a fault must be finite in {dtype}, got {fault.amount:g}")
    return fault


class Laboratory:
    """Makes things go wrong in one network.

    Args:
        context: what its actors share.
        actors: they themselves.
        intervener: who changes it.
    """

    def __init__(self, context: Context, actors: ActorSystem, intervener: Intervener) -> None:
        self._context = context
        self._actors = actors
        self._intervener = intervener

    def inject(self, fault: DeliveryFault | ValueFault, address: str, share: float) -> Change:
        """Let *fault* happen to a share of the neurons there, until it is undone."""
        name = self._context.name
        if isinstance(fault, ValueFault):
            return self._intervener.carry_out(Inject(address, name, fault, share))
        with self._intervener.alone():
            sealed = self._context.vault.sealed
            places = drawn_places(sealed.setup.model, address, name, share, fault.seed)
            neurons = tuple(f"dense_{layer}/{index}" for layer, index in places)
            remove = self._actors.delivery_faults.inject(fault, self._receivers(neurons, address, share))
            new = {"fault": asdict(fault), "neurons": neurons}
            change = Change("inject", address, sealed.position.step, {"fault": None}, new)
            self._intervener.note(change, remove)
        self._intervener.tell(change)
        return change

    def _receivers(self, neurons: Collection[str], address: str, share: float) -> Collection[str] | None:
        """Return the addresses of the actors that the fault may strike; None is everybody, layers and trainer too."""
        if share == 1 and address == EVERYWHERE:
            return None
        whole = {address} if share == 1 else set()
        return {*map(self._actors.body_of, neurons), *whole}
