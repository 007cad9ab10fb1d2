"""Ten thousand neurons, and nobody who waits for them."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from textual.widgets import Input

from deepnet import Chain, Dense
from deepnet.terminal.top.neuron_rows import NeuronRows

COUNT = 10_000


@pytest.fixture(scope="module")
def crowd(service: Any) -> Any:
    network = service.start(Chain(Dense(2, COUNT - 1, "tanh"), Dense(COUNT - 1, 1)), name="crowd", granularity="layer")
    network.set("dense_0/7777", bias=5.0, frozen=True)
    network.set("dense_0/1234", bias=-5.0)
    return network


async def filter_by(seen: Any, text: str) -> None:
    """Have a text in the box as if it was typed: that takes a while."""
    await seen.press("slash")
    seen.app.screen.query_one(Input).value = text
    await seen.press("enter")


def test_ten_thousand_neurons_are_sorted_by_every_column(drive: Any, crowd: Any) -> None:
    bias = np.concatenate([layer.bias for layer in crowd.parameters()])

    async def play(seen: Any) -> None:
        await seen.until_seen("10,000/10,000 alive")
        await seen.press("f3")
        await seen.until_seen("10,000 neurons", "dense_0/0 ")
        rows = seen.app.screen.query_one(NeuronRows)
        await seen.press("5")
        await seen.until_seen("by bias ▼", "dense_0/7777")
        assert rows.address == "dense_0/7777"
        await seen.press("end")
        assert rows.address == "dense_0/1234"
        await seen.press("5")
        await seen.until_seen("by bias ▲")
        assert rows.address == "dense_0/1234"
        column = rows.columns.fields["bias"]
        assert np.array_equal(np.sort(column), np.sort(bias))
        for key in "2346789":
            await seen.press(key)
        await seen.press("0")
        await seen.until_seen("by treated ▼", "frozen")
        assert rows.address == "dense_0/7777"
        await seen.press("1")
        await seen.until_seen("by neuron ▲")
        assert rows.address == "dense_0/0"

    drive(play, network="crowd")


def test_ten_thousand_neurons_are_filtered(drive: Any, crowd: Any) -> None:
    async def play(seen: Any) -> None:
        await seen.press("f3")
        await seen.until_seen("10,000 neurons")
        await seen.press("slash", *"777", "enter")
        await seen.until_seen("19 of 10,000 neurons", "dense_0/777 ", "dense_0/7770")
        await filter_by(seen, "777 bias>4")
        await seen.until_seen("1 of 10,000 neurons", "dense_0/7777")
        await seen.press("enter")
        await seen.until_seen("dense_0/7777  tanh", "frozen")
        await seen.press("escape")
        await filter_by(seen, "size>1")
        await seen.until_seen("cannot filter by 'size>1'")
        await seen.press("escape")
        await seen.until(lambda: "filter:" not in seen.text)
        await seen.until_seen("10,000 neurons")

    drive(play, network="crowd")


def test_only_the_rows_in_sight_are_made(drive: Any, crowd: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made: Counter[int] = Counter()
    line = NeuronRows.line

    def counted(rows: NeuronRows, index: int) -> Any:
        made[index] += 1
        return line(rows, index)

    monkeypatch.setattr(NeuronRows, "line", counted)

    async def play(seen: Any) -> None:
        await seen.press("f3")
        await seen.until_seen("10,000 neurons", "dense_0/10 ")
        await seen.press("end")
        await seen.until_seen("dense_1/0")
        assert set(made) <= set(range(24)) | set(range(COUNT - 24, COUNT))

    drive(play, network="crowd")
