"""Rows AX1-AX13, the Axon article: miles per gallon, relu, Adam 0.001, float32, seeds 0-9.

.venv/bin/python scripts/seeds/auto_mpg.py [neuron|layer]
"""

import statistics
import sys
from typing import NamedTuple

from command import deepnet, killed_and_resumed
from rows import Rows, spread

from deepnet import Adam, Chain, Dense, Until, start
from deepnet.data.baseline import least_squares
from deepnet.data.dataset import load_dataset
from deepnet.data.split import split
from deepnet.events import Event, NeuronsDead
from deepnet.maths.metrics import r2
from deepnet.maths.model import mlp
from deepnet.maths.schedules import ReduceOnPlateau
from deepnet.runs.tabular import PreparedTable, Scores, prepare_table, score
from deepnet.training.handlers import Event as RunEvent
from deepnet.training.handlers import Verdict, on, once
from deepnet.training.health import Finding, health_report
from deepnet.training.patience import Patience

SEEDS = range(10)
LAST = Until(epochs=40)
BEST = Until(epochs=40, patience=Patience(40, "mean_squared_error"))
"""The same 40 epochs, but the weights at the end are those of the epoch with the least error on the training rows."""


class Learnt(NamedTuple):
    """How near the test rows are, which neurons the two alarms of a run name, and what its health report finds."""

    scores: Scores
    dead: tuple[str, ...]
    told: tuple[str, ...]
    findings: tuple[Finding, ...]


def table(seed: int, scaling: str, ignore: tuple[str, ...] = ()) -> PreparedTable:
    dataset = load_dataset("auto-mpg", ignore=("carname", *ignore))
    return prepare_table(dataset, test_fraction=0.2, seed=seed, scaling=scaling)


def learn(
    prepared: PreparedTable, seed: int, granularity: str, hidden: tuple[int, ...], batch_size: int, until: Until
) -> Learnt:
    told: list[Event] = []
    model = mlp(prepared.inputs.shape[1], hidden, 1, "relu")
    with start(model, seed=seed, granularity=granularity, watcher=told.append) as network:
        run = network.train(
            prepared.inputs, prepared.targets, optimizer=Adam(0.001), batch_size=batch_size, until=until
        ).wait()
        alarms = [event.addresses for event in told if isinstance(event, NeuronsDead)]
        scores = score(network.predict(prepared.test_inputs), prepared.test_targets)
        rows = prepared.inputs.astype(network.dtype), prepared.targets.astype(network.dtype)
        report = health_report(network.model, network.parameters(), rows, run.plan, step=run.history[-1].step)
        return Learnt(scores, run.dead_neurons, alarms[-1] if alarms else (), report.findings)


def tables(rows: Rows) -> None:
    """Rows AX1 and AX2; tests/deepnet/maths/test_outline.py compares them cell for cell."""
    for name, sizes, parameters, memory in (("AX1", "7-1-1", 10, 40), ("AX2", "7-32-8-1", 529, 2116)):
        out = deepnet("summary", sizes).stdout
        sums = f"Total Parameters: {parameters}\nTotal Parameters Memory: {memory} bytes\n"
        wanted = f"{sizes}: {parameters} parameters, {memory} bytes"
        rows.row(name, wanted, " ".join(out.splitlines()[-2:]), out.endswith(sums))
        print("\n".join(f"             {line.rstrip()}" for line in out.splitlines()[:-3]))


def sizes(rows: Rows) -> None:
    """Rows AX3, AX8 and AX9."""
    first = table(0, "none")
    counts = (len(first.dataset.targets), len(first.targets), len(first.test_targets), len(first.dataset.features))
    rows.row("AX3", "392 rows: 314 to learn, 78 to test, 7 features", str(counts), counts == (392, 314, 78, 7))
    with start(mlp(7, (32, 8), 1, "relu")) as network:
        found = len(network.neurons())
    rows.row("AX9", "41 neurons", str(found), found == 41)
    for columns, median in ((None, 0.796), (("horsepower", "displacement", "weight"), 0.691)):
        dataset = load_dataset("auto-mpg", features=columns)
        found_r2 = []
        for seed in range(50):
            train, test = split(len(dataset.inputs), test_fraction=0.2, seed=seed)
            line = least_squares(dataset.inputs[train], dataset.targets[train])
            found_r2.append(r2(line.predict(dataset.inputs[test]), dataset.targets[test]))
        wanted = f"least squares on {len(dataset.features)} features, 50 splits: median R2 {median}"
        rows.row("AX8", wanted, f"R2 {spread(found_r2)}", abs(statistics.median(found_r2) - median) < 0.01)


