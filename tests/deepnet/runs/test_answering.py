"""Rows as people write them against tables that are read, and answers against what the network puts out."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepnet.data.dataset import Dataset, load_dataset, load_features
from deepnet.data.preparation import Preparation
from deepnet.errors import DataError, InputError
from deepnet.runs.answering import KEY, Reader, about_of, chances_of, predictions
from deepnet.runs.tabular import prepare_table

CARS = """horsepower,turbo,origin,mpg
130,true,usa,18
88,false,europe,27
,true,japan,21
65,false,japan,31
150,true,usa,16
110,false,europe,24
70,true,usa,29
95,true,japan,22
105,false,usa,23
68,true,europe,30
"""
NEW = "horsepower,turbo,origin\n97,true,europe\n64.5,false,usa\n"
ROWS: list[dict[str, Any]] = [
    {"horsepower": 97, "turbo": True, "origin": "europe", "colour": "red"},
    {"origin": " usa ", "horsepower": "64.5", "turbo": "FALSE"},
]


@pytest.fixture
def cars(tmp_path: Path) -> Dataset:
    (tmp_path / "cars.csv").write_text(CARS)
    return load_dataset(tmp_path / "cars.csv", target="mpg", missing="mean")


@pytest.fixture
def reader(cars: Dataset) -> Reader:
    preparation = prepare_table(cars, test_fraction=0.2, seed=0).preparation
    return Reader.of("cars", about_of(cars, preparation))


def test_rows_become_what_the_same_rows_of_a_file_become(reader: Reader, tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text(NEW)
    features = load_features(tmp_path / "new.csv", reader.features, encoder=reader.preparation.encoder)

    assert np.array_equal(reader.inputs(ROWS), reader.preparation.apply(features.values))
    assert reader.columns == ("horsepower", "turbo", "origin")


def test_what_is_missing_is_filled_as_in_the_training(reader: Reader, tmp_path: Path) -> None:
    (tmp_path / "gap.csv").write_text("horsepower,turbo,origin\n,true,usa\n80,,usa\n")
    encoder = reader.preparation.encoder
    features = load_features(tmp_path / "gap.csv", reader.features, encoder=encoder, missing="mean")

    made = reader.inputs([{"turbo": True, "origin": "usa"}, {"horsepower": 80, "turbo": None, "origin": "usa"}])

    assert np.array_equal(made, reader.preparation.apply(features.values))


def test_what_cannot_be_filled_is_asked_for(cars: Dataset) -> None:
    reader = Reader.of("cars", about_of(cars, Preparation(encoder=cars.encoder)))

    with pytest.raises(DataError, match=r"^row 2 has no value for turbo, origin: give one$"):
        reader.inputs([ROWS[0], {"horsepower": 3}])


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"origin": "mars"}, "these rows, row 1, column 'origin': 'mars' is not a value that the model knows"),
        ({"horsepower": "many"}, "column 'horsepower': 'many' is not a number"),
        ({"turbo": 7}, "column 'turbo': '7' is neither TRUE nor FALSE"),
    ],
)
def test_a_cell_that_the_network_does_not_know_is_named(reader: Reader, row: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError) as caught:
        reader.inputs([{**ROWS[0], **row}])

    assert said in str(caught.value)


def test_numbers_that_are_too_large_are_named(reader: Reader) -> None:
    with pytest.raises(DataError, match="row 1: 'turbo' is too large for float32"):
        reader.require_finite(np.array([[1, np.inf, 0]], np.float32))
    reader.require_finite(np.zeros((1, 5)))


@pytest.mark.parametrize("damaged", [{}, {"preparation": 7}, {"features": 3}, {"labels": [1]}, {"target": None}])
def test_what_is_damaged_or_not_there_is_said(cars: Dataset, damaged: dict[str, Any]) -> None:
    about = about_of(cars, Preparation(encoder=cars.encoder))
    facts = {**about[KEY], **damaged} if damaged else {}

    with pytest.raises(InputError, match=r"what cars knows of its table is damaged|describe no preparation"):
        Reader.of("cars", {KEY: facts})
    with pytest.raises(InputError, match="cars has learnt no table"):
        Reader.of("cars", {"story": "cars"})


def test_arrays_have_no_names_but_those_of_their_features() -> None:
    moons = load_dataset("moons")
    reader = Reader.of("moons", about_of(moons, Preparation()))

    assert reader.inputs([{"x": 0.25, "y": -1}]).tolist() == [[0.25, -1]]


def test_answers_are_in_words() -> None:
    two, three = np.array([[0.2], [0.9]]), np.array([[0.1, 0.7, 0.2]])

    assert predictions(("no", "yes"), two) == ["no", "yes"]
    assert predictions(("a", "b", "c"), three) == ["b"]
    assert predictions((), two) == [0.2, 0.9]
    assert predictions((), three) == [[0.1, 0.7, 0.2]]
    assert np.allclose(chances_of("sigmoid", two), [[0.8, 0.2], [0.1, 0.9]])
    assert np.allclose(chances_of("log_softmax", np.log(three)), three)
    assert chances_of("softmax", three) is three
