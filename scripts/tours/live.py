"""A tour of what can be done to a network while it learns; every number that is printed comes from the run."""

import argparse
import sys
import time
from collections.abc import Iterable
from typing import Any

import numpy as np
from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from deepnet import Adam, Chain, Dense, Network, Run, Until, start
from deepnet.maths.parameters import fingerprint
from deepnet.runs.chaos import DeathCount
from deepnet.runs.injecting import FAULTS
from deepnet.terminal.tree import draw_tree

INPUTS = [[0, 0], [0, 1], [1, 0], [1, 1]]
TARGETS = [[0], [1], [1], [0]]  # exclusive or
SECONDS = 1.5
WIDEST = 100
FAULT_RATES = {"bit_flip": 0.05} | dict.fromkeys(("crash", "hang", "delay", "drop", "duplicate"), 0.02)
IN_WORDS = {
    "crash": "whoever is about to handle a message dies",
    "hang": "whoever is about to handle one waits",
    "delay": "messages come late",
    "drop": "messages are lost",
    "duplicate": "messages come twice",
    "stuck_at": "outputs are stuck at 0",
    "noise": "noise is added to outputs",
    "byzantine": "outputs lie, between -1 and 1",
    "bit_flip": "bits of weights flip",
}


class Guide:
    """Prints chapters, with time to read them."""

    def __init__(self, *, fast: bool) -> None:
        self._console = Console()
        self._console.width = min(WIDEST, self._console.width)
        self._seconds = 0.0 if fast or not self._console.is_terminal else SECONDS
        self._chapters = 0

    def chapter(self, title: str, call: str) -> None:
        time.sleep(self._seconds)
        self._chapters += 1
        self._console.print()
        self._console.print(Rule(f"[bold]{self._chapters}. {title}", align="left", characters="-", style="cyan"))
        self._console.print(Text(call, style="green"))

    def say(self, text: str, style: str = "") -> None:
        self._console.print(Text(text, style=style))

    def check(self, *, holds: bool, yes: str, no: str) -> None:
        """Print what came out; end the tour if it is not what was promised."""
        self.say(f"=> {yes if holds else no}", "bold green" if holds else "bold red")
        if not holds:
            sys.exit(1)

    def lines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._console.print(Padding(Text(line, style="dim"), (0, 0, 0, 2), expand=False))

    def show(self, thing: Any) -> None:
        self._console.print(thing)


def bits(network: Network) -> str:
    return fingerprint(network.parameters())


def outputs(network: Network) -> str:
    return ", ".join(f"{one:.3f}" for one in network.predict(INPUTS)[:, 0])


def error(network: Network) -> float:
    return float(np.mean((network.predict(INPUTS) - TARGETS) ** 2))


def learn(guide: Guide, network: Network) -> Run:
    guide.chapter(
        "A network of supervised actors", "network = start(Chain(Dense(2, 6, 'tanh'), Dense(6, 1, 'sigmoid')))"
    )
    guide.show(draw_tree(network.tree()))
    guide.chapter("It learns exclusive or; pause it anywhere", "run = network.train(...); run.pause()")
    run = network.train(INPUTS, TARGETS, optimizer=Adam(0.05), until=Until(epochs=5000))
    while run.position.step < 20:
        time.sleep(0.001)
    change = run.pause()
    guide.say(f"The run went on in the background; it is {run.state} between two steps, after step {change.step}.")
    run.rewind()
    before = error(network)
    run.step("epoch", 60)
    guide.say(
        f"run.rewind() put it back to step 0, error {before:.4f}; run.step('epoch', 60) played it on to step "
        f"{run.position.step}, error {error(network):.4f}. For 00, 01, 10, 11 it says {outputs(network)}."
    )
    return run


def look(guide: Guide, network: Network) -> None:
    guide.chapter("Every message of one sample", "network.trace([1, 0], [1])")
    messages = network.trace([1, 0], [1])
    others = {f"dense_0/{index}" for index in range(6) if index != 2}
    kept = [one for one in messages if not others & {one.sender, one.receiver}]
    guide.lines(f"{one.number:>2}  {one.text}" for one in kept)
    guide.say(f"{len(messages)} messages in all; those of dense_0/2 stand for its five neighbours. Nothing was learnt.")


