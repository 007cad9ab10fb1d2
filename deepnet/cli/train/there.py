"""`deepnet train --service NAME`: the table is prepared here, and learnt in the service."""

import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from typing import Any

import click

from deepnet.cli.attach import Link, reach
from deepnet.cli.main import DONE, FAILED, INTERRUPTED
from deepnet.cli.targets import network_names
from deepnet.cli.train.again import fitted, require_idle
from deepnet.cli.train.job import Job
from deepnet.cli.train.patience import saying_that_it_takes_time
from deepnet.errors import DeepnetError, InputError
from deepnet.runs.answering import about_of

_HERE = ("save", "history", "plot", "run_dir", "every_steps", "every_seconds", "keep", "chaos", "chaos_seed")
"""Options of a training in this process."""
_THERE = ("wait", "data_dir", "url")


def require_fitting(context: click.Context, *, for_service: bool) -> None:
    """Do nothing if all options that were given are of one kind of training: here, or in a service.

    Raises:
        InputError: one is for the other kind; the message says what to do instead.
    """
    for parameter in context.command.params:
        name = parameter.name or ""
        if context.get_parameter_source(name) is not click.core.ParameterSource.COMMANDLINE:
            continue
        option = parameter.opts[0]
        if for_service and name in _HERE:
            raise InputError(
                f"{option} is for a training in this process: leave it out; the service keeps the run, "
                f"and 'deepnet export' writes the model to a file"
            )
        if not for_service and name in _THERE:
            raise InputError(f"{option} is for a training in the service: give --service NAME too, or leave it out")


def train_there(prepare: Callable[[], Job], there: Mapping[str, Any], *, quiet: bool, as_json: bool) -> int:
    """Create the network in the service, unless it is there, and begin the run; return the exit code.

    Networks and runs of a service have the methods of those of this process, and are used like them here.

    Args:
        prepare: returns what to learn; called once it is known that there is a service, and that no run is under way.
        there: ``name`` of the network, ``data_dir`` or ``url`` of the service, whether to ``wait``, and which options
            were ``given``.
        quiet: show no progress.
        as_json: print one JSON object.
    """
    with reach(there["data_dir"], there["url"]) as service:
        link = Link(service, as_json=as_json)
        name = there["name"]
        known: Any = service.network(name) if name in network_names(link) else None
        facts = {} if known is None else known.facts()
        if known is not None:
            require_idle(facts)
        job = prepare()
        with nullcontext() if quiet else saying_that_it_takes_time():
            if known is not None:
                job, network = fitted(job, facts, there["given"]), known
            else:
                network = _created(link, job, name)
            began = time.perf_counter()
            try:
                run: Any = job.train(network)
            except DeepnetError:
                if known is None:
                    with suppress(DeepnetError):  # what is told is why it could not begin
                        service.request("DELETE", f"/networks/{network.name}")
                raise
        number = run.id
        if not there["wait"]:
            row = link.get(f"/runs/{number}")
            return link.say(row, f"{name} learns in the service as {number}: deepnet watch {name}")
        try:
            _follow(run, job, quiet=quiet or as_json)
        except KeyboardInterrupt:
            click.echo(f"deepnet: interrupted, but {number} goes on in the service: deepnet watch {name}", err=True)
            return INTERRUPTED
        return _tell(link, job, network, run, time.perf_counter() - began)


def _created(link: Link, job: Job, name: str) -> Any:
    options = job.options
    return link.service.start(
        job.model,
        name=name,
        seed=options["seed"],
        granularity=options["granularity"],
        dtype=options["dtype"],
        kernels=options["kernels"],
        about=about_of(job.table.dataset, job.table.preparation),
    )


def _follow(run: Any, job: Job, *, quiet: bool) -> None:
    if quiet:
        while not run.ended_within(60):
            pass
        return
    from rich.console import Console  # noqa: PLC0415 - rich is for people only

    from deepnet.terminal.progress import RunProgress  # noqa: PLC0415

    RunProgress(Console(stderr=True), job.head.metrics[0]).follow(run)


def _tell(link: Link, job: Job, network: Any, run: Any, seconds: float) -> int:
    """Print how it came out, as a training in this process does."""
    from deepnet.cli.train.facts import facts_of  # noqa: PLC0415 - only who waits needs it
    from deepnet.terminal.summary import show_training  # noqa: PLC0415

    facts = facts_of(job.table, job.head, network, run, seconds)
    failed = facts["state"] == "failed"
    if link.as_json or not failed:
        link.tell({**facts, "network": network.name, "run": run.id}, lambda _console: show_training(facts, None))
    if failed:
        click.echo(f"deepnet: {facts['reason']}", err=True)
    return FAILED if failed else DONE
