"""Whatever can be done to a network and a run in this process can be said to those of a service."""

import inspect
from typing import Any

import pytest

from deepnet import Network, Run
from deepnet.client import RemoteNetwork, RemoteRun, Service
from deepnet.client.watch import RemoteWatch
from deepnet.runs.following import Watch
from deepnet.runs.network import start

PAIRS = [(Network, RemoteNetwork), (Run, RemoteRun), (Watch, RemoteWatch)]
IN_INIT = {
    Network: {"name", "seed", "dtype", "kernels", "watchers", "when_down", "actors"},
    Run: {"assignment"},
    Watch: {"missed"},
}
"""What instances have, and the class does not show."""
OF_A_REMOTE = {
    RemoteNetwork: {"name", "seed", "dtype", "kernels"},
    RemoteRun: {"id", "network"},
    RemoteWatch: {"missed"},
}
MORE = {
    RemoteNetwork: {"facts", "about", "delete", "train_on"},
    RemoteRun: {"facts", "checkpoints"},
    RemoteWatch: set[str](),
}
"""What only a service has: what it keeps with a network, the end of one, its data sets, what it has kept of a run."""
NOT_TO_BE_GIVEN = {
    "parameters": "a network of a service begins with what is drawn from its seed",
    "max_restarts": "the service decides how long it puts up with deaths",
    "max_seconds": "likewise",
    "workers": "the service decides how many threads it has",
    "turn_seconds": "likewise",
    "order": "it is for simulations in this process",
    "watcher": "it is called in the process of the network: follow the events",
}
"""What `deepnet.start` takes and `Service.start` does not, and why."""


def public(kind: type) -> set[str]:
    return {name for name in dir(kind) if not name.startswith("_") or name in {"__enter__", "__exit__"}}


def parameters(kind: type, name: str) -> list[tuple[str, Any, Any]]:
    function = inspect.getattr_static(kind, name)
    return [(one.name, one.kind, one.default) for one in inspect.signature(function).parameters.values()]


def names_of(here: type, there: type) -> list[str]:
    return sorted(public(here) & public(there))


@pytest.mark.parametrize(("here", "there"), PAIRS)
def test_every_name_is_there_and_those_that_are_more_are_meant(here: Any, there: Any) -> None:
    assert (public(here) | IN_INIT[here]) - (public(there) | OF_A_REMOTE[there]) == set()
    assert public(there) - public(here) - IN_INIT[here] == MORE[there]


@pytest.mark.parametrize(
    ("here", "there", "name"), [(here, there, name) for here, there in PAIRS for name in names_of(here, there)]
)
def test_each_is_called_and_documented_alike(here: Any, there: Any, name: str) -> None:
    one, other = inspect.getattr_static(here, name), inspect.getattr_static(there, name)

    if not inspect.isfunction(one):
        assert isinstance(other, property), f"{name} is read, not called"
    else:
        assert parameters(there, name) == parameters(here, name)
    assert name.startswith("__") or inspect.getdoc(other)


def test_a_service_starts_networks_as_they_are_started_here() -> None:
    here = {name: one for name, one in inspect.signature(start).parameters.items() if name not in NOT_TO_BE_GIVEN}
    there = dict(inspect.signature(Service.start).parameters)
    assert there.pop("about").default is None
    del there["self"]

    assert [(name, one.kind, one.default) for name, one in there.items()] == [
        (name, one.kind, one.default) for name, one in here.items()
    ]
    assert set(NOT_TO_BE_GIVEN) < set(inspect.signature(start).parameters)
