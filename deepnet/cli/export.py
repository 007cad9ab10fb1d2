"""`deepnet export`: a network of the service as a model file, to predict with where no service runs."""

import click

from deepnet.cli.attach import Link, attached
from deepnet.cli.complete import networks
from deepnet.cli.stored import saved_model
from deepnet.cli.targets import Target, network
from deepnet.persistence.model_file import check_writable, save_model


@click.command("export")
@click.argument("target", metavar="NETWORK", shell_complete=networks)
@click.argument("file")
@attached
def command(link: Link, target: str, file: str) -> int:
    """Write NETWORK as it is now to FILE, as `deepnet train --save` does: for `deepnet predict` and `deepnet plot`.

    \b
    deepnet export cars cars.model
    deepnet predict cars.model new.csv
    """  # noqa: D301 - a mark of click's for lines to be left as they are
    check_writable(file)
    name = network(link, target)
    cut = link.service.network(name).cut()
    row = link.get(Target(name).path)
    training = {"network": name, "seed": row["seed"], "epochs": cut.epoch, "steps": cut.step}
    save_model(file, saved_model(name, row["about"], cut.model, cut.parameters, training))
    if cut.setup.is_treated:
        click.echo(
            "deepnet: warning: neurons that are held or have an activation of their own are as usual in it", err=True
        )
    return link.say({"file": file, "network": name, "step": cut.step}, f"{file}: {name} at step {cut.step:,}")
