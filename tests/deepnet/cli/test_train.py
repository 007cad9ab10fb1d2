import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

Deepnet = Callable[..., Any]

ARTICLE = (
    "train", "auto-mpg", "--hidden", "32,8", "--activation", "relu", "--loss", "mean_squared_error",
    "--optimizer", "adam", "--learning-rate", "0.001", "--batch-size", "1", "--granularity", "layer", "--json",
)  # fmt: skip


@pytest.fixture
def line_csv(tmp_path: Path) -> Path:
    """Twenty rows of y = 2 a - b + 1, and a column of text."""
    rng = np.random.default_rng(5)
    rows = [f"{a:.6f},{b:.6f},{2 * a - b + 1:.6f},car {i}" for i, (a, b) in enumerate(rng.normal(size=(20, 2)))]
    path = tmp_path / "line.csv"
    path.write_text("\n".join(["a,b,y,name", *rows]) + "\n")
    return path


def test_the_axon_articles_network_predicts_miles_per_gallon(deepnet: Deepnet) -> None:  # AX3, AX6, AX9
    scores = [deepnet(*ARTICLE, "--epochs", "40", "--seed", str(seed)).facts for seed in range(3)]

    assert all(facts["rows"] == {"train": 314, "test": 78} for facts in scores)
    assert all((facts["neurons"], facts["parameters"], facts["steps"]) == (41, 529, 12_560) for facts in scores)
    assert len(scores[0]["features"]) == 7
    assert min(facts["r2"] for facts in scores) >= 0.82
    assert all(facts["r2"] > facts["baseline"]["r2"] for facts in scores)


def test_json_has_all_that_was_promised(deepnet: Deepnet) -> None:
    outcome = deepnet(*ARTICLE, "--epochs", "2")

    assert outcome.code == 0
    promised = {"r2", "mean_absolute_error", "mean_squared_error", "baseline", "steps", "seconds", "weights_sha256"}
    assert promised <= outcome.facts.keys()
    assert [record["epoch"] for record in outcome.facts["history"]] == [1, 2]
    assert outcome.facts["history"][1]["loss"] < outcome.facts["history"][0]["loss"]


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(deepnet: Deepnet) -> None:
    weights = [deepnet(*ARTICLE, "--epochs", "1", "--seed", seed).facts["weights_sha256"] for seed in ("1", "1", "2")]

    assert weights[0] == weights[1] != weights[2]


def test_both_granularities_learn_the_same(deepnet: Deepnet) -> None:
    options = ("train", "auto-mpg", "--epochs", "2", "--batch-size", "8", "--dtype", "float64", "--json")
    by_neurons, by_layers = (deepnet(*options, "--granularity", name).facts for name in ("neuron", "layer"))

    assert by_neurons["mean_squared_error"] == pytest.approx(by_layers["mean_squared_error"], rel=1e-9)


def test_a_feature_that_gives_the_target_away_is_named(deepnet: Deepnet) -> None:
    outcome = deepnet(*ARTICLE, "--epochs", "1")
    without = deepnet(*ARTICLE, "--epochs", "1", "--ignore", "passedemissions")

    assert "warning: passedemissions alone tells" in outcome.err
    assert outcome.facts["leaks"] == ["passedemissions"]
    assert without.facts["leaks"] == []
    assert "gives" not in without.err
    assert "passedemissions" not in without.err


def test_a_csv_is_learnt_saved_and_predicted(deepnet: Deepnet, line_csv: Path, tmp_path: Path) -> None:
    model = tmp_path / "line.model"
    learnt = deepnet(
        "train", line_csv, "--target", "y", "--ignore", "name", "--hidden", "8", "--activation", "tanh",
        "--learning-rate", "0.01", "--epochs", "200", "--save", model, "--json",
    )  # fmt: skip
    predicted = deepnet("predict", model, line_csv, "--json")
    as_csv = deepnet("predict", model, line_csv)
    truth = np.array([float(line.split(",")[2]) for line in line_csv.read_text().splitlines()[1:]])

    assert learnt.facts["r2"] > 0.8
    assert learnt.facts["baseline"]["r2"] == pytest.approx(1)
    assert predicted.facts["lines"] == list(range(2, 22))
    assert np.corrcoef(predicted.facts["predictions"], truth)[0, 1] > 0.95
    assert as_csv.out.splitlines()[0] == "line,y"
    assert float(as_csv.out.splitlines()[1].split(",")[1]) == pytest.approx(predicted.facts["predictions"][0], rel=1e-5)


