"""A trained model in one file: safetensors, with everything that is no tensor as JSON in its metadata.

The metadata have one entry, ``deepnet``: ``{"format": "deepnet-model", "version": 2, "model": ...,
"preparation": {"encoder": ..., "filler": ..., "scaler": ...}, "features": [...], "target": ...,
"labels": [...], "task": ..., "dtype": ..., "training": {...}}``. The tensors are ``dense_0.weights``
(neurons, inputs), ``dense_0.bias`` (neurons,), and so on, named after the dense layers. The same
model gives the same bytes.

Files of version 1, which knew no classes and no text, are read too: they have ``"standardizer": {...}`` or
null in place of ``preparation``, ``labels`` and ``task``.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from deepnet.data.files import listed, one_line, read_file
from deepnet.data.preparation import Preparation
from deepnet.data.scaling import Standardizer
from deepnet.data.targets import Task
from deepnet.errors import DataError, InputError
from deepnet.maths.arrays import DTYPES, Vector, Weights, require_shape
from deepnet.maths.model import Chain
from deepnet.persistence.whole_file import check_writable, write_whole

__all__ = ["SavedModel", "check_writable", "load_model", "save_model"]

FORMAT = "deepnet-model"
VERSION = 2
KEY = "deepnet"

Tensors: TypeAlias = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class SavedModel:
    """All that prediction needs, and how the model came about.

    Args:
        model: the layers.
        parameters: (weights, bias) of each dense layer, first to last; weights (neurons, inputs), bias (neurons,).
        features: what goes in, a name for each input of the model.
        target: what comes out.
        dtype: of the parameters, ``"float32"`` or ``"float64"``.
        training: plain facts, such as the epochs and the seed; anything JSON can hold.
        preparation: what a row of the source goes through before the model gets it.
        task: regression, binary or multiclass.
        labels: names of the classes: of a binary task two, the second for an output of 1; of a multiclass one,
            as many as outputs; of a regression none.

    Raises:
        InputError: a part does not fit the others, or a parameter is not finite.
    """

    model: Chain
    parameters: Sequence[tuple[Weights, Vector]]
    features: tuple[str, ...]
    target: str
    dtype: str
    training: Mapping[str, Any]
    preparation: Preparation = field(default_factory=Preparation)
    task: Task = "regression"
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.dtype not in DTYPES:
            raise InputError(f"the dtype of a model is one of {listed(DTYPES)}, got {self.dtype!r}")
        if len(self.features) != self.model.inputs:
            counts = f"{self.model.inputs} inputs but {len(self.features)} features"
            raise InputError(f"the model has {counts}: name one feature for each input")
        self._check_preparation()
        self._check_labels()
        if len(self.parameters) != len(self.model.dense):
            counts = f"{len(self.model.dense)} dense layers but {len(self.parameters)} pairs of parameters"
            raise InputError(f"the model has {counts}: give one pair for each layer")
        shapes = dict(_expected(self.model))
        for name, tensor in _tensors(self.parameters).items():
            _check_tensor(name, tensor, shapes[name], self.dtype)

    def _check_preparation(self) -> None:
        if self.preparation.size not in {None, self.model.inputs}:
            raise InputError(
                f"the preparation is for {self.preparation.size} features, the model has {self.model.inputs} inputs"
            )
        encoder = self.preparation.encoder
        if encoder is not None and encoder.features != self.features:
            raise InputError(f"the encoder makes {listed(encoder.features)}, the features are {listed(self.features)}")

    def _check_labels(self) -> None:
        if self.task not in get_args(Task):
            raise InputError(f"the task of a model is one of {listed(get_args(Task))}, got {self.task!r}")
        wanted = {"regression": (0, self.model.outputs), "binary": (2, 1)}
        fitting = wanted.get(self.task, (self.model.outputs, max(2, self.model.outputs)))
        if (len(self.labels), self.model.outputs) != fitting:
            counts = f"{len(self.labels)} labels and {self.model.outputs} outputs"
            raise InputError(f"a {self.task} model cannot have {counts}: give a label for each class")


def save_model(path: str | Path, saved: SavedModel) -> None:
    """Write the file, as a whole or not at all; a file that is there is replaced.

    Raises:
        DataError: it cannot be written, or *saved.training* holds what JSON cannot.
    """
    facts = {
        "format": FORMAT,
        "version": VERSION,
        "model": saved.model.to_dict(),
        "preparation": saved.preparation.to_dict(),
        "features": list(saved.features),
        "target": saved.target,
        "labels": list(saved.labels),
        "task": saved.task,
        "dtype": saved.dtype,
        "training": dict(saved.training),
    }
    try:
        text = json.dumps(facts, allow_nan=False)
    except (TypeError, ValueError) as error:
        name = one_line(str(path))
        raise DataError(f"{name}: cannot be written ({error}): keep only plain, finite facts of the training") from None
    # save() copies memory as it lies there, so a transposed view would come back scrambled.
    tensors = {name: np.ascontiguousarray(tensor) for name, tensor in _tensors(saved.parameters).items()}
    write_whole(path, save(tensors, metadata={KEY: text}))


def load_model(path: str | Path) -> SavedModel:
    """Read a file that `save_model` wrote, and check everything in it.

    Raises:
        DataError: it cannot be read, is something else, is newer, or is damaged.
    """
    name, content = one_line(str(path)), read_file(path)
    try:
        tensors = load(content)
        metadata = _metadata(content)
    except (SafetensorError, KeyError, ValueError, TypeError, RecursionError):
        raise DataError(f"{name}: is not a saved model (no safetensors file): give one made with --save") from None
    facts = _facts(name, metadata)
    try:
        return _saved_model(facts, tensors)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        reason = error if isinstance(error, InputError) else f"{type(error).__name__}: {error}"
        raise DataError(f"{name}: is a damaged model file ({reason}): train and save it again") from None


def _metadata(content: bytes) -> Mapping[str, str]:
    """Return the metadata of a safetensors file: 8 bytes of length, then a JSON header."""
    length = int.from_bytes(content[:8], "little")
    metadata: Mapping[str, str] = json.loads(content[8 : 8 + length]).get("__metadata__", {})
    return metadata


def _facts(name: str, metadata: Mapping[str, str]) -> dict[str, Any]:
    """Return the JSON of the metadata, if it is of our format and not from the future."""
    try:
        facts = json.loads(metadata[KEY])
        known = facts["format"] == FORMAT
        version = facts["version"]
    except (KeyError, TypeError, ValueError, RecursionError):
        known, version = False, None
    if not known:
        raise DataError(f"{name}: holds tensors but no deepnet model: give a file made with --save")
    if type(version) is not int or version < 1:
        raise DataError(f"{name}: is a damaged model file (version {version!r}): train and save it again")
    if version > VERSION:
        raise DataError(
            f"{name}: is a model of format version {version}, this deepnet reads up to {VERSION}: upgrade it"
        )
    return dict(facts)


def _saved_model(facts: Mapping[str, Any], tensors: Tensors) -> SavedModel:
    """Put the parts together; whatever is wrong with them is an error of Python's or an InputError."""
    model = Chain.from_dict(facts["model"])
    wanted = [name for name, _ in _expected(model)]
    if missing := [name for name in wanted if name not in tensors]:
        raise InputError(f"tensors are missing: {listed(missing)}")
    if surplus := sorted(set(tensors) - set(wanted)):
        raise InputError(f"tensors that the model has no place for: {listed(surplus)}")
    old = facts["version"] == 1
    return SavedModel(
        model=model,
        parameters=tuple((tensors[f"{layer}.weights"], tensors[f"{layer}.bias"]) for layer in model.named_dense()),
        features=_texts("features", facts["features"]),
        target=_text(facts["target"]),
        dtype=_text(facts["dtype"]),
        training=dict(facts["training"]),
        preparation=_old_preparation(facts) if old else Preparation.from_dict(facts["preparation"]),
        task="regression" if old else _task(facts["task"]),
        labels=() if old else _texts("labels", facts["labels"]),
    )


