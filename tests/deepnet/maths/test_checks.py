import numpy as np
import pytest

from deepnet.errors import InputError, UnknownNameError
from deepnet.maths.checks import (
    decay_rate,
    look_up,
    non_negative_number,
    positive_number,
    whole_number,
    yes_or_no,
)


@pytest.mark.parametrize("value", [2, np.int64(2)])
def test_a_whole_number_of_any_kind_becomes_an_int(value: object) -> None:
    assert type(whole_number("epochs", value, at_least=1)) is int


@pytest.mark.parametrize("value", [0, -1, 1.0, "1", None, True])
def test_what_is_no_whole_number_or_too_small_is_refused_by_name(value: object) -> None:
    with pytest.raises(InputError, match="epochs must be a whole number of 1 or more, got "):
        whole_number("epochs", value, at_least=1)


@pytest.mark.parametrize("value", [0.5, 1, np.float32(0.5), np.int64(3)])
def test_a_positive_number_of_any_kind_becomes_a_float(value: object) -> None:
    assert type(positive_number("rate", value)) is float


@pytest.mark.parametrize("value", [0, -0.1, float("nan"), float("inf"), "1", None, True])
def test_what_is_no_positive_number_is_refused_by_name(value: object) -> None:
    with pytest.raises(InputError, match="rate must be a finite number above 0, got "):
        positive_number("rate", value)


@pytest.mark.parametrize("value", [0, 0.5, np.float32(0.5), np.int64(3)])
def test_a_number_of_0_or_more_of_any_kind_becomes_a_float(value: object) -> None:
    assert type(non_negative_number("decay", value)) is float


@pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf"), "1", None, True])
def test_what_is_no_number_of_0_or_more_is_refused_by_name(value: object) -> None:
    with pytest.raises(InputError, match="decay must be a finite number of 0 or more, got "):
        non_negative_number("decay", value)


@pytest.mark.parametrize("value", [0, 1.0, "True", None])
def test_only_true_and_false_are_yes_and_no(value: object) -> None:
    assert all(yes_or_no("nesterov", answer) is answer for answer in (True, False))
    with pytest.raises(InputError, match="nesterov must be True or False, got "):
        yes_or_no("nesterov", value)


@pytest.mark.parametrize("value", [0, 0.0, 0.999, np.float32(0.5)])
def test_a_decay_rate_of_any_kind_becomes_a_float(value: object) -> None:
    assert type(decay_rate("beta_1", value)) is float


@pytest.mark.parametrize("value", [1, 1.0, -0.1, float("nan"), float("inf"), "0", None, False])
def test_what_is_no_decay_rate_is_refused_by_name(value: object) -> None:
    with pytest.raises(InputError, match="beta_1 must be a number of 0 or more and below 1, got "):
        decay_rate("beta_1", value)


def test_a_name_is_looked_up_or_refused_with_the_list() -> None:
    assert look_up("colour", "red", {"red": 1, "green": 2}) == 1
    with pytest.raises(UnknownNameError, match="unknown colour 'blue': use one of red, green"):
        look_up("colour", "blue", {"red": 1, "green": 2})
