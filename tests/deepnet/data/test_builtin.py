import csv
from pathlib import Path

import pytest

from deepnet.data.builtin import BUILT_IN
from deepnet.data.dataset import load_dataset

SOURCE = Path(__file__).parents[3].parent / "shared" / "data" / "cars.csv"


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


def test_another_target_leaves_the_other_usual_features() -> None:
    dataset = load_dataset("auto-mpg", target="weight", ignore=["passedemissions", "carname"])

    assert dataset.features == ("cylinders", "horsepower", "displacement", "acceleration", "modelyear")


def test_every_built_in_set_is_there_with_its_attribution() -> None:
    for built_in in BUILT_IN.values():
        attribution = built_in.path.with_name(f"{built_in.path.stem.upper()}.md").read_text(encoding="utf-8")

        assert built_in.path.is_file()
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
