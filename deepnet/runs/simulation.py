"""Runs in which nothing happens by chance: a seed decides who takes the next turn, and where faults strike.

No thread takes part: actors take turns by hand, one message a turn, and whose turn it is of those that have mail is
drawn from the seed. So a schedule that goes wrong is played again from its seed, as often as one likes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from deepnet.errors import RunError
from deepnet.maths.addresses import neuron_addresses
from deepnet.maths.checks import whole_number
from deepnet.maths.model import Chain
from deepnet.maths.parameters import fingerprint
from deepnet.maths.random import stream
from deepnet.runs.network import Network, start
from deepnet.runs.run import Run
from deepnet.training.history import EpochRecord

CRASH = "crash"
"""The fault that strikes whoever is about to handle the message; any other is the address of who is killed."""
MOST_FAULTS = 20


@dataclass(frozen=True, slots=True)
class Outcome:
    """What must not depend on the order of turns, nor on who dies.

    Attributes:
        weights: the fingerprint of the final weights.
        history: a record an epoch.
        step: the last sealed step.
        state: of the run.
        reason: why it ended.
    """

    weights: str
    history: tuple[EpochRecord, ...]
    step: int
    state: str
    reason: str


def simulate(
    model: Chain,
    begin: Callable[[Network], Run],
    *,
    order: int,
    faults: Mapping[int, str] | None = None,
    **options: Any,
) -> Outcome:
    """Play a run from its beginning to its end, in this thread.

    Args:
        model: the layers.
        begin: begins the run.
        order: the seed of the order in which actors take turns, 0 or more.
        faults: at which message to a neuron, a layer or the trainer, counting from 1, which fault strikes.
        options: further arguments of `deepnet.start`.

    Raises:
        RunError: everybody waits for somebody: the message names *order*, which plays it again.
    """
    turns = stream(whole_number("order", order, at_least=0), "turns")
    with start(model, workers=0, order=lambda waiting: int(turns.integers(waiting)), **options) as network:
        network.actors.strike(faults or {})
        run = begin(network)
        network.actors.run_until_idle()
        while run.state == "running" and network.actors.skip_wait():
            network.actors.run_until_idle()
        if run.state == "running":
            raise RunError(f"with order {order} the run stands still at step {run.position.step}: nobody has any mail")
        network.actors.strike({})
        return Outcome(fingerprint(network.parameters()), run.history, run.position.step, run.state, run.reason)


def draw_faults(model: Chain, seed: int, messages: int) -> dict[int, str]:
    """Draw up to 20 faults from *seed*, among so many messages: crashes, and kills of anybody, the vault too."""
    chance = stream(seed, "faults")
    addresses = (*neuron_addresses(model), *model.named_layers(), "trainer", "vault")
    places = chance.integers(1, max(2, messages), size=int(chance.integers(1, MOST_FAULTS, endpoint=True)))
    return {
        int(at): CRASH if chance.random() < 0.6 else addresses[int(chance.integers(len(addresses)))] for at in places
    }