def test_a_model_predicts_what_its_network_did(deepnet: Deepnet, tmp_path: Path) -> None:
    model = tmp_path / "cars.model"
    facts = deepnet(*ARTICLE, "--epochs", "3", "--save", model).facts
    first = deepnet("predict", model, "auto-mpg", "--json").facts["predictions"]
    second = deepnet(*ARTICLE, "--epochs", "3", "--save", model).facts

    assert facts["weights_sha256"] == second["weights_sha256"]
    assert len(first) == 392
    assert np.isfinite(first).all()


def test_the_result_is_shown_beside_least_squares(deepnet: Deepnet) -> None:
    outcome = deepnet("train", "auto-mpg", "--epochs", "2")

    for expected in ("mpg, 78 test rows", "network", "least squares", "R2", "mean absolute error", "41 neurons"):
        assert expected in outcome.out
    assert "epoch 2/2" in outcome.err
    assert "steps/s" in outcome.err


def test_divergence_ends_the_run_with_its_reason_and_saves_nothing(deepnet: Deepnet, tmp_path: Path) -> None:
    model = tmp_path / "cars.model"
    options = ("--optimizer", "sgd", "--learning-rate", "1000", "--scaling", "none", "--ignore", "passedemissions")
    outcome = deepnet("train", "auto-mpg", *options, "--save", model, "--json")

    assert outcome.code == 1
    assert outcome.err.count("\n") == 1
    assert "lower learning rate" in outcome.err
    assert outcome.facts["state"] == "failed"
    assert not model.exists()


