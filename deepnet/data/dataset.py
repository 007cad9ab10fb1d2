"""What to learn from what: rows of numbers and what they should give, from wherever they come."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from deepnet.data.builtin import BUILT_IN, BuiltIn
from deepnet.data.choice import Choice, choose
from deepnet.data.columns import refuse_absent
from deepnet.data.encoding import Encoder
from deepnet.data.files import listed, one_line
from deepnet.data.gaps import settle_gaps
from deepnet.data.table import Table, read_table
from deepnet.data.targets import Task, read_targets
from deepnet.errors import DataError

__all__ = ["Dataset", "Encoder", "Features", "Task", "arrays_of", "load_dataset", "load_features", "open_table"]


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Rows to learn from; the arrays are read-only.

    Args:
        name: the path, or the name of a built-in set.
        features: the columns of *inputs*, in order; a category has one for each of its values (``"origin=usa"``).
        target: what is to be predicted.
        inputs: (rows, features), float64 or, for images, float32; nan only where a value is missing and is to be
            filled.
        targets: regression (rows, 1); binary (rows, 1) of 0 and 1; multiclass (rows, classes), one-hot.
        lines: (rows,): where each row begins: a line of the file, or a row of a frame or an array; the first is 1.
        labels: names of the classes, in the order of the columns; of a binary task two, the second for 1; none for
            a regression.
        test: rows that the source itself sets aside for testing, with the same features and labels.
        encoder: how the columns of a table became the columns of *inputs*; None for arrays.
        fill: whether missing values are to be filled, now and when the model predicts.
    """

    name: str
    features: tuple[str, ...]
    target: str
    inputs: NDArray[np.floating]
    targets: NDArray[np.floating]
    lines: NDArray[np.intp]
    labels: tuple[str, ...] = ()
    test: "Dataset | None" = None
    encoder: Encoder | None = None
    fill: bool = False

    def __post_init__(self) -> None:
        for array in (self.inputs, self.targets, self.lines):
            array.setflags(write=False)

    @property
    def task(self) -> Task:
        """What kind of answer is to be learnt."""
        if not self.labels:
            return "regression"
        return "binary" if self.targets.shape[1] == 1 else "multiclass"


class Features(NamedTuple):
    """What a model predicts from."""

    values: NDArray[np.floating]
    """(rows, features); nan only where a value is missing and is to be filled."""
    lines: NDArray[np.intp]
    """(rows,): see `Dataset`."""
    place: str
    """The word for that, ``line`` or ``row``."""


def load_dataset(
    source: Any,
    *,
    target: str | None = None,
    features: Sequence[str] | None = None,
    ignore: Sequence[str] = (),
    categorical: Sequence[str] = (),
    missing: str = "error",
    task: str | None = None,
    seed: int = 0,
) -> Dataset:
    """Read a source and choose what to learn from it.

    Args:
        source: the path of a table (CSV, TSV, Parquet; text may be packed with gzip), of an NPZ file, or of a
            folder with the four IDX files of a set like MNIST; a frame of pandas or polars; or the name of a set
            that needs no file (``"auto-mpg"``, ``"moons"``, ``"mnist"``). A string that names such a set always
            means that set, whatever the current folder holds; a file of the same name is ``"./auto-mpg"``. A
            `Path` is never a name.
        target: the column to predict; a built-in table has one of its own. Of an NPZ file, the array.
        features: the columns to predict it from, in this order. Without them: the features of the
            built-in table, or every column, less *target* and *ignore*.
        ignore: columns to leave out.
        categorical: columns of numbers that are names of categories.
        missing: what to do about missing values, ``"error"``, ``"drop"`` (their rows) or ``"mean"``: features
            are filled with the mean of the training rows, categories with the most frequent value of these. A
            target is never filled.
        task: ``"regression"``, ``"binary"`` or ``"multiclass"``. Without it, numbers are a regression, and
            truths and text are classes.
        seed: of a set that is generated.

    Raises:
        DataError: the source cannot be read, a column is not there or cannot be used, values are
            missing, or nothing can be learnt; the message is one line and says what to do.
        InputError: *source* is of a type that holds no data, or an argument is out of its range.
    """
    given = arrays_of(source, target, seed)
    if given is not None:
        _refuse_columns(given.name, features=features, ignore=ignore, categorical=categorical)
        if target not in {None, given.target}:
            name = one_line(str(target))
            raise DataError(f"{given.name}: has the target {one_line(given.target)}, not {name}: leave --target out")
        if task not in {None, given.task}:
            raise DataError(f"{given.name}: is a {given.task} task, not {task}: leave --task out")
        return given
    table, built_in = open_table(source)
    choice = choose(table, built_in, Choice(target, features, ignore, categorical))
    if task is None and built_in is not None and choice.target == built_in.target:
        task = built_in.task
    table = settle_gaps(table, choice.features, missing, target=choice.target)
    encoder = Encoder.fit(table, choice.features, choice.categorical)
    inputs = encoder.encode(table, optional=True)
    targets = read_targets(table, choice.target, task)
    return Dataset(
        name=table.name,
        features=encoder.features,
        target=choice.target,
        inputs=inputs,
        targets=targets.values,
        lines=np.array(table.lines, dtype=np.intp),
        labels=targets.labels,
        encoder=encoder,
        fill=missing == "mean",
    )


