"""The verbs against a service in a process of its own; what they print is read as a person or a program would."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Deepnet = Callable[..., Any]
HOW = ("--hidden", "4", "--batch-size", "16", "--kernels", "numpy")
IRIS = ("iris", *HOW, "--epochs", "3")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Run a service; return its data folder."""
    folder = tmp_path_factory.mktemp("service") / "data"
    command = [sys.executable, "-m", "deepnet", "serve", "--data-dir", str(folder), "--port", "0"]
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder.parent)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        assert "deepnet serves" in process.stdout.readline()
        yield folder
        process.terminate()
        process.wait(20)


@pytest.fixture
def there(deepnet: Deepnet, folder: Path) -> Deepnet:
    """Run a command on that service."""
    return lambda *arguments: deepnet(*arguments, "--data-dir", folder)


@pytest.fixture
def ask(there: Deepnet) -> Callable[..., Any]:
    """Run a command on that service; return the document it prints."""

    def run(*arguments: str | Path) -> Any:
        outcome = there(*arguments, "--json")
        assert (outcome.code, outcome.err) == (0, "")
        return json.loads(outcome.out)

    return run


@pytest.fixture(scope="module")
def known() -> dict[str, str]:
    """Return what the tests have found out about the service."""
    return {}


@pytest.fixture
def resting(ask: Deepnet, known: dict[str, str]) -> str:
    """Return the name of a network that has begun to learn, and is paused."""
    if not known:
        known["name"] = "flowers"
        ask("train", "iris", *HOW, "--epochs", "1000000", "--service", known["name"])
        ask("pause", known["name"])
    return known["name"]


@pytest.fixture
def learning(ask: Deepnet, resting: str) -> Iterator[str]:
    """Have it learn meanwhile."""
    ask("resume", resting)
    yield resting
    ask("pause", resting)


def test_a_training_in_the_service_ends_with_the_bits_of_one_here(there: Deepnet, deepnet: Deepnet) -> None:
    here = deepnet("train", *IRIS, "--validation", "0.2", "--json").facts
    served = there("train", *IRIS, "--validation", "0.2", "--service", "twin", "--wait", "--json").facts

    different = {"seconds", "messages", "history", "network", "run"}
    assert {key: value for key, value in served.items() if key not in different} == {
        key: value for key, value in here.items() if key not in different | {"saved"}
    }
    assert [record["loss"] for record in served["history"]] == [record["loss"] for record in here["history"]]


def test_a_name_that_is_taken_is_refused_before_the_data_are_read(there: Deepnet, resting: str) -> None:
    outcome = there("train", "no-such-file.csv", "--target", "x", "--service", resting)

    assert outcome.code == 1
    assert outcome.err.startswith(f"deepnet: there is a network {resting} already: give another name")


def test_it_begins_and_the_command_is_back_at_once(there: Deepnet, learning: str, ask: Deepnet) -> None:
    outcome = there("ps", learning)
    document = ask("ps", learning)

    assert [row["name"] for row in document["networks"]] == [learning]
    assert [(row["id"], row["state"]) for row in document["runs"]] == [(f"{learning}-1", "running")]
    assert f"{learning}-1" in outcome.out
    assert "running" in outcome.out


def test_predictions_of_a_network_are_those_of_its_model_file(ask: Deepnet, there: Deepnet, tmp_path: Path) -> None:
    ask("train", *IRIS, "--service", "asked", "--wait")
    ask("export", "asked", tmp_path / "asked.model")
    from_network = there("predict", "asked", "iris", "--probabilities")
    from_file = there("predict", tmp_path / "asked.model", "iris", "--probabilities")
    rows = list(csv.reader(io.StringIO(from_network.out)))

    assert from_network == from_file
    assert {row[1] for row in rows[1:]} <= {"setosa", "versicolor", "virginica"}
    assert ask("predict", "asked", "iris")["target"] == "species"


def test_a_network_without_a_table_takes_rows_of_numbers(ask: Deepnet, there: Deepnet) -> None:
    made = ask("create", "small", "--layers", "3-4-2:tanh", "--kernels", "numpy")
    answered = there("predict", "small", "--row", "1,0,0", "--row", "0,1,0")

    assert made["name"] == "small"
    assert [len(line.split(",")) for line in answered.out.splitlines()] == [2, 2]
    assert len(ask("predict", "small", "--row", "1,0,0")["outputs"]) == 1
    assert "does not know how to read a table" in there("predict", "small", "iris").err


