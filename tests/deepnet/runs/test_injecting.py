"""The fault laboratory: what strikes messages changes nothing, what strikes numbers does, and both can be undone."""

from typing import Any

import numpy as np
import pytest

from deepnet import Adam, Chain, Dense, Until, start
from deepnet.errors import InputError, UnknownNameError
from deepnet.maths.parameters import fingerprint
from deepnet.runs.injecting import FAULTS

WAIT_SECONDS = 30
MODEL = Chain(Dense(2, 4, "tanh"), Dense(4, 1))
RNG = np.random.default_rng(2)
INPUTS, TARGETS = RNG.normal(size=(8, 2)), RNG.normal(size=(8, 1))
DELIVERY = ("crash", "hang", "delay", "drop", "duplicate")
VALUE = ("stuck_at", "noise", "byzantine", "bit_flip")


def outcome(granularity: str, *faults: dict[str, Any], kill: str | None = None, steps: int = 40) -> tuple[str, int]:
    """Weights and restarts after a run of so many steps with these faults."""
    with start(MODEL, granularity=granularity, seed=5) as network:
        run = network.train(INPUTS, TARGETS, batch_size=4, optimizer=Adam(0.01), until=Until(steps=steps))
        run.pause()
        run.rewind()
        for fault in faults:
            network.inject(**fault)
        run.step("batch", steps // 2)
        if kill is not None:
            network.kill(kill)
        run.resume()
        run.wait(WAIT_SECONDS)
        return fingerprint(network.parameters()), network.summary().restarts


@pytest.mark.parametrize("granularity", ["neuron", "layer"])
@pytest.mark.parametrize("fault", DELIVERY)
@pytest.mark.parametrize("address", ["network", "dense_0", "dense_0/2"])
def test_a_fault_of_delivery_changes_not_one_bit(fault: str, granularity: str, address: str) -> None:
    struck = {"fault": fault, "address": address, "rate": 0.03 if fault == "drop" else 0.1}

    weights, restarts = outcome(granularity, struck)

    assert weights == outcome(granularity)[0]
    assert restarts == 0 or fault == "crash"


@pytest.mark.parametrize("granularity", ["neuron", "layer"])
@pytest.mark.parametrize("fault", VALUE)
def test_a_fault_of_value_changes_the_result_and_a_death_does_not_change_it_further(
    fault: str, granularity: str
) -> None:
    struck = {"fault": fault, "address": "dense_0", "share": 0.5, "seed": 1}
    struck |= {"rate": 0.2, "amount": 3} if fault == "bit_flip" else {}

    weights = outcome(granularity, struck)[0]

    assert weights != outcome(granularity)[0]
    assert outcome(granularity, struck)[0] == weights
    for victim in ("dense_0/1", "trainer", "vault"):
        assert outcome(granularity, struck, kill=victim)[0] == weights


def test_a_stuck_neuron_gives_what_it_is_stuck_at_and_learns_nothing() -> None:
    with start(MODEL, seed=5) as network:
        change = network.inject("stuck_at", "dense_0/1", amount=0.75)
        run = network.train(INPUTS, TARGETS, batch_size=4, until=Until(epochs=1000))
        run.pause()
        before = network.neuron("dense_0/1")
        run.step("batch")

        assert change.new["neurons"] == ("dense_0/1",)
        assert (network.activations(INPUTS)["dense_0"].outputs[:, 1] == 0.75).all()
        np.testing.assert_array_equal(network.neuron("dense_0/1").weights, before.weights)
        assert [fault.kind for fault in before.faults] == ["stuck_at"]


def test_what_is_undone_strikes_no_more() -> None:
    with start(MODEL, seed=5) as network:
        network.inject("byzantine", "dense_0", amount=100, first=1)
        network.inject("crash", rate=0.2)
        run = network.train(INPUTS, TARGETS, batch_size=4, until=Until(epochs=10**6))
        run.pause()
        assert np.abs(network.predict(INPUTS)).max() > 10 or run.position.step == 0

        undone = network.undo(2)

        assert [old["fault"] for old in undone.new] == [None, None]
        restarts = network.summary().restarts
        run.step("batch", 100)
        assert network.summary().restarts == restarts
        assert network.neuron("dense_0/0").faults == ()
        assert network.actors.delivery_faults.faults == ()


def test_a_fault_keeps_to_its_steps() -> None:
    with start(MODEL, seed=5) as network:
        run = network.train(INPUTS, TARGETS, batch_size=4, until=Until(epochs=10**6))
        run.pause()
        run.rewind()
        network.inject("stuck_at", "dense_1", amount=5.0, first=3, last=4)
        with network.watch("dense_1/0") as watch:
            run.step("batch", 6)
            outputs = {state.step: state.last.output for _, state in zip(range(6), watch, strict=False) if state.last}

    assert [step for step, output in outputs.items() if (output == 5.0).all()] == [3, 4]


@pytest.mark.parametrize(("share", "count"), [(0.25, 1), (0.5, 2), (1.0, 4)])
@pytest.mark.parametrize("fault", ["noise", "drop"])
def test_a_share_of_the_neurons_is_drawn_from_the_seed(fault: str, share: float, count: int) -> None:
    with start(MODEL) as network:
        struck = [network.inject(fault, "dense_0", share=share, seed=seed).new["neurons"] for seed in (1, 1, 2)]

    assert struck[0] == struck[1]
    assert len(struck[0]) == len(struck[2]) == count


def test_bad_faults_are_refused_and_change_nothing() -> None:
    with start(MODEL) as network:
        before = network.cut()
        for options, error, match in (
            ({"fault": "gremlin"}, UnknownNameError, "use one of crash, hang, delay, drop, duplicate, stuck_at"),
            ({"fault": "noise", "address": "dense_7"}, InputError, "has no neuron 'dense_7'"),
            ({"fault": "drop", "address": "dense_0/9"}, InputError, "has no neuron 'dense_0/9'"),
            ({"fault": "noise", "amount": float("nan")}, InputError, "amount"),
            ({"fault": "stuck_at", "amount": 1e300}, InputError, "finite in float32"),
            ({"fault": "bit_flip", "amount": 32}, InputError, "bits 0 to 31"),
            ({"fault": "crash", "amount": 1}, InputError, "no amount"),
            ({"fault": "crash", "rate": 0}, InputError, "rate"),
            ({"fault": "noise", "rate": 1.5}, InputError, "rate"),
            ({"fault": "hang", "amount": -1}, InputError, "amount"),
            ({"fault": "drop", "share": 0}, InputError, "share"),
            ({"fault": "drop", "share": 2}, InputError, "share"),
            ({"fault": "noise", "first": 5, "last": 4}, InputError, "last"),
            ({"fault": "noise", "seed": -1}, InputError, "seed"),
        ):
            with pytest.raises(error, match=match) as caught:
                network.inject(**options)
            assert "\n" not in str(caught.value)

        assert network.changes == ()
        assert network.cut().setup is before.setup
        assert network.actors.delivery_faults.faults == ()


def test_all_faults_are_of_delivery_or_of_value() -> None:
    assert (*DELIVERY, *VALUE) == FAULTS
