"""`deepnet demo`: nine neurons learn [1,0,0] -> [1,1,1] under supervision, until their error is below 0.02."""

import json
import time
from pathlib import Path
from typing import Any

import click

from deepnet.cli.main import DONE, FAILED, INTERRUPTED
from deepnet.cli.options import COUNT, POSITIVE, SEED, Numbers, Widths
from deepnet.errors import InputError
from deepnet.logs import configure
from deepnet.maths.metrics import mean_squared_error
from deepnet.maths.parameters import fingerprint
from deepnet.runs.chaos import DeathCount, heal_figures
from deepnet.runs.demonstration import Demonstration, KillPlan, plan_kills
from deepnet.runs.network import Network
from deepnet.runs.run import Run
from deepnet.settings import read_settings
from deepnet.terminal.story import Story

_THERE = frozenset({"only_print", "data_dir"})
_EITHER = frozenset({"opens", "as_json"})


@click.command("demo")
@click.option("--input", "inputs", type=Numbers(), multiple=True, default=["1,0,0"], help="A row to learn; repeatable.")
@click.option("--target", "targets", type=Numbers(), multiple=True, default=["1,1,1"], help="Its target; repeatable.")
@click.option("--hidden", type=Widths(), default="3", show_default=True, help="Widths of the hidden layers.")
@click.option("--learning-rate", type=POSITIVE, default=4.0, show_default=True, help="Of plain gradient descent.")
@click.option("--threshold", type=POSITIVE, default=0.02, show_default=True, help="Stop below this error.")
@click.option("--max-epochs", type=COUNT, default=10_000, show_default=True, help="Give up after so many.")
@click.option("--seed", type=SEED, default=0, show_default=True, help="Where chance begins.")
@click.option("--granularity", type=click.Choice(["neuron", "layer"]), default="neuron", show_default=True)
@click.option("--kills", type=click.IntRange(min=0), default=0, metavar="K", help="Crash K neurons while they learn.")
@click.option("--open", "opens", is_flag=True, help="Play with it, from its beginning, in a browser.")
@click.option("--print", "only_print", is_flag=True, help="With --open: print the link, and open no browser.")
@click.option("--data-dir", type=click.Path(path_type=Path), metavar="DIR", help="With --open: that of the service.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.pass_context
def command(
    context: click.Context,
    /,
    inputs: tuple[tuple[float, ...], ...],
    targets: tuple[tuple[float, ...], ...],
    kills: int,
    opens: bool,
    only_print: bool,
    data_dir: Path | None,
    as_json: bool,
    **options: Any,
) -> int:
    """Nine neurons (three inputs, three hidden, three outputs) learn [1,0,0] -> [1,1,1] under supervision.

    With --kills, neurons are crashed at random messages; the final weights must not notice. With --open, the
    dashboard opens in the browser with that network at rest: let it learn slowly, look into it, kill its neurons.
    """
    _require_fitting(context, opens=opens)
    if opens:
        from deepnet.cli.demo_there import open_demo  # noqa: PLC0415 - the client is for this only

        return open_demo(data_dir, only_print=only_print, as_json=as_json)
    configure(read_settings())
    demonstration = Demonstration(inputs=inputs, targets=targets, **options)
    plan = plan_kills(demonstration, kills) if kills else None
    story = Story()
    began = time.perf_counter()
    with demonstration.start(story) as network:
        deaths = DeathCount()
        if plan is not None:
            network.watchers.add(deaths)
            network.actors.crash_at(plan.messages)
        show = None if as_json else _show_start(network)
        run = demonstration.train(network)
        interrupted = _follow(run, story, show)
        facts = _facts(demonstration, network, run, time.perf_counter() - began)
        if plan is not None:
            facts |= _kill_facts(plan, network, deaths, facts["weights_sha256"])
    if as_json:
        click.echo(json.dumps(facts))
    else:
        from deepnet.terminal.summary import show_demo  # noqa: PLC0415 - rich is for people only

        show_demo(facts)
    if interrupted:
        click.echo(f"deepnet: interrupted, stopped at the seal of step {facts['steps']}", err=True)
        return INTERRUPTED
    if run.state == "failed":
        click.echo(f"deepnet: {run.reason}", err=True)
    return DONE if facts["reached"] and facts.get("same_weights", True) else FAILED


def _require_fitting(context: click.Context, *, opens: bool) -> None:
    """Raise InputError if an option was given that means nothing with the others."""
    for parameter in context.command.params:
        name = parameter.name or ""
        if context.get_parameter_source(name) is not click.core.ParameterSource.COMMANDLINE or name in _EITHER:
            continue
        if opens and name not in _THERE:
            raise InputError(f"{parameter.opts[0]} is for the demonstration here: leave it out, and set it on the page")
        if not opens and name in _THERE:
            raise InputError(f"{parameter.opts[0]} is for the dashboard: give --open too, or leave it out")


def _show_start(network: Network) -> Any:
    """Draw the tree that has come up; return what tells the story of the run."""
    from rich.console import Console  # noqa: PLC0415 - rich is for people only

    from deepnet.terminal.story import StoryTeller  # noqa: PLC0415
    from deepnet.terminal.tree import draw_tree  # noqa: PLC0415

    console = Console()
    console.print(draw_tree(network.tree()))
    console.print()
    return StoryTeller(console, "mean_squared_error").tell


def _follow(run: Run, story: Story, show: Any) -> bool:
    """Tell the story to its end; True if Ctrl-C ended it."""
    try:
        for event in story.until_end():
            if show is not None:
                show(event)
    except KeyboardInterrupt:
        run.stop()
        return True
    return False


def _kill_facts(plan: KillPlan, network: Network, deaths: DeathCount, weights: str) -> dict[str, Any]:
    """What became of those who were crashed."""
    p50, p99 = heal_figures(network.actors.heals) or (None, None)
    return {
        "kills": len(plan.messages),
        "deaths": deaths.deaths.total(),
        "replays": deaths.replays,
        "heal_p50_seconds": p50,
        "heal_p99_seconds": p99,
        "same_weights": weights == plan.weights_sha256,
    }


def _facts(demonstration: Demonstration, network: Network, run: Run, seconds: float) -> dict[str, Any]:
    """What came out, as plain data."""
    summary = network.summary()
    outputs = network.predict(demonstration.inputs)
    error = mean_squared_error(outputs, run.targets)
    weights = fingerprint(network.parameters())
    several = len(demonstration.inputs) > 1
    rows = {"input": demonstration.inputs, "target": demonstration.targets, "output": outputs.tolist()}
    facts: dict[str, Any] = {name: values if several else values[0] for name, values in rows.items()}
    facts |= {
        "epochs": summary.epoch,
        "steps": summary.step,
        "mean_squared_error": error,
        "threshold": demonstration.threshold,
        "reached": error < demonstration.threshold and run.state == "finished",
        "learning_rate": demonstration.learning_rate,
        "seed": demonstration.seed,
        "neurons": summary.neurons,
        "parameters": summary.parameters,
        "granularity": summary.granularity,
        "restarts": summary.restarts,
        "messages": summary.messages,
        "seconds": seconds,
        "state": run.state,
        "reason": run.reason,
        "weights_sha256": weights,
    }
    return facts
