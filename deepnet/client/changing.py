"""What can be done to a network of a service: each thing between two steps, and each can be undone."""

import re
from typing import Any
from urllib.parse import quote

from deepnet.client.link import Link
from deepnet.client.sending import plain_value
from deepnet.errors import InputError, NotFoundError
from deepnet.maths.addresses import neurons_of
from deepnet.maths.model import Chain
from deepnet.runs.states import Change
from deepnet.training.interventions import NOT_GIVEN, NotGiven
from deepnet.wire.records import change_from_dict

_ADDRESS = re.compile(r"[a-z]+_[0-9]+(/(0|[1-9][0-9]{0,8}))?")


class RemoteChanging:
    """The part of a `RemoteNetwork` that changes it; see `deepnet.Network`."""

    name: str
    _link: Link
    _path: str

    @property
    def model(self) -> Chain:
        raise NotImplementedError

    def set(
        self,
        address: str,
        *,
        weights: Any = NOT_GIVEN,
        bias: Any = NOT_GIVEN,
        activation: str | NotGiven | None = NOT_GIVEN,
        learning_rate: float | NotGiven = NOT_GIVEN,
        rate: float | NotGiven = NOT_GIVEN,
        frozen: bool | NotGiven = NOT_GIVEN,
        lesioned: float | bool | NotGiven | None = NOT_GIVEN,
        faults: NotGiven | None = NOT_GIVEN,
        granularity: str | NotGiven = NOT_GIVEN,
    ) -> Change:
        """Set what a neuron, or each neuron of a layer, is like; see `deepnet.Network.set`."""
        wanted = {
            "weights": weights,
            "bias": bias,
            "activation": activation,
            "learning_rate": learning_rate,
            "rate": rate,
            "frozen": frozen,
            "lesioned": lesioned,
            "faults": faults,
            "granularity": granularity,
        }
        given = {name: plain_value(value) for name, value in wanted.items() if value is not NOT_GIVEN}
        if not given:
            raise InputError(f"nothing is to be set at {address}: give one of {', '.join(wanted)}")
        return self._change("PATCH", self._place(address), given, address)

    def grow(self, layer: str, neurons: int = 1) -> Change:
        """Let neurons join a layer; see `deepnet.Network.grow`."""
        return self._change("POST", f"{self._place(layer)}/grow", {"neurons": plain_value(neurons)}, layer)

    def prune(self, address: str) -> Change:
        """Take a neuron out of its layer; see `deepnet.Network.prune`."""
        return self._change("POST", f"{self._place(address)}/prune", None, address)

    def undo(self, n: int = 1) -> Change:
        """Take back the last *n* changes, newest first; see `deepnet.Network.undo`."""
        return self._change("POST", f"{self._path}/undo", {"n": plain_value(n)})

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes that `undo` would take back, oldest first."""
        return tuple(map(change_from_dict, self._link.ask("GET", f"{self._path}/changes").json()["items"]))

    def inject(
        self,
        fault: str,
        address: str = "network",
        *,
        amount: float | None = None,
        share: float = 1.0,
        rate: float | None = None,
        first: int | None = None,
        last: int | None = None,
        seed: int = 0,
    ) -> Change:
        """Have something go wrong, until it is undone; see `deepnet.Network.inject`."""
        wanted = {"fault": fault, "address": address, "share": share, "seed": seed}
        wanted |= {"amount": amount, "rate": rate, "first": first, "last": last}
        return self._change("POST", f"{self._path}/inject", plain_value(wanted))

    def kill(self, address: str) -> Change:
        """Kill an actor before its next message; it heals by itself. See `deepnet.Network.kill`."""
        return self._change("POST", f"{self._path}/kill", {"address": str(address)})

    def _change(self, method: str, path: str, data: Any, address: str | None = None) -> Change:
        try:
            return change_from_dict(self._link.ask(method, path, data=data).json())
        except NotFoundError:
            if address is not None:
                neurons_of(self.model, address, self.name)  # says it as a network in this process does
            raise

    def _place(self, address: str) -> str:
        """Return the path of a neuron or a layer.

        Raises:
            InputError: it is the address of neither.
        """
        if not looks_like_an_address(str(address)):
            neurons_of(self.model, str(address), self.name)
        layer, slash, index = str(address).partition("/")
        return f"{self._path}/neurons/{layer}/{index}" if slash else f"{self._path}/layers/{quote(layer, safe='')}"


def looks_like_an_address(text: str) -> bool:
    """Whether *text* may be the address of a neuron or a layer, and can stand in a path."""
    return _ADDRESS.fullmatch(text) is not None
