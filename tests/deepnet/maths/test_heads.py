from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pytest

from deepnet.errors import InputError, UnknownNameError
from deepnet.maths.activations import activation_named
from deepnet.maths.heads import Head, binary, head_for, multiclass, regression
from deepnet.maths.losses import loss_named
from deepnet.maths.metrics import metric_named
from deepnet.maths.model import Chain, Dense


def test_two_classes_are_told_apart_by_one_sigmoid_neuron() -> None:
    assert binary() == Head("binary", 1, "sigmoid", "binary_cross_entropy", ("accuracy",))
    assert binary().layer(8) == Dense(8, 1, "sigmoid")


def test_several_classes_have_a_softmax_neuron_each() -> None:
    assert multiclass(10) == Head("multiclass", 10, "softmax", "categorical_cross_entropy", ("accuracy",))
    assert multiclass(10).layer(8) == Dense(8, 10, "softmax")


def test_a_number_comes_from_a_neuron_without_activation() -> None:
    assert regression() == Head("regression", 1, "identity", "mean_squared_error", ("mean_absolute_error", "r2"))
    assert regression(3).layer(8) == Dense(8, 3)


def test_the_last_layer_takes_the_fields_of_any_other() -> None:
    layer = regression().layer(8, initializer="he_normal", bias_initializer="ones")

    assert layer == Dense(8, 1, "identity", "he_normal", "ones")
    assert Chain(Dense(3, 8, "relu"), layer).outputs == 1


@pytest.mark.parametrize("head", [binary(), multiclass(4), regression(2)], ids=lambda head: head.task)
def test_the_parts_of_a_head_fit_one_another(head: Head) -> None:
    rng = np.random.default_rng(1)
    value = activation_named(head.layer(3).activation).value
    outputs = np.asarray(value(rng.normal(size=(6, head.neurons))))
    targets = np.eye(head.neurons)[[0, 1, 1, 0, 1, 0]] if head.task == "multiclass" else np.ones((6, head.neurons))
    targets[::2] *= 3 if head.task == "regression" else 1

    assert np.isfinite(loss_named(head.loss).value(outputs, targets))
    assert all(np.isfinite(metric_named(name).value(outputs, targets)) for name in head.metrics)


@pytest.mark.parametrize(
    ("task", "outputs", "head"),
    [("binary", 1, binary()), ("multiclass", 3, multiclass(3)), ("regression", 2, regression(2))],
)
def test_the_head_of_a_task_is_found_by_its_name(task: str, outputs: int, head: Head) -> None:
    assert head_for(task, outputs) == head
    assert head.task == task


@pytest.mark.parametrize(
    ("task", "outputs", "message"),
    [
        ("binary", 2, "a binary task has one column of targets, got 2: use multiclass"),
        ("binary", 0, "outputs must be a whole number of 1 or more, got 0"),
        ("multiclass", 1, "classes must be a whole number of 2 or more, got 1"),
        ("multiclass", 2.5, "classes must be a whole number of 2 or more, got 2.5"),
        ("regression", 0, "outputs must be a whole number of 1 or more, got 0"),
        ("ranking", 1, "unknown task 'ranking': use one of binary, multiclass, regression"),
        (None, 1, "unknown task 'None'"),
    ],
)
def test_a_task_that_cannot_be_is_refused(task: Any, outputs: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        head_for(task, outputs)

    assert message in str(caught.value)


def test_a_head_is_checked_when_it_is_made_and_does_not_change() -> None:
    with pytest.raises(UnknownNameError, match="unknown loss 'l3'"):
        Head("regression", 1, "identity", "l3", ())
    with pytest.raises(UnknownNameError, match="unknown metric 'r3'"):
        Head("regression", 1, "identity", "mse", ("r3",))
    with pytest.raises(InputError, match="a head's neurons must be a whole number of 1 or more, got 0"):
        Head("regression", 0, "identity", "mean_squared_error", ())
    with pytest.raises(FrozenInstanceError):
        binary().neurons = 2  # type: ignore[misc]
