"""Faults of value, put into a share of the neurons."""

from dataclasses import dataclass
from typing import ClassVar

from deepnet.errors import InputError
from deepnet.maths.addresses import neurons_of
from deepnet.maths.checks import positive_number
from deepnet.maths.model import Chain
from deepnet.maths.random import stream
from deepnet.maths.treatment import ValueFault
from deepnet.training.interventions.applied import Applied, setup_of
from deepnet.training.interventions.treating import treated
from deepnet.training.state import RunState

EVERYWHERE = "network"


@dataclass(frozen=True, slots=True)
class Inject:
    """Let something go wrong with the numbers of some neurons, beside what goes wrong with them already.

    Args:
        address: of a neuron or a layer; ``network`` is all neurons.
        network: its name, for messages.
        fault: what goes wrong.
        share: how many of these neurons it happens to, above 0 and up to 1; rounded, and one at least. Which ones
            follows from the seed of the fault, and a larger share has those of a smaller one.

    Raises:
        InputError: the share is out of its range, or the fault is none of value.
    """

    kind: ClassVar[str] = "inject"

    address: str
    network: str
    fault: ValueFault
    share: float = 1.0

    def __post_init__(self) -> None:
        if not isinstance(self.fault, ValueFault):
            raise InputError(
                f"fault must be a ValueFault, such as ValueFault(kind='noise', amount=0.1): {self.fault!r}"
            )
        object.__setattr__(self, "share", checked_share(self.share))

    def applied(self, state: RunState) -> Applied:
        """Return what becomes of *state*; new has the fault and the addresses of the neurons that have got it.

        Raises:
            InputError: there is no such place.
        """
        setup = setup_of(state)
        struck: dict[int, list[int]] = {}
        for layer, index in drawn_places(setup.model, self.address, self.network, self.share, self.fault.seed):
            struck.setdefault(layer, []).append(index)
        undos = []  # not what was applied: that holds copies of the network
        now = state
        for layer, indices in struck.items():
            faults = {index: (*setup.treatment(layer, index).faults, self.fault) for index in indices}
            applied = treated(now, layer, "faults", faults)
            undos.append(applied.undo)
            now = applied.state

        def undo(later: RunState) -> RunState:
            for back in undos:
                later = back(later)
            return later

        neurons = tuple(f"dense_{layer}/{index}" for layer, indices in struck.items() for index in indices)
        return Applied(now, {"fault": None}, {"fault": self.fault.to_dict(), "neurons": neurons}, undo)


def drawn_places(model: Chain, address: str, network: str, share: float, seed: int) -> list[tuple[int, int]]:
    """Return layer and index of those neurons that a fault happens to, first layer first.

    Args:
        model: the layers.
        address: of a neuron or a layer; ``network`` is all neurons.
        network: its name, for messages.
        share: how many of these, above 0 and up to 1; rounded, and one at least.
        seed: which ones; a larger share has those of a smaller one.

    Raises:
        InputError: there is no such place, or the share is out of its range.
    """
    share = checked_share(share)
    if address == EVERYWHERE:
        candidates = [(layer, index) for layer, dense in enumerate(model.dense) for index in range(dense.neurons)]
    else:
        layer, indices = neurons_of(model, address, network)
        candidates = [(layer, index) for index in indices]
    count = max(1, round(share * len(candidates)))
    order = stream(seed, "injected neurons").permutation(len(candidates))
    return [candidates[number] for number in sorted(order[:count].tolist())]


def checked_share(share: object) -> float:
    """Return *share* as a number; raise InputError unless it is above 0 and up to 1."""
    number = positive_number("share", share)
    if number > 1:
        raise InputError(f"share must be 1 or less, got {number!r}")
    return number
