"""A network of treated neurons, learnt in one place, against central differences and against a plain loop."""

import math
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepnet.maths.activations import ELEMENTWISE
from deepnet.maths.arrays import DTYPES, Array
from deepnet.maths.gradient_rules import GradientRules
from deepnet.maths.local import LocalLearner, forward, gradients
from deepnet.maths.losses import loss_named
from deepnet.maths.model import Chain, Dense, Dropout, mlp
from deepnet.maths.optimizers import SGD
from deepnet.maths.parameters import LayerParameters, fingerprint, initial_parameters
from deepnet.maths.treatment import Treatment, Treatments, ValueFault

Differentiate = Callable[[Callable[[Array], float], Array], Array]

LASTS = {"mean_squared_error": "tanh", "binary_cross_entropy": "sigmoid", "categorical_cross_entropy": "softmax"}

faults = st.builds(
    ValueFault,
    kind=st.sampled_from(["stuck_at", "noise", "byzantine", "bit_flip"]),
    amount=st.sampled_from([0, 1, 2]),
    rate=st.sampled_from([0.5, 1.0]),
    seed=st.integers(0, 9),
)
hidden_treatments = st.builds(
    Treatment,
    activation=st.none() | st.sampled_from(sorted(ELEMENTWISE)),
    rate=st.sampled_from([0.0, 0.5, 1.0]),
    frozen=st.booleans(),
    lesioned=st.none() | st.sampled_from([0.0, -1.5]),
    faults=st.lists(faults, max_size=2).map(tuple),
)
last_treatments = st.builds(  # what they give is a probability
    Treatment,
    activation=st.none() | st.just("sigmoid"),
    frozen=st.booleans(),
    lesioned=st.none() | st.just(0.3),
    faults=st.lists(st.builds(ValueFault, kind=st.just("stuck_at"), amount=st.just(0.6), rate=st.just(0.5))).map(tuple),
)


def examples(model: Chain, rows: int, seed: int = 0) -> tuple[Array, Array]:
    """Inputs, and targets that sum to 1 in each row, which every loss here takes."""
    rng = np.random.default_rng(seed)
    shares = rng.uniform(0.1, 1, size=(rows, model.outputs))
    return rng.normal(size=(rows, model.inputs)), shares / shares.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("loss", LASTS)
@given(data=st.data(), seed=st.integers(0, 1000))
@settings(derandomize=True, deadline=None, max_examples=25)
def test_the_gradient_of_a_treated_network_equals_the_central_difference(
    loss: str, data: st.DataObject, seed: int, central_differences: Differentiate
) -> None:
    first, second = (data.draw(st.sampled_from(["tanh", "identity", "softmax", "gelu"])) for _ in range(2))
    options = {"bias_initializer": "centered_uniform"}
    model = Chain(
        Dense(3, 4, first, **options), Dropout(0.3), Dense(4, 3, second, **options), Dense(3, 3, LASTS[loss], **options)
    )
    treatments: list[Treatments] = [data.draw(st.dictionaries(st.integers(0, 2), hidden_treatments)) for _ in range(2)]
    treatments.append(data.draw(st.dictionaries(st.integers(0, 2), last_treatments)))
    parameters = initial_parameters(model, seed, "float64")
    inputs, targets = examples(model, 3, seed)

    def loss_along(layer: int, part: int) -> Callable[[Array], float]:
        def loss_at(values: Array) -> float:
            nudged = [list(pair) for pair in parameters]
            nudged[layer][part] = values
            pairs = [LayerParameters(*pair) for pair in nudged]
            return gradients(model, pairs, inputs, targets, loss, seed=seed, step=3, treatments=treatments)[0]

        return loss_at

    _, found = gradients(model, parameters, inputs, targets, loss, seed=seed, step=3, treatments=treatments)

    for layer, pair in enumerate(parameters):
        for part, values in enumerate(pair):
            slopes = central_differences(loss_along(layer, part), values)
            np.testing.assert_allclose(found[layer][part], slopes, rtol=1e-5, atol=1e-7)


# A plain loop: one number after another.

WIDTHS, RATE, MOMENTUM, L2, CLIP = (3, 4, 2), 0.3, 0.9, 0.1, 0.2
BIT = ValueFault(kind="bit_flip", amount=50, rate=0.7, seed=2)
TREATED: tuple[Treatments, ...] = (
    {
        0: Treatment(activation="sigmoid", rate=0.5),
        1: Treatment(frozen=True, faults=(BIT,)),
        2: Treatment(lesioned=0.7),
        3: Treatment(faults=(ValueFault(kind="noise", amount=0.3, first=2, seed=5), BIT), rate=2),
    },
    {
        0: Treatment(faults=(ValueFault(kind="stuck_at", amount=0.9, rate=0.5, seed=1),)),
        1: Treatment(activation="sigmoid", faults=(ValueFault(kind="byzantine", amount=2, last=3),)),
    },
)

Rows = list[list[list[float]]]


def sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def chance_of(fault: ValueFault, layer: int, index: int, step: int) -> np.random.Generator | None:
    if not fault.first <= step <= (fault.last or step):
        return None
    chance = np.random.default_rng([fault.seed, zlib.crc32(f"{fault.kind} fault".encode()), layer, index, step])
    return chance if chance.random() < fault.rate else None


class PlainLoop:
    """The same network, tanh throughout, by loops over numbers; rows of weights that end in a bias."""

    def __init__(self, parameters: tuple[LayerParameters, ...]) -> None:
        self.rows: Rows = [
            [[*map(float, row), float(bias)] for row, bias in zip(weights, biases, strict=True)]
            for weights, biases in parameters
        ]
        self.velocities: Rows = [[[0.0] * len(row) for row in rows] for rows in self.rows]

    def give(self, treatments: tuple[Treatments, ...], step: int, example: int, inputs: list[float]) -> list[Any]:
        """For each layer (inputs, and for each neuron (what it gives, its slope))."""
        seen = []
        for layer, rows in enumerate(self.rows):
            neurons = []
            for index, row in enumerate(rows):
                treatment = treatments[layer].get(index, Treatment())
                z = sum(weight * value for weight, value in zip(row, [*inputs, 1.0], strict=True))
                clean = sigmoid(z) if treatment.activation else math.tanh(z)
                slope = clean * (1 - clean) if treatment.activation else 1 - clean**2
                given = clean
                for fault in treatment.faults:
                    chance = chance_of(fault, layer, index, step)
                    if chance is None:
                        continue
                    if fault.kind == "noise":
                        given += fault.amount * chance.standard_normal(100)[example]
                    elif fault.kind == "stuck_at":
                        given, slope = fault.amount, 0
                    elif fault.kind == "byzantine":
                        given, slope = fault.amount * (2 * chance.random(100)[example] - 1), 0
                if treatment.lesioned is not None:
                    given, slope = treatment.lesioned, 0
                neurons.append((given, slope))
            seen.append((inputs, neurons))
            inputs = [given for given, _ in neurons]
        return seen

    def learn(self, treatments: tuple[Treatments, ...], step: int, inputs: Array, targets: Array) -> float:
        slopes = [[[0.0] * len(row) for row in rows] for rows in self.rows]
        loss = 0.0
        for example, (values, wanted) in enumerate(zip(inputs.tolist(), targets.tolist(), strict=True)):
            seen = self.give(treatments, step, example, values)
            outputs = [given for given, _ in seen[-1][1]]
            loss += sum((output - want) ** 2 for output, want in zip(outputs, wanted, strict=True)) / targets.size
            errors = [2 * (output - want) / targets.size for output, want in zip(outputs, wanted, strict=True)]
            for layer in (1, 0):
                came_in, neurons = seen[layer]
                deltas = [error * slope for error, (_, slope) in zip(errors, neurons, strict=True)]
                errors = [
                    sum(delta * row[i] for delta, row in zip(deltas, self.rows[layer], strict=True))
                    for i in range(len(came_in))
                ]
                for delta, slope in zip(deltas, slopes[layer], strict=True):
                    for i, value in enumerate([*came_in, 1.0]):
                        slope[i] += delta * value
        self.change(treatments, step, slopes)
        return loss

    def change(self, treatments: tuple[Treatments, ...], step: int, slopes: Rows) -> None:
        places = [(layer, index) for layer, rows in enumerate(self.rows) for index in range(len(rows))]
        learning = [at for at in places if treatments[at[0]].get(at[1], Treatment()).learns]
        for layer, index in learning:
            for i, weight in enumerate(self.rows[layer][index][:-1]):
                slopes[layer][index][i] += L2 * weight
        norm = math.sqrt(sum(slope**2 for layer, index in learning for slope in slopes[layer][index]))
        for layer, index in places:
            treatment, row = treatments[layer].get(index, Treatment()), self.rows[layer][index]
            if treatment.learns:
                velocity = self.velocities[layer][index]
                for i, slope in enumerate(slopes[layer][index]):
                    velocity[i] = MOMENTUM * velocity[i] + slope * min(1, CLIP / (norm + 1e-6))
                    row[i] -= RATE * treatment.rate * velocity[i]
            for fault in treatment.faults:
                chance = chance_of(fault, layer, index, step) if fault.kind == "bit_flip" else None
                if chance is not None:
                    struck = int(chance.integers(len(row) - 1))
                    flipped = np.array(row[struck]).view(np.uint64) ^ np.uint64(1 << int(fault.amount))
                    row[struck] = float(flipped.view(np.float64))


