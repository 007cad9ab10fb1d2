from typing import Any

import pytest

from deepnet.errors import InputError
from deepnet.maths.addresses import neuron_addresses
from deepnet.maths.model import Chain, Dense
from deepnet.maths.treatment import Treatment, ValueFault
from deepnet.training.interventions import Inject, SetNeurons
from deepnet.training.setup import Setup
from deepnet.training.state import RunState

MODEL = Chain(Dense(2, 10, "relu"), Dense(10, 5), Dense(5, 1))
STUCK = ValueFault(kind="stuck_at", amount=1.0, seed=3)
NOISE = ValueFault(kind="noise", amount=0.5)


def at_rest() -> RunState:
    return RunState.at_rest((), setup=Setup.of(MODEL, "neuron"))


def treatments(state: RunState) -> Any:
    assert state.setup is not None
    return state.setup.treatments


@pytest.mark.parametrize(
    ("address", "struck"),
    [
        ("dense_1/2", ["dense_1/2"]),
        ("dense_1", [f"dense_1/{index}" for index in range(5)]),
        ("network", neuron_addresses(MODEL)),
    ],
)
def test_a_fault_comes_to_all_neurons_of_the_place(address: str, struck: list[str]) -> None:
    applied = Inject(address, "net", STUCK).applied(at_rest())

    assert applied.new == {"fault": STUCK.to_dict(), "neurons": tuple(struck)}
    assert [
        f"dense_{layer}/{index}" for layer, of_layer in enumerate(treatments(applied.state)) for index in of_layer
    ] == list(struck)
    assert {treatment for of_layer in treatments(applied.state) for treatment in of_layer.values()} == {
        Treatment(faults=(STUCK,))
    }


@pytest.mark.parametrize(("share", "count"), [(0.01, 1), (0.25, 4), (0.5, 8), (0.99, 16), (1, 16)])
def test_a_share_is_rounded_and_one_at_least(share: float, count: int) -> None:
    neurons = Inject("network", "net", STUCK, share).applied(at_rest()).new["neurons"]

    assert len(neurons) == count
    assert set(neurons) <= set(neuron_addresses(MODEL))


def test_the_seed_of_the_fault_chooses_and_a_larger_share_has_those_of_a_smaller_one() -> None:
    def chosen(seed: int, share: float) -> tuple[str, ...]:
        fault = ValueFault(kind="stuck_at", amount=1.0, seed=seed)
        neurons: tuple[str, ...] = Inject("network", "net", fault, share).applied(at_rest()).new["neurons"]
        return neurons

    assert chosen(1, 0.5) == chosen(1, 0.5)
    assert len({chosen(seed, 0.5) for seed in range(10)}) > 5
    assert set(chosen(1, 0.25)) < set(chosen(1, 0.5)) < set(chosen(1, 1.0))


def test_faults_come_on_top_of_others_and_of_all_else_and_go_alone() -> None:
    frozen = SetNeurons("dense_0/4", "net", frozen=True).applied(at_rest()).state
    noisy = Inject("dense_0/4", "net", NOISE).applied(frozen).state
    applied = Inject("dense_0", "net", STUCK).applied(noisy)

    assert treatments(applied.state)[0][4] == Treatment(frozen=True, faults=(NOISE, STUCK))
    lesioned = SetNeurons("dense_0/4", "net", rate=0.5).applied(applied.state).state
    assert treatments(applied.undo(lesioned)) == ({4: Treatment(frozen=True, faults=(NOISE,), rate=0.5)}, {}, {})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"share": 0}, "share must be a finite number above 0"),
        ({"share": 1.5}, "share must be 1 or less, got 1.5"),
        ({"share": "all"}, "share must be a finite number above 0"),
        ({"fault": "noise"}, "fault must be a ValueFault, such as"),
        ({"address": "dense_3"}, "net has no neuron 'dense_3'"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Inject(**{"address": "dense_0", "network": "net", "fault": STUCK, **options}).applied(at_rest())
