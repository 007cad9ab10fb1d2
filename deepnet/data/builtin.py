"""The sets of data that the package carries, and what one usually predicts from what."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A file in this folder with a default task: learn *target* from *features*."""

    path: Path
    target: str
    features: tuple[str, ...]


BUILT_IN = {
    "auto-mpg": BuiltIn(
        path=Path(__file__).with_name("auto_mpg.csv"),
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
    ),
}
