import json

import numpy as np
import pytest

from deepnet.data.encoding import Code, Encoder
from deepnet.data.filling import Filler
from deepnet.errors import DataError, InputError, ShapeError

NAN = np.nan
ENCODER = Encoder((Code("weight", "number"), Code("old", "truth"), Code("origin", "category", ("eu", "jp", "us"))))
ROWS = np.array(
    [
        [1.0, 1.0, 0.0, 1.0, 0.0],
        [NAN, 1.0, 0.0, 1.0, 0.0],
        [3.0, NAN, 1.0, 0.0, 0.0],
        [5.0, 0.0, NAN, NAN, NAN],
    ]
)


def test_numbers_get_the_mean_and_others_the_most_frequent_value() -> None:
    assert Filler.fit(ROWS, ENCODER).values.tolist() == [3.0, 1.0, 0.0, 1.0, 0.0]


def test_only_gaps_are_filled() -> None:
    filled = Filler.fit(ROWS, ENCODER).apply(ROWS)

    assert filled[1].tolist() == [3.0, 1.0, 0.0, 1.0, 0.0]
    assert filled[3].tolist() == [5.0, 0.0, 0.0, 1.0, 0.0]
    assert (filled == ROWS)[~np.isnan(ROWS)].all()


def test_the_mean_is_that_of_scikit_learn() -> None:
    impute = pytest.importorskip("sklearn.impute", reason="needs an oracle: run 'scripts/environment test oracle'")
    rng = np.random.default_rng(3)
    rows = rng.normal(5, 3, size=(40, 3))
    rows[rng.random(rows.shape) < 0.3] = NAN
    encoder = Encoder.of_numbers(["a", "b", "c"])

    assert Filler.fit(rows, encoder).apply(rows) == pytest.approx(impute.SimpleImputer().fit_transform(rows))


def test_of_equally_frequent_values_the_first_is_taken() -> None:
    rows = np.array([[1.0, 1.0, 0.0, 0.0, 1.0], [2.0, 0.0, 0.0, 1.0, 0.0]])

    assert Filler.fit(rows, ENCODER).values.tolist() == [1.5, 0.0, 0.0, 1.0, 0.0]


def test_a_column_without_a_value_has_no_mean() -> None:
    rows = ROWS.copy()
    rows[:, 2:] = NAN

    with pytest.raises(DataError, match="column 'origin' has no value in any training row"):
        Filler.fit(rows, ENCODER)


def test_numbers_too_large_for_a_mean_are_refused() -> None:
    with pytest.raises(DataError, match="column 'a' has numbers too large for a mean"):
        Filler.fit(np.full((3, 1), 1e308), Encoder.of_numbers(["a"]))


def test_rows_of_another_width_are_refused() -> None:
    with pytest.raises(ShapeError):
        Filler.fit(ROWS, ENCODER).apply(np.ones((2, 4)))


def test_a_trip_through_json_keeps_every_bit() -> None:
    filler = Filler(np.array([0.1, 1 / 3, 1e-300]))

    back = Filler.from_dict(json.loads(json.dumps(filler.to_dict())))

    assert back.values.tobytes() == filler.values.tobytes()
    assert not back.values.flags.writeable


@pytest.mark.parametrize("data", [{}, [], {"values": "x"}, {"values": [None]}, {"values": [[1]]}, {"values": [NAN]}])
def test_data_that_describe_no_filler_are_refused(data: dict[str, list[float]]) -> None:
    with pytest.raises(InputError):
        Filler.from_dict(data)
