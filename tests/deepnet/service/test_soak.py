"""The short form of scripts/soak: a minute in which a service is not spared."""

from importlib import import_module
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[3] / "scripts"
SECONDS = 20.0
"""Of play; to learn the same again undisturbed takes nearly as long."""


def test_a_service_that_is_not_spared_loses_nothing_leaks_nothing_and_learns_the_same_bits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(SCRIPTS)
    found = import_module("soaks.service").soak(SECONDS)
    assert found.wrong == []
    assert found.done["SIGKILL"] == 2
    assert found.done["kill_somebody"] > 10
    assert min(found.steps.values()) > 1000