def load_features(
    source: Any, features: Sequence[str], *, encoder: Encoder | None = None, missing: str = "error", seed: int = 0
) -> Features:
    """Read what a model predicts from; other columns of a table are not looked at.

    Of a source that sets rows aside for testing these are returned, as it is they that the model has not seen.

    Args:
        source: see `load_dataset`.
        features: the inputs of the model, in its order.
        encoder: how columns became inputs; without one, the columns are the inputs.
        missing: see `load_dataset`; with ``"mean"``, gaps come back as nan, for the model to fill.
        seed: of a set that is generated.

    Raises:
        DataError: a feature is not there, a cell is not what the model learnt, or values are missing.
    """
    given = arrays_of(source, None, seed)
    if given is not None:
        rows = given if given.test is None else given.test
        if rows.features != tuple(features):
            raise DataError(
                f"{rows.name}: has the {len(rows.features)} inputs {listed(rows.features, 3)}, but the model needs "
                f"the {len(features)} inputs {listed(features, 3)}: give it data of the kind it was trained on"
            )
        return Features(rows.inputs, rows.lines, "row")
    table, _ = open_table(source)
    encoder = Encoder.of_numbers(features) if encoder is None else encoder
    refuse_absent(table, encoder.columns)
    table = settle_gaps(table, encoder.columns, missing)
    return Features(encoder.encode(table), np.array(table.lines, dtype=np.intp), table.place)


def arrays_of(source: Any, target: str | None, seed: int) -> Dataset | None:
    """Return the set of a *source* that is no table, or None.

    Raises:
        DataError: it is one, and cannot be read.
    """
    # These need the class above, and few need them.
    if isinstance(source, str) and source not in BUILT_IN:
        if source in (generated := _generated()):
            return generated[source](seed)
        if source == "mnist":
            from deepnet.data.mnist import load_mnist  # noqa: PLC0415

            return load_mnist()
    if not isinstance(source, str | Path) or source in BUILT_IN:
        return None
    if str(source).lower().endswith(".npz"):
        from deepnet.data.npz import load_npz  # noqa: PLC0415

        return load_npz(source, target=target)
    if os.path.isdir(source):  # noqa: PTH112 - unlike a Path's own, False for any path that cannot be
        from deepnet.data.idx import load_idx_folder  # noqa: PLC0415

        return load_idx_folder(source)
    return None


def _generated() -> dict[str, Callable[[int], Dataset]]:
    from deepnet.data.generated import GENERATED  # noqa: PLC0415 - it needs the class above

    return GENERATED


def _refuse_columns(name: str, **options: Sequence[str] | None) -> None:
    for option, columns in options.items():
        if columns:
            raise DataError(f"{name}: has no named columns to choose from: leave --{option} out")


def open_table(source: Any) -> tuple[Table, BuiltIn | None]:
    """Return the table of a *source* that is one, and what one usually predicts from it if the package carries it.

    Raises:
        DataError: it cannot be read.
        InputError: *source* is of a type that holds no data.
    """
    if isinstance(source, str) and source in BUILT_IN:
        return read_table(BUILT_IN[source].path, name=source), BUILT_IN[source]
    try:
        return read_table(source), None
    except DataError:
        meant = get_close_matches(str(source).lower(), [*BUILT_IN, *_generated(), "mnist"], n=1)
        if not isinstance(source, str | Path) or not meant or os.path.exists(source):  # noqa: PTH110 - see above
            raise
        name = one_line(str(source))
        raise DataError(f"{name}: there is no such file: did you mean the built-in set {meant[0]}?") from None
