"""Where no service runs, each verb says so in one line, says what to do, and has an exit code of its own."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Deepnet = Callable[..., Any]

VERBS = [
    line.split()
    for line in (
        "ps", "tree", "inspect cars/dense_0/3", "watch cars", "kill cars/dense_0/3", "pause cars", "resume cars",
        "step cars", "set cars learning-rate 0.1", "edit cars/dense_0/3 --bias 1", "grow cars/dense_0",
        "prune cars/dense_0/3", "undo cars", "predict cars iris", "events -f", "checkpoint save cars",
        "checkpoint list cars", "checkpoint restore cars 3", "branch cars", "rewind cars", "open --print", "stop",
        "stop --service", "delete cars --yes", "create cars --layers 2-1", "export cars cars.model",
        "train xor --service cars --epochs 1",
    )
]  # fmt: skip


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
@pytest.mark.parametrize("option", [(), ("--json",)])
def test_without_a_service_it_says_how_to_start_one(
    verb: list[str], option: tuple[str, ...], deepnet: Deepnet, tmp_path: Path
) -> None:
    outcome = deepnet(*verb, *option, "--data-dir", tmp_path / "data")

    assert (outcome.code, outcome.err.count("\n")) == (4, 1)
    assert json.loads(outcome.out or "null") == (
        {"error": outcome.err.removeprefix("deepnet: ").strip(), "code": 4} if option else None
    )
    assert f"no service runs for {tmp_path / 'data'}: start one with 'deepnet serve" in outcome.err
    assert not (tmp_path / "data").exists()


def test_the_environment_says_where_to_look(deepnet: Deepnet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPNET_DATA_DIR", str(tmp_path / "mine"))

    assert f"no service runs for {tmp_path / 'mine'}" in deepnet("ps").err


@pytest.mark.parametrize(
    ("verb", "kind"), [(("predict", "cars", "iris"), "file"), (("resume", "cars"), "folder of a run")]
)
def test_what_could_have_been_a_path_is_told_of_as_one_too(
    verb: tuple[str, ...], kind: str, deepnet: Deepnet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cars").mkdir()  # neither a model nor a run
    outcome = deepnet(*verb, "--data-dir", tmp_path)

    assert outcome.err.startswith(f"deepnet: there is no {kind} cars here, and no service runs for")


def test_an_address_without_its_beginning_is_met_with_a_whole_one(deepnet: Deepnet) -> None:
    outcome = deepnet("ps", "--url", "localhost:7077")

    assert outcome.code == 2
    assert outcome.err.startswith("deepnet: --url begins with http:// or https://, such as http://127.0.0.1:7077, got")


def test_a_plan_may_name_the_network_of_the_service(deepnet: Deepnet, tmp_path: Path) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text('data = "xor"\nservice = "cars"\nepochs = 3\n')

    assert deepnet("train", plan, "--data-dir", tmp_path).code == 4


def test_a_url_needs_a_token_that_nobody_can_see(
    deepnet: Deepnet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DEEPNET_TOKEN", raising=False)
    monkeypatch.delenv("DEEPNET_TOKEN_FILE", raising=False)
    without = deepnet("ps", "--url", "http://127.0.0.1:1")
    (tmp_path / "token").write_text("\n")
    monkeypatch.setenv("DEEPNET_TOKEN_FILE", str(tmp_path / "token"))
    empty = deepnet("ps", "--url", "http://127.0.0.1:1")

    assert (without.code, empty.code) == (2, 2)
    assert "--url needs the token of the service: set DEEPNET_TOKEN" in without.err
    assert "holds no token" in empty.err


def test_a_url_where_nobody_listens_is_no_service_either(deepnet: Deepnet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPNET_TOKEN", "x" * 43)
    outcome = deepnet("ps", "--url", "http://127.0.0.1:1")

    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (4, "", 1)


def test_two_ways_to_one_service_are_refused(deepnet: Deepnet, tmp_path: Path) -> None:
    outcome = deepnet("ps", "--url", "http://127.0.0.1:1", "--data-dir", tmp_path)

    assert (outcome.code, outcome.err) == (
        2,
        "deepnet: --url and --data-dir are two ways to one service: give one of them\n",
    )


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--service", "cars", "--save", "x.model"), "--save is for a training in this process"),
        (("--service", "cars", "--chaos", "20"), "--chaos is for a training in this process"),
        (("--service", "My cars"), "'My cars' is no name of a network: use up to 48 small letters, digits, - and _"),
        (("--wait",), "--wait is for a training in the service: give --service NAME too"),
        (("--data-dir", "x"), "--data-dir is for a training in the service"),
    ],
)
def test_options_of_the_other_kind_of_training_are_refused(
    options: tuple[str, ...], complaint: str, deepnet: Deepnet
) -> None:
    outcome = deepnet("train", "xor", *options)

    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert complaint in outcome.err
