from collections.abc import Callable

from deepnet.actors.keeper import BREATHS, Keeper
from deepnet.maths.parameters import LayerParameters
from deepnet.training.position import Position
from deepnet.training.state import RunState

ROWS: tuple[LayerParameters, ...] = ()


def keeper(clock: Callable[[], float]) -> Keeper:
    return Keeper(lambda _state: "", lambda: None, lambda _step: at(0), None, 5.0, clock)


def at(step: int) -> RunState:
    return RunState.at_rest(ROWS, Position(step=step))


def test_what_took_long_to_write_is_written_more_rarely() -> None:
    now = 0.0
    kept = keeper(lambda: now)
    now = 5.0
    assert kept.is_due(1)
    kept.tried(at(1), took=1.0)
    now = 5.0 + BREATHS - 0.1
    assert not kept.is_due(2)
    now = 5.0 + BREATHS
    assert kept.is_due(2)
    kept.tried(at(2), took=0.001)
    now += 5.0
    assert kept.is_due(3)


def test_whoever_waits_for_a_state_does_not_take_another_of_the_same_step_for_it() -> None:
    kept, mine = keeper(lambda: 0.0), at(7)
    kept.tried(at(7))
    assert not kept.await_state(mine, 0.0)
    kept.tried(mine, "the disk is full")
    assert kept.await_state(mine, 0.0)
    assert kept.problem == "the disk is full"
    assert kept.await_state(at(6), 0.0)
    assert not kept.await_state(at(8), 0.0)
