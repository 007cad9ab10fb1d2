"""What a network of the service makes of rows and of tables, as it is now."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from deepnet.cli.attach import Link
from deepnet.cli.predict import answer, short
from deepnet.cli.stored import saved_model
from deepnet.cli.targets import Target, network
from deepnet.data.files import listed
from deepnet.data.preparation import Preparation
from deepnet.errors import InputError
from deepnet.maths.arrays import Batch
from deepnet.persistence.model_file import SavedModel
from deepnet.runs.answering import KEY, predictions

MOST_NAMED = 30
"""Of more features only the first are named."""


def predict_rows(link: Link, text: str, rows: Sequence[Sequence[float]]) -> int:
    """Print what a network makes of *rows*, a number for each feature of its table, or as many as it has inputs."""
    name = network(link, text)
    row = link.get(Target(name).path)
    prepared = _prepared(name, row["about"], rows, int(row["layers"][0]["inputs"]))
    answered = link.post(f"{Target(name).path}/predict", inputs=prepared)
    outputs: list[list[Any]] = answered["outputs"]
    if labels := row["about"].get(KEY, {}).get("labels"):
        answered["predictions"] = predictions(labels, np.array(outputs, float))
    shown = [[label] for label in answered.get("predictions", ())] or outputs
    return link.say(answered, "\n".join(",".join(map(short, values)) for values in shown))


def _prepared(name: str, about: Mapping[str, Any], rows: Sequence[Sequence[float]], inputs: int) -> list[list[float]]:
    """Return *rows* as the network takes them, prepared as those of its table, if it has learnt one.

    Raises:
        InputError: a row has too few numbers, or too many; the message names what they stand for.
    """
    known = about.get(KEY)
    if wrong := next((row for row in rows if len(row) != inputs), None):
        what = f", in the units of its table: {listed(known['features'], MOST_NAMED)}" if known else ""
        raise InputError(f"--row has {len(wrong)} numbers, and {name} takes {inputs}{what}")
    if not known:
        return [list(row) for row in rows]
    prepared: list[list[float]] = Preparation.from_dict(known["preparation"]).apply(np.array(rows, float)).tolist()
    return prepared


def predict_table(link: Link, text: str, data: str, *, missing: str | None, probabilities: bool) -> int:
    """Print what a network makes of the rows of *data*, prepared as those that it was trained on."""
    name = network(link, text)
    remote = link.service.network(name)
    cut = remote.cut()
    saved = saved_model(name, remote.about, cut.model, cut.parameters, {})

    def compute(_saved: SavedModel, inputs: Batch) -> Batch:
        return remote.predict(inputs)

    return answer(saved, data, compute, missing=missing, probabilities=probabilities, as_json=link.as_json)
