"""`deepnet train plan.toml`: the options in a file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Deepnet = Callable[..., Any]

PLAN = """
data = "auto-mpg"

[table]
ignore = ["passedemissions"]

[model]
hidden = [6, 3]
activation = "tanh"

[training]
epochs = 3
batch-size = 8
optimizer = { name = "sgd", momentum = 0.9, nesterov = true }
schedule = { name = "exponential", gamma = 0.5 }
learning_rate = 0.002
below = { loss = 0.001 }
clip_norm = 5
drop-last = true
shuffle = false
seed = 4
granularity = "layer"
"""
OPTIONS = (
    "--ignore", "passedemissions", "--hidden", "6,3", "--activation", "tanh", "--epochs", "3", "--batch-size", "8",
    "--optimizer", "sgd:momentum=0.9,nesterov=true", "--schedule", "exponential:gamma=0.5", "--learning-rate", "0.002",
    "--below", "loss=0.001", "--clip-norm", "5", "--drop-last", "--no-shuffle", "--seed", "4",
    "--granularity", "layer",
)  # fmt: skip


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.toml"
    path.write_text(PLAN)
    return path


def timeless(facts: dict[str, Any]) -> dict[str, Any]:
    for record in facts["history"]:
        del record["seconds"]
    return {name: value for name, value in facts.items() if name != "seconds"}


def test_a_plan_does_what_the_same_options_do(deepnet: Deepnet, plan: Path) -> None:
    by_plan = deepnet("train", plan, "--json")
    by_hand = deepnet("train", "auto-mpg", *OPTIONS, "--json")

    assert by_plan.code == 0
    assert timeless(by_plan.facts) == timeless(by_hand.facts)


def test_the_command_line_overrides_the_plan(deepnet: Deepnet, plan: Path) -> None:
    facts = deepnet("train", "--epochs", "1", plan, "--no-drop-last", "--seed", "9", "--json")
    assert facts.code == 2  # --drop-last has no contrary: the plan's word stands
    facts = deepnet("train", "--epochs", "1", plan, "--shuffle", "--seed", "9", "--json").facts

    assert (facts["epochs"], facts["seed"], facts["parameters"]) == (1, 9, 6 * 6 + 6 + 6 * 3 + 3 + 3 + 1)


def test_paths_in_a_plan_are_those_beside_it(deepnet: Deepnet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "plans"
    folder.mkdir()
    (folder / "rows.csv").write_text("a,y\n" + "".join(f"{row},{2 * row}\n" for row in range(20)))
    (folder / "plan.toml").write_text('data = "rows.csv"\ntarget = "y"\nepochs = 1\n')
    monkeypatch.chdir(tmp_path)

    assert deepnet("train", "plans/plan.toml", "--json").facts["target"] == "y"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("data = ", "is no TOML"),
        (b"\xff\xfe", "is not UTF-8 text (byte 0)"),
        ("epochs = 3", 'says nothing of the data: add a line such as data = "auto-mpg"'),
        ("data = 3", "says nothing of the data"),
        ('data = "auto-mpg"\nepoch = 3', "there is no option 'epoch' (did you mean 'epochs'?)"),
        ('data = "auto-mpg"\n[training]\nfoo = 3', "there is no option 'foo'"),
        ('data = "auto-mpg"\nseed = 1\n[training]\nseed = 2', "'seed' is given twice"),
        ('data = "auto-mpg"\nepochs = "many"', "Invalid value for '--epochs'"),
        ('data = "auto-mpg"\nepochs = true', "epochs is True, expected no truth value"),
        ('data = "auto-mpg"\nshuffle = 3', "shuffle is 3, expected true or false"),
        ('data = "auto-mpg"\nbelow = 3', "below must be a table"),
        ('data = "auto-mpg"\nactivation = "wavy"', "--activation"),
        ('data = "auto-mpg"\noptimizer = { momentum = 0.9 }', "'' is no optimizer"),
        ('data = "nowhere.csv"', "nowhere.csv"),
    ],
)
def test_a_plan_that_cannot_be_done_gets_one_line(
    deepnet: Deepnet, tmp_path: Path, text: str | bytes, said: str
) -> None:
    path = tmp_path / "plan.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    outcome = deepnet("train", path)

    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.count("\n") == 1
    assert said in outcome.err


def test_a_plan_that_is_not_there_is_named(deepnet: Deepnet, tmp_path: Path) -> None:
    assert "plan.toml: there is no such file" in deepnet("train", tmp_path / "plan.toml").err