def test_who_is_killed_comes_back_and_the_events_tell_of_it(ask: Deepnet, there: Deepnet, resting: str) -> None:
    target = f"{resting}/dense_0/3"
    change = ask("kill", target)
    ask("step", resting)
    outcome = there("inspect", target)

    assert (change["kind"], change["address"], change["new"]) == ("kill", "dense_0/3", "killed")
    assert f"{target} at step" in outcome.out
    assert ask("inspect", target)["restarts"] == 1
    kinds = [row["kind"] for row in ask("events", target)]
    assert {"neuron_died", "neuron_restarted"} <= set(kinds)
    told = there("events", "--network", resting, "--kind", "neuron_died").out
    assert target in told
    assert told.count("\n") == 1


def test_a_run_is_played_in_pieces(ask: Deepnet, learning: str) -> None:
    assert ask("pause", learning)["kind"] == "pause"
    before = ask("ps", learning)["runs"][0]
    ask("step", learning)
    ask("step", f"{learning}-1", "batch", "2")
    after = ask("ps", learning)["runs"][0]
    messages = ask("step", learning, "message", "3")["messages"]
    ask("resume", learning)

    assert (before["state"], after["state"]) == ("paused", "paused")
    assert after["step"] == before["step"] + 3
    assert len(messages) == 3
    assert ask("ps", learning)["runs"][0]["state"] == "running"


def test_a_run_is_ended_for_good(ask: Deepnet, there: Deepnet) -> None:
    ask("train", "xor", *HOW, "--epochs", "1000000", "--service", "brief")

    assert ask("stop", "brief")["kind"] == "stop"
    assert ask("ps", "brief")["runs"][0]["state"] == "stopped"
    assert there("resume", "brief").code == 1


def test_what_a_run_does_is_set_and_undone(ask: Deepnet, there: Deepnet, resting: str) -> None:
    outcome = there("set", resting, "learning-rate", "0.05", "batch-size", "8")
    plan = ask("set", resting, "epochs", "2000000")["new"]
    listed = ask("undo", resting, "--list")[-2:]
    ask("undo", resting, "-n", "2")

    assert "learning rate: 0.001 -> 0.05" in outcome.out
    assert "epochs" in json.dumps(plan)
    assert [change["kind"] for change in listed] == ["set", "set"]
    assert ask("inspect", resting)["run"]["plan"]["batch_size"] == 16


def test_neurons_are_edited_frozen_held_and_healed(ask: Deepnet, resting: str) -> None:
    target = f"{resting}/dense_0/1"
    ask("set", target, "frozen", "true", "lesioned", "-1")
    ask("edit", target, "--bias", "-0.5", "--weight", "2=0.25")
    state = ask("inspect", target)

    assert (state["bias"], state["weights"][2], state["frozen"], state["lesioned"]) == (-0.5, 0.25, True, -1)
    ask("undo", resting, "-n", "2")
    assert ask("inspect", target)["frozen"] is False


def test_a_layer_grows_and_is_pruned(ask: Deepnet, there: Deepnet, resting: str) -> None:
    layer = f"{resting}/dense_0"
    ask("grow", layer, "2")
    assert len(ask("inspect", layer)["items"]) == 6
    ask("prune", f"{layer}/5")
    outcome = there("inspect", layer, "--sort", "norm", "-n", "3")

    assert "3 of 5 neurons" in outcome.out
    ask("undo", resting, "-n", "2")


def test_states_are_kept_downloaded_and_put_back(ask: Deepnet, resting: str, tmp_path: Path) -> None:
    step = ask("checkpoint", "save", resting)["step"]
    ask("step", resting, "batch", "5")
    kept = ask("checkpoint", "list", resting)
    file = tmp_path / "state.safetensors"
    told = ask("checkpoint", "download", resting, str(step), file)
    ask("checkpoint", "restore", resting, str(step))

    assert step in [entry["step"] for entry in kept]
    assert told["bytes"] == file.stat().st_size > 0
    assert ask("inspect", resting)["step"] == step
    ask("rewind", resting)
    assert ask("inspect", resting)["step"] == 0


def test_a_branch_goes_on_beside_it(ask: Deepnet, resting: str) -> None:
    made = ask("branch", resting, f"{resting}-b")

    assert made["name"] == f"{resting}-b"
    assert ask("ps", made["name"])["runs"][0]["state"] == "paused"
    assert ask("inspect", made["name"])["step"] == ask("inspect", resting)["step"]