def test_a_treated_network_learns_as_a_plain_loop_does_also_when_it_heals() -> None:
    model = mlp(3, (4,), 2, "tanh", output_activation="tanh", bias_initializer="centered_uniform")
    start = initial_parameters(model, 4, "float64")
    learner = LocalLearner(
        model,
        optimizer=SGD(RATE, momentum=MOMENTUM),
        dtype="float64",
        parameters=start,
        rules=GradientRules(l2=L2, clip_norm=CLIP),
        treatments=TREATED,
    )
    loop = PlainLoop(start)
    untreated: tuple[Treatments, ...] = ({}, {})
    for step in range(1, 16):
        inputs, targets = examples(model, 5, step)
        treatments = untreated if step > 8 else TREATED
        learner.treatments = treatments
        loss = learner.learn(inputs, targets)

        assert loss == pytest.approx(loop.learn(treatments, step, inputs, targets), rel=1e-12)
        for layer, rows in zip(learner.parameters(), loop.rows, strict=True):
            np.testing.assert_allclose(np.column_stack(layer), rows, rtol=1e-12, atol=1e-14)
        if treatments is TREATED:
            predicted = learner.predict(inputs)
            for example, values in enumerate(inputs.tolist()):
                last = loop.give(TREATED, step, example, values)[-1][1]
                np.testing.assert_allclose(predicted[example], [given for given, _ in last], rtol=1e-12)


@pytest.mark.parametrize("dtype", DTYPES)
def test_learning_treated_keeps_the_dtype_and_nobody_treated_keeps_the_bits(dtype: str) -> None:
    model = mlp(*WIDTHS[:1], WIDTHS[1:2], WIDTHS[2], "relu")
    ends = []
    for treatments in (None, ({}, {}), ({0: Treatment()}, {1: Treatment(rate=1)}), TREATED):
        learner = LocalLearner(model, optimizer="adam", dtype=dtype, treatments=treatments)
        for step in range(4):
            learner.learn(*examples(model, 3, step))
        assert {array.dtype for layer in learner.parameters() for array in layer} == {np.dtype(dtype)}
        assert learner.predict(np.zeros((1, 3))).dtype == dtype
        ends.append(fingerprint(learner.parameters()))

    assert ends[0] == ends[1] == ends[2] != ends[3]


def test_a_network_of_which_all_is_frozen_stays_as_it_is() -> None:
    model = mlp(3, (4,), 2, "tanh")
    frozen = tuple(dict.fromkeys(range(layer.neurons), Treatment(frozen=True)) for layer in model.dense)
    learner = LocalLearner(model, optimizer="adam", rules=GradientRules(l1=0.1, clip_norm=1), treatments=frozen)
    before = fingerprint(learner.parameters())

    losses = {learner.learn(*examples(model, 4)) for _ in range(3)}

    assert len(losses) == 1
    assert fingerprint(learner.parameters()) == before


def test_the_error_that_goes_back_through_a_frozen_neuron_is_as_before_and_none_goes_through_a_lesioned_one() -> None:
    model = mlp(3, (4,), 1, "tanh")
    parameters, (inputs, targets) = initial_parameters(model, 2, "float64"), examples(model, 4)

    def first_gradient(treatment: Treatment) -> Array:
        treated: tuple[Treatments, ...] = ({}, {0: treatment})
        return gradients(model, parameters, inputs, targets, "mean_squared_error", treatments=treated)[1][0].weights

    np.testing.assert_array_equal(first_gradient(Treatment(frozen=True)), first_gradient(Treatment()))
    np.testing.assert_array_equal(first_gradient(Treatment(lesioned=5)), 0)


def test_a_lesion_is_what_the_network_gives_without_the_neuron() -> None:
    model = mlp(3, (4,), 2, "tanh")
    parameters = initial_parameters(model, 2, "float64")
    inputs, _ = examples(model, 6)
    (weights, bias), (outgoing, last) = parameters
    without = (
        LayerParameters(np.delete(weights, 2, axis=0), np.delete(bias, 2)),
        LayerParameters(np.delete(outgoing, 2, axis=1), last),
    )

    lesioned = forward(model, parameters, inputs, ({2: Treatment(lesioned=0)}, {}))

    np.testing.assert_allclose(lesioned, forward(mlp(3, (3,), 2, "tanh"), without, inputs), rtol=1e-14)


def test_a_fault_on_a_softmax_acts_on_what_comes_out_of_it() -> None:
    model = Chain(Dense(3, 3, "softmax"))
    parameters = initial_parameters(model, 2, "float64")
    inputs, _ = examples(model, 6)
    healthy = forward(model, parameters, inputs)

    treated = forward(model, parameters, inputs, ({1: Treatment(lesioned=0.25)},))

    np.testing.assert_array_equal(treated[:, [0, 2]], healthy[:, [0, 2]])
    np.testing.assert_array_equal(treated[:, 1], 0.25)


@pytest.mark.parametrize("loss", LASTS)
def test_the_loss_is_that_of_what_treated_neurons_give_and_not_of_their_sums(loss: str) -> None:
    model = Chain(Dense(3, 3, LASTS[loss]))
    parameters, (inputs, targets) = initial_parameters(model, 2, "float64"), examples(model, 4)
    for treatment in (Treatment(lesioned=0.2), Treatment(faults=(ValueFault(kind="stuck_at", amount=0.6),))):
        treatments = ({0: treatment},)
        given = forward(model, parameters, inputs, treatments, 1)

        found, _ = gradients(model, parameters, inputs, targets, loss, treatments=treatments)

        assert found == pytest.approx(loss_named(loss).value(given, targets), rel=1e-12)
