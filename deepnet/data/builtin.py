"""The sets of data that the package carries, and what one usually predicts from what."""

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A table in this folder with a default task: learn *target* from *features*.

    Args:
        path: the table; beside it stands its attribution, such as ``AUTO_MPG.md`` for ``auto_mpg.csv``.
        target: the column that is usually predicted.
        features: the columns that it is usually predicted from, in order.
        task: ``"regression"``, ``"binary"`` or ``"multiclass"``, whatever the target's cells look like.
    """

    path: Path
    target: str
    features: tuple[str, ...]
    task: str

    @property
    def attribution(self) -> Path:
        """The page that says where the figures come from, under which licence, and what was changed."""
        stem = self.path.name.split(".", maxsplit=1)[0]
        return self.path.with_name(f"{stem.upper()}.md")


BUILT_IN = {
    "auto-mpg": BuiltIn(
        path=FOLDER / "auto_mpg.csv",
        target="mpg",
        features=(
            "passedemissions",
            "cylinders",
            "horsepower",
            "displacement",
            "weight",
            "acceleration",
            "modelyear",
        ),
        task="regression",
    ),
    "iris": BuiltIn(
        path=FOLDER / "iris.csv",
        target="species",
        features=("sepal_length", "sepal_width", "petal_length", "petal_width"),
        task="multiclass",
    ),
    "digits": BuiltIn(
        path=FOLDER / "digits.csv.gz",
        target="digit",
        features=tuple(f"pixel_{place}" for place in range(64)),
        task="multiclass",
    ),
}
