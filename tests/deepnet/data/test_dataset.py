from pathlib import Path

import pytest

from deepnet.data.dataset import load_dataset, load_features
from deepnet.errors import DataError, InputError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "cars.csv"
    path.write_text("name,mpg,weight,old\nx,18,1.5,TRUE\ny,31,1.0,FALSE\n", encoding="utf-8")
    return path


def test_without_features_every_column_but_target_and_ignored_is_one_in_file_order(path: Path) -> None:
    dataset = load_dataset(path, target="mpg", ignore=["name"])

    assert dataset.name == str(path)
    assert dataset.features == ("weight", "old")
    assert dataset.target == "mpg"
    assert dataset.inputs.tolist() == [[1.5, 1.0], [1.0, 0.0]]
    assert dataset.targets.tolist() == [[18.0], [31.0]]
    assert dataset.lines.tolist() == [2, 3]


def test_features_come_in_the_order_asked_for(path: Path) -> None:
    assert load_dataset(str(path), target="mpg", features=["old", "weight"]).inputs.tolist() == [[1.0, 1.5], [0.0, 1.0]]


def test_the_arrays_cannot_be_changed(path: Path) -> None:
    dataset = load_dataset(path, target="mpg", ignore=["name"])

    for array in (dataset.inputs, dataset.targets, dataset.lines):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_a_column_nobody_asked_for_may_hold_anything(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b,t\n1,,1\n2,text,2\n3,nan,3\n", encoding="utf-8")

    assert load_dataset(path, target="t", ignore=["b"]).inputs.tolist() == [[1.0], [2.0], [3.0]]


def test_rows_with_gaps_are_dropped_on_request(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,t\n1,1\n,2\n3,?\n4,4\n", encoding="utf-8")

    dataset = load_dataset(path, target="t", drop_missing=True)

    assert dataset.inputs.tolist() == [[1.0], [4.0]]
    assert dataset.lines.tolist() == [2, 5]


def test_a_name_that_is_nearly_right_is_suggested(path: Path) -> None:
    with pytest.raises(DataError, match=r"no column 'MPGs' for the target \(did you mean 'mpg'\?\): use one of name"):
        load_dataset(path, target="MPGs")


def test_a_file_that_begins_with_its_first_row_is_told_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("18,x\n15,y\n", encoding="utf-8")

    with pytest.raises(DataError, match="line 1 must hold the names"):
        load_dataset(path, target="mpg")


def test_one_text_in_place_of_a_list_of_names_is_refused(path: Path) -> None:
    with pytest.raises(InputError, match="features must be a list"):
        load_dataset(path, target="mpg", features="weight")


def test_prediction_needs_no_target_and_looks_at_no_other_column(path: Path) -> None:
    values, lines = load_features(path, ["old", "weight"])

    assert values.tolist() == [[1.0, 1.5], [0.0, 1.0]]
    assert lines.tolist() == [2, 3]


def test_prediction_names_the_features_that_are_not_there(path: Path) -> None:
    with pytest.raises(DataError, match="has no column power, age, which the model needs"):
        load_features(path, ["weight", "power", "age"])


def test_prediction_from_a_built_in_set() -> None:
    assert load_features("auto-mpg", ["weight"]).values.shape == (392, 1)


def test_a_built_in_name_means_the_set_and_a_path_means_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "auto-mpg").write_text("a,t\n1,1\n2,2\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    assert len(load_dataset("auto-mpg").lines) == 392
    assert len(load_dataset("./auto-mpg", target="t").lines) == 2
    assert len(load_dataset(Path("auto-mpg"), target="t").lines) == 2


def test_a_built_in_name_nearly_right_is_suggested() -> None:
    with pytest.raises(DataError, match="did you mean the built-in set auto-mpg"):
        load_dataset("auto-mgp")
