import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from deepnet.errors import InputError, UnknownNameError
from deepnet.maths.activations import ACTIVATIONS
from deepnet.maths.kernels import choice
from deepnet.maths.kernels.choice import (
    KERNELS,
    Kernels,
    activation_code,
    default_kernels,
    factors_of,
    kernels_named,
    loss_code,
    rule_of,
)
from deepnet.maths.kernels.rows import pack, unpack, with_ones
from deepnet.maths.local import LocalLearner, gradients
from deepnet.maths.losses import LOSSES, fused
from deepnet.maths.model import Chain, Dense
from deepnet.maths.optimizers import Adam
from deepnet.maths.parameters import LayerParameters, initial_parameters


@pytest.mark.parametrize(
    ("last", "loss_name"), [("identity", "mean_squared_error"), ("softmax", "categorical_cross_entropy")]
)
def test_a_chain_of_layers_learns_as_the_textbook_says(
    kernels_of: Callable[[str], Kernels], last: str, loss_name: str
) -> None:
    rng = np.random.default_rng(5)
    model = Chain(Dense(4, 6, "tanh"), Dense(6, 5, "gelu"), Dense(5, 3, last))
    inputs, targets = rng.normal(size=(7, 4)), np.eye(3)[rng.integers(3, size=7)]
    parameters, kernels, optimizer = initial_parameters(model, 0, "float64"), kernels_of("float64"), Adam(0.1)
    learner = LocalLearner(model, loss=loss_name, optimizer=optimizer, dtype="float64", parameters=parameters)
    expected_value, expected = gradients(model, parameters, inputs, targets, loss_name)
    joint = fused(last, LOSSES[loss_name])
    codes = [activation_code(layer.activation) for layer in model.dense]

    activations, traces = with_ones(inputs), []
    for code, layer in zip(codes, parameters, strict=True):
        rows = pack(layer)
        bank = np.stack((rows, np.zeros_like(rows), np.zeros_like(rows)))
        sums = np.empty((7, len(rows)))
        outputs = with_ones(np.empty_like(sums))
        kernels.forward_layer(activations, bank, code, sums, outputs)
        traces.append((activations, bank, sums, outputs))
        activations = outputs
    shown = traces[-1][2] if joint else activations[:, :-1].copy()
    errors = np.empty_like(shown)
    value = kernels.loss(loss_code(LOSSES[loss_name], joint), shown, targets, errors)
    found: list[LayerParameters] = []
    learnt: list[LayerParameters] = []
    for place in reversed(range(3)):
        layer_inputs, bank, sums, outputs = traces[place]
        common = (errors, joint is not None and place == 2, codes[place], layer_inputs, sums, outputs)
        deltas, gradient, spare = np.empty_like(sums), np.empty_like(bank[0]), np.empty_like(bank)
        kernels.backward_layer(*common, deltas, gradient)
        kernels.learn_layer(*common, deltas, bank, spare, rule_of(optimizer), factors_of(optimizer, 1, "float64"))
        errors = np.empty((7, bank.shape[2] - 1))
        kernels.pass_back(deltas, bank, errors)
        found.insert(0, unpack(gradient))
        learnt.insert(0, unpack(spare[0]))

    learner.learn(inputs, targets)
    assert value == pytest.approx(expected_value, rel=1e-12)
    for actual, wanted in zip((*found, *learnt), (*expected, *learner.parameters()), strict=True):
        np.testing.assert_allclose(actual.weights, wanted.weights, rtol=1e-10, atol=1e-13)
        np.testing.assert_allclose(actual.bias, wanted.bias, rtol=1e-10, atol=1e-13)


def test_every_activation_has_a_code_of_its_own_and_linear_is_identity() -> None:
    assert sorted({activation_code(name) for name in ACTIVATIONS}) == list(range(len(ACTIVATIONS) - 1))
    assert activation_code("linear") == activation_code("identity")
    with pytest.raises(UnknownNameError, match="softmax"):
        activation_code("sotfmax")


def test_kernels_are_made_once_and_know_their_names() -> None:
    for name in KERNELS:
        kernels = kernels_named(name, "float32")

        assert kernels_named(name, "float32") is kernels
        assert (kernels.name, kernels.dtype) == (name, "float32")
    assert default_kernels() == "numba"


def test_a_wrong_name_shows_those_that_there_are() -> None:
    with pytest.raises(UnknownNameError, match="unknown kernels 'cython': use one of numba, numpy"):
        kernels_named("cython", "float32")
    with pytest.raises(UnknownNameError, match="unknown dtype 'float16'"):
        kernels_named("numpy", "float16")


def test_without_numba_the_default_is_numpy_and_asking_for_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "find_spec", lambda name: None)
    monkeypatch.setattr(choice, "_MADE", {})

    assert default_kernels() == "numpy"
    assert kernels_named("numpy", "float32").name == "numpy"
    with pytest.raises(InputError, match=r'pip install numba", or use kernels="numpy"'):
        kernels_named("numba", "float32")


def test_choosing_imports_no_numba() -> None:
    code = (
        "import sys\n"
        "from deepnet.maths.kernels.choice import kernels_named\n"
        "kernels_named('numpy', 'float32')\n"
        "print('numba' in sys.modules)"
    )

    assert _run(code, {}) == ["False"]


def test_on_compile_is_called_once_where_nothing_is_on_disk_and_never_where_all_of_it_is(tmp_path: Path) -> None:
    code = (
        "from deepnet.maths.kernels.choice import kernels_named\n"
        "kernels = kernels_named('numba', 'float32', lambda: print('compiling'))\n"
        "print(kernels.name)"
    )

    assert _run(code, {"NUMBA_CACHE_DIR": str(tmp_path)}) == ["compiling", "numba"]
    assert _run(code, {"NUMBA_CACHE_DIR": str(tmp_path)}) == ["numba"]


def _run(code: str, environment: dict[str, str]) -> list[str]:
    """Return the lines that Python prints when it runs *code*."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )
    return done.stdout.split()