CSV = "a,b,y\n1,2,3\n2,3,5\n3,4,7\n4,5,9\n5,6,11\n6,7,13\n7,8,15\n8,9,17\n9,1,10\n1,9,10\n"


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("", ("--target", "y"), "empty"),
        ("1,2,3\n4,5,6\n", ("--target", "y"), "header"),
        (CSV, (), "--target"),
        (CSV, ("--target", "z"), "'z'"),
        (CSV, ("--target", "y", "--features", "a,c"), "'c'"),
        (CSV, ("--target", "y", "--ignore", "q"), "'q'"),
        (CSV, ("--target", "y", "--features", "a,y"), "y"),
        (CSV.replace("4,5,9", "4,five,9"), ("--target", "y"), "five"),
        (CSV.replace("4,5,9", "4,,9"), ("--target", "y"), "--missing"),
        (CSV.replace("4,5,9", "4,nan,9"), ("--target", "y"), "nan"),
        (CSV.replace("4,5,9", "4,inf,9"), ("--target", "y"), "inf"),
        (CSV.replace("4,5,9", "4,5"), ("--target", "y"), "line 5"),
        ("a,y\n1,2\n2,2\n3,2\n4,2\n", ("--target", "y"), "2"),
        ("a,y\n1,2\n2,3\n", ("--target", "y"), "rows"),
        (CSV, ("--target", "y", "--test", "0"), "--test"),
        (CSV, ("--target", "y", "--test", "1.5"), "--test"),
        (CSV, ("--target", "y", "--batch-size", "0"), "--batch-size"),
        (CSV, ("--target", "y", "--epochs", "-3"), "--epochs"),
        (CSV, ("--target", "y", "--hidden", "4,0"), "--hidden"),
        (CSV, ("--target", "y", "--learning-rate", "0"), "--learning-rate"),
        (CSV, ("--target", "y", "--threshold", "nan"), "--threshold"),
        (CSV, ("--target", "y", "--activation", "wavy"), "--activation"),
        (CSV, ("--target", "y", "--optimizer", "magic"), "--optimizer"),
        (CSV, ("--target", "y", "--loss", "sadness"), "--loss"),
        (CSV, ("--target", "y", "--loss", "poisson"), "poisson takes outputs of 0 or more"),
        (CSV, ("--target", "y", "--optimizer", "adam:momentum=0.9"), "adam has no option 'momentum'"),
        (CSV, ("--target", "y", "--optimizer", "sgd:momentum"), "write OPTION=VALUE"),
        (CSV, ("--target", "y", "--schedule", "cosine"), "cosine needs length"),
        (CSV, ("--target", "y", "--schedule", "moon"), "'moon' is no schedule"),
        (CSV, ("--target", "y", "--below", "loss"), "--below"),
        (CSV, ("--target", "y", "--below", "beauty=1"), "unknown metric 'beauty'"),
        (CSV, ("--target", "y", "--above", "validation_loss=1"), "give validation=0.2"),
        (CSV, ("--target", "y", "--monitor", "loss"), "--patience"),
        (CSV, ("--target", "y", "--patience", "3", "--monitor", "beauty"), "unknown metric 'beauty'"),
        (CSV, ("--target", "y", "--metrics", "beauty"), "unknown metric 'beauty'"),
        (CSV, ("--target", "y", "--l1", "-1"), "--l1"),
        (CSV, ("--target", "y", "--clip-norm", "0"), "--clip-norm"),
        (CSV, ("--target", "y", "--dropout", "1"), "--dropout"),
        (CSV, ("--target", "y", "--task", "multiclass"), "y"),
        (CSV, ("--target", "y", "--batch-size", "100", "--drop-last"), "make no batch of 100"),
        (CSV, ("--target", "y", "--history", "epochs.txt"), ".json nor .csv"),
        (CSV, ("--target", "y", "--plot", "loss.bmp"), ".svg"),
        (CSV, ("--target", "y", "--plot", "/nowhere/loss.json"), "/nowhere"),
        (CSV, ("--target", "y", "--save", "/nowhere/model"), "/nowhere"),
    ],
)
def test_bad_input_gets_one_line_and_leaves_nothing(
    deepnet: Deepnet, tmp_path: Path, text: str, options: tuple[str, ...], said: str
) -> None:
    path = tmp_path / "data.csv"
    path.write_text(text)
    before = set(tmp_path.iterdir())
    outcome = deepnet("train", path, *options)

    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.count("\n") == 1
    assert said in outcome.err
    assert set(tmp_path.iterdir()) == before


def test_a_missing_file_is_named(deepnet: Deepnet, tmp_path: Path) -> None:
    for arguments in (
        ("train", tmp_path / "none.csv", "--target", "y"),
        ("predict", tmp_path / "none.model", "auto-mpg"),
    ):
        outcome = deepnet(*arguments)

        assert outcome.code == 2
        assert outcome.err.count("\n") == 1
        assert "none." in outcome.err


def test_rows_with_missing_values_are_dropped_when_asked(deepnet: Deepnet, tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text(CSV.replace("4,5,9", "4,,9") + "3,3,6\n")
    outcome = deepnet("train", path, "--target", "y", "--missing", "drop", "--epochs", "2", "--json")

    assert outcome.code == 0
    assert sum(outcome.facts["rows"].values()) == 10


def test_ctrl_c_stops_at_a_seal_and_keeps_what_was_learnt(
    deepnet_process: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    model = tmp_path / "cars.model"
    process = deepnet_process("train", "auto-mpg", "--epochs", "100000", "--batch-size", "32", "--save", model)
    assert process.stderr is not None
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)

    assert process.returncode == 130
    assert "stopped at the seal of step" in err
    assert "stopped" in out
    assert model.exists()
