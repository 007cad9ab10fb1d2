from pathlib import Path

import numpy as np
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

    dataset = load_dataset(path, target="t", missing="drop")

    assert dataset.inputs.tolist() == [[1.0], [4.0]]
    assert dataset.lines.tolist() == [2, 5]
    assert not dataset.fill


def test_gaps_in_features_stay_for_the_training_rows_to_fill(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b,t\n1,x,1\n,x,2\n3,?,3\n4,y,4\n4,y,5\n", encoding="utf-8")

    dataset = load_dataset(path, target="t", missing="mean")

    assert dataset.fill
    assert np.isnan(dataset.inputs).tolist()[1:3] == [[True, False, False], [False, True, True]]


def test_what_is_dropped_leaves_no_value_of_a_category_behind(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b,t\n1,x,1\n2,x,2\n,lost,3\n3,y,4\n4,y,5\n", encoding="utf-8")

    assert load_dataset(path, target="t", missing="drop").features == ("a", "b=x", "b=y")


def test_text_becomes_one_hot_and_the_target_classes(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("mpg,origin\n18,usa\n31,japan\n20,usa\n33,japan\n", encoding="utf-8")

    by_origin = load_dataset(path, target="mpg")
    by_mpg = load_dataset(path, target="origin")

    assert by_origin.features == ("origin=japan", "origin=usa")
    assert by_origin.inputs.tolist() == [[0.0, 1.0], [1.0, 0.0]] * 2
    assert by_origin.task == "regression"
    assert by_mpg.labels == ("japan", "usa")
    assert by_mpg.targets.tolist() == [[1.0], [0.0]] * 2
    assert by_mpg.task == "binary"


def test_a_built_in_table_has_a_task_of_its_own_for_its_usual_target() -> None:
    digits = load_dataset("digits")
    by_pixel = load_dataset("digits", target="pixel_10", ignore=["pixel_0"])

    assert digits.task == "multiclass"
    assert digits.labels == tuple("0123456789")
    assert digits.targets.shape == (1797, 10)
    assert by_pixel.task == "regression"


def test_a_generated_set_depends_on_the_seed() -> None:
    first, again, other = (load_dataset("moons", seed=seed) for seed in (0, 0, 1))

    assert first.task == "binary"
    assert first.inputs.tolist() == again.inputs.tolist()
    assert first.inputs.tolist() != other.inputs.tolist()


def test_arrays_are_read_by_the_name_of_their_file(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", inputs=np.eye(4), targets=np.array([0, 1, 0, 1]))

    dataset = load_dataset(tmp_path / "a.npz")

    assert dataset.task == "binary"
    assert dataset.encoder is None
    assert load_features(tmp_path / "a.npz", dataset.features).values.tolist() == np.eye(4).tolist()


@pytest.mark.parametrize("options", [{"features": ["x_0"]}, {"ignore": ["x_0"]}, {"categorical": ["x_0"]}])
def test_arrays_have_no_columns_to_choose_from(options: dict[str, list[str]]) -> None:
    with pytest.raises(DataError, match=f"has no named columns to choose from: leave --{next(iter(options))} out"):
        load_dataset("moons", **options)  # type: ignore[arg-type]


def test_arrays_are_of_the_task_they_are_of() -> None:
    assert load_dataset("moons", task="binary").task == "binary"
    with pytest.raises(DataError, match="is a binary task, not regression"):
        load_dataset("moons", task="regression")


def test_arrays_have_the_target_that_they_have() -> None:
    target = load_dataset("moons").target

    assert load_dataset("moons", target=target).target == target
    with pytest.raises(DataError, match="not price: leave --target out"):
        load_dataset("moons", target="price")


def test_prediction_from_arrays_of_other_inputs_is_refused() -> None:
    with pytest.raises(DataError, match=r"has the 2 inputs .*, but the model needs the 3 inputs a, b, c"):
        load_features("moons", ["a", "b", "c"])


def test_rows_set_apart_for_testing_are_those_to_predict(tmp_path: Path) -> None:
    np.savez(
        tmp_path / "a.npz",
        x_train=np.eye(4), y_train=np.arange(4.0), x_test=np.full((1, 4), 7.0), y_test=np.ones(1),
    )  # fmt: skip
    dataset = load_dataset(tmp_path / "a.npz")

    assert load_features(tmp_path / "a.npz", dataset.features).values.tolist() == [[7.0] * 4]


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
    values, lines, place = load_features(path, ["old", "weight"])

    assert values.tolist() == [[1.0, 1.5], [0.0, 1.0]]
    assert lines.tolist() == [2, 3]
    assert place == "line"


def test_prediction_encodes_as_the_model_learnt(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b,t\n1,x,1\n2,x,2\n3,y,4\n4,y,5\n", encoding="utf-8")
    dataset = load_dataset(path, target="t")
    path.write_text("b,a\ny,\n,2\n", encoding="utf-8")

    values = load_features(path, dataset.features, encoder=dataset.encoder, missing="mean").values

    assert np.isnan(values).tolist() == [[True, False, False], [False, True, True]]
    assert values[0, 1:].tolist() == [0.0, 1.0]


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
