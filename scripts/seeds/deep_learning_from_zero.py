"""Rows DZ1-DZ6, Deep Learning from zero, chapter 3: activations, the three-layer forward pass, the pretrained network.

.venv/bin/python scripts/seeds/deep_learning_from_zero.py [neuron|layer]
"""

import sys
import time

import numpy as np
from command import deepnet
from rows import Rows
from shared import mnist, pretrained

from deepnet import Chain, Dense, start
from deepnet.maths.activations import activation_named
from deepnet.maths.heads import head_for
from deepnet.maths.metrics import accuracy

BOOK = Chain(Dense(2, 3, "sigmoid"), Dense(3, 2, "sigmoid"), Dense(2, 2))
PARAMETERS = [
    ([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]], [0.1, 0.2, 0.3]),
    ([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]], [0.1, 0.2]),
    ([[0.1, 0.2], [0.3, 0.4]], [0.1, 0.2]),
]
SOFTMAX = [0.01821127329554753, 0.24519181293507392, 0.7365969137693786]
TRACE = {
    "dense_0": ([0.3, 0.7, 1.1], [0.574442516811659, 0.6681877721681662, 0.7502601055951177]),
    "dense_1": ([0.5161598377933344, 1.2140269561658172], [0.6262493703990729, 0.7710106968556123]),
    "dense_2": ([0.3168270764110298, 0.6962790898619668], [0.3168270764110298, 0.6962790898619668]),
}
"""What each neuron sums up, and what it answers."""
PRETRAINED = Chain(Dense(784, 50, "sigmoid"), Dense(50, 100, "sigmoid"), Dense(100, 10, "softmax"))


def activations(rows: Rows) -> None:
    sums = np.arange(-50, 50) / 10
    found = activation_named("step").value(sums)
    wrong = sum(value != (each > 0) for each, value in zip(sums.tolist(), found.tolist(), strict=True))
    reached = f"{len(sums)} points, {int(found.sum())} ones, {found[50]:g} at 0, {wrong} wrong"
    rows.row("DZ1", "step: 1 where x > 0, else 0; -5.0 to 4.9 by 0.1", reached, len(sums) == 100 and wrong == 0)

    shares = activation_named("softmax").value(np.array([[0.3, 2.9, 4.0]]))[0]
    off = float(np.abs(shares - SOFTMAX).max())
    rows.row("DZ2", "softmax([0.3, 2.9, 4.0]) as the notebook's", f"{shares.tolist()}, {off:.1e} off", off < 1e-15)
    names = ("step", "sigmoid", "relu", "identity")
    plot = deepnet("plot", "activations", *names)
    drawn = [name for name in names if name in plot.stdout]
    reached = f"{len(plot.stdout.splitlines())} lines with {', '.join(drawn)}"
    rows.row("DZ2", f"a plot of {', '.join(names)}", reached, plot.returncode == 0 and len(drawn) == len(names))


def forward(rows: Rows, granularity: str) -> None:
    counts = BOOK.parameter_count, BOOK.neuron_count
    rows.row("DZ3", "2-3-2-2: 23 parameters, 7 neurons", str(counts), counts == (23, 7))
    for dtype, tolerance in (("float64", 1e-12), ("float32", 1e-7)):
        with start(BOOK, dtype=dtype, granularity=granularity, parameters=PARAMETERS) as network:
            trace = network.activations([1.0, 0.5])
        outputs = trace["dense_2"].outputs[0]
        shown = ", ".join(str(output) for output in outputs)
        off = max(
            float(np.abs(found[0] - expected).max())
            for address, pair in TRACE.items()
            for found, expected in zip(trace[address], pair, strict=True)
        )
        wanted = f"{dtype}: y = 0.3168270764110298, 0.6962790898619668"
        rows.row("DZ3", wanted, shown, float(np.abs(outputs - TRACE["dense_2"][1]).max()) < tolerance)
        rows.row("DZ4", f"{dtype}: a and z of all 7 neurons within {tolerance:g}", f"{off:.1e} off", off < tolerance)
    for address, (sums, outputs) in trace.items():
        print(f"             {address}  sums {sums[0].tolist()}  outputs {outputs[0].tolist()}")


def heads(rows: Rows) -> None:
    digits, number = head_for("multiclass", 10), head_for("regression", 1)
    found = f"{digits.neurons} x {digits.activation}, {number.neurons} x {number.activation}"
    rows.row("DZ5", "10 classes: 10 x softmax; a number: 1 x identity", found, found == "10 x softmax, 1 x identity")


def book(rows: Rows, granularity: str) -> None:
    wanted = "784-50-100-10, 45,360 parameters: 0.9352 of 10,000 test images"
    data, parameters = mnist(), pretrained()
    if data is None or data.test is None or parameters is None:
        rows.unmeasured("DZ6", wanted, "needs ../shared/data beside the repository")
        return
    with start(PRETRAINED, granularity=granularity, parameters=parameters) as network:
        began = time.perf_counter()
        outputs = network.activations(data.test.inputs)["dense_2"].outputs
        seconds = time.perf_counter() - began
        messages = network.summary().messages
    share, count = accuracy(outputs, data.test.targets), PRETRAINED.parameter_count
    rows.row(
        "DZ6",
        wanted,
        f"{share:.4f}, {count} parameters, {PRETRAINED.neuron_count} neurons, {messages} messages, {seconds:.2f} s",
        round(share * 10_000) == 9352 and count == 45_360,
    )


def main(granularity: str) -> None:
    rows = Rows()
    activations(rows)
    forward(rows, granularity)
    heads(rows)
    book(rows, granularity)
    rows.end()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "neuron")
