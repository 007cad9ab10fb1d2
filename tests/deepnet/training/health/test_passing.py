import numpy as np
import pytest

from deepnet.maths.local import forward
from deepnet.maths.model import Chain, Dense, Dropout, mlp
from deepnet.maths.parameters import LayerParameters, initial_parameters
from deepnet.maths.treatment import Treatment, Treatments
from deepnet.training.health.passing import evenly_spaced, passes

INPUTS = np.random.default_rng(0).normal(size=(20, 3))


@pytest.mark.parametrize("activation", ["identity", "relu", "selu", "softmax"])
def test_untreated_the_last_outputs_are_the_predictions(activation: str) -> None:
    model = Chain(Dense(3, 4, "tanh"), Dropout(0.5), Dense(4, 3, activation))
    parameters = initial_parameters(model, 0, "float64")

    *_, last = passes(model, parameters, INPUTS)

    np.testing.assert_array_equal(last.outputs, forward(model, parameters, INPUTS))
    assert last.address == "dense_1"


def test_what_a_treated_neuron_gives_goes_on_and_the_arrays_given_stay_what_they_are() -> None:
    model = mlp(3, (3,), 1, "identity")
    parameters = initial_parameters(model, 0, "float64")
    treatments: list[Treatments] = [{0: Treatment(activation="relu"), 2: Treatment(lesioned=0.5)}, {}]
    before = INPUTS.copy(), [LayerParameters(*(part.copy() for part in layer)) for layer in parameters]

    first, last = passes(model, parameters, INPUTS, treatments)

    sums = INPUTS @ parameters[0].weights.T + parameters[0].bias
    outputs = np.column_stack((np.maximum(sums[:, 0], 0), sums[:, 1], np.full(20, 0.5)))
    np.testing.assert_allclose(first.sums, sums, rtol=1e-12)
    np.testing.assert_allclose(first.values, sums, rtol=1e-12)
    np.testing.assert_allclose(first.outputs, outputs, rtol=1e-12)
    np.testing.assert_allclose(last.outputs, outputs @ parameters[1].weights.T + parameters[1].bias, rtol=1e-12)
    np.testing.assert_array_equal(INPUTS, before[0])
    for now, then in zip(parameters, before[1], strict=True):
        np.testing.assert_array_equal(now.weights, then.weights)


def test_the_sample_runs_evenly_from_the_first_row_to_the_last() -> None:
    rows = np.arange(1000)

    chosen = rows[evenly_spaced(1000, 10)]
    assert (chosen[0], chosen[-1], len(set(chosen.tolist()))) == (0, 999, 10)
    assert set(np.diff(chosen).tolist()) == {111}
    assert len(rows[evenly_spaced(1000, None)]) == len(rows[evenly_spaced(1000, 1000)]) == 1000
    assert rows[:1][evenly_spaced(1, 512)].tolist() == [0]
