"""A cut through a network as bytes: `cut_to_bytes` and `cut_from_bytes`.

These are safetensors: for each dense layer ``dense_0.weights`` (neurons, inputs) and ``dense_0.bias`` (neurons,), and
the texts ``step``, ``epoch``, ``model`` and ``setup``, of which the last two are JSON.
"""

import json

from deepnet.errors import InputError
from deepnet.maths.arrays import require_shape
from deepnet.maths.parameters import LayerParameters
from deepnet.persistence.plain_json import to_json
from deepnet.runs.states import NetworkCut
from deepnet.training.plain import setup_from_dict
from deepnet.wire.arrays import arrays_from_bytes, arrays_to_bytes


def cut_to_bytes(cut: NetworkCut) -> bytes:
    """Return a cut as safetensors that `cut_from_bytes` takes back bit for bit.

    Raises:
        InputError: a part of the plan in its setup is of your own making.
    """
    arrays = {
        f"{address}.{name}": array
        for address, layer in zip(cut.model.named_dense(), cut.parameters, strict=True)
        for name, array in layer._asdict().items()
    }
    about = {
        "step": str(cut.step),
        "epoch": str(cut.epoch),
        "model": to_json(cut.model.to_dict()).decode(),
        "setup": to_json(cut.setup.to_dict()).decode(),
    }
    return arrays_to_bytes(arrays, about)


def cut_from_bytes(content: bytes) -> NetworkCut:
    """Return the cut that `cut_to_bytes` wrote; its arrays are new.

    Raises:
        InputError: these bytes are no cut, or its arrays do not fit its model.
    """
    arrays, about = arrays_from_bytes(content)
    try:
        setup = setup_from_dict(json.loads(about["setup"]))
        step, epoch = int(about["step"]), int(about["epoch"])
        parameters = tuple(
            LayerParameters(arrays[f"{address}.weights"], arrays[f"{address}.bias"])
            for address in setup.model.named_dense()
        )
    except (KeyError, ValueError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError("these safetensors are no cut through a network") from None
    for (address, layer), (weights, bias) in zip(setup.model.named_dense().items(), parameters, strict=True):
        require_shape(f"{address}.weights", weights, layer.neurons, layer.inputs)
        require_shape(f"{address}.bias", bias, layer.neurons)
    return NetworkCut(step, epoch, setup.model, parameters, setup)
