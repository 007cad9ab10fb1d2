"""`deepnet train --chaos RATE`: somebody dies now and then, and a report says that it made no difference."""

from collections.abc import Callable
from typing import Any

import pytest

Deepnet = Callable[..., Any]

IRIS = ("train", "iris", "--hidden", "6", "--dropout", "0.2", "--batch-size", "8", "--json")
BY_THE_CLOCK = ("--epochs", "40", "--chaos", "50/s")
BY_MESSAGES = ("--epochs", "4", "--chaos", "20/1000")


@pytest.mark.parametrize("granularity", ["neuron", "layer"])
@pytest.mark.parametrize("chaos", [BY_THE_CLOCK, BY_MESSAGES], ids=["by the clock", "by messages"])
def test_the_report_says_who_died_and_that_the_weights_are_the_same(
    chaos: tuple[str, ...], granularity: str, deepnet: Deepnet
) -> None:
    calm = deepnet(*IRIS, *chaos[:2], "--granularity", granularity)
    outcome = deepnet(*IRIS, *chaos, "--granularity", granularity)
    report = outcome.facts["chaos"]

    assert (outcome.code, outcome.facts["state"]) == (0, "finished")
    assert report.keys() == {
        "deaths", "restarts", "replays", "steps_lost", "heal_p50_seconds", "heal_p99_seconds", "same_weights",
    }  # fmt: skip
    assert report["deaths"].keys() <= {"neurons", "layers", "trainers"}
    assert (report["steps_lost"], report["same_weights"]) == (0, True)
    assert outcome.facts["weights_sha256"] == calm.facts["weights_sha256"]
    assert "chaos" not in calm.facts
    if chaos == BY_MESSAGES:  # the clock may strike nobody in so short a time
        assert sum(report["deaths"].values()) >= 5
        assert report["restarts"] >= 5
        assert report["replays"] >= 1
        assert 0 < report["heal_p50_seconds"] <= report["heal_p99_seconds"] < 5


def test_a_seed_decides_who_dies(deepnet: Deepnet) -> None:
    """Per thousand messages; with one worker their order is always the same."""
    reports = [
        deepnet(*IRIS, *BY_MESSAGES, "--chaos-seed", seed, "--granularity", "layer").facts["chaos"]
        for seed in ("1", "1", "2")
    ]
    told = [(report["deaths"], report["restarts"], report["replays"]) for report in reports]

    assert told[0] == told[1] != told[2]


@pytest.mark.parametrize(
    "rate", ["", "many", "0", "0/s", "-5/s", "nan", "inf/s", "5/m", "5/2000", "5/", "/s", "5/1000/s", "2000/1000"]
)
def test_a_wrong_rate_is_refused_with_examples(rate: str, deepnet: Deepnet) -> None:
    outcome = deepnet(*IRIS, "--chaos", rate)

    assert (outcome.code, outcome.facts["code"], outcome.err.count("\n")) == (2, 2, 1)
    assert f"'--chaos': {rate!r} is no rate of kills: write 20/s, or 5/1000 for a thousand messages" in outcome.err


@pytest.mark.parametrize("seed", ["-1", "1.5", "x"])
def test_a_wrong_chaos_seed_is_refused(seed: str, deepnet: Deepnet) -> None:
    outcome = deepnet(*IRIS, "--chaos", "5/s", "--chaos-seed", seed)

    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "--chaos-seed" in outcome.err


def test_more_than_a_network_can_heal_is_a_failed_run_and_not_a_wrong_result(deepnet: Deepnet) -> None:
    outcome = deepnet(*IRIS, "--epochs", "1", "--chaos", "1000/1000")

    assert (outcome.code, outcome.facts["state"]) == (1, "failed")
    assert "died" in outcome.err


def test_a_disturbed_run_that_is_kept_can_be_resumed(deepnet: Deepnet, tmp_path: Any) -> None:
    kept = ("--run-dir", tmp_path / "run", "--checkpoint-steps", "5")
    disturbed = deepnet(*IRIS, *BY_MESSAGES, *kept)
    resumed = deepnet("resume", tmp_path / "run", "--json")

    assert (disturbed.code, disturbed.facts["chaos"]["same_weights"]) == (0, True)
    assert resumed.facts["weights_sha256"] == disturbed.facts["weights_sha256"]
