"""No test leaves an actor or a thread behind; and what disturbs a network, and what tells whether it noticed."""

import itertools
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from deepnet.actors.vault import Cut
    from deepnet.runs.network import Network

GRACE_SECONDS = 2.0


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Fail a test that leaves a living actor or a new thread behind."""
    threads, actors = set(threading.enumerate()), set(_living_actors())
    yield
    end = time.monotonic() + GRACE_SECONDS
    while left := [thread for thread in threading.enumerate() if thread not in threads]:
        if time.monotonic() > end:
            break
        left[0].join(0.01)
    living = [actor for actor in _living_actors() if actor not in actors]
    assert not living, f"left alive: {living}"
    assert not left, f"left running: {left}"


def _living_actors() -> list[Any]:
    pykka = sys.modules.get("pykka")
    return [] if pykka is None else list(pykka.ActorRegistry.get_all())


@pytest.fixture(scope="session")
def seals() -> Callable[["Network"], list["Cut"]]:
    """Return a function that lists the cuts of a network that is yet to learn, as they are sealed."""

    def record(network: "Network") -> list["Cut"]:
        cuts: list[Cut] = []
        vault = network._context.vault
        seal = vault.seal

        def sealing(position: Any, banks: Any = None) -> bool:
            done = seal(position, banks)
            if done:
                cuts.append(vault.read())
            return done

        vault.seal = sealing  # type: ignore[method-assign]
        return cuts

    return record


Intercept = Callable[[Any, Any], object]


@pytest.fixture(scope="session")
def intercept() -> Callable[["Network", Intercept | None], None]:
    """Return a function that has another called before each message to a neuron, a layer or the trainer."""
    from deepnet.actors.link import LayerLink  # noqa: PLC0415 - the front door's tests start without actors
    from deepnet.actors.neuron import Neuron  # noqa: PLC0415
    from deepnet.actors.trainer import Trainer  # noqa: PLC0415

    def set_interceptor(network: "Network", before: Intercept | None) -> None:
        def interceptor(actor: Any, message: Any) -> None:
            if before is not None and isinstance(actor, (Neuron, LayerLink, Trainer)):
                before(actor, message)

        network.actors._scheduler.interceptor = interceptor if before is not None else None

    return set_interceptor


@pytest.fixture(scope="session")
def strike(intercept: Callable[["Network", Intercept | None], None]) -> Callable[["Network", Mapping[int, str]], None]:
    """Return a function that lets faults happen at messages of given numbers.

    A fault is an address, which is killed, or ``crash``: whoever is about to handle the message raises.
    """
    from deepnet.actors.context import InjectedCrashError  # noqa: PLC0415

    def set_faults(network: "Network", faults: Mapping[int, str]) -> None:
        numbers = itertools.count(1)

        def before(_actor: Any, _message: Any) -> None:
            number = next(numbers)
            fault = faults.get(number)
            if fault == "crash":
                raise InjectedCrashError(f"crashed on purpose at message {number}")
            if fault is not None:
                network.kill(fault)

        intercept(network, before)

    return set_faults


@pytest.fixture(scope="session")
def mortals() -> Callable[["Network"], Sequence[str]]:
    """Return a function that lists the addresses of all that can be killed, neurons first."""

    def addresses(network: "Network") -> Sequence[str]:
        return [*network.neurons(), *network.model.named_layers(), "trainer", "vault"]

    return addresses


@pytest.fixture(scope="session")
def draw_faults(mortals: Callable[["Network"], Sequence[str]]) -> Callable[["Network", int, int], dict[int, str]]:
    """Return a function that draws up to 20 faults from a seed, among the first so many messages."""

    def draw(network: "Network", seed: int, messages: int) -> dict[int, str]:
        chance = np.random.default_rng(seed)
        addresses = mortals(network)
        return {
            int(at): "crash" if chance.random() < 0.6 else str(chance.choice(addresses))
            for at in chance.integers(1, messages, size=chance.integers(1, 20, endpoint=True))
        }

    return draw
