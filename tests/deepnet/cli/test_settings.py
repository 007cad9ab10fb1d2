from typing import Any

import pytest

from deepnet.cli.settings import LAYERS, NEURONS, RUNS, body_of, read_settings, run_body_of
from deepnet.errors import InputError
from deepnet.training.rules import StopRule
from deepnet.training.until import Until

PLAN = {
    "until": {"kind": "until", "epochs": 40, "below": {"loss": 0.1}},
    "optimizer": {"name": "sgd", "learning_rate": 0.1, "momentum": 0.5},
}


@pytest.mark.parametrize(
    ("words", "body"),
    [
        (("frozen", "true"), {"frozen": True}),
        (("lesioned", "none"), {"lesioned": False}),
        (("lesioned", "-1.5", "rate", "0"), {"lesioned": -1.5, "rate": 0.0}),
        (("learning_rate", "0.1"), {"learning_rate": 0.1}),
        (("activation", "none"), {"activation": None}),
    ],
)
def test_settings_of_a_neuron_become_what_the_service_takes(words: tuple[str, ...], body: dict[str, Any]) -> None:
    assert body_of(read_settings(words, NEURONS)) == body


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("frosen", "true"), "'frosen' cannot be set (did you mean 'frozen'?): use one of activation,"),
        (("frozen", "perhaps"), "frozen: 'perhaps' is no answer to yes or no: write true or false"),
        (("rate", "fast"), "rate: fast is not a finite number"),
        (("rate", "1", "rate", "2"), "rate is given twice: take one out"),
        (("granularity", "layer"), "'granularity' cannot be set"),
    ],
)
def test_a_wrong_setting_is_named(words: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(InputError) as error:
        read_settings(words, NEURONS)
    assert complaint in str(error.value)


def test_a_run_has_its_pace_or_none() -> None:
    assert run_body_of(read_settings(("pace", "20"), RUNS), PLAN) == {"pace": 20}
    assert run_body_of(read_settings(("PACE", "None"), RUNS), PLAN) == {"pace": None}
    with pytest.raises(InputError, match="pace: slow is not a finite number above 0"):
        read_settings(("pace", "slow"), RUNS)


def test_a_layer_has_its_granularity() -> None:
    assert body_of(read_settings(("granularity", "layer"), LAYERS)) == {"granularity": "layer"}


def test_a_condition_is_put_into_the_rule_that_the_run_has() -> None:
    words = ("epochs", "90", "above", "accuracy=0.9", "below", "mean_squared_error=0.2")
    body = run_body_of(read_settings(words, RUNS), PLAN)

    assert body["until"] == {
        "kind": "until",
        "epochs": 90,
        "below": {"loss": 0.1, "mean_squared_error": 0.2},
        "above": {"accuracy": 0.9},
    }


def test_the_optimizer_keeps_what_is_not_named() -> None:
    body = run_body_of(read_settings(("optimizer", "sgd:momentum=0.9", "learning-rate", "0.2"), RUNS), PLAN)

    assert body == {"optimizer": {"name": "sgd", "learning_rate": 0.1, "momentum": 0.9}, "learning_rate": 0.2}


def test_a_joined_rule_is_left_alone_with_advice() -> None:
    rule: StopRule = Until(epochs=3) | Until(steps=9)

    with pytest.raises(InputError, match="joined of several: change it with the Python client"):
        run_body_of({"epochs": 5}, {**PLAN, "until": rule.to_dict()})
