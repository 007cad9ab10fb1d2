import numpy as np
import pytest

import deepnet
from deepnet.runs.states import NeuronState
from deepnet.terminal.top.past import STEPS, Past

States = tuple[list[NeuronState], NeuronState]


@pytest.fixture(scope="module")
def states() -> States:
    """A neuron after each of some steps, watched all the time."""
    with deepnet.start(deepnet.Chain(deepnet.Dense(2, 2, "tanh"), deepnet.Dense(2, 1)), seed=1) as network:
        watch = network.watch("dense_0/1")
        run = network.train(np.eye(2), np.ones((2, 1)), until=deepnet.Until(steps=9), batch_size=2, paused=True)
        seen = []
        for _ in range(4):
            run.step()
            seen.append(network.neuron("dense_0/1"))
        other = network.neuron("dense_0/0")
        watch.close()
    return seen, other


def test_each_step_is_remembered_once(states: States) -> None:
    past = Past()
    for state in (*states[0], states[0][-1]):
        past.take(state)
    assert [moment.step for moment in past.moments] == [1, 2, 3, 4]
    last = states[0][-1].last
    assert last is not None
    assert past.moments[-1].output == float(last.output[-1])
    assert past.moments[-1].gradient == pytest.approx(float(np.linalg.norm(last.gradient)))


def test_another_neuron_begins_anew(states: States) -> None:
    past = Past()
    past.take(states[0][-1])
    past.take(states[1])
    assert not past.moments


def test_a_run_that_went_back_begins_anew(states: States) -> None:
    past = Past()
    past.take(states[0][-1])
    past.take(states[0][0])
    assert [moment.step for moment in past.moments] == [1]


def test_its_room_is_bounded(states: States) -> None:
    assert Past().moments.maxlen == STEPS
