from collections.abc import Sequence

import numpy as np
import pytest

from deepnet.errors import InputError
from deepnet.maths.activations import activation_named
from deepnet.maths.losses import LOSSES, loss_named, require_outputs

Targets = Sequence[Sequence[float]]
ONE_HOT: Targets = [[0, 1], [1, 0]]
SHARES: Targets = [[0.25, 0.75], [1, 0.5]]
RATES: Targets = [[0, 3], [2.5, 1e6]]
SIGNS: Targets = [[-1, 1], [1, 1]]
ANYTHING: Targets = [[-5, 0.5], [1e9, 2]]
TAKEN: dict[str, list[Targets]] = {
    "mean_squared_error": [ONE_HOT, SHARES, RATES, SIGNS, ANYTHING],
    "mean_absolute_error": [ONE_HOT, SHARES, RATES, SIGNS, ANYTHING],
    "huber": [ONE_HOT, SHARES, RATES, SIGNS, ANYTHING],
    "log_cosh": [ONE_HOT, SHARES, RATES, SIGNS, ANYTHING],
    "binary_cross_entropy": [ONE_HOT, SHARES],
    "categorical_cross_entropy": [ONE_HOT],
    "negative_log_likelihood": [ONE_HOT],
    "kl_divergence": [ONE_HOT],
    "hinge": [SIGNS],
    "poisson": [ONE_HOT, SHARES, RATES],
}


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_a_loss_takes_the_targets_it_is_for_and_no_others(name: str) -> None:
    loss, all_targets = loss_named(name), [ONE_HOT, SHARES, RATES, SIGNS, ANYTHING]

    for targets in all_targets:
        if targets in TAKEN[name]:
            loss.check_targets(np.array(targets, dtype="float64"))
        else:
            with pytest.raises(InputError, match="targets must be "):
                loss.check_targets(np.array(targets, dtype="float64"))


@pytest.mark.parametrize(
    ("loss", "targets", "message"),
    [
        (
            "binary_cross_entropy",
            [[0, 1], [1, 1.5]],
            "targets must be numbers from 0 to 1 for this loss: row 1, column 1 is 1.5",
        ),
        (
            "binary_cross_entropy",
            [[-0.25, 1]],
            "targets must be numbers from 0 to 1 for this loss: row 0, column 0 is -0.25",
        ),
        ("hinge", [[1, -1], [0, 1]], "targets must be -1 or 1 for this loss: row 1, column 0 is 0"),
        ("poisson", [[3, -2]], "targets must be counts or rates of 0 or more for this loss: row 0, column 1 is -2"),
        (
            "categorical_cross_entropy",
            [[0, 1], [1, 1]],
            "targets must be probabilities of classes that sum to 1 in each row, such as one-hot rows: row 1 sums to 2",
        ),
        ("kl_divergence", [[0.0, 0.0]], "row 0 sums to 0"),
        (
            "negative_log_likelihood",
            [[2.0, -1.0]],
            "targets must be numbers from 0 to 1 for this loss: row 0, column 0",
        ),
    ],
)
def test_a_wrong_target_is_named_on_one_line(loss: str, targets: list[list[float]], message: str) -> None:
    with pytest.raises(InputError) as caught:
        loss_named(loss).check_targets(np.array(targets, dtype="float64"))

    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_probabilities_that_were_rounded_in_float32_still_sum_to_1() -> None:
    thirds = np.full((4, 3), 1 / 3, dtype="float32")
    many = np.full((2, 1000), 1e-3, dtype="float32")

    for targets in (thirds, many, many.round(4)):
        loss_named("categorical_cross_entropy").check_targets(targets)


@pytest.mark.parametrize(
    ("loss", "activation"),
    [
        ("binary_cross_entropy", "sigmoid"),
        ("binary_cross_entropy", "hard_sigmoid"),
        ("categorical_cross_entropy", "softmax"),
        ("kl_divergence", "softmax"),
        ("negative_log_likelihood", "log_softmax"),
        ("poisson", "softplus"),
        ("poisson", "relu"),
        ("mean_squared_error", "identity"),
        ("hinge", "tanh"),
    ],
)
def test_a_loss_takes_the_outputs_it_is_for(loss: str, activation: str) -> None:
    require_outputs(loss_named(loss), activation_named(activation))


@pytest.mark.parametrize(
    ("loss", "activation", "message"),
    [
        (
            "binary_cross_entropy",
            "identity",
            (
                "binary_cross_entropy takes outputs from 0 to 1, but the last layer ends in identity: "
                "end the network in sigmoid or softmax, or use another loss"
            ),
        ),
        (
            "categorical_cross_entropy",
            "log_softmax",
            (
                "categorical_cross_entropy takes outputs from 0 to 1, but the last layer ends in log_softmax: "
                "end the network in sigmoid or softmax, or use another loss"
            ),
        ),
        (
            "negative_log_likelihood",
            "softmax",
            (
                "negative_log_likelihood takes outputs of 0 or less, but the last layer ends in softmax: "
                "end the network in log_softmax, or use another loss"
            ),
        ),
        (
            "poisson",
            "tanh",
            (
                "poisson takes outputs of 0 or more, but the last layer ends in tanh: "
                "end the network in sigmoid or softmax or softplus, or use another loss"
            ),
        ),
    ],
)
def test_a_last_activation_that_a_loss_cannot_follow_is_refused(loss: str, activation: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        require_outputs(loss_named(loss), activation_named(activation))

    assert str(caught.value) == message
