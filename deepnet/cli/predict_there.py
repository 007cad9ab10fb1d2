"""What a network of the service makes of rows and of tables, as it is now."""

from collections.abc import Sequence

from deepnet.cli.attach import Link
from deepnet.cli.predict import answer, short
from deepnet.cli.stored import saved_model
from deepnet.cli.targets import Target, network
from deepnet.maths.arrays import Batch
from deepnet.persistence.model_file import SavedModel


def predict_rows(link: Link, text: str, rows: Sequence[Sequence[float]]) -> int:
    """Print what a network makes of *rows*, as many numbers each as it has inputs."""
    name = network(link, text)
    answered = link.post(f"{Target(name).path}/predict", inputs=[list(row) for row in rows])
    lines = (",".join(map(short, outputs)) for outputs in answered["outputs"])
    return link.say(answered, "\n".join(lines))


def predict_table(link: Link, text: str, data: str, *, missing: str | None, probabilities: bool) -> int:
    """Print what a network makes of the rows of *data*, prepared as those that it was trained on."""
    name = network(link, text)
    remote = link.service.network(name)
    cut = remote.cut()
    saved = saved_model(name, remote.about, cut.model, cut.parameters, {})

    def compute(_saved: SavedModel, inputs: Batch) -> Batch:
        return remote.predict(inputs)

    return answer(saved, data, compute, missing=missing, probabilities=probabilities, as_json=link.as_json)
