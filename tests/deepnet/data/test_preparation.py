import json

import numpy as np
import pytest

from deepnet.data.encoding import Code, Encoder
from deepnet.data.filling import Filler
from deepnet.data.preparation import Preparation
from deepnet.data.scaling import MinMax, Standardizer
from deepnet.errors import DataError, InputError, ShapeError, UnknownNameError

ENCODER = Encoder((Code("weight", "number"), Code("origin", "category", ("eu", "us"))))
ROWS = np.array([[1.0, 1.0, 0.0], [np.nan, 1.0, 0.0], [5.0, 0.0, 1.0]])


def test_gaps_are_filled_before_features_are_scaled() -> None:
    preparation = Preparation.fit(ROWS, ENCODER.features, encoder=ENCODER, fill=True, scaling="minmax")

    assert preparation.apply(ROWS).tolist() == [[0.0, 1.0, 0.0], [0.5, 1.0, 0.0], [1.0, 0.0, 1.0]]
    assert preparation.apply(np.array([[9.0, np.nan, np.nan]])).tolist() == [[2.0, 1.0, 0.0]]


def test_a_model_that_is_to_fill_gaps_has_its_means_though_it_saw_none() -> None:
    preparation = Preparation.fit(ROWS[[0, 2]], ENCODER.features, encoder=ENCODER, fill=True, scaling="none")

    assert preparation.apply(ROWS).tolist() == [[1.0, 1.0, 0.0], [3.0, 1.0, 0.0], [5.0, 0.0, 1.0]]


@pytest.mark.parametrize(("scaling", "kind"), [("standard", Standardizer), ("minmax", MinMax), ("none", type(None))])
def test_the_scaling_is_chosen_by_name(scaling: str, kind: type) -> None:
    preparation = Preparation.fit(ROWS[[0, 2]], ENCODER.features, scaling=scaling)

    assert isinstance(preparation.scaler, kind)
    assert preparation.filler is None


def test_without_parts_rows_stay_as_they_are() -> None:
    assert Preparation().apply(ROWS) is ROWS
    assert Preparation().size is None


def test_an_unknown_scaling_is_named() -> None:
    with pytest.raises(UnknownNameError, match="'robust': use one of standard, minmax, none"):
        Preparation.fit(ROWS, ENCODER.features, scaling="robust")


def test_numbers_too_large_are_told_by_the_name_of_their_feature() -> None:
    with pytest.raises(DataError, match="feature 'b' has numbers too large"):
        Preparation.fit(np.array([[1.0, 1e308], [2.0, -1e308]]), ["a", "b"])


def test_parts_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ShapeError, match="for 3 and 2 features"):
        Preparation(ENCODER, Filler(np.zeros(2)))


@pytest.mark.parametrize("scaling", ["standard", "minmax", "none"])
def test_a_trip_through_json_changes_nothing(scaling: str) -> None:
    preparation = Preparation.fit(ROWS, ENCODER.features, encoder=ENCODER, fill=True, scaling=scaling)

    back = Preparation.from_dict(json.loads(json.dumps(preparation.to_dict())))

    assert back.encoder == ENCODER
    assert back.to_dict() == preparation.to_dict()
    assert back.apply(ROWS).tobytes() == preparation.apply(ROWS).tobytes()


@pytest.mark.parametrize(
    "data",
    [
        {},
        [],
        {"encoder": None, "filler": None},
        {"encoder": 3, "filler": None, "scaler": None},
        {"encoder": None, "filler": "x", "scaler": None},
        {"encoder": None, "filler": None, "scaler": []},
        {"encoder": None, "filler": None, "scaler": {"kind": "robust"}},
        {"encoder": None, "filler": None, "scaler": {"mean": [0], "scale": [1]}},
        {"encoder": None, "filler": {"values": [1, 2]}, "scaler": {"kind": "minmax", "low": [0], "high": [1]}},
    ],
)
def test_data_that_describe_no_preparation_are_refused(data: dict[str, object]) -> None:
    with pytest.raises(InputError) as caught:
        Preparation.from_dict(data)

    assert "\n" not in str(caught.value)