def one_hidden_neuron(rows: Rows, granularity: str) -> None:
    """Row AX4: on raw features the only hidden neuron often dies in the first epoch."""
    learnt = [learn(table(seed, "none"), seed, granularity, (1,), 4, Until(epochs=30)) for seed in SEEDS]
    alive = [one.scores.r2 or 0.0 for one in learnt if not one.dead]
    mae = [one.scores.mean_absolute_error for one in learnt if not one.dead]
    dead = [seed for seed in SEEDS if learnt[seed].dead]
    best = max(alive, default=float("nan"))
    rows.row(
        "AX4",
        "7-1-1, batch 4, 30 epochs, raw: best R2 of the alive >= 0.55",
        f"{len(alive)} of 10 alive, best {best:.4f}: R2 {spread(alive)}   MAE {spread(mae)}",
        best >= 0.55,
    )
    named = [learnt[seed].dead == learnt[seed].told == ("dense_0/0",) for seed in dead]
    options = ("--hidden", "1", "--scaling", "none", "--epochs", "30", "--quiet", "--granularity", granularity)
    said = ["dense_0/0 is dead" in deepnet("train", "auto-mpg", *options, "--seed", str(seed)).stderr for seed in SEEDS]
    warned = [seed for seed in SEEDS if said[seed]]
    rows.row(
        "AX4",
        "dead seeds: the alarm and the command line name dense_0/0",
        f"dead {dead}, event and run name it on {sum(named)}, the command line on {warned}",
        all(named) and warned == dead,
    )
    blamed = [seed for seed in SEEDS if "dense_0/0" in {found.address for found in learnt[seed].findings}]
    well = [seed for seed in SEEDS if not learnt[seed].findings]
    rows.row(
        "AX4",
        "the health report says why dense_0/0 is dead; the alive are well",
        f"why on {blamed}, well {well}",
        blamed == dead and sorted([*blamed, *well]) == list(SEEDS),
    )
    for seed in dead:
        print(f"             seed {seed}: {learnt[seed].findings[0]}")


def two_hidden_layers(rows: Rows, granularity: str) -> None:
    """Rows AX5-AX7."""
    leak = ("passedemissions",)

    def learnt(scaling: str, ignore: tuple[str, ...], until: Until) -> tuple[list[float], list[float], str]:
        scores = [learn(table(seed, scaling, ignore), seed, granularity, (32, 8), 1, until).scores for seed in SEEDS]
        found = [one.r2 or 0.0 for one in scores]
        mae = [one.mean_absolute_error for one in scores]
        return found, mae, f"R2 {spread(found)}   MAE {spread(mae)}"

    found, mae, reached = learnt("none", (), LAST)
    holds = statistics.median(found) >= 0.85 and statistics.median(mae) <= 2.36
    rows.row("AX5", "raw: median R2 >= 0.85, median MAE <= 2.36", reached, holds)
    rows.beside("AX5", "the same, with the weights of the best epoch kept", learnt("none", (), BEST)[-1])
    found, _, reached = learnt("standard", (), LAST)
    holds = min(found) >= 0.82 and statistics.median(found) >= 0.87
    rows.row("AX6", "standardised: every R2 >= 0.82, median >= 0.87", reached, holds)
    found, _, reached = learnt("none", leak, LAST)
    rows.row("AX7", "raw, without the leak: median R2 near 0.835", reached, statistics.median(found) >= 0.825)
    found, _, reached = learnt("standard", leak, LAST)
    wanted = "standardised, without the leak: 0.817 / 0.865 / 0.889"
    rows.row("AX7", wanted, reached, statistics.median(found) >= 0.855)


