import json
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from safetensors.numpy import load, save

from deepnet.data.encoding import Code, Encoder
from deepnet.data.filling import Filler
from deepnet.data.preparation import Preparation
from deepnet.data.scaling import MinMax, Standardizer
from deepnet.errors import DataError, InputError
from deepnet.maths.model import Chain, Dense, Dropout
from deepnet.persistence.model_file import SavedModel, load_model, save_model


def saved(*widths: int, dtype: str = "float32", seed: int = 0) -> SavedModel:
    rng = np.random.default_rng(seed)
    layers = [Dense(n, m, "relu") for n, m in pairwise(widths)]
    return SavedModel(
        model=Chain(*layers),
        parameters=tuple(
            (rng.normal(size=(layer.neurons, layer.inputs)).astype(dtype), rng.normal(size=layer.neurons).astype(dtype))
            for layer in layers
        ),
        features=tuple(f"feature {index}" for index in range(widths[0])),
        target="größe",
        preparation=Preparation(scaler=Standardizer.fit(rng.normal(size=(5, widths[0])))),
        dtype=dtype,
        training={"epochs": 40, "loss": 0.1, "name": None},
    )


def assert_same(left: SavedModel, right: SavedModel) -> None:
    for field in ("model", "features", "target", "labels", "task", "dtype", "training"):
        assert getattr(left, field) == getattr(right, field)
    for pair, other in zip(left.parameters, right.parameters, strict=True):
        for tensor, twin in zip(pair, other, strict=True):
            assert tensor.dtype == twin.dtype
            assert tensor.shape == twin.shape
            assert tensor.tobytes() == twin.tobytes()
    assert left.preparation.to_dict() == right.preparation.to_dict()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_model_comes_back_as_it_was(tmp_path: Path, dtype: str) -> None:
    model = saved(7, 32, 8, 1, dtype=dtype)

    save_model(tmp_path / "m", model)

    assert_same(load_model(tmp_path / "m"), model)
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


@settings(derandomize=True, deadline=None, max_examples=50)
@given(
    widths=st.lists(st.integers(1, 5), min_size=2, max_size=4),
    dtype=st.sampled_from(["float32", "float64"]),
    seed=st.integers(0, 1000),
    target=st.text(max_size=5),
    standardised=st.booleans(),
    facts=st.dictionaries(st.text(max_size=3), st.integers() | st.text(max_size=3) | st.booleans() | st.none()),
)
def test_any_model_comes_back_as_it_was(
    widths: list[int], dtype: str, seed: int, target: str, standardised: bool, facts: dict[str, object]
) -> None:
    model = replace(saved(*widths, dtype=dtype, seed=seed), target=target, training=facts)
    model = model if standardised else replace(model, preparation=Preparation())
    with tempfile.TemporaryDirectory() as folder:
        save_model(Path(folder) / "m", model)

        assert_same(load_model(Path(folder) / "m"), model)


def test_the_same_model_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        save_model(tmp_path / name, saved(3, 4, 1))

    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_any_safetensors_reader_finds_the_tensors_by_name(tmp_path: Path) -> None:
    model = saved(3, 4, 1)
    save_model(tmp_path / "m", model)

    tensors = load((tmp_path / "m").read_bytes())

    assert sorted(tensors) == ["dense_0.bias", "dense_0.weights", "dense_1.bias", "dense_1.weights"]
    assert tensors["dense_0.weights"].tolist() == model.parameters[0][0].tolist()


def test_transposed_weights_come_back_in_their_order(tmp_path: Path) -> None:
    weights = np.arange(6, dtype=np.float32).reshape(3, 2).T
    model = replace(saved(3, 2), parameters=[(weights, np.zeros(2, np.float32))])

    save_model(tmp_path / "m", model)

    assert load_model(tmp_path / "m").parameters[0][0].tolist() == weights.tolist()


