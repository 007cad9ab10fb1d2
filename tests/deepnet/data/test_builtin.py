import csv
import gzip
import runpy
import shutil
from pathlib import Path

import numpy as np
import pytest

from deepnet.data.builtin import BUILT_IN
from deepnet.data.dataset import load_dataset

ROOT = Path(__file__).parents[3]
SOURCE = ROOT.parent / "shared" / "data" / "cars.csv"
ORACLE = "needs an oracle: run 'scripts/environment test oracle'"


def test_auto_mpg_is_the_task_of_the_article() -> None:
    dataset = load_dataset("auto-mpg")

    assert dataset.name == "auto-mpg"
    assert dataset.target == "mpg"
    assert dataset.features == (
        "passedemissions",
        "cylinders",
        "horsepower",
        "displacement",
        "weight",
        "acceleration",
        "modelyear",
    )
    assert dataset.inputs.shape == (392, 7)
    assert dataset.inputs[0].tolist() == [0.0, 8.0, 130.0, 307.0, 1.752, 12.0, 70.0]
    assert dataset.targets[0].tolist() == [18.0]
    assert dataset.task == "regression"


def test_another_target_leaves_the_other_usual_features() -> None:
    dataset = load_dataset("auto-mpg", target="weight", ignore=["passedemissions", "carname"])

    assert dataset.features == ("cylinders", "horsepower", "displacement", "acceleration", "modelyear")


def test_every_built_in_set_is_there_with_its_attribution() -> None:
    for built_in in BUILT_IN.values():
        attribution = built_in.attribution.read_text(encoding="utf-8")

        assert built_in.path.is_file()
        assert built_in.path.stat().st_size < 80_000
        assert attribution.startswith(f"# {built_in.path.name}\n")
        assert "CC BY 4.0" in attribution


def test_passedemissions_says_whether_mpg_is_above_18() -> None:
    dataset = load_dataset("auto-mpg")

    assert (dataset.inputs[:, 0] == (dataset.targets[:, 0] > 18)).all()


@pytest.mark.skipif(not SOURCE.is_file(), reason="needs ../shared/data/cars.csv beside the repository")
def test_auto_mpg_holds_the_values_of_the_article_s_file() -> None:
    def rows(path: Path) -> list[object]:
        with path.open(encoding="utf-8", newline="") as file:
            header, *cells = csv.reader(file)
        return [header, *((row[0], *map(float, row[1:-1]), row[-1]) for row in cells)]

    assert rows(BUILT_IN["auto-mpg"].path) == rows(SOURCE)


def test_iris_tells_three_species_apart() -> None:
    dataset = load_dataset("iris")

    assert dataset.task == "multiclass"
    assert dataset.labels == ("setosa", "versicolor", "virginica")
    assert dataset.targets.sum(axis=0).tolist() == [50, 50, 50]
    assert dataset.inputs[0].tolist() == [5.1, 3.5, 1.4, 0.2]
    assert dataset.features == ("sepal_length", "sepal_width", "petal_length", "petal_width")


def test_iris_holds_the_values_of_scikit_learn() -> None:
    oracle = pytest.importorskip("sklearn.datasets", reason=ORACLE).load_iris()
    dataset = load_dataset("iris")

    assert (dataset.inputs == oracle.data).all()
    assert (dataset.targets.argmax(axis=1) == oracle.target).all()
    assert dataset.labels == tuple(oracle.target_names)


def test_digits_are_classes_although_they_are_numbers() -> None:
    dataset = load_dataset("digits")

    assert dataset.task == "multiclass"
    assert dataset.target == "digit"
    assert dataset.labels == tuple("0123456789")
    assert dataset.inputs.shape == (1797, 64)
    assert (dataset.inputs.min(), dataset.inputs.max()) == (0, 16)
    assert dataset.targets.shape == (1797, 10)


def test_digits_hold_the_values_of_scikit_learn() -> None:
    oracle = pytest.importorskip("sklearn.datasets", reason=ORACLE).load_digits()
    dataset = load_dataset("digits")

    assert (dataset.inputs == oracle.data).all()
    assert (dataset.targets.argmax(axis=1) == oracle.target).all()


@pytest.mark.parametrize("name", ["iris", "digits"])
def test_the_script_makes_the_file_that_is_there(name: str, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    pytest.importorskip("sklearn", reason=ORACLE)
    runpy.run_path(str(ROOT / "scripts" / f"make-{name}"))["main"]()
    made, there = capsysbinary.readouterr().out, BUILT_IN[name].path.read_bytes()
    if name == "digits":
        # How tightly gzip packs is the business of the zlib at hand.
        made, there = gzip.decompress(made), gzip.decompress(there)

    assert made == there


def test_a_file_of_the_same_name_does_not_stand_in_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(BUILT_IN["auto-mpg"].path, tmp_path / "iris")
    monkeypatch.chdir(tmp_path)

    assert load_dataset("iris").target == "species"
    assert np.isfinite(load_dataset("iris").inputs).all()