def _old_preparation(facts: Mapping[str, Any]) -> Preparation:
    standardizer = facts["standardizer"]
    return Preparation(scaler=None if standardizer is None else Standardizer.from_dict(standardizer))


def _task(name: object) -> Task:
    for task in get_args(Task):
        if name == task:
            return task  # type: ignore[no-any-return]
    raise InputError(f"{name!r} is no task")


def _texts(what: str, values: object) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise InputError(f"the {what} are no list")
    return tuple(_text(value) for value in values)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise InputError(f"{value!r} is not a text")
    return value


def _tensors(parameters: Sequence[tuple[Weights, Vector]]) -> dict[str, NDArray[Any]]:
    return {
        name: tensor
        for index, (weights, bias) in enumerate(parameters)
        for name, tensor in ((f"dense_{index}.weights", weights), (f"dense_{index}.bias", bias))
    }


def _expected(model: Chain) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield the name and shape of every tensor of the model."""
    for address, layer in model.named_dense().items():
        yield f"{address}.weights", (layer.neurons, layer.inputs)
        yield f"{address}.bias", (layer.neurons,)


def _check_tensor(name: str, tensor: NDArray[Any], shape: tuple[int, ...], dtype: str) -> None:
    require_shape(name, tensor, *shape)
    if tensor.dtype != np.dtype(dtype):
        raise InputError(f"{name} is {tensor.dtype}, the model is {dtype}")
    if not np.isfinite(tensor).all():
        raise InputError(f"{name} holds nan or infinite numbers")