def classifier() -> SavedModel:
    """Return a model with all that a model may have: text and truths that go in, gaps, Dropout, classes."""
    encoder = Encoder((Code("old", "truth"), Code("origin", "category", ("eu", "us"))))
    layers = (Dense(3, 4, "relu"), Dropout(0.5), Dense(4, 3, "softmax"))
    rng = np.random.default_rng(0)
    return SavedModel(
        model=Chain(*layers),
        parameters=[(rng.normal(size=(4, 3)), rng.normal(size=4)), (rng.normal(size=(3, 4)), rng.normal(size=3))],
        features=("old", "origin=eu", "origin=us"),
        target="kind",
        dtype="float64",
        training={},
        preparation=Preparation(encoder, Filler(np.array([1.0, 0.0, 1.0])), MinMax(np.zeros(3), np.ones(3))),
        task="multiclass",
        labels=("a", "b\n", "c"),
    )


def test_a_classifier_comes_back_with_its_labels_and_its_preparation(tmp_path: Path) -> None:
    save_model(tmp_path / "m", classifier())

    back = load_model(tmp_path / "m")

    assert_same(back, classifier())
    assert back.preparation.encoder == classifier().preparation.encoder
    assert sorted(load((tmp_path / "m").read_bytes())) == [
        "dense_0.bias",
        "dense_0.weights",
        "dense_1.bias",
        "dense_1.weights",
    ]


def test_a_file_of_version_1_still_predicts_what_it_did() -> None:
    old = load_model(Path(__file__).with_name("version_1.model"))

    assert old.model == Chain(Dense(3, 2, "relu"), Dense(2, 1))
    assert old.features == ("passedemissions", "horsepower", "weight")
    assert old.target == "mpg"
    assert (old.task, old.labels, old.dtype) == ("regression", (), "float32")
    assert old.training["steps"] == 12_560
    assert old.preparation.to_dict() == {
        "encoder": None,
        "filler": None,
        "scaler": {"kind": "standard", "mean": [0.625, 104.5, 1.4875], "scale": [0.484375, 38.25, 0.421875]},
    }
    rng = np.random.default_rng(1)
    for pair in old.parameters:
        for tensor in pair:
            assert tensor.tolist() == rng.normal(size=tensor.shape).astype(np.float32).tolist()


def test_a_file_that_is_there_is_replaced(tmp_path: Path) -> None:
    save_model(tmp_path / "m", saved(2, 1))
    save_model(tmp_path / "m", saved(3, 1))

    assert load_model(tmp_path / "m").model.inputs == 3


WEIGHTS, BIAS = np.zeros((1, 2), np.float32), np.zeros(1, np.float32)


