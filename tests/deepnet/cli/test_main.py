from collections.abc import Callable
from typing import Any

import pytest

Deepnet = Callable[..., Any]
COMMANDS = ("demo", "plot", "predict", "resume", "summary", "train")


def test_without_a_command_it_shows_its_help(deepnet: Deepnet) -> None:
    outcome = deepnet()

    assert outcome.code == 2
    assert outcome.out.splitlines()[0].startswith("Usage: deepnet")
    assert all(command in outcome.out for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(deepnet: Deepnet, command: str) -> None:
    outcome = deepnet(command, "--help")

    assert outcome.code == 0
    assert outcome.out.startswith(f"Usage: deepnet {command}")


def test_the_version_is_the_packages(deepnet: Deepnet) -> None:
    import deepnet as package  # noqa: PLC0415

    assert package.__version__ in deepnet("--version").out


def test_an_unknown_command_gets_one_line(deepnet: Deepnet) -> None:
    outcome = deepnet("lern")

    assert outcome.code == 2
    assert "lern" in outcome.err
    assert outcome.err.count("\n") == 1


def test_a_wrong_setting_gets_one_line(deepnet: Deepnet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPNET_LOG", "loud")
    outcome = deepnet("demo", "--json")

    assert outcome.code == 2
    assert "DEEPNET_LOG must be one of" in outcome.err
    assert outcome.facts == {"error": outcome.err.removeprefix("deepnet: ").strip(), "code": 2}
