import hashlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from deepnet.maths.local import LocalLearner
from deepnet.maths.optimizers import SGD
from deepnet.runs.demonstration import Demonstration

Deepnet = Callable[..., Any]


def demonstration(*rows: tuple[float, ...], seed: int = 0) -> Demonstration:
    return Demonstration(
        inputs=rows,
        targets=((1.0, 1.0, 1.0),),
        hidden=(3,),
        learning_rate=4.0,
        threshold=0.02,
        max_epochs=1000,
        seed=seed,
        granularity="neuron",
    )


def epochs_needed(*rows: tuple[float, ...], seed: int) -> int:
    task = demonstration(*rows, seed=seed)
    with task.start() as network:
        run = task.train(network).wait()
        assert float(((network.predict(task.inputs) - 1) ** 2).mean()) < 0.02
        return len(run.history)


@pytest.mark.parametrize(
    "row", [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 1, 1)], ids=["100", "010", "001", "110", "111"]
)
def test_every_seed_learns_within_13_epochs(row: tuple[float, ...]) -> None:  # DN1, DN2
    assert max(epochs_needed(row, seed=seed) for seed in range(200)) <= 13


def test_an_input_of_zeros_learns_too() -> None:  # DN3
    assert max(epochs_needed((0, 0, 0), seed=seed) for seed in range(20)) <= 13


def test_two_rows_learn_together(deepnet: Deepnet) -> None:  # DN4
    outcome = deepnet("demo", "--input", "1,0,0", "--input", "1,0,1", "--target", "1,1,1", "--json")

    assert outcome.code == 0
    for row in outcome.facts["output"]:
        assert np.mean((np.array(row) - 1) ** 2) < 0.02


def test_it_starts_from_u01_minus_one_half_and_equals_plain_numpy(deepnet: Deepnet) -> None:
    facts = deepnet("demo", "--json", "--seed", "7").facts
    task = demonstration((1, 0, 0), seed=7)
    local = LocalLearner(task.model, seed=7, optimizer=SGD(4.0))
    begin = np.concatenate([array.ravel() for layer in local.parameters() for array in layer])
    for _ in range(facts["epochs"]):
        local.learn([[1, 0, 0]], [[1, 1, 1]])

    assert begin.min() >= -0.5
    assert begin.max() < 0.5
    assert facts["output"] == pytest.approx(local.predict([1, 0, 0])[0].tolist(), abs=1e-6)


def test_the_fingerprint_is_the_sha256_of_the_little_endian_weights_and_biases(deepnet: Deepnet) -> None:
    facts = deepnet("demo", "--json").facts
    task = demonstration((1, 0, 0))
    with task.start() as network:
        task.train(network).wait()
        digest = hashlib.sha256()
        for weights, bias in network.parameters():
            digest.update(weights.astype("<f4").tobytes() + bias.astype("<f4").tobytes())

    assert facts["weights_sha256"] == digest.hexdigest()


def test_json_is_one_object_with_all_that_was_promised(deepnet: Deepnet) -> None:
    outcome = deepnet("demo", "--json", "--seed", "3")

    assert outcome.code == 0
    assert outcome.err == ""
    promised = {"epochs", "mean_squared_error", "output", "seed", "restarts", "messages", "weights_sha256"}
    assert promised <= outcome.facts.keys()
    assert outcome.facts["seed"] == 3
    assert outcome.facts["restarts"] == 0


@pytest.mark.parametrize("granularity", ["neuron", "layer"])
@pytest.mark.parametrize("kills", [1, 5, 20])
def test_kills_do_not_change_the_weights(deepnet: Deepnet, kills: int, granularity: str) -> None:
    for seed in range(5):
        options = ("demo", "--json", "--seed", str(seed), "--granularity", granularity)
        disturbed, undisturbed = deepnet(*options, "--kills", str(kills)), deepnet(*options)

        assert disturbed.code == 0
        assert disturbed.facts["kills"] == disturbed.facts["restarts"] == kills
        assert disturbed.facts["same_weights"] is True
        assert disturbed.facts["weights_sha256"] == undisturbed.facts["weights_sha256"]
        assert disturbed.facts["epochs"] == undisturbed.facts["epochs"]


def test_the_tree_the_epochs_and_the_summary_are_shown(deepnet: Deepnet) -> None:  # DN6
    out = deepnet("demo", "--kills", "2").out

    for expected in (
        "network:demo", "rest_for_one", "vault", "trainer", "dense_0/0", "dense_1/2",
        "epoch     1   MSE", "died", "is back", "is played again",
        "input", "[1, 0, 0]", "target", "output", "epochs", "error", "messages", "restarts", "time",
        "equal those of the undisturbed run, bit for bit",
    ):  # fmt: skip
        assert expected in out


def test_a_threshold_that_is_not_reached_is_said_and_is_exit_code_1(deepnet: Deepnet) -> None:
    outcome = deepnet("demo", "--max-epochs", "2")

    assert outcome.code == 1
    assert "not below 0.02" in outcome.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--input", "1,x"), "--input"),
        (("--input", ""), "--input"),
        (("--input", "1,nan,0"), "--input"),
        (("--input", "1,inf,0"), "--input"),
        (("--target", "1,2,1"), "--target"),
        (("--target", "1,1,-1"), "--target"),
        (("--input", "1,0", "--input", "1"), "--input"),
        (("--input", "1", "--input", "0", "--input", "1", "--target", "1", "--target", "0"), "--target"),
        (("--hidden", "0"), "--hidden"),
        (("--hidden", "3,-1"), "--hidden"),
        (("--hidden", "a"), "--hidden"),
        (("--learning-rate", "0"), "--learning-rate"),
        (("--learning-rate", "-1"), "--learning-rate"),
        (("--learning-rate", "nan"), "--learning-rate"),
        (("--threshold", "0"), "--threshold"),
        (("--threshold", "inf"), "--threshold"),
        (("--max-epochs", "0"), "--max-epochs"),
        (("--seed", "-1"), "--seed"),
        (("--seed", "1.5"), "--seed"),
        (("--granularity", "atom"), "--granularity"),
        (("--kills", "-1"), "--kills"),
        (("--kills", "1000000"), "--kills"),
        (("--no-such-option",), "--no-such-option"),
        (("stray",), "stray"),
    ],
    ids=" ".join,
)
def test_bad_input_gets_one_line_that_names_the_option(deepnet: Deepnet, arguments: tuple[str, ...], said: str) -> None:
    outcome = deepnet("demo", "--json", *arguments)

    assert outcome.code == 2
    assert outcome.facts["error"] == outcome.err.removeprefix("deepnet: ").strip()
    assert outcome.err.count("\n") == 1
    assert said in outcome.err


def test_ctrl_c_stops_at_a_seal_says_what_was_reached_and_leaves_no_thread_behind(
    deepnet_process: Callable[..., subprocess.Popen[str]],
) -> None:
    process = deepnet_process("demo", "--threshold", "1e-30", "--max-epochs", "100000000")
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("epoch"):
            break
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)

    assert process.returncode == 130  # and it could not have ended with a thread that is no daemon left
    assert "stopped at the seal of step" in err
    assert err.count("\n") == 1
    assert "epochs" in out


def test_a_closed_pipe_is_no_error() -> None:
    command = f"{sys.executable} -m deepnet demo --max-epochs 50 --threshold 1e-9 | head -1"
    run = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60)

    assert run.stdout.startswith("network:demo")
    assert "Traceback" not in run.stderr
