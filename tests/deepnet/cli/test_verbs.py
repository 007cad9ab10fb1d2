"""The verbs against a service in a process of its own; what they print is read as a person or a program would."""

import json
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Deepnet = Callable[..., Any]
HOW = ("--hidden", "4", "--batch-size", "16", "--kernels", "numpy")
IRIS = ("iris", *HOW, "--epochs", "3")


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


def test_a_network_goes_before_a_path_of_its_name_which_has_another(
    there: Deepnet, resting: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / resting).mkdir()
    silent = there("predict", resting, "iris")
    (tmp_path / resting).rmdir()
    (tmp_path / resting).write_text("no model")
    told = there("predict", resting, "iris")

    assert silent.err == ""
    assert told.out == silent.out != ""
    assert told.err == f"deepnet: {resting} of the service is taken; the path of that name here is ./{resting}\n"
    assert "is not a saved model" in there("predict", f"./{resting}", "iris").err


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
    refused = there("resume", "brief")
    assert refused.code == 1
    assert refused.err.endswith(": begin another one with 'deepnet train DATA --service NAME'\n")


def test_what_a_run_does_is_set_and_undone(ask: Deepnet, there: Deepnet, resting: str) -> None:
    outcome = there("set", resting, "learning-rate", "0.05", "batch-size", "8")
    plan = ask("set", resting, "epochs", "2000000")["new"]
    listed = ask("undo", resting, "--list")[-2:]
    ask("undo", resting, "-n", "2")

    assert "learning rate: 0.001 -> 0.05" in outcome.out
    assert "epochs" in json.dumps(plan)
    assert [change["kind"] for change in listed] == ["set", "set"]
    assert ask("inspect", resting)["run"]["plan"]["batch_size"] == 16


def test_neurons_are_edited_frozen_held_and_healed(ask: Deepnet, there: Deepnet, resting: str) -> None:
    target = f"{resting}/dense_0/1"
    ask("set", target, "frozen", "true", "lesioned", "-1")
    ask("edit", target, "--bias", "-0.5", "--weight", "2=0.25")
    state = ask("inspect", target)

    assert (state["bias"], state["weights"][2], state["frozen"], state["lesioned"]) == (-0.5, 0.25, True, -1)
    assert "1 frozen, 1 lesioned" in there("inspect", resting).out
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


def test_states_are_kept_downloaded_and_put_back(ask: Deepnet, there: Deepnet, resting: str, tmp_path: Path) -> None:
    step = ask("checkpoint", "save", resting)["step"]
    ask("step", resting, "batch", "5")
    kept = ask("checkpoint", "list", resting)
    file = tmp_path / "state.safetensors"
    told = ask("checkpoint", "download", resting, str(step), file)
    ask("checkpoint", "restore", resting, str(step))

    assert step in [entry["step"] for entry in kept]
    assert told["bytes"] == file.stat().st_size > 0
    assert ask("inspect", resting)["step"] == step
    assert f"deepnet undo {resting} brings back what was" in there("rewind", resting).out
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


@pytest.mark.parametrize("address", ["dense_0/", "dense_0/-1", "dense_0/0/1", "/0", "dense_0/3?x"])
def test_a_crooked_address_is_met_with_straight_ones(address: str, there: Deepnet, resting: str) -> None:
    outcome = there("inspect", f"{resting}/{address}")

    assert outcome.code == 2
    assert outcome.err.endswith(" is no address: write them like dense_0, dense_0/3, trainer or vault\n")


@pytest.mark.parametrize("words", [("edit", "--bias", "nan"), ("edit", "--weight", "0=inf"), ("set", "bias", "-inf")])
def test_a_number_that_is_none_is_refused_where_it_is_read(
    words: tuple[str, ...], there: Deepnet, resting: str
) -> None:
    outcome = there(words[0], f"{resting}/dense_0/0", *words[1:])

    assert outcome.code == 2
    assert "is not a finite number" in outcome.err


def test_ends_of_epochs_are_told_to_who_asks_for_them(ask: Deepnet) -> None:
    ask("train", *IRIS, "--service", "told", "--wait")

    assert "epoch_ended" not in {row["kind"] for row in ask("events", "told")}
    assert "epoch_ended" in {row["kind"] for row in ask("events", "told", "--all")}
    assert {row["kind"] for row in ask("events", "told", "--kind", "epoch_ended")} == {"epoch_ended"}


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


def test_who_watches_goes_on_watching_when_the_service_has_begun_anew(
    deepnet: Deepnet, deepnet_process: Callable[..., "subprocess.Popen[str]"], tmp_path: Path
) -> None:
    where = ("--data-dir", tmp_path / "data")
    first = deepnet_process("serve", *where, "--port", "0")
    assert first.stdout is not None
    assert first.stdout.readline()
    deepnet("create", "cars", "--layers", "2-1", "--kernels", "numpy", *where)
    with deepnet_process("watch", "cars", *where, "--json") as watching:
        assert watching.stdout is not None
        assert json.loads(watching.stdout.readline())["name"] == "cars"
        first.kill()
        first.communicate()
        second = deepnet_process("serve", *where, "--port", "0")
        assert json.loads(watching.stdout.readline())["name"] == "cars"
        watching.send_signal(signal.SIGINT)
        _, told = watching.communicate(timeout=10)
    second.kill()
    second.communicate()

    waiting = "deepnet: the service has gone: waiting for it to come back\n"
    assert told == f"{waiting}deepnet: interrupted\n"
