"""What bad input gets: one line that says what to do, and nothing is left running."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from deepnet.errors import InputError
from deepnet.maths.model import Chain, Dense, mlp
from deepnet.maths.optimizers import SGD, Adam
from deepnet.runs.network import Network, start
from deepnet.training.until import Until

MODEL = mlp(2, (3,), 1, "tanh")
INPUTS, TARGETS = np.eye(2), np.ones((2, 1))
WAIT_SECONDS = 20


def check_one_line(error: InputError, part: str) -> None:
    text = str(error)
    assert part in text
    assert "\n" not in text
    assert len(text) < 250


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"model": "3-3-1"}, "model must be a Chain, such as Chain(Dense(3, 1)), got '3-3-1'"),
        ({"model": [Dense(2, 1)]}, "model must be a Chain"),
        ({"name": 7}, "name must be text, got 7"),
        ({"seed": -1}, "seed must be a whole number of 0 or more, got -1"),
        ({"seed": 1.5}, "seed must be a whole number of 0 or more, got 1.5"),
        ({"seed": "0", "parameters": None}, "seed must be a whole number"),
        ({"seed": None, "parameters": [(np.ones((3, 2)), np.ones(3)), (np.ones((1, 3)), np.ones(1))]}, "seed must be"),
        ({"granularity": "atom"}, "unknown granularity 'atom': use one of neuron, layer"),
        ({"granularity": 3}, "unknown granularity '3'"),
        ({"dtype": "float16"}, "unknown dtype 'float16': use one of float32, float64"),
        ({"dtype": float}, "unknown dtype"),
        ({"workers": 0}, "workers must be a whole number of 1 or more, got 0"),
        ({"workers": 1.0}, "workers must be a whole number"),
        ({"max_restarts": -1}, "max_restarts must be a whole number of 0 or more, got -1"),
        ({"max_restarts": math.inf}, "max_restarts must be a whole number"),
        ({"max_seconds": 0}, "max_seconds must be a whole number of 1 or more, got 0"),
        ({"watcher": "me"}, "watcher must be callable with an event, got 'me'"),
        ({"parameters": []}, "parameters of 0 layers were given, the model has 2"),
        ({"parameters": [1, 2]}, "the parameters of dense_0 must be a pair of weights and bias"),
        ({"parameters": [(np.ones((3, 3)), np.ones(3))] * 2}, "dense_0 weights has shape (3, 3), expected (3, 2)"),
        (
            {"parameters": [(np.full((3, 2), np.nan), np.ones(3)), (np.ones((1, 3)), np.ones(1))]},
            "dense_0 weights must be finite in float32",
        ),
    ],
)
def test_a_network_that_cannot_be_is_not_started(options: dict[str, Any], part: str) -> None:
    with pytest.raises(InputError) as error:
        start(**{"model": MODEL, **options})

    check_one_line(error.value, part)


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with start(MODEL, name="cars") as network:
        yield network


BIG = np.ones((50, 5))


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"inputs": np.ones((2, 3))}, "inputs has shape (2, 3), expected (any, 2)"),
        ({"inputs": np.ones((2, 2, 1))}, "inputs has shape (2, 2, 1)"),
        ({"inputs": 5}, "inputs has shape"),
        ({"inputs": None}, "inputs"),
        ({"inputs": "rows"}, "inputs must be rows of 2 numbers"),
        ({"inputs": [[1, 2], [3]]}, "inputs must be rows of 2 numbers"),
        ({"inputs": [[1, "x"], [2, 3]]}, "inputs must be rows of 2 numbers"),
        ({"inputs": {"a": 1}}, "inputs must be rows of 2 numbers"),
        ({"inputs": [[1, math.nan], [1, 2]]}, "inputs must be finite in float32: row 0, column 1 is nan"),
        ({"inputs": [[1, 2], [1e39, 2]]}, "inputs must be finite in float32: row 1, column 0 is inf"),
        ({"targets": np.ones((2, 2))}, "targets has shape (2, 2), expected (any, 1)"),
        ({"targets": [[1], [-math.inf]]}, "targets must be finite in float32: row 1, column 0 is -inf"),
        ({"targets": np.ones((3, 1))}, "2 rows of inputs need as many of targets, one or more: 3"),
        ({"targets": [1, 2, 3]}, "2 rows of inputs need as many of targets, one or more: 3"),
        ({"inputs": np.zeros((0, 2)), "targets": np.zeros((0, 1))}, "0 rows of inputs need as many of targets"),
        ({"inputs": [], "targets": []}, "inputs has shape (1, 0), expected (any, 2)"),
        ({"until": None}, "until must be an Until, such as Until(epochs=40), got None"),
        ({"until": 40}, "until must be an Until"),
        ({"loss": "mspe"}, "unknown loss 'mspe': use one of mean_squared_error"),
        ({"loss": 3}, "unknown loss '3'"),
        ({"optimizer": "lion"}, "unknown optimizer 'lion': use one of sgd, adam"),
        ({"optimizer": Adam}, "optimizer must be a value: write Adam()"),
        ({"optimizer": 0.1}, "unknown optimizer '0.1'"),
        ({"batch_size": 0}, "batch_size must be a whole number of 1 or more, got 0"),
        ({"batch_size": 1.5}, "batch_size must be a whole number"),
        ({"batch_size": True}, "batch_size must be a whole number"),
        ({"shuffle": None}, "shuffle must be True or False, got None"),
        ({"metrics": ["r3"]}, "unknown metric 'r3': use one of mean_squared_error, "),
        ({"metrics": "r2"}, "metrics must be a list of names, such as ['r2'], got 'r2'"),
        ({"metrics": 3}, "metrics must be a list of names"),
        ({"validation": 0}, "validation must be a share of the rows, above 0 and below 1, or a pair"),
        ({"validation": 1.0}, "validation must be a share of the rows"),
        ({"validation": math.nan}, "validation must be a share of the rows"),
        ({"validation": True}, "validation must be a share of the rows"),
        ({"validation": "0.2"}, "validation must be a share of the rows"),
        ({"validation": (INPUTS,)}, "validation must be a share of the rows"),
        ({"validation": INPUTS[0]}, "validation must be a share of the rows"),
        ({"validation": 0.2}, "give 10 rows or more"),
        ({"validation": (BIG, BIG)}, "validation inputs has shape (50, 5), expected (any, 2)"),
        ({"validation": (INPUTS, TARGETS[:1])}, "2 rows of validation inputs need as many of validation targets"),
        ({"validation": (np.zeros((0, 2)), np.zeros((0, 1)))}, "0 rows of validation inputs need as many"),
        ({"validation": (INPUTS, [[math.nan], [1]])}, "validation targets must be finite in float32: row 0, column 0"),
    ],
)
def test_a_run_that_cannot_be_is_not_begun(options: dict[str, Any], part: str, network: Network) -> None:
    before = network.summary()
    arguments: dict[str, Any] = {"inputs": INPUTS, "targets": TARGETS, "until": Until(epochs=1), **options}
    with pytest.raises(InputError) as error:
        network.train(arguments.pop("inputs"), arguments.pop("targets"), **arguments)

    check_one_line(error.value, part)
    assert network.summary() == before
    assert network._context.assignment is None


@pytest.mark.parametrize(
    ("inputs", "part"),
    [
        (np.ones((1, 3)), "inputs has shape (1, 3), expected (any, 2)"),
        ([1, 2, 3], "inputs has shape (1, 3), expected (any, 2)"),
        ([], "inputs has shape (1, 0), expected (any, 2)"),
        ([[math.inf, 1]], "inputs must be finite in float32: row 0, column 0 is inf"),
        ("x", "inputs must be rows of 2 numbers"),
        ([[1, 2], [3]], "inputs must be rows of 2 numbers"),
        (object(), "inputs must be rows of 2 numbers"),
    ],
)
def test_what_cannot_be_an_input_is_not_predicted(inputs: object, part: str, network: Network) -> None:
    with pytest.raises(InputError) as error:
        network.predict(inputs)

    check_one_line(error.value, part)


@pytest.mark.parametrize(
    "address",
    [
        "", "dense_0/3", "dense_0/-1", "dense_0/00", "dense_0/01", "dense_0/x", "dense_0/", "dense_0/1/1", "dense_2/0",
        "dense_0/\u0661", "dense_0/²", "dense_0/ 1", "dense_0/" + "9" * 5000, "DENSE_0/1", "/1", 3, None,
        ("dense_0", 1), ["dense_0/1"],
    ],
    ids=lambda address: repr(address)[:20],
)  # fmt: skip
def test_nobody_lives_at_a_wrong_address(address: Any, network: Network) -> None:
    for use in (network.neuron, network.kill):
        with pytest.raises(InputError) as error:
            use(address)

        assert str(error.value).endswith("there are dense_0/0 to dense_0/2, dense_1/0")
        assert "\n" not in str(error.value)
    assert network.summary().restarts == 0


def test_a_layer_has_no_state_of_a_neuron(network: Network) -> None:
    for address in ("dense_0", "trainer", "vault"):
        with pytest.raises(InputError, match=f"cars has no neuron '{address}': there are dense_0/0 to dense_0/2, "):
            network.neuron(address)


def test_after_all_that_the_network_learns(network: Network) -> None:
    run = network.train(INPUTS, TARGETS, until=Until(epochs=1), optimizer=SGD(0.1), validation=(INPUTS, TARGETS))

    assert run.wait(WAIT_SECONDS).state == "finished"


def test_a_numpy_dtype_is_as_good_as_its_name() -> None:
    with start(Chain(Dense(1, 1)), dtype=np.dtype("float64")) as network:  # type: ignore[arg-type]
        assert network.summary().dtype == "float64"
        assert network.predict([[1]]).dtype == np.float64
