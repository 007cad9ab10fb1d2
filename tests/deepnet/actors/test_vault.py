from typing import Any

import numpy as np
import pytest

from deepnet.actors.vault import Vault
from deepnet.maths.model import mlp
from deepnet.maths.optimizers import SGD, Adam, Optimizer
from deepnet.maths.parameters import fingerprint, initial_parameters
from deepnet.training.plan import Plan
from deepnet.training.position import Position
from deepnet.training.setup import Setup
from deepnet.training.state import RunState
from deepnet.training.until import Until

MODEL = mlp(2, (3,), 1, "tanh")
PARAMETERS = initial_parameters(MODEL, 0, "float32")
SETUP = Setup.of(MODEL, "neuron")


def a_vault() -> Vault:
    return Vault(RunState.at_rest(PARAMETERS, setup=SETUP))


def a_plan(optimizer: Optimizer) -> Plan:
    return Plan(until=Until(epochs=1), optimizer=optimizer)


def row_of(vault: Vault, layer: int, index: int) -> Any:
    return vault.read_neuron(lambda _model: (layer, index))[3][0]


def test_a_new_vault_has_its_checkpoint_in_both_banks() -> None:
    vault = a_vault()

    assert fingerprint(vault.read().parameters) == fingerprint(PARAMETERS)
    for committed, spare in zip(*(bank.rows for bank in vault.banks), strict=True):
        np.testing.assert_array_equal(committed, spare)
        assert not np.shares_memory(committed, spare)


def test_what_is_written_into_the_spare_bank_is_seen_after_the_seal_and_all_at_once() -> None:
    vault = a_vault()
    for rows in vault.banks[1].rows:
        rows[:] = 7

    assert fingerprint(vault.read().parameters) == fingerprint(PARAMETERS)
    vault.seal(Position().sealed(0.5, 1))

    position, parameters, _ = vault.read()
    assert position.step == 1
    assert all((array == 7).all() for layer in parameters for array in layer)


def test_reading_copies() -> None:
    vault = a_vault()
    vault.read().parameters[0].weights[:] = 9
    row_of(vault, 0, 0)[:] = 9

    assert fingerprint(vault.read().parameters) == fingerprint(PARAMETERS)


def test_a_row_is_a_neurons_weights_and_bias() -> None:
    row = row_of(a_vault(), 0, 2)

    np.testing.assert_array_equal(row, [*PARAMETERS[0].weights[2], PARAMETERS[0].bias[2]])


@pytest.mark.parametrize("sealed", [1, 2])
def test_a_run_begins_with_the_committed_parameters_and_empty_slots(sealed: int) -> None:
    vault = a_vault()
    for step in range(1, sealed + 1):
        for rows in vault.banks[1 - vault.sealed.bank].rows:
            rows[:] = step
        vault.seal(Position(step=step))
    attempt = vault.next_attempt()

    vault.begin("a run", a_plan(Adam()))

    position, parameters, _ = vault.read()
    assert position == Position()
    assert all((array == sealed).all() for layer in parameters for array in layer)
    for bank in vault.banks:
        assert [len(slots) for slots in bank.slots] == [2, 2]
        assert not any(slot.any() for slots in bank.slots for slot in slots)
    assert vault.next_attempt() > attempt


def test_a_run_begins_without_slots_where_the_optimizer_has_none() -> None:
    vault = a_vault()
    vault.begin("a run", a_plan(Adam()))
    vault.begin("another", a_plan(SGD()))

    assert vault.banks[0].slots == ((), ())


def test_attempts_are_counted_anew_after_each_seal() -> None:
    vault = a_vault()

    assert [vault.next_attempt(), vault.next_attempt()] == [1, 2]
    vault.seal(Position(step=1))
    assert vault.next_attempt() == 1


def test_a_seal_can_be_taken_back() -> None:
    vault = a_vault()
    vault.banks[1].rows[0][:] = np.inf
    vault.seal(Position(step=1))
    assert not vault.is_finite()

    vault.fall_back(Position())

    assert vault.is_finite()
    assert fingerprint(vault.read().parameters) == fingerprint(PARAMETERS)


