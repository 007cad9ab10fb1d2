from deepnet.maths.model import Chain, Dense, Dropout
from deepnet.maths.treatment import UNTREATED, Treatment
from deepnet.training.setup import Setup

MODEL = Chain(Dense(2, 3), Dropout(0.5), Dense(3, 1))
FROZEN, SLOW = Treatment(frozen=True), Treatment(rate=0.5)


def test_a_network_that_nobody_has_changed_has_a_granularity_and_treatments_a_dense_layer() -> None:
    setup = Setup.of(MODEL, "layer")

    assert (setup.granularities, setup.treatments) == (("layer", "layer"), ({}, {}))
    assert (setup.plan, setup.recut, setup.number, setup.is_treated) == (None, None, 0, False)


def test_treatments_take_the_place_of_those_of_the_same_neurons() -> None:
    one = Setup.of(MODEL, "neuron").with_treatments(0, {2: FROZEN, 1: SLOW})
    other = one.with_treatments(0, {2: SLOW, 0: FROZEN})

    assert list(other.treatments[0].items()) == [(0, FROZEN), (1, SLOW), (2, SLOW)]
    assert one.treatments == ({1: SLOW, 2: FROZEN}, {})
    assert (other.treatment(0, 1), other.treatment(1, 0)) == (SLOW, UNTREATED)
    assert other.is_treated


def test_who_is_no_longer_treated_leaves_no_trace() -> None:
    setup = Setup.of(MODEL, "neuron").with_treatments(1, {0: FROZEN})

    assert setup.with_treatments(1, {0: Treatment()}).treatments == ({}, {})