@pytest.mark.parametrize(
    "change",
    [
        {"dtype": "float16"},
        {"features": ("a",)},
        {"parameters": []},
        {"parameters": [(WEIGHTS.T, BIAS)]},
        {"parameters": [(WEIGHTS, np.zeros(2, np.float32))]},
        {"parameters": [(WEIGHTS.astype(np.float64), BIAS)]},
        {"parameters": [(WEIGHTS, np.array([np.nan], np.float32))]},
        {"parameters": [(WEIGHTS + np.float32(np.inf), BIAS)]},
        {"preparation": Preparation(scaler=Standardizer(np.zeros(3), np.ones(3)))},
        {"preparation": Preparation(Encoder.of_numbers(["feature 0", "feature 2"]))},
        {"task": "clustering"},
        {"task": "binary"},
        {"task": "binary", "labels": ("a",)},
        {"task": "multiclass", "labels": ("a",)},
        {"task": "multiclass", "labels": ("a", "b")},
        {"labels": ("a", "b")},
    ],
)
def test_parts_that_do_not_fit_make_no_model_to_save(change: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        replace(saved(2, 1), **change)

    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("fact", [float("nan"), float("inf"), object(), {1, 2}])
def test_facts_that_json_cannot_hold_are_refused_and_nothing_is_written(tmp_path: Path, fact: object) -> None:
    with pytest.raises(DataError, match="plain, finite facts"):
        save_model(tmp_path / "m", replace(saved(2, 1), training={"fact": fact}))

    assert not list(tmp_path.iterdir())


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no folder"):
        save_model(tmp_path / "none" / "m", saved(2, 1))


TENSORS = {"dense_0.weights": WEIGHTS, "dense_0.bias": BIAS}
FACTS: dict[str, Any] = {
    "format": "deepnet-model",
    "version": 2,
    "model": Chain(Dense(2, 1)).to_dict(),
    "preparation": {"encoder": None, "filler": None, "scaler": None},
    "features": ["a", "b"],
    "target": "t",
    "labels": [],
    "task": "regression",
    "dtype": "float32",
    "training": {},
}


def packed(tensors: Mapping[str, NDArray[Any]] = TENSORS, **changes: object) -> bytes:
    return save(dict(tensors), metadata={"deepnet": json.dumps({**FACTS, **changes})})


def without(fact: str) -> bytes:
    kept = {key: value for key, value in FACTS.items() if key != fact}
    return save(TENSORS, metadata={"deepnet": json.dumps(kept)})


def prepared(**parts: object) -> bytes:
    return packed(preparation={"encoder": None, "filler": None, "scaler": None, **parts})


def old(standardizer: object) -> bytes:
    """Pack a file of version 1."""
    kept = {key: value for key, value in FACTS.items() if key not in {"preparation", "labels", "task"}}
    return save(TENSORS, metadata={"deepnet": json.dumps({**kept, "version": 1, "standardizer": standardizer})})


GOOD = packed()
DEEP = '{"a":' * 100_000
BROKEN = {
    "empty": (b"", "no safetensors file"),
    "text": (b"a,b\n1,2\n", "no safetensors file"),
    "random": (bytes(range(256)), "no safetensors file"),
    "cut short": (GOOD[:-1], "no safetensors file"),
    "cut in the header": (GOOD[:40], "no safetensors file"),
    "too long": (GOOD + b"\0", "no safetensors file"),
    "other tensors": (save(TENSORS), "no deepnet model"),
    "other metadata": (save(TENSORS, metadata={"format": "pt"}), "no deepnet model"),
    "no JSON": (save(TENSORS, metadata={"deepnet": "{"}), "no deepnet model"),
    "bottomless JSON": (save(TENSORS, metadata={"deepnet": DEEP}), "no deepnet model"),
    "JSON of a list": (save(TENSORS, metadata={"deepnet": "[]"}), "no deepnet model"),
    "other format": (packed(format="keras"), "no deepnet model"),
    "no version": (without("version"), "no deepnet model"),
    "newer": (packed(version=3), "format version 3, this deepnet reads up to 2: upgrade it"),
    "version of text": (packed(version="1"), "damaged model file (version '1')"),
    "version zero": (packed(version=0), "damaged model file (version 0)"),
    "no model": (without("model"), "damaged model file (KeyError: 'model')"),
    "no training": (without("training"), "damaged model file (KeyError: 'training')"),
    "model of text": (packed(model="dense"), "damaged model file"),
    "unknown layer": (packed(model={"layers": [{"kind": "conv"}]}), "unknown kind of layer 'conv'"),
    "unknown activation": (
        packed(model={"layers": [{**FACTS["model"]["layers"][0], "activation": "re\nlu"}]}),
        "unknown activation",
    ),
    "bias missing": (packed({"dense_0.weights": WEIGHTS}), "tensors are missing: dense_0.bias"),
    "surplus": (packed({**TENSORS, "x\ny": BIAS}), "no place for: 'x\\ny'"),
    "wrong shape": (packed({**TENSORS, "dense_0.weights": WEIGHTS.T.copy()}), "dense_0.weights has shape (2, 1)"),
    "wrong dtype": (packed(dtype="float64"), "dense_0.weights is float32, the model is float64"),
    "unknown dtype": (packed(dtype="float16"), "one of float32, float64"),
    "dtype a list": (packed(dtype=["float32"]), "is not a text"),
    "nan": (packed({**TENSORS, "dense_0.bias": BIAS + np.float32(np.nan)}), "dense_0.bias holds nan"),
    "infinite": (packed({**TENSORS, "dense_0.weights": WEIGHTS + np.float32(np.inf)}), "dense_0.weights holds nan"),
    "features too few": (packed(features=["a"]), "2 inputs but 1 features"),
    "features one text": (packed(features="ab"), "the features are no list"),
    "features numbers": (packed(features=[1, 2]), "1 is not a text"),
    "target a number": (packed(target=7), "7 is not a text"),
    "no preparation": (without("preparation"), "damaged model file (KeyError: 'preparation')"),
    "preparation of text": (packed(preparation="x"), "describe no preparation"),
    "scaler of text": (prepared(scaler="x"), "describe no scaler"),
    "unknown scaler": (prepared(scaler={"kind": "lo\ng"}), "unknown scaling 'lo\\ng'"),
    "scaler of zero": (prepared(scaler={"kind": "standard", "mean": [0, 0], "scale": [1, 0]}), "scales above 0"),
    "scaler too large": (prepared(scaler={"kind": "minmax", "low": [10**400], "high": [1]}), "damaged model file"),
    "scaler too short": (prepared(scaler={"kind": "minmax", "low": [0], "high": [1]}), "for 1 features"),
    "filler of text": (prepared(filler={"values": "x"}), "describe no filler"),
    "filler too long": (prepared(filler={"values": [1, 2, 3]}), "for 3 features"),
    "encoder of text": (prepared(encoder="x"), "describe no encoder"),
    "encoder of others": (prepared(encoder=Encoder.of_numbers(["a", "c"]).to_dict()), "the encoder makes a, c"),
    "no task": (without("task"), "damaged model file (KeyError: 'task')"),
    "unknown task": (packed(task="clustering"), "'clustering' is no task"),
    "labels one text": (packed(labels="ab"), "the labels are no list"),
    "labels numbers": (packed(labels=[1, 2]), "1 is not a text"),
    "labels of no class": (packed(labels=["a", "b"]), "cannot have 2 labels"),
    "one label": (packed(task="binary", labels=["a"]), "cannot have 1 labels"),
    "old standardizer of text": (old("x"), "describe no standardizer"),
    "old standardizer of zero": (old({"mean": [0, 0], "scale": [1, 0]}), "scales above 0"),
    "old standardizer too large": (old({"mean": [10**400, 0], "scale": [1, 1]}), "damaged model file"),
    "old standardizer too short": (old({"mean": [0], "scale": [1]}), "for 1 features"),
    "training a number": (packed(training=1), "damaged model file"),
}


@pytest.mark.parametrize(("content", "problem"), BROKEN.values(), ids=BROKEN)
def test_a_file_that_holds_no_sound_model_gets_one_line(tmp_path: Path, content: bytes, problem: str) -> None:
    (tmp_path / "m").write_bytes(content)

    with pytest.raises(DataError) as caught:
        load_model(tmp_path / "m")

    message = str(caught.value)
    assert message.startswith(f"{tmp_path}/m: ")
    assert problem in message
    assert len(message.splitlines()) == 1
    assert ": " in message.removeprefix(f"{tmp_path}/m: ")


def test_the_file_those_were_made_from_is_sound(tmp_path: Path) -> None:
    (tmp_path / "m").write_bytes(GOOD)

    assert load_model(tmp_path / "m").features == ("a", "b")


def test_a_missing_file_and_a_directory_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        load_model(tmp_path / "none")
    with pytest.raises(DataError, match="this is a directory"):
        load_model(tmp_path)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(place=st.integers(0, len(GOOD) - 1), byte=st.integers(0, 255))
def test_a_changed_byte_gives_a_model_or_one_line(place: int, byte: int) -> None:
    content = bytearray(GOOD)
    content[place] = byte
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m"
        path.write_bytes(content)
        problem = ""
        try:
            load_model(path)
        except DataError as error:
            problem = str(error)

    assert not problem or problem.startswith(str(path))
    assert len(problem.splitlines()) <= 1
