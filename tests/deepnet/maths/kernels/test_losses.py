"""The losses of both kinds of kernels, against `deepnet.maths.losses`."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from deepnet.maths.arrays import DTYPES, Array
from deepnet.maths.kernels.choice import Kernels, loss_code
from deepnet.maths.kernels.codes import CODED_LOSSES
from deepnet.maths.losses import LOSSES, Loss, fused

JOINT = {
    f"{activation} {name}": fused(activation, LOSSES[name])
    for activation, name in (
        ("sigmoid", "binary_cross_entropy"),
        ("softmax", "categorical_cross_entropy"),
        ("softmax", "kl_divergence"),
    )
}
EVERY = {**LOSSES, **JOINT}
BOUNDS = {"float64": 1e-12, "float32": 1e-5}


def pairs(name: str, rows: int, size: int, dtype: str, seed: int) -> tuple[Array, Array]:
    """What the loss is for: outputs, or sums for a fused one, and targets."""
    rng = np.random.default_rng(seed)
    targets = rng.dirichlet(np.ones(size), size=rows)
    if seed % 2:
        targets = np.eye(size)[rng.integers(size, size=rows)]
    shown = rng.normal(size=(rows, size)) * 5
    if name == "hinge":
        targets = np.where(targets > 0.3, 1, -1)
    elif name == "negative_log_likelihood":
        shown = -np.abs(shown)
    elif name in LOSSES and LOSSES[name].low == 0:
        shown = rng.uniform(size=(rows, size))
        shown[0, 0] = seed % 2
    return shown.astype(dtype), targets.astype(dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", EVERY)
def test_value_and_gradient_are_those_of_the_loss(kernels_of: Callable[[str], Kernels], name: str, dtype: str) -> None:
    loss = EVERY[name]
    assert loss is not None
    code = loss_code(loss, None)
    for seed, (rows, size) in enumerate([(1, 1), (1, 10), (3, 4), (32, 1), (17, 12), (64, 33)]):
        shown, targets = pairs(name, rows, size, dtype, seed)
        gradient = np.full_like(shown, np.nan)
        wider = np.column_stack((shown, np.full(rows, np.nan, dtype)))
        same_gradient = np.full_like(shown, np.nan)

        value = kernels_of(dtype).loss(code, shown, targets, gradient)
        same = kernels_of(dtype).loss(code, wider, targets, same_gradient)

        assert value == pytest.approx(loss.value(shown, targets), rel=BOUNDS[dtype], abs=BOUNDS[dtype])
        expected = loss.gradient(shown, targets)
        largest = np.abs(expected).max()
        np.testing.assert_allclose(gradient, expected, rtol=BOUNDS[dtype], atol=BOUNDS[dtype] * min(largest, 1))
        assert same == value
        np.testing.assert_array_equal(same_gradient, gradient)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", JOINT)
def test_fused_losses_are_exact_for_any_finite_sums(
    kernels_of: Callable[[str], Kernels], name: str, dtype: str
) -> None:
    loss, highest = JOINT[name], float(np.finfo(dtype).max)
    assert loss is not None
    sums = np.array([[highest, -highest], [-highest, 0], [500, -500], [0, 0]], dtype=dtype)
    targets = np.array([[1, 0], [1, 0], [0, 1], [0.5, 0.5]], dtype=dtype)
    gradient = np.full_like(sums, np.nan)

    value = kernels_of(dtype).loss(loss_code(loss, None), sums, targets, gradient)

    assert np.isfinite(value)
    assert value == pytest.approx(loss.value(sums, targets), rel=BOUNDS[dtype])
    np.testing.assert_allclose(gradient, loss.gradient(sums, targets), rtol=BOUNDS[dtype], atol=1e-30)


@pytest.mark.parametrize("name", ["negative_log_likelihood", "sigmoid binary_cross_entropy"])
def test_a_mean_is_finite_where_all_of_its_parts_are(kernels_of: Callable[[str], Kernels], name: str) -> None:
    loss = EVERY[name]
    assert loss is not None
    shown = np.full((6, 1), -1e308)
    targets = np.ones((6, 1))

    value = kernels_of("float64").loss(loss_code(loss, None), shown, targets, np.empty_like(shown))

    assert value == pytest.approx(1e308)


@pytest.mark.parametrize("name", EVERY)
def test_what_is_no_number_is_no_number_after(kernels_of: Callable[[str], Kernels], name: str) -> None:
    loss = EVERY[name]
    assert loss is not None
    shown, targets = pairs(name, 3, 4, "float32", 2)
    shown[1, 2] = np.nan
    gradient = np.zeros_like(shown)

    value = kernels_of("float32").loss(loss_code(loss, None), shown, targets, gradient)

    assert np.isnan(value)
    np.testing.assert_array_equal(np.isnan(gradient), np.isnan(loss.gradient(shown, targets)))


def test_codes_are_by_identity_and_the_joint_form_comes_first() -> None:
    own = replace(LOSSES["mean_squared_error"])
    joint = JOINT["softmax kl_divergence"]

    assert sorted(code for loss in EVERY.values() if loss and (code := loss_code(loss, None)) is not None) == list(
        range(len(CODED_LOSSES))
    )
    assert loss_code(own, None) is None
    assert loss_code(LOSSES["kl_divergence"], joint) == loss_code(joint or own, None)
    assert loss_code(own, Loss("mine", own.value, own.gradient)) is None
