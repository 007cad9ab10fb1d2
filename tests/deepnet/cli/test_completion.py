from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.shell_completion import ShellComplete

from deepnet.cli.main import deepnet as command

Deepnet = Callable[..., Any]


def offered(*arguments: str, incomplete: str = "") -> list[str]:
    """Return what a shell offers in place of *incomplete*."""
    shell = ShellComplete(command, {}, "deepnet", "_DEEPNET_COMPLETE")
    return [item.value for item in shell.get_completions(list(arguments), incomplete)]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script(shell: str, deepnet: Deepnet) -> None:
    outcome = deepnet("completion", shell)

    assert outcome.code == 0
    assert f"_DEEPNET_COMPLETE={shell}_complete" in outcome.out


def test_commands_and_options_complete() -> None:
    assert offered(incomplete="pr") == ["predict", "prune"]
    assert "--probabilities" in offered("predict", incomplete="--pro")


def test_names_of_settings_complete() -> None:
    assert offered("set", "cars", incomplete="ep") == ["epochs"]
    assert offered("set", "cars/dense_0/3", incomplete="f") == ["frozen"]
    assert offered("set", "cars/dense_0", incomplete="g") == ["granularity"]


def test_values_complete_where_there_are_few() -> None:
    assert offered("set", "cars/dense_0/3", "frozen", incomplete="t") == ["true"]
    assert offered("step", "cars", incomplete="ep") == ["epoch"]
    assert offered("events", "--kind", incomplete="neuron-d") == ["neuron_died"]
    assert offered("train", incomplete="ir") == ["iris"]


@pytest.mark.parametrize("verb", ["kill", "inspect", "pause", "set"])
def test_where_no_service_runs_it_is_silent(
    verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DEEPNET_DATA_DIR", str(tmp_path))

    assert offered(verb, incomplete="zzz") == []
    assert capsys.readouterr() == ("", "")
