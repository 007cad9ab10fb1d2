import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from deepnet import Chain, Dense, Until, start
from deepnet.terminal.neurons import activity_line, show_neuron, show_neurons
from deepnet.wire.records import neuron_to_dict


@pytest.fixture(scope="module")
def states() -> Iterator[list[dict[str, Any]]]:
    """Return what a service tells of neurons that have learnt for two steps; the first was killed, and is treated."""
    model = Chain(Dense(20, 3, "tanh"), Dense(3, 1))
    with start(model, seed=3, kernels="numpy") as network, network.watch("dense_0/0"):
        network.kill("dense_0/0")
        network.train(np.eye(20), np.ones((20, 1)), until=Until(steps=2), batch_size=10).wait(30)
        network.set("dense_0/0", frozen=True, lesioned=0.5, rate=2.0)
        yield [neuron_to_dict(network.neuron(address)) for address in network.neurons()]


def screen(show: Any, *arguments: Any, width: int = 60) -> list[str]:
    file = io.StringIO()
    show(Console(file=file, width=width, force_terminal=True, color_system=None, highlight=False), *arguments)
    return [line.rstrip() for line in file.getvalue().splitlines()]


def test_a_neuron_is_told_in_full_and_fits_a_narrow_terminal(states: list[dict[str, Any]]) -> None:
    lines = screen(show_neuron, "cars/dense_0/0", states[0])
    text = "\n".join(lines)

    assert all(len(line) <= 60 for line in lines[:-1])
    assert "cars/dense_0/0 at step 2" in text
    assert "no, it is frozen" in text
    assert "killed at step 1" in text
    assert "the largest 16 of 20 weights" in text
    assert "output" in lines[-1]


def test_inputs_have_the_names_of_their_columns(states: list[dict[str, Any]]) -> None:
    named = screen(show_neuron, "dense_1/0", states[3], ("weight", "a name that is much too long for it", "x\ny"))

    assert [line.split()[1] for line in named if line.strip().startswith(("0 ", "1 ", "2 "))] == [
        "weight",
        "a",
        "'x\\ny'",
    ]
    assert not any("too long for it" in line for line in named)


def test_neurons_are_a_line_each_and_what_was_done_to_them_stays_in_sight(states: list[dict[str, Any]]) -> None:
    lines = screen(show_neurons, states[:3], 3)

    assert len(lines) == 4
    assert all(len(line) <= 60 for line in lines)
    assert lines[1].split()[0] == "dense_0/0"
    assert lines[1].endswith("frozen, held at 0.5")
    assert screen(show_neurons, states[:2], 3)[-1] == "2 of 3 neurons: see --sort and -n"


def test_what_a_neuron_does_is_a_line_of_means(states: list[dict[str, Any]]) -> None:
    told = activity_line(states[0]).plain
    last = states[0]["history"][-1]

    assert told.startswith("step         2  bias")
    assert f"{np.mean(last['output']):.4g}" in told
    assert "sum" not in activity_line({**states[0], "history": []}).plain
