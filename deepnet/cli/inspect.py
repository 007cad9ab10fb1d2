"""`deepnet inspect`: a network, a layer or a neuron in full, while it learns."""

from typing import Any

import click

from deepnet.cli.attach import Link, attached
from deepnet.cli.complete import places
from deepnet.cli.options import COUNT
from deepnet.cli.targets import Target, find

SORTS = ("address", "bias", "norm", "restarts", "deaths", "rate", "activation", "frozen", "lesioned")


@click.command("inspect")
@click.argument("target", metavar="[NETWORK[/LAYER|/NEURON]]", required=False, shell_complete=places)
@click.option(
    "--sort", type=click.Choice(SORTS), default="address", show_default=True, help="Neurons of a layer by this."
)
@click.option("-n", "limit", type=COUNT, default=20, show_default=True, help="How many neurons of a layer.")
@attached
def command(link: Link, target: str | None, sort: str, limit: int) -> int:
    """Show a network, a layer or a neuron as it is now. Those who learn do not notice.

    \b
    deepnet inspect cars
    deepnet inspect cars/dense_0 --sort restarts -n 5
    deepnet inspect cars/dense_0/3
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    place = find(link, target)
    if place.address is None:
        return _network(link, place)
    return _neuron(link, place) if place.is_neuron else _layer(link, place, sort, limit)


def _network(link: Link, place: Target) -> int:
    from deepnet.terminal.networks import show_network  # noqa: PLC0415 - rich is for people only

    row = link.get(place.path)
    layers = [
        link.get(f"{place.path}/layers/{one['address']}") for one in row["layers"] if one["address"].startswith("dense")
    ]
    row |= {how: sum(one[how] for one in layers) for how in ("frozen", "lesioned")}
    return link.tell(row, lambda console: show_network(console, row, row["run"]))


def _layer(link: Link, place: Target, sort: str, limit: int) -> int:
    from deepnet.terminal.neurons import show_layer, show_neurons  # noqa: PLC0415 - rich is for people only

    layer = link.get(place.path)
    neurons = []
    if layer["kind"] == "dense":
        order = {} if sort == "address" else {"sort": sort, "descending": "true"}
        neurons = link.first(f"{Target(place.network).path}/neurons", limit, layer=place.address, **order)

    def show(console: Any) -> None:
        show_layer(console, str(place), layer)
        if neurons:
            show_neurons(console, neurons, layer["neurons"])

    return link.tell({**layer, "items": neurons}, show)


def _neuron(link: Link, place: Target) -> int:
    from deepnet.terminal.neurons import show_neuron  # noqa: PLC0415 - rich is for people only

    state = link.get(place.path)

    def show(console: Any) -> None:
        show_neuron(console, str(place), state, _features(link, place))

    return link.tell(state, show)


def _features(link: Link, place: Target) -> list[str]:
    """Return the names of what goes into the first layer, where the network knows its table."""
    if place.address is None or not place.address.startswith("dense_0/"):
        return []
    about = link.get(Target(place.network).path)["about"]
    return list(about.get("prediction", {}).get("features", []))
