"""A network of the service as a model file: by what it says `about` itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from deepnet.data.preparation import Preparation
from deepnet.errors import InputError
from deepnet.maths.model import Chain
from deepnet.maths.parameters import LayerParameters
from deepnet.persistence.model_file import SavedModel
from deepnet.runs.answering import KEY


def saved_model(
    name: str,
    about: Mapping[str, Any],
    model: Chain,
    parameters: Sequence[LayerParameters],
    training: Mapping[str, Any],
) -> SavedModel:
    """Return a network of the service as the model that `deepnet train --save` would have written.

    Args:
        name: of the network.
        about: what it says about itself.
        model: its layers.
        parameters: (weights, bias) of each of its dense layers.
        training: plain facts of how it came about.

    Raises:
        InputError: nothing is known of what it predicts, or that is damaged.
    """
    try:
        facts = about[KEY]
        return SavedModel(
            model=model,
            parameters=parameters,
            features=tuple(facts["features"]),
            target=facts["target"],
            dtype=str(parameters[0].weights.dtype),
            training=training,
            preparation=Preparation.from_dict(facts["preparation"]),
            task=facts["task"],
            labels=tuple(facts["labels"]),
        )
    except KeyError:
        advice = "give rows as it takes them with --row, or make it with 'deepnet train DATA --service NAME'"
        raise InputError(f"{name} does not know how to read a table: {advice}") from None
    except TypeError as error:
        raise InputError(f"what {name} knows of its table is damaged ({error}): train it again") from None