def test_a_neuron_and_a_network_are_watched_line_by_line(there: Deepnet, learning: str) -> None:
    neuron = there("watch", f"{learning}/dense_0/3", "-n", "3", "--rate", "20", "--json").out.splitlines()
    lines = there("watch", f"{learning}/dense_0/3", "-n", "2", "--rate", "20").out.splitlines()
    network = there("watch", learning, "-n", "2", "--rate", "20").out.splitlines()

    assert [json.loads(line)["address"] for line in neuron] == ["dense_0/3"] * 3
    assert len(lines) == 2
    assert all("bias" in line for line in lines)
    assert all("loss" in line and "epoch" in line for line in network)


@pytest.mark.parametrize("command", [("events", "-f"), ("watch",)])
def test_ctrl_c_ends_what_follows_with_one_line(
    command: tuple[str, ...], deepnet_process: Callable[..., "subprocess.Popen[str]"], folder: Path, resting: str
) -> None:
    with deepnet_process(*command, resting, "--data-dir", folder) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=10)

    assert (process.returncode, told) == (130, "deepnet: interrupted\n")


def test_a_browser_gets_a_link_that_has_the_ticket_in_its_fragment(there: Deepnet) -> None:
    outcome = there("open", "--control", "--print")

    assert outcome.code == 0
    assert "/login#" in outcome.out
    assert outcome.out.count("\n") == 1


def test_a_network_is_deleted_by_who_means_it(ask: Deepnet, there: Deepnet) -> None:
    ask("create", "unwanted", "--layers", "2-1")
    refused = there("delete", "unwanted")

    assert (refused.code, refused.err) == (2, "deepnet: unwanted and its runs would be gone for good: say --yes too\n")
    assert ask("delete", "unwanted", "--yes") == {"deleted": "unwanted"}
    assert "there is no network 'unwanted'" in there("inspect", "unwanted").err


@pytest.mark.parametrize("command", ["ps", "tree", "inspect", "pause", "undo", "events"])
def test_a_wrong_name_is_met_with_the_right_one(command: str, there: Deepnet, resting: str) -> None:
    outcome = there(command, "flower" if command != "tree" else "flower/dense_0/3")

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("deepnet: there is no network 'flower' (did you mean 'flowers'?): there is ")


def test_several_networks_have_to_be_told_apart(ask: Deepnet, there: Deepnet, resting: str) -> None:
    ask("create", "second", "--layers", "2-1", "--kernels", "numpy")
    outcome = there("pause")

    assert outcome.code == 2
    assert "there are several networks: say which one" in outcome.err


def test_a_neuron_that_is_not_there_is_met_with_those_that_are(there: Deepnet, resting: str) -> None:
    outcome = there("inspect", f"{resting}/dense_0/99")

    assert outcome.code == 2
    assert "dense_0/0 to dense_0/3" in outcome.err


def test_over_the_network_it_is_the_same_with_the_token(
    deepnet: Deepnet, folder: Path, resting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = json.loads((folder / "service.json").read_text())["port"]
    url = f"http://127.0.0.1:{port}"
    monkeypatch.setenv("DEEPNET_TOKEN_FILE", str(folder / "token"))
    known = deepnet("inspect", f"{resting}/dense_0/1", "--url", url, "--json")
    watched = deepnet("watch", resting, "-n", "1", "--url", url, "--json")
    monkeypatch.setenv("DEEPNET_TOKEN", "x" * 43)
    unknown = deepnet("inspect", f"{resting}/dense_0/1", "--url", url)

    assert known.facts["address"] == "dense_0/1"
    assert watched.facts["name"] == resting
    assert (unknown.code, unknown.out, unknown.err.count("\n")) == (1, "", 1)


def test_a_shell_completes_networks_and_addresses(ask: Deepnet, folder: Path) -> None:
    from click.shell_completion import ShellComplete  # noqa: PLC0415 - of this test only

    from deepnet.cli.main import deepnet as command  # noqa: PLC0415

    ask("create", "completed", "--layers", "2-11-1", "--kernels", "numpy")
    shell = ShellComplete(command, {}, "deepnet", "_DEEPNET_COMPLETE")

    def offered(verb: str, incomplete: str) -> list[str]:
        return [item.value for item in shell.get_completions([verb, "--data-dir", str(folder)], incomplete)]

    assert offered("pause", "compl") == ["completed"]
    assert offered("inspect", "completed/") == ["completed/dense_0", "completed/dense_1"]
    assert offered("kill", "completed/dense_0/1") == ["completed/dense_0/1", "completed/dense_0/10"]


def test_the_tree_names_everybody(ask: Deepnet, there: Deepnet, resting: str) -> None:
    assert "trainer" in there("tree", resting).out
    assert ask("tree", resting)["children"]
    assert ask("tree", "--service")["children"]