def test_all_can_be_taken_back() -> None:
    vault = a_vault()
    for bank in vault.banks:
        bank.rows[1][0, -1] = np.nan
    assert not vault.is_finite()

    vault.restore(RunState.at_rest(PARAMETERS, Position(epoch=3, step=4), SETUP))

    assert vault.is_finite()
    assert vault.read().position.step == 4
    assert fingerprint(vault.read().parameters) == fingerprint(PARAMETERS)


def test_a_read_that_a_seal_overtakes_is_made_again() -> None:
    vault = a_vault()
    sealed_meanwhile: list[bool] = []

    class Blocks(tuple):  # type: ignore[type-arg]  # noqa: SLOT001 - two steps are sealed while somebody reads it
        def __iter__(self):  # type: ignore[no-untyped-def]  # noqa: ANN204
            yield super().__getitem__(0)
            if not sealed_meanwhile:
                sealed_meanwhile.append(True)
                for step in (1, 2):
                    for rows in vault.banks[1 - vault.sealed.bank].rows[:]:
                        rows[:] = step
                    vault.seal(Position(step=step))
            yield super().__getitem__(1)

    object.__setattr__(vault.banks[0], "blocks", Blocks(vault.banks[0].blocks))

    position, parameters, _ = vault.read()

    assert position.step == 2
    assert all((array == 2).all() for layer in parameters for array in layer)


def test_a_step_that_a_fence_came_into_is_not_sealed() -> None:
    vault = a_vault()
    banks = vault.banks
    vault.fence()

    assert not vault.seal(Position(step=1), banks)
    assert vault.sealed.position == Position()
    assert vault.seal(Position(step=1), vault.banks)
    assert vault.sealed.position.step == 1


def test_a_fence_changes_the_spare_bank_and_not_the_committed_one() -> None:
    vault = a_vault()
    (committed, spare), row = vault.banks, row_of(vault, 0, 1)
    vault.fence()
    for block in spare.blocks:
        block[...] = np.nan

    assert vault.banks[0] is committed
    assert vault.is_finite()
    vault.seal(Position(step=1))
    assert vault.is_finite()
    np.testing.assert_array_equal(row_of(vault, 0, 1), row)


def test_a_neuron_is_read_with_what_the_optimizer_remembers_and_what_the_network_was_like() -> None:
    vault = a_vault()
    vault.begin("a run", a_plan(Adam()))
    vault.banks[vault.sealed.bank].blocks[0][2, 1] = 5

    sealed, layer, index, numbers = vault.read_neuron(lambda model: (len(model.dense) - 2, 1))

    assert (layer, index) == (0, 1)
    assert sealed.setup.model is MODEL
    np.testing.assert_array_equal(numbers[0], [*PARAMETERS[0].weights[1], PARAMETERS[0].bias[1]])
    np.testing.assert_array_equal(numbers[1:], [[0, 0, 0], [5, 5, 5]])
    numbers[:] = 9
    assert fingerprint(vault.read().parameters) == fingerprint(PARAMETERS)


def test_a_state_of_another_shape_takes_the_place_of_what_is_committed_all_at_once() -> None:
    vault, wider = a_vault(), mlp(2, (5,), 1, "tanh")
    banks = vault.banks
    vault.restore(RunState.at_rest(initial_parameters(wider, 1, "float32"), setup=Setup.of(wider, "neuron")))

    assert vault.read().setup.model is wider
    assert [rows.shape for rows in vault.copy_rows()[0]] == [(1, 5, 3), (1, 1, 6)]
    assert not vault.seal(Position(step=1), banks), "a step of the old network is not sealed"


def test_a_state_that_says_nothing_of_its_network_is_refused() -> None:
    with pytest.raises(ValueError, match="setup"):
        Vault(RunState.at_rest(PARAMETERS))