def play(guide: Guide, network: Network, run: Run) -> None:
    guide.chapter("A step, message by message, and a death in the midst of it", "run.step('message', 9)")
    with run.branch(name="twin") as twin, network.watch("dense_0/2"):
        twin.run.step("batch", 1)
        guide.lines(f"{one.number:>2}  {one.text}" for one in run.step("message", 9).messages)
        sealed = run.position.step
        network.kill("dense_0/2")
        guide.say("network.kill('dense_0/2'): its supervisor restarts it, and the step is played again.", "red")
        run.step("batch", 1)
        neuron = network.neuron("dense_0/2")
        guide.say(
            f"It has been restarted {neuron.restarts} time; step {sealed + 1} is sealed, and this is what it did in it:"
        )
        guide.lines(neuron.formula().splitlines())
        guide.check(
            holds=neuron.restarts == 1 and bits(network) == bits(twin),
            yes="all weights have the same bits as those of a twin, run.branch(), of whom nobody died",
            no="THE WEIGHTS DIFFER from those of a twin of whom nobody died",
        )


def change(guide: Guide, network: Network, run: Run) -> None:
    began, so_far = bits(network), len(network.changes)
    guide.chapter("Edit a weight", "network.set('dense_1/0', weights={2: -weight})")
    was = outputs(network)
    weight = float(network.neuron("dense_1/0").weights[2])
    network.set("dense_1/0", weights={2: -weight})
    guide.say(
        f"Weight 2 of the output was {weight:.3f} and is {-weight:.3f}; it said {was}, and says {outputs(network)}."
    )

    guide.chapter("Lesion a neuron, and heal it", "network.set('dense_0/0', lesioned=True)")
    sound = network.predict(INPUTS)
    errors = [error(network)]
    network.set("dense_0/0", lesioned=True)
    errors.append(error(network))
    network.set("dense_0/0", lesioned=None)
    guide.say(f"Error {errors[0]:.4f}; {errors[1]:.4f} with dense_0/0 held at 0; {error(network):.4f} healed.")
    guide.check(
        holds=np.array_equal(sound, network.predict(INPUTS)) and errors[1] != errors[0],
        yes="healed, it says what it said, bit for bit",
        no="HEALED, IT SAYS SOMETHING ELSE",
    )

    guide.chapter("Let the layer grow", "network.grow('dense_0', 2)")
    before, neurons = network.predict(INPUTS), len(network.neurons())
    network.grow("dense_0", 2)
    apart = float(np.abs(network.predict(INPUTS) - before).max())
    guide.say(f"{neurons} neurons became {len(network.neurons())}; no output has changed by more than {apart:.1g}.")
    with run.branch(name="grown") as grown:
        grown.run.step("epoch", 40)
        guide.say(f"A branch of it learns on: error {error(network):.4f}, 40 epochs later {error(grown):.4f}.")

    guide.chapter("Who is unwell?", "network.set('dense_0/5', activation='relu', bias=-9); run.health()")
    network.set("dense_0/5", activation="relu", bias=-9)
    guide.lines(run.health().lines())

    made = network.changes[so_far:]
    guide.chapter("Undo all that", f"network.undo({len(made)})")
    guide.lines(f"{one.kind} {one.address}" for one in reversed(made))
    network.undo(len(made))
    guide.check(
        holds=bits(network) == began,
        yes=f"all bits are back ({began[:12]})",
        no=f"THE WEIGHTS DIFFER: {bits(network)[:12]}, and were {began[:12]}",
    )


def disturb(guide: Guide, run: Run) -> None:
    guide.chapter(
        "The fault laboratory", "network.inject('crash', rate=0.02), and eight more; then run.step('epoch', 4)"
    )
    with run.branch(name="calm") as calm:
        calm.run.step("epoch", 4)
        same, usual = bits(calm), error(calm)
    for fault in FAULTS:
        with run.branch(name=fault) as faulty:
            rate = FAULT_RATES.get(fault)
            count = DeathCount()
            faulty.watchers.add(count)
            faulty.inject(fault, "dense_0", rate=rate)
            faulty.run.step("epoch", 4)
            faulty.undo()
            kept, now = bits(faulty) == same, error(faulty)
        guide.say(f"{fault}: {IN_WORDS[fault]}" + ("" if rate is None else f", at rate {rate:g}"), "yellow")
        guide.say(
            f"  the weights {'have the same bits' if kept else 'differ'}; error {now:.4f}, undisturbed {usual:.4f}"
            + (f"; {count.replays} steps played again" if count.replays else "")
        )
    guide.say("deepnet faults measures that: fault x rate x seed, with a table and a picture.")


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/tour", description=__doc__)
    parser.add_argument("--fast", action="store_true", help="do not pause between chapters")
    guide = Guide(fast=parser.parse_args().fast)
    began = time.perf_counter()
    model = Chain(Dense(2, 6, "tanh"), Dense(6, 1, "sigmoid"))
    with start(model, name="tour", seed=1, kernels="numpy") as network:
        run = learn(guide, network)
        look(guide, network)
        play(guide, network, run)
        change(guide, network, run)
        disturb(guide, run)
    guide.say(f"\nThat was all, in {time.perf_counter() - began:.0f} s.")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("\ninterrupted")
        sys.exit(130)