def log_line(rows: Rows) -> None:
    """Row AX10."""
    outcome = deepnet("train", "auto-mpg", "--epochs", "2", "--quiet", DEEPNET_LOG="debug")
    lines = [" ".join(line.split()[3:]) for line in outcome.stderr.splitlines() if "epoch_ended" in line]
    figures = ("epoch=", "step=", "loss=", "'mean_absolute_error'", "'r2'")
    holds = len(lines) == 2 and all(figure in line for figure in figures for line in lines)
    rows.row("AX10", "a log line an epoch: epoch, batch, loss, MAE, R2", lines[-1], holds)
    scores = [" ".join(line.split()[:-2]) for line in outcome.stdout.splitlines()[1:4]]
    wanted = ["R2", "mean absolute error", "mean squared error"]
    rows.row("AX10", "the test rows are measured by metrics alone, R2 too", ", ".join(scores), scores == wanted)

    inputs, targets = [[0.0], [1.0]], [[1.0], [3.0]]
    with start(Chain(Dense(1, 1)), dtype="float64", seed=1) as network:
        before = float(((network.predict(inputs) - targets) ** 2).mean())
        first = network.train(inputs, targets, batch_size=2, until=Until(epochs=1)).wait().history[0].loss
        between = float(((network.predict(inputs) - targets) ** 2).mean())
    with start(Chain(Dense(1, 1)), dtype="float64", seed=1) as network:
        second = network.train(inputs, targets, batch_size=2, until=Until(epochs=2)).wait().history[1].loss
    rows.row(
        "AX10",
        "the loss is the epoch's own, not a mean since the start",
        f"{first:.6f} then {second:.6f}; by hand {before:.6f} then {between:.6f}",
        abs(first - before) < 1e-12 and abs(second - between) < 1e-12,
    )


LINE = [[0.0], [1.0], [2.0], [3.0]], [[1.0], [3.0], [5.0], [7.0]]


def happened(verdict: Verdict, granularity: str) -> list[str]:
    """Return the events of two epochs of two batches whose first step is answered so."""
    seen: list[str] = []
    note = [on(event, lambda moment: seen.append(moment.event)) for event in RunEvent]
    answer = on("iteration_completed", lambda _: verdict, once)
    with start(Chain(Dense(1, 1)), granularity=granularity) as network:
        network.train(*LINE, batch_size=2, until=Until(epochs=2), handlers=[*note, answer]).wait()
    return seen


def events(rows: Rows, granularity: str) -> None:
    """Row AX11."""
    for verdict in Verdict:
        seen = happened(verdict, granularity)
        step = ["iteration_started", "iteration_completed"]
        whole = ["epoch_started", *step, *step, "epoch_completed"]
        halted = ["epoch_started", *step]
        expected = {
            Verdict.CONTINUE: [*whole, *whole],
            Verdict.HALT_EPOCH: [*halted, "epoch_halted", *whole],
            Verdict.HALT_RUN: halted,
        }[verdict]
        wanted = f"Axon's events in its order, if a handler answers {verdict}"
        rows.row("AX11", wanted, f"{len(seen)} events", seen == ["started", *expected, "completed"])

    with start(Chain(Dense(1, 1)), dtype="float64", granularity=granularity) as network:
        run = network.train(
            *LINE,
            batch_size=4,
            optimizer=Adam(0.5),
            schedule=ReduceOnPlateau(gamma=0.5, patience=1),
            validation=([[4.0]], [[9.0]]),
            until=Until(epochs=500, patience=Patience(10, "validation_loss")),
        ).wait()
        best = min(record.validation["loss"] for record in run.history)
        kept = float(((network.predict([4.0]) - 9) ** 2).mean())
    rates = [record.learning_rate for record in run.history]
    rows.row(
        "AX11",
        "validation, early stop with the best weights, rate on plateau",
        f"{run.reason}; rate {rates[0]} to {rates[-1]:g}",
        len(run.history) < 500 and abs(kept - best) < 1e-12 and rates[-1] < rates[0],
    )


def main(granularity: str) -> None:
    rows = Rows()
    tables(rows)
    sizes(rows)
    one_hidden_neuron(rows, granularity)
    two_hidden_layers(rows, granularity)
    log_line(rows)
    events(rows, granularity)
    code, same = killed_and_resumed("auto-mpg", "--epochs", "40", "--batch-size", "1", after_seconds=3.0)
    rows.row("AX12", "a run killed outright and resumed ends with the same bits", f"exit {code}, same {same}", same)
    rows.unmeasured("AX13", "ONNX in and out", "later")
    rows.end()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "layer")
